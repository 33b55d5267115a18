package modality

// What is known of a modality, and the registry.

import (
	"crypto/sha256"
	"fmt"
	"math"
	"sort"
	"strings"
	"sync"

	"fourmlab/internal/fault"
	"fourmlab/internal/memory"
)

// Kind tells how a modality becomes tokens.
type Kind int

const (
	// Image is a fixed grid of tokens (or pixels), masked at random.
	Image Kind = iota
	// Sequence is text of variable length, masked by spans.
	Sequence
	// Symbols is a sequence of whole numbers from a vocabulary of its own,
	// masked by spans (4M's seq_token).
	Symbols
	// Vectors is a sequence of vectors, an input only (4M's seq_emb).
	Vectors
)

func (k Kind) String() string {
	return [...]string{"image", "sequence", "symbols", "vectors"}[k]
}

// Official is what 4M calls the kind: img, seq, seq_token, seq_emb.
func (k Kind) Official() string {
	return [...]string{"img", "seq", "seq_token", "seq_emb"}[k]
}

// Modality describes one. The zero values of Height, Patch, Vocab and MaxTokens
// stand for 64 pixels, 8 pixels, 256 codes and 32 tokens.
type Modality struct {
	Name      string   // short name, as typed: "depth"
	Official  string   // 4M's name before "@" of its token domain, kept in checkpoints: "tok_depth"
	Kind      Kind     // Image or Sequence
	Look      Look     // what its values mean, which says how they are read, measured and drawn
	Height    int      `json:"Size"` // pixels from top to bottom (Image)
	Width     int      `json:"Wide"` // pixels across (Image); 0 stands for Height
	Patch     int      // pixels a side of one token (Image)
	Channels  int      // numbers a pixel (Image)
	Vocab     int      // codebook size of its tokenizer (Image), number of symbols (Symbols)
	Dim       int      `json:"Width"` // numbers of a vector (Vectors)
	MaxTokens int      // longest sequence, end token included (all but Image)
	Positions int      // positions that a sequence has a row for; 0 stands for MaxTokens
	Learned   bool     // true: positions are learned, not sines and cosines
	Pixels    bool     // true: raw pixels may be an input, too
	Labels    []string // names of the classes, by id (Label)

	exact bool // Official is the whole name in a checkpoint, without a resolution
}

// Grid gives the rows of tokens of an image modality (its columns, too, where
// it is square), else 0.
func (m Modality) Grid() int {
	if m.Kind != Image {
		return 0
	}
	return m.Height / m.Patch
}

// Cols gives the columns of tokens of an image modality, else 0.
func (m Modality) Cols() int {
	if m.Kind != Image {
		return 0
	}
	return m.width() / m.Patch
}

func (m Modality) width() int {
	if m.Width == 0 {
		return m.Height
	}
	return m.Width
}

// Domain gives the name of the token domain: "tok_depth" for depth, "caption"
// for caption.
func (m Modality) Domain() string {
	if m.Kind == Image {
		return "tok_" + m.Name
	}
	return m.Name
}

func (m Modality) String() string {
	if m.Kind != Image {
		return fmt.Sprintf("%s: %v, at most %d tokens", m.Name, m.Kind, m.MaxTokens)
	}
	p := ""
	if m.Pixels {
		p = ", pixels as input too"
	}
	return fmt.Sprintf("%s: image, %dx%dx%d, %dx%d tokens of %d codes%s", m.Name, m.Height, m.width(), m.Channels, m.Grid(), m.Cols(), m.Vocab, p)
}

var registry = struct {
	sync.RWMutex
	by    map[string]Modality
	alias map[string]string
}{by: map[string]Modality{}, alias: map[string]string{}}

// Register adds a modality or replaces the one of the same name. It panics
// with a *fault.Error when the description cannot be right.
func Register(m Modality) {
	const op = "fourm.Register"
	if m.Name == "" || strings.ContainsAny(m.Name, " \t\n/\\") || strings.HasPrefix(m.Name, "tok_") {
		fault.Panic(op, "name %q is not usable: it must be a word without blank or slash that does not start with tok_", m.Name)
	}
	m = m.resolved(op)
	registry.Lock()
	registry.by[m.Name] = m
	registry.alias[m.Official] = m.Name
	registry.Unlock()
}

// With gives an image modality in patches of another size, on behalf of the call op.
func (m Modality) With(op string, patch int) Modality {
	switch {
	case m.Kind != Image:
		fault.Panic(op, "patches of %d of %s, which is of kind %v; images have patches", patch, m.Name, m.Kind)
	case patch < 1:
		fault.Panic(op, "patches of %d of %s, expected at least 1", patch, m.Name)
	}
	m.Patch = patch
	return m.resolved(op)
}

