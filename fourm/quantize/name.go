package quantize

// Quantizers by name, as a configuration has them.

import (
	"fmt"
	"strconv"
	"strings"

	"fourmlab/internal/fault"
	"fourmlab/internal/memory"
)

// kind is what can stand before the colon of a name.
type kind struct {
	name string
	form string // what stands behind it
	make func(n []int, dim int) Quantizer
	dim  func(n []int) int // numbers of a latent; nil: the name does not say
	size func(n []int) (codes, books int)
}

func codesFirst(n []int) (codes, books int) { return n[0], 1 }
func booksFirst(n []int) (codes, books int) { return n[1], n[0] }

func levels(n []int) (codes, books int) { return NewFSQ(FSQ{Levels: n}).Codes(), 1 }

func bits(n []int) (codes, books int) { return NewLFQ(LFQ{Bits: n[0]}).Codes(), 1 }

func second(n []int) int  { return n[1] }
func howMany(n []int) int { return len(n) }
func first(n []int) int   { return n[0] }

var kinds = []kind{
	{"cosine", "CODESxDIM", func(n []int, _ int) Quantizer { return short(n[1], n[0], true) }, second, codesFirst},
	{"euclid", "CODESxDIM", func(n []int, _ int) Quantizer { return short(n[1], n[0], false) }, second, codesFirst},
	{"memcodes", "BOOKSxCODES", func(n []int, dim int) Quantizer { return NewMemcodes(dim, n[0], n[1]) }, nil, booksFirst},
	{"fsq", "L,L,...", func(n []int, _ int) Quantizer { return NewFSQ(FSQ{Levels: n}) }, howMany, levels},
	{"fsq-terramind", "L,L,...", func(n []int, _ int) Quantizer { return NewFSQ(FSQ{Levels: n, TerraMind: true}) }, howMany, levels},
	{"lfq", "BITS", func(n []int, _ int) Quantizer {
		return NewLFQ(LFQ{Bits: n[0], Entropy: 0.1, Diversity: 1, Commitment: 0.25})
	}, first, bits},
	{"bins", "CODES", func(n []int, dim int) Quantizer { return NewBins(dim, n[0]) }, nil, func(n []int) (codes, books int) { return n[0], 0 }},
	{"rvq", "BOOKSxCODES", func(n []int, dim int) Quantizer { return NewResidual(n[0], settings(dim, n[1], false)) }, nil, booksFirst},
}

// short is a codebook with the settings of the lab's runs.
func short(dim, codes int, cosine bool) Quantizer { return NewCodebook(settings(dim, codes, cosine)) }

// settings are those of the lab's runs, which are short (docs/4m.md, 2.3).
func settings(dim, codes int, cosine bool) Codebook {
	return Codebook{Dim: dim, Codes: codes, Cosine: cosine, Commitment: 1, Decay: 0.95, Threshold: 0.5, Policy: "batch_random", Restart: true}
}

// Parse makes a quantizer by its name, which its String gives back:
//
//	cosine:16384x32         codes of a length, by direction
//	euclid:1024x32          the same, by distance
//	memcodes:8x1024         books of codes, each for a part of the latent
//	fsq:8,8,8,5             levels of each number, by Mentzer's bound
//	fsq-terramind:8,8,8,6,5 by TerraMind's
//	lfq:18                  bits
//	rvq:4x1024              books of codes, one behind the other
//	bins:1024               quantile bins of each number by itself
//
// dim is how many numbers a latent has; 0 leaves it to the name, which says it
// but for memcodes, rvq and bins. Codebooks have the settings of the lab's short runs,
// lfq the weights 0.1, 1 and 0.25 for entropy, diversity and commitment. A name
// that cannot be is a panic with a *fault.Error.
func Parse(name string, dim int) Quantizer {
	k, n, dim := parse("quantize.Parse", name, dim)
	if strings.Contains(k.form, "x") || k.name == "bins" {
		n := append(n, 1)
		books := float64(n[0]) * float64(n[1]) // of codes by numbers, or of books by codes
		if k.dim == nil {
			books *= float64(dim)
		}
		memory.Need("quantize.Parse", 4*books, "%q: codes", name)
	}
	return k.make(n, dim)
}

// Shape is what a quantizer's name says of it.
type Shape struct {
	Kind  string // what stands before the colon
	Dim   int    // numbers of a latent
	Codes int    // of a book
	Books int    // code numbers of a latent
}

// ShapeOf gives the shape of the quantizer that Parse would make, without making
// it; its mistakes are those of Parse.
func ShapeOf(name string, dim int) Shape {
	k, n, dim := parse("quantize.ShapeOf", name, dim)
	s := Shape{Kind: k.name, Dim: dim}
	if s.Codes, s.Books = k.size(n); s.Books == 0 { // one of each number
		s.Books = dim
	}
	return s
}

// parse takes a name apart on behalf of the call op.
func parse(op, name string, dim int) (kind, []int, int) {
	which, rest, _ := strings.Cut(name, ":")
	for _, k := range kinds {
		if k.name != which {
			continue
		}
		n, ok := k.numbers(rest)
		if !ok {
			fault.Panic(op, "%q, expected %s:%s of whole numbers above 0", name, k.name, k.form)
		}
		switch {
		case k.dim == nil && dim < 1:
			fault.Panic(op, "%q does not say how many numbers a latent has, and neither did the caller", name)
		case k.dim != nil && dim != 0 && dim != k.dim(n):
			fault.Panic(op, "%q takes latents of %d numbers, expected one for latents of %d", name, k.dim(n), dim)
		case k.dim != nil:
			dim = k.dim(n)
		}
		return k, n, dim
	}
	fault.Hint(op, "there are "+strings.Join(forms(), ", "), "no quantizer %q", name)
	return kind{}, nil, 0
}

// forms lists the kinds with what stands behind the colon.
func forms() []string {
	var out []string
	for _, k := range kinds {
		out = append(out, k.name+":"+k.form)
	}
	return out
}

// numbers reads what stands behind the colon, in the one way in which it is
// written.
func (k kind) numbers(text string) ([]int, bool) {
	sep, count := "", 1
	switch {
	case strings.Contains(k.form, "x"):
		sep, count = "x", 2
	case strings.Contains(k.form, ","):
		sep, count = ",", 0 // any
	}
	words := []string{text}
	if sep != "" {
		words = strings.Split(text, sep)
	}
	var out []int
	for _, w := range words {
		n, err := strconv.ParseInt(w, 10, 32)
		if err != nil || n < 1 || strconv.FormatInt(n, 10) != w {
			return nil, false
		}
		out = append(out, int(n))
	}
	return out, count == 0 || len(out) == count
}

// String gives the name; how a codebook moves is not part of it.
func (b *codebook) String() string {
	kind := "euclid"
	if b.Cosine {
		kind = "cosine"
	}
	return fmt.Sprintf("%s:%dx%d", kind, b.Codebook.Codes, b.Codebook.Dim)
}

func (m *memcodes) String() string { return fmt.Sprintf("memcodes:%dx%d", m.books, m.size) }

func (q *fsq) String() string {
	kind := "fsq"
	if q.TerraMind {
		kind = "fsq-terramind"
	}
	return kind + ":" + strings.ReplaceAll(strings.Trim(fmt.Sprint(q.Levels), "[]"), " ", ",")
}

func (q *lfq) String() string { return fmt.Sprintf("lfq:%d", q.Bits) }

func (q *residual) String() string { return fmt.Sprintf("rvq:%dx%d", q.Books(), q.Codes()) }
