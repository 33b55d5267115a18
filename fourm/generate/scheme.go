package generate

// In which order the tokens of a grid are decided.

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"fourmlab/internal/fault"
)

// Scheme is the order in which the tokens of a target are decided. nil stands for
// MaskGIT for images and Autoregressive for sequences. A type with these three
// methods is a scheme for grids, also one that is written in a cell:
//
//	type inward struct{}
//
//	func (inward) String() string { return "inward" }
//
//	// Look gives the places nearest to the rim.
//	func (inward) Look(s *fourm.GridStep) []int {
//		open := s.Open
//		sort.SliceStable(open, func(i, j int) bool { return rim(s, open[i]) < rim(s, open[j]) })
//		return open[:s.Tokens]
//	}
//
//	func (inward) Keep(s *fourm.GridStep, guesses []fourm.Guess) []int { return nil }
type Scheme interface {
	// String names the scheme in plans and figures.
	String() string
	// Look gives the open places whose tokens are predicted in a step; nil stands for
	// all of them.
	Look(s *GridStep) []int
	// Keep gives the numbers of those predictions that stay, s.Tokens of them; nil
	// stands for all.
	Keep(s *GridStep, guesses []Guess) []int
}

// GridStep is a step of one sample as a Scheme sees it. Places are numbered row by
// row.
type GridStep struct {
	Rows, Cols int
	Index, Of  int   // the step, counted from 0, of so many
	Tokens     int   // that it decides
	IDs        []int // by place, -1 where it is open
	Open       []int // the open places, in order
	chance     Chance
}

// Noise gives a uniform number from 0 to 1 for each place, new ones with each call.
func (s *GridStep) Noise() []float32 { return s.chance.Noise(s.Rows * s.Cols) }

// Guess is a token that was drawn for a place.
type Guess struct {
	At, ID  int
	P       float64 // probability of the token among those that could be drawn
	Top     float64 // of the likeliest token of the place, at temperature 1 and of all tokens
	Entropy float64 // of the place's distribution, in nats, likewise
	moment  float64 // sum of the powers of its probabilities
}

// The schemes of 4M (docs/4m.md, 6.3), and what came after it.
var (
	// MaskGIT predicts all remaining tokens in each step and keeps the most
	// confident.
	MaskGIT Scheme = maskgit{}
	// ROAR decides random places in each step.
	ROAR Scheme = roar{}
	// Autoregressive decides one token after the other; those of a grid row by row.
	Autoregressive Scheme = autoregressive{}
	// Raster decides places row by row, several in a step.
	Raster Scheme = raster{}
	// Halton decides places that are far from each other, and from all before them:
	// by Halton's points in the plane (Besnier et al., arXiv 2503.17076).
	Halton Scheme = halton{}
)

type maskgit struct{}

func (maskgit) String() string         { return "maskgit" }
func (maskgit) Look(s *GridStep) []int { return nil }
func (maskgit) Keep(s *GridStep, guesses []Guess) []int {
	return largest(guesses, s.Tokens, func(i int) float64 { return guesses[i].P })
}

// largest gives the numbers of the n guesses with the largest scores, the largest
// first; of equals the first.
func largest(guesses []Guess, n int, score func(i int) float64) []int {
	at := make([]int, len(guesses))
	scores := make([]float64, len(guesses))
	for i := range at {
		at[i], scores[i] = i, score(i)
	}
	sort.SliceStable(at, func(a, b int) bool { return scores[at[a]] > scores[at[b]] })
	return at[:min(n, len(at))]
}

type roar struct{}

func (roar) String() string { return "roar" }

func (roar) Look(s *GridStep) []int { return first(s, argsort(s.Noise())) }

func (roar) Keep(s *GridStep, guesses []Guess) []int { return nil }

// first gives the step's number of open places, by an order of all.
func first(s *GridStep, order []int) []int {
	var out []int
	for _, at := range order {
		if len(out) < s.Tokens && slices.Contains(s.Open, at) {
			out = append(out, at)
		}
	}
	return out
}

type raster struct{}