// resolved fills in what zero stands for and refuses what cannot be.
func (m Modality) resolved(op string) Modality {
	for what, v := range map[string]int{"height": m.Height, "width": m.Width, "patch": m.Patch, "channels": m.Channels, "dim": m.Dim,
		"tokens": m.MaxTokens, "positions": m.Positions, "vocabulary": m.Vocab} {
		if v > math.MaxInt32-symbolOffset { // batches number tokens with 32 bits
			fault.Panic(op, "%s: %s of %d, expected at most %d", m.Name, what, v, math.MaxInt32-symbolOffset)
		}
	}
	def := func(p *int, v int) {
		if *p == 0 {
			*p = v
		}
	}
	look, ok := m.Look.spec()
	if !ok {
		fault.Panic(op, "%s: no look %d (have %s): fourm.RegisterLook adds one", m.Name, int(m.Look), strings.Join(LookNames(), ", "))
	}
	if m.Kind == Image {
		if look.Words {
			fault.Panic(op, "%s: an image modality cannot look like text", m.Name)
		}
		def(&m.Height, 64)
		def(&m.Patch, 8)
		def(&m.Vocab, 256)
		def(&m.Channels, look.Channels)
		def(&m.Channels, 1)
		if m.Height < 1 || m.Patch < 1 || m.Height%m.Patch != 0 || m.width() < 1 || m.width()%m.Patch != 0 {
			fault.Panic(op, "%s: size %dx%d is no multiple of patch %d", m.Name, m.Height, m.width(), m.Patch)
		}
		if m.width() > memory.Pixels/m.Height {
			fault.Panic(op, "%s: pictures of %dx%d pixels, expected at most %d million", m.Name, m.Height, m.width(), memory.Pixels/1000000)
		}
		memory.Need(op, 4*numbersOf(m.Height, m.width(), m.Channels), "%s: a picture of %dx%dx%d numbers", m.Name, m.Height, m.width(), m.Channels)
		if m.Vocab < 2 || m.Vocab > 1<<16 {
			fault.Panic(op, "%s: vocabulary of %d, expected 2 to 65536", m.Name, m.Vocab)
		}
	} else {
		if !look.Words {
			m.Look = Caption
		}
		def(&m.MaxTokens, 32)
		def(&m.Positions, m.MaxTokens)
		if m.Kind == Vectors && m.Dim < 1 {
			fault.Panic(op, "%s: vectors of %d numbers, expected 1 or more in Dim", m.Name, m.Dim)
		}
		if m.Kind == Symbols && m.Vocab < 1 {
			fault.Panic(op, "%s: %d symbols, expected 1 or more in Vocab", m.Name, m.Vocab)
		}
		if m.MaxTokens < 2 {
			fault.Panic(op, "%s: at most %d tokens, expected 2 or more", m.Name, m.MaxTokens)
		}
	}
	if m.Official == "" {
		m.Official = m.Domain()
	}
	return m
}

// Find gives the modality of a short name, a token domain ("tok_depth") or an
// official name ("tok_depth@224", "det"). Of a name with a resolution it gives
// that of the published models (see Published) unless a modality of just this
// name is registered.
func Find(name string) (Modality, bool) {
	registry.RLock()
	defer registry.RUnlock()
	for _, n := range []string{name, registry.alias[name], strings.TrimPrefix(name, "tok_")} {
		if m, ok := registry.by[n]; ok {
			return m, true
		}
	}
	if m, ok := published[strings.TrimPrefix(name, "tok_")]; ok {
		return m, true
	}
	base, _, _ := strings.Cut(name, "@")
	for _, n := range []string{base, registry.alias[base], strings.TrimPrefix(base, "tok_")} {
		if m, ok := registry.by[n]; ok {
			return m, true
		}
	}
	return Modality{}, false
}

// Lookup is Find that panics with a one-line *fault.Error, the nearest known
// name in it, when there is no such modality.
func Lookup(name string) Modality { return Need("fourm.Lookup", name) }

// Need is Lookup on behalf of the call op.
func Need(op, name string) Modality {
	m, ok := Find(name)
	if !ok {
		fault.Panic(op, "no modality %q (have %s%s)", name, strings.Join(Names(), ", "), didYouMean(name))
	}
	return m
}

// Names lists what is registered, in alphabetical order.
func Names() []string {
	registry.RLock()
	defer registry.RUnlock()
	var out []string
	for n := range registry.by {
		out = append(out, n)
	}
	sort.Strings(out)
	return out
}

// ID is 4M's number of a domain: sha256 of its name modulo 2^15 (docs/4m.md,
// 1.1). ID("caption") is 32652.
func ID(domain string) int {
	h := sha256.Sum256([]byte(domain))
	return (int(h[30])<<8 | int(h[31])) & 0x7fff
}

func didYouMean(name string) string {
	best, at := 3, ""
	for _, n := range Names() {
		if d := fault.Distance(name, n); d < best {
			best, at = d, n
		}
	}
	if at == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", at)
}
