package mask

import (
	"slices"
	"testing"

	"fourmlab/fourm/modality"
)

// script is a Chance that says what it is told, and notes what it was asked.
type script struct {
	Chance
	uniform float64
	noise   [][]float32 // the last one for ever
	between int
	asked   []int // of Between: the upper ends
	rounds  int
}

func (s *script) Uniform() float64 { return s.uniform }
func (s *script) Noise(x []float32) {
	copy(x, s.noise[min(s.rounds, len(s.noise)-1)])
	s.rounds++
}
func (s *script) Between(_, hi int) int {
	s.asked = append(s.asked, hi)
	return min(s.between, hi)
}

// Noise up to the keep probability keeps; what is too long is drawn again 0.9
// times as likely to stay.
func TestKeepProbability(t *testing.T) {
	e := sequences(t)[0]
	e.Tokens.IDs = e.Tokens.IDs[:4]
	for _, c := range []struct {
		keep   string
		in     int
		rounds int
		want   string
	}{
		{"", 8, 1, "w0 w1 [S_1] w3"},      // keep 0.8: noise of 0.8 stays, 0.81 does not
		{"", 3, 2, "w0 [S_1] w3"},         // 0.72
		{"", 2, 10, "w0 [S_1]"},           // 0.31, after those of 0.43 and more
		{"", 1, 13, "[S_1]"},              // 0.226
		{"", 0, 1, ""},                    // nothing stays, not even the sentinel
		{keepAll, 8, 1, "w0 w1 w2 w3"},    // 1
		{keepBinary, 8, 1, "w0 w1 w2 w3"}, // 1
		{keepBinary, 3, 4, "w0 [S_1] w3"}, // 0.729
	} {
		e.Keep = c.keep
		s := &script{uniform: 0.8, between: 1, noise: [][]float32{{0.25, 0.8, 0.81, 0.34}}}
		p := e.Part(s, c.in, -1)
		if p.In.Text() != c.want || s.rounds != c.rounds {
			t.Errorf("%q with %d tokens: %q after %d rounds, expected %q after %d", c.keep, c.in, p.In.Text(), s.rounds, c.want, c.rounds)
		}
	}
}

// A target over its budget begins at the sentinel that was drawn, any but the
// last, or at the earliest whose rest fits.
func TestTargetBegins(t *testing.T) {
	e := sequences(t)[0]
	e.Tokens.IDs = e.Tokens.IDs[:6]
	// the whole target is [S_1] w0 w1 [S_2] w3 [S_3] w5 [S_4]
	for _, c := range []struct {
		out, sentinel int
		asked         []int
		want          string
		target        []int
	}{
		{-1, 0, nil, "[S_1] w0 w1 [S_2] w3 [S_3] w5 [S_4]", []int{0, 1, 3, 5}},
		{8, 0, nil, "[S_1] w0 w1 [S_2] w3 [S_3] w5 [S_4]", []int{0, 1, 3, 5}},
		{7, 0, []int{2}, "[S_1] w0 w1 [S_2] w3 [S_3] w5", []int{0, 1, 3, 5}},
		{7, 1, []int{2}, "[S_2] w3 [S_3] w5 [S_4]", []int{3, 5}},
		{5, 1, []int{2}, "[S_2] w3 [S_3] w5 [S_4]", []int{3, 5}},
		{5, 2, []int{2}, "[S_2] w3 [S_3] w5 [S_4]", []int{3, 5}},
		{3, 1, []int{2}, "[S_2] w3 [S_3]", []int{3}},
		{2, 0, []int{2}, "[S_1] w0", []int{0}},
		{1, 2, []int{2}, "[S_3]", nil},
		{0, 1, []int{2}, "", nil},
	} {
		s := &script{uniform: 0.5, between: c.sentinel, noise: [][]float32{{0.9, 0.9, 0.1, 0.9, 0.1, 0.9}}}
		p := e.Part(s, 20, c.out)
		var target []int
		for i, v := range p.Target {
			if v {
				target = append(target, i)
			}
		}
		if p.Out.Text() != c.want || !slices.Equal(s.asked, c.asked) || !slices.Equal(target, c.target) {
			t.Errorf("budget %d: %q with tokens %v, asked %v; expected %q with %v, %v", c.out, p.Out.Text(), target, s.asked, c.want, c.target, c.asked)
		}
	}
	// the lone sentinel of a text that stays whole may be drawn
	s := &script{uniform: 1, noise: [][]float32{make([]float32, 6)}}
	if p := e.Part(s, 20, 0); p.Targets() != 0 || !slices.Equal(s.asked, []int{0}) {
		t.Errorf("a whole text has %v as target, asked %v", p.Out, s.asked)
	}
}

// Place i of a grid has the role of the rank that the i-th smallest noise
// names, as in 4M.
func TestGridRoles(t *testing.T) {
	d := modality.Domain{Name: "grid", Kind: modality.Image, Max: 4}
	s := &script{noise: [][]float32{{0.3, 0.4, 0.1, 0.2}}} // sorted: places 2, 3, 0, 1
	p := Entry{Domain: d}.Part(s, 1, 2)
	if !slices.Equal(p.Input, []bool{false, false, true, false}) || !slices.Equal(p.Target, []bool{true, false, false, true}) {
		t.Errorf("inputs %v and targets %v", p.Input, p.Target)
	}
}