func (raster) String() string                          { return "raster" }
func (raster) Look(s *GridStep) []int                  { return s.Open[:min(s.Tokens, len(s.Open))] }
func (raster) Keep(s *GridStep, guesses []Guess) []int { return nil }

type autoregressive struct{ raster }

func (autoregressive) String() string { return "autoregressive" }

type halton struct{}

func (halton) String() string                          { return "halton" }
func (halton) Look(s *GridStep) []int                  { return first(s, HaltonOrder(s.Rows, s.Cols)) }
func (halton) Keep(s *GridStep, guesses []Guess) []int { return nil }

// Gumbel is MaskGIT whose confidence has noise: log p + t (1 - r) g, with g from
// Gumbel's distribution and r the share of the steps that are done, this one
// included. So places that are all but sure are not always decided first, and the
// last step has no noise (Chang et al., arXiv 2202.04200, whose t is 4.5).
func Gumbel(t float64) Scheme {
	if !(t >= 0) || math.IsInf(t, 0) {
		fault.Panic("generate.Gumbel", "a temperature of %g, expected 0 or more", t)
	}
	return gumbel{t}
}

type gumbel struct{ t float64 }

func (g gumbel) String() string         { return fmt.Sprintf("gumbel(%g)", g.t) }
func (g gumbel) Look(s *GridStep) []int { return nil }
func (g gumbel) Keep(s *GridStep, guesses []Guess) []int {
	noise, left := s.Noise(), 1-float64(s.Index+1)/float64(s.Of)
	return largest(guesses, s.Tokens, func(i int) float64 {
		return math.Log(guesses[i].P) + g.t*left*extreme(noise[guesses[i].At])
	})
}

// extreme turns a uniform number into one of Gumbel's distribution.
func extreme(u float32) float64 {
	return -math.Log(-math.Log(math.Min(math.Max(float64(u), 1e-12), 1-1e-7)))
}

// Moment chooses places before tokens are drawn: those that Gumbel's trick draws by
// the sum of their probabilities to the power 1 + 1/a; tokens are drawn by
// probabilities to that power. It is what MaskGIT with a noise of temperature a comes
// to, without its bias to tokens that happen to be likely (Hayakawa et al., arXiv
// 2510.04525).
func Moment(a float64) Scheme {
	if !(a > 0) || math.IsInf(a, 0) {
		fault.Panic("generate.Moment", "a temperature of %g, expected more than 0", a)
	}
	return moment{a}
}

type moment struct{ a float64 }

func (m moment) power() float64         { return 1 + 1/m.a }
func (m moment) String() string         { return fmt.Sprintf("moment(%g)", m.a) }
func (m moment) Look(s *GridStep) []int { return nil }
func (m moment) Keep(s *GridStep, guesses []Guess) []int {
	noise := s.Noise()
	return largest(guesses, s.Tokens, func(i int) float64 {
		return math.Log(guesses[i].moment) + extreme(noise[guesses[i].At])
	})
}

// suits is the token schedule of a scheme where a stage names none.
func suits(s Scheme) string {
	switch s {
	case ROAR:
		return "linear"
	case Halton:
		return "arccos"
	case Raster, Autoregressive:
		return "constant"
	}
	return "cosine"
}

// HaltonOrder gives the places of a grid in the order in which Halton's points, whose
// rows follow from base 2 and columns from base 3, fall on them first.
func HaltonOrder(rows, cols int) []int {
	if rows < 1 || cols < 1 {
		return nil
	}
	seen := make([]bool, rows*cols)
	var out []int
	for i := 1; len(out) < len(seen); i++ {
		at := int(reversed(i, 2)*float64(rows))*cols + int(reversed(i, 3)*float64(cols))
		if !seen[at] {
			seen[at] = true
			out = append(out, at)
		}
	}
	return out
}

// reversed gives the digits of a number in a base, mirrored at the point: van der
// Corput's sequence.
func reversed(i, base int) float64 {
	x, by := 0, 1 // as a fraction, so that nothing is rounded before the end
	for ; i > 0; i /= base {
		x, by = x*base+i%base, by*base
	}
	return float64(x) / float64(by)
}
