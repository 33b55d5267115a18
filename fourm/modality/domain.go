package modality

// Domains: what the Transformer sees of a modality.

import (
	"fmt"
	"strings"

	"fourmlab/internal/fault"
)

// Domain is one set of tokens of the Transformer. An image modality has a
// token domain and, where Pixels is set in its description, a pixel domain.
type Domain struct {
	Name       string // "rgb" (pixels), "tok_rgb", "caption"; in a published model "tok_rgb@224"
	Official   string // its name in a checkpoint: "tok_rgb@64", "det"
	Modality   string
	Kind       Kind
	Pixels     bool // raw pixels: an input only
	Look       Look // what the pixels are
	Max        int  // tokens at most: the grid, or MaxTokens
	Rows, Cols int  // of the grid (Image)
	Vocab      int  // size of the vocabulary (not for pixels and vectors)
	Dim        int  `json:"Width"` // numbers a patch (pixels) or a vector
	Patch      int
	Channels   int // numbers a pixel
	Learned    bool
	Positions  int // positions that a sequence has a row for; later ones share row 0 as targets (docs/4m.md, 4.3)
	Table      int // rows of the sine table that official checkpoints store for a sequence; 0 stands for Positions
	Offset     int // added to the ids of symbols: where theirs begin behind the sentinels
	Bottleneck int // width between the two maps of vectors; 0: one map
}

// ToModel gives ids of tokens as the model numbers them: symbols begin behind
// the special tokens, all others are as they are.
func (d Domain) ToModel(ids []int) []int { return d.moved(ids, d.Offset) }

// FromModel is the inverse of ToModel.
func (d Domain) FromModel(ids []int) []int { return d.moved(ids, -d.Offset) }

func (d Domain) moved(ids []int, by int) []int {
	if d.Kind != Symbols {
		return ids
	}
	out := make([]int, len(ids))
	for i, id := range ids {
		out[i] = id + by
	}
	return out
}

// Grid tells whether the tokens lie on a grid, and are masked at random; those
// of all other domains are in a line, and masked by spans.
func (d Domain) Grid() bool { return d.Kind == Image }

// PixelDomain gives the pixel domain of an image modality.
func (m Modality) PixelDomain() Domain {
	d := m.TokenDomain(0)
	base, _, _ := strings.Cut(m.Name, "@")
	d.Name, d.Official, d.Pixels, d.Look = m.Name, fmt.Sprintf("%s@%s", base, m.resolution()), true, m.Look
	d.Dim = m.Patch * m.Patch * m.Channels
	return d
}

// TokenDomain gives the token domain; its vocabulary is the tokenizer's.
func (m Modality) TokenDomain(vocab int) Domain {
	d := Domain{Name: m.Domain(), Official: m.Official, Modality: m.Name, Kind: m.Kind, Max: m.MaxTokens, Vocab: vocab, Patch: m.Patch,
		Channels: m.Channels, Learned: m.Learned, Positions: m.Positions}
	switch m.Kind {
	case Image:
		d.Rows, d.Cols = m.Grid(), m.Cols()
		d.Max = d.Rows * d.Cols
		if !strings.Contains(m.Official, "@") && !m.exact {
			d.Official = fmt.Sprintf("%s@%s", m.Official, m.resolution())
		}
	case Vectors:
		d.Dim = m.Dim
	case Symbols:
		d.Offset = symbolOffset
		d.Vocab += symbolOffset
	}
	return d
}

// symbolOffset is where the ids of symbols begin: behind four special tokens
// and twenty sentinels, as in a lab's vocabulary of text.
const symbolOffset = 24

// resolution is what stands behind the @ of an official name.
func (m Modality) resolution() string {
	if m.Width == 0 || m.Width == m.Height {
		return fmt.Sprint(m.Height)
	}
	return fmt.Sprintf("%dx%d", m.Height, m.Width)
}

// Short names a token domain by its modality: "depth" for tok_depth. Other names
// stay as they are.
func Short(domain string) string {
	if m, ok := Find(domain); ok && m.Domain() == domain {
		return m.Name
	}
	return domain
}

