package kernels_test

import (
	"fmt"
	"testing"

	"fourmlab/fourm/kernels/cpu"
	"fourmlab/fourm/kernels/ref"
)

func TestConv(t *testing.T) {
	for i, s := range []cpu.Window{
		{B: 1, H: 1, W: 1, In: 1, Out: 1, K: 1, Stride: 1},
		{B: 2, H: 5, W: 7, In: 3, Out: 4, K: 3, Stride: 1, Pad: 1},
		{B: 2, H: 6, W: 5, In: 8, Out: 5, K: 3, Stride: 2, Pad: 1},
		{B: 1, H: 9, W: 7, In: 2, Out: 3, K: 3, Stride: 2},
		{B: 2, H: 8, W: 12, In: 3, Out: 16, K: 4, Stride: 4},
		{B: 1, H: 7, W: 9, In: 3, Out: 2, K: 4, Stride: 4}, // places that no window shows
		{B: 1, H: 2, W: 2, In: 4, Out: 2, K: 5, Stride: 1, Pad: 2},
		{B: 3, H: 1, W: 6, In: 2, Out: 2, K: 3, Stride: 3, Pad: 2},
		{B: 2, H: 6, W: 6, In: 7, Out: 9, K: 1, Stride: 1},
		{B: 1, H: 4, W: 4, In: 7, Out: 9, K: 1, Stride: 2},
		{B: 2, H: 150, W: 90, In: 24, Out: 6, K: 3, Stride: 1, Pad: 1}, // several blocks
	} {
		d := roll(uint64(i))
		rows, cols := s.Size()
		x, w, bias, dy := d.floats(s.B*s.H*s.W*s.In), d.floats(s.Out*s.In*s.K*s.K), d.floats(s.Out), d.floats(s.B*rows*cols*s.Out)
		for _, c := range []struct {
			name        string
			size        int
			fast, plain func(y []float32)
		}{
			{"conv", len(dy), func(y []float32) { cpu.Conv(y, x, w, bias, s) }, func(y []float32) { ref.Conv(y, x, w, bias, s) }},
			{"conv without bias", len(dy), func(y []float32) { cpu.Conv(y, x, w, nil, s) }, func(y []float32) { ref.Conv(y, x, w, nil, s) }},
			{"conv back", len(x), func(y []float32) { cpu.ConvBack(y, dy, w, s) }, func(y []float32) { ref.ConvBack(y, dy, w, s) }},
			{"weights of conv back", len(w), func(y []float32) { cpu.ConvBackWeights(y, dy, x, s) }, func(y []float32) { ref.ConvBackWeights(y, dy, x, s) }},
		} {
			compare(t, fmt.Sprintf("%s of %+v", c.name, s), d, c.size, c.fast, c.plain, 2e-6)
		}
	}
}

// compare runs both forms of a kernel and looks beside the result.
func compare(t *testing.T, what string, d dice, n int, fast, plain func(y []float32), tol float64) {
	t.Helper()
	y, intact := window(d, n, 3)
	want := make([]float32, n)
	fast(y)
	plain(want)
	near(t, what, y, want, tol)
	if !intact() {
		t.Errorf("%s writes beside its result", what)
	}
}

func TestGroupNorm(t *testing.T) {
	for i, v := range [][4]int{{1, 1, 2, 1}, {2, 9, 6, 3}, {3, 1, 32, 32}, {2, 50, 64, 32}, {1, 900, 24, 8}, {5, 7, 10, 1}} {
		s := cpu.Groups{B: v[0], N: v[1], C: v[2], G: v[3]}
		d := roll(uint64(i))
		n := s.B * s.N * s.C
		x, dy, g, b := d.floats(n), d.floats(n), d.floats(s.C), d.floats(s.C)
		what := fmt.Sprintf("group norm of %+v", s)
		compare(t, what, d, n, func(y []float32) { cpu.GroupNorm(y, x, g, b, s, 1e-5) }, func(y []float32) { ref.GroupNorm(y, x, g, b, s, 1e-5) }, 2e-6)
		compare(t, what+" back", d, n, func(y []float32) { cpu.GroupNormBack(y, dy, x, g, s, 1e-5) }, func(y []float32) { ref.GroupNormBack(y, dy, x, g, s, 1e-5) }, 2e-5)
		compare(t, what+", parameters", d, 2*s.C, func(y []float32) { cpu.GroupNormBackParam(y[:s.C], y[s.C:], dy, x, s, 1e-5) },
			func(y []float32) { ref.GroupNormBackParam(y[:s.C], y[s.C:], dy, x, s, 1e-5) }, 2e-6)
	}
}

func TestModulate(t *testing.T) {
	for i, v := range [][7]int{
		{1, 1, 1, 1, 0, -1, 0}, {2, 3, 5, 12, 7, 1, 1}, {2, 4, 70, 140, 0, 70, 1}, {3, 90, 130, 131, 1, -1, 0}, {2, 5, 9, 20, -1, 4, 0}, {2, 2, 3, 4, -1, -1, 0},
	} {
		s := cpu.Modulation{B: v[0], N: v[1], C: v[2], Width: v[3], Scale: v[4], Shift: v[5], Plus: float32(v[6])}
		d := roll(uint64(i))
		n := s.B * s.N * s.C
		x, dy, m := d.floats(n), d.floats(n), d.floats(s.B*s.Width)
		what := fmt.Sprintf("modulate of %+v", s)
		compare(t, what, d, n, func(y []float32) { cpu.Modulate(y, x, m, s) }, func(y []float32) { ref.Modulate(y, x, m, s) }, 1e-6)
		compare(t, what+" in place", d, n, func(y []float32) { copy(y, x); cpu.Modulate(y, y, m, s) }, func(y []float32) { ref.Modulate(y, x, m, s) }, 1e-6)
		compare(t, what+" back", d, len(m), func(y []float32) { cpu.ModulateBack(y, dy, x, s) }, func(y []float32) { ref.ModulateBack(y, dy, x, s) }, 1e-6)
	}
}
