package mask

// Which places of a grid go together: in 4M each by itself, at random; here also
// blocks, rows, columns, and the same places in all modalities.

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"fourmlab/internal/fault"
)

// Ground is a grid whose places are to be put in order. Places are numbered row by
// row.
type Ground struct {
	Domain, Modality string
	Rows, Cols       int
	Noise            []float32 // a uniform number from 0 to 1 a place
	Shared           []float32 // the same, alike in all modalities of a sample: a number for each of 8 x 8 parts of the picture
}

// patterns by name. Each gives the order in which places become inputs, and behind
// these targets; side is the length of a block.
var patterns = map[string]func(g Ground, side int) []int{
	"random":  func(g Ground, _ int) []int { return order(g.Noise) },
	"blocks":  func(g Ground, side int) []int { return g.grouped(g.blocks(side), g.Noise) },
	"rows":    func(g Ground, side int) []int { return g.grouped(g.bands(side, g.row), g.Noise) },
	"columns": func(g Ground, side int) []int { return g.grouped(g.bands(side, g.col), g.Noise) },
	"same":    func(g Ground, _ int) []int { return g.grouped(g.parts(), g.Shared) },
	"tubes":   func(g Ground, side int) []int { return g.grouped(g.parts(), g.tubes(side)) },
}

// patternNames lists them.
func patternNames() string { return "random, blocks, rows, columns, same or tubes" }

// pattern takes a name such as "blocks:3" apart; side is 0 where none is given.
func pattern(name string) (f func(Ground, int) []int, side int, ok bool) {
	kind, size, sized := strings.Cut(name, ":")
	if sized {
		n, err := strconv.Atoi(size)
		if err != nil || n < 1 || kind == "random" || kind == "same" {
			return nil, 0, false
		}
		side = n
	}
	f, ok = patterns[kind]
	return f, side, ok
}

func (g Ground) row(at int) int { return at / g.Cols }
func (g Ground) col(at int) int { return at % g.Cols }

// blocks gives the block of each place: squares of side places, a quarter of the
// grid's shorter side where it is 0, from the upper left corner on.
func (g Ground) blocks(side int) []int {
	if side == 0 {
		side = max(min(g.Rows, g.Cols)/4, 1)
	}
	across := (g.Cols + side - 1) / side
	return g.each(func(at int) int { return g.row(at)/side*across + g.col(at)/side })
}

// bands gives the band of each place: so many rows or columns together, one where
// side is 0.
func (g Ground) bands(side int, of func(at int) int) []int {
	return g.each(func(at int) int { return of(at) / max(side, 1) })
}

// eighths is how many parts a picture has a side for what modalities share.
const eighths = 8

// parts gives the part of the picture, of 8 x 8, in which each place lies.
func (g Ground) parts() []int {
	at := func(i, n int) int { return (2*i + 1) * eighths / (2 * n) }
	return g.each(func(p int) int { return at(g.row(p), g.Rows)*eighths + at(g.col(p), g.Cols) })
}

// tubes gives numbers for the parts of the picture that are alike within squares of
// side parts, 2 where it is 0.
func (g Ground) tubes(side int) []float32 {
	if side == 0 {
		side = 2
	}
	out := make([]float32, len(g.Shared))
	for i := range out {
		y, x := i/eighths/side*side, i%eighths/side*side
		out[i] = g.Shared[y*eighths+x]
	}
	return out
}

func (g Ground) each(f func(at int) int) []int {
	out := make([]int, g.Rows*g.Cols)
	for at := range out {
		out[at] = f(at)
	}
	return out
}

// grouped gives the places group by group, in the order of the groups' numbers, within
// a group as they lie.
func (g Ground) grouped(group []int, number []float32) []int {
	places := g.each(func(at int) int { return at })
	sort.SliceStable(places, func(a, b int) bool {
		i, j := group[places[a]], group[places[b]]
		if number[i] != number[j] {
			return number[i] < number[j]
		}
		return i < j
	})
	return places
}

// by puts places in order for a mask.
type by struct {
	own    func(Ground) []int
	named  func(Ground, int) []int
	side   int
	shared []float32
}

// by gives what orders the mask's places, and draws what modalities share; nil where
// nothing is said of patterns.
func (m Mask) by(c Chance) *by {
	if m.Pattern == "" && m.Order == nil {
		return nil
	}
	b := &by{own: m.Order, shared: make([]float32, eighths*eighths)}
	if m.Order == nil {
		b.named, b.side, _ = pattern(m.Pattern)
	}
	c.Noise(b.shared)
	return b
}

// order puts the places of an entry in order, for budgets of in and out tokens.
func (b *by) order(c Chance, e Entry, in, out int) []int {
	d := e.Domain
	g := Ground{Domain: d.Name, Modality: d.Modality, Rows: d.Rows, Cols: d.Cols, Noise: make([]float32, d.Max), Shared: slices.Clone(b.shared)}
	c.Noise(g.Noise)
	if b.own == nil {
		return b.named(g, b.side)
	}
	places, seen := b.own(g), make([]bool, d.Max)
	for _, at := range places {
		if at < 0 || at >= d.Max || seen[at] {
			fault.Panic("Mask.Order", "%s: place %d, expected places from 0 to %d, each once", d.Name, at, d.Max-1)
		}
		seen[at] = true
	}
	if need := min(in+max(out, 0), d.Max); len(places) < need {
		fault.Panic("Mask.Order", "%s: %d places, expected at least %d, all that become inputs or targets", d.Name, len(places), need)
	}
	return places
}