// ResolveDomain gives the domain that a name stands for: "rgb" is the pixel
// domain where the modality has one and pixels is true, else the token
// domain; "tok_rgb" always is the token domain.
func ResolveDomain(op, name string, pixels bool) Domain {
	m := Need(op, name)
	if m.Pixels && pixels && name == m.Name {
		return m.PixelDomain()
	}
	if m.Kind == Vectors {
		return m.TokenDomain(m.Vocab)
	}
	if m.Kind == Image && TokenizerOf(m.Name) == nil && IsPublished(m.Name) {
		return m.TokenDomain(m.Vocab) // known, whoever makes its tokens
	}
	return m.TokenDomain(NeedTokenizer(op, m.Name).Vocab())
}

// Patches cuts a picture (H, W, C) into rows of patch x patch x C numbers, one
// a patch in row-major order, each flattened as (ph, pw, c) (docs/4m.md, 4.3).
func Patches(p *Picture, patch int) []float32 {
	return AppendPatches(make([]float32, 0, p.H/patch*(p.W/patch)*patch*patch*p.C), p, patch)
}

// AppendPatches appends what Patches gives to out.
func AppendPatches(out []float32, p *Picture, patch int) []float32 {
	rows, cols := p.H/patch, p.W/patch
	for r := range rows {
		for c := range cols {
			for y := range patch {
				at := ((r*patch+y)*p.W + c*patch) * p.C
				out = append(out, p.Pix[at:at+patch*p.C]...)
			}
		}
	}
	return out
}

// Unpatch is the inverse of Patches.
func Unpatch(x []float32, h, w, c, patch int) *Picture {
	p := NewPicture(h, w, c)
	for i := 0; i < h/patch*(w/patch); i++ {
		r, col := i/(w/patch), i%(w/patch)
		for y := range patch {
			at := ((r*patch+y)*w + col*patch) * c
			copy(p.Pix[at:at+patch*c], x[(i*patch+y)*patch*c:])
		}
	}
	return p
}

// Fit gives the picture that a value is, a *Picture or an image.Image, where it
// has the domain's size.
func (d Domain) Fit(value any) (*Picture, error) {
	m, ok := Find(d.Modality)
	if !ok {
		m.Name = d.Modality
	}
	p, err := m.AsPicture(value)
	if err != nil {
		return nil, err
	}
	if h, w := d.Rows*d.Patch, d.Cols*d.Patch; p.H != h || p.W != w || p.C != d.Channels {
		how := ""
		if strings.Contains(d.Modality, "@") && h == w && p.C == d.Channels { // of a published model
			how = fmt.Sprintf("; open the set with datasets.Options{Size: %d}", h)
		}
		return nil, fmt.Errorf("%s: picture of %dx%dx%d, expected %dx%dx%d%s", d.Modality, p.H, p.W, p.C, h, w, d.Channels, how)
	}
	return p, nil
}

// Rank gives the position of the target token of a sequence that has so many
// before it; those that have no row of their own share row 0 (docs/4m.md, 4.3).
func (d Domain) Rank(n int) int {
	if n >= d.Positions {
		return 0
	}
	return n
}

// Fit gives the picture that a value is where it has the modality's size.
func (m Modality) Fit(value any) (*Picture, error) {
	return Domain{Modality: m.Name, Rows: m.Height, Cols: m.width(), Patch: 1, Channels: m.Channels}.Fit(value)
}

// FitFor is Fit for the modality's tokenizer t, whose values may have another form:
// features of a whole picture are one place, and their tokens a grid.
func FitFor(t Tokenizer, m Modality, value any) (*Picture, error) {
	if own, ok := t.(interface {
		Fit(value any) (*Picture, error)
	}); ok {
		return own.Fit(value)
	}
	return m.Fit(value)
}

// MustFit is Fit on behalf of the call op, which panics.
func (m Modality) MustFit(op string, value any) *Picture {
	p, err := m.Fit(value)
	if err != nil {
		fault.Panic(op, "%v", err)
	}
	return p
}
