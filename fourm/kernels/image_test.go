package kernels_test

import (
	"fmt"
	"testing"

	"fourmlab/fourm/kernels/cpu"
	"fourmlab/fourm/kernels/ref"
)

// Patches go into pictures and back, and convolutions are those of the loops,
// for kernels larger than the picture, too.
func TestImages(t *testing.T) {
	for _, s := range [][6]int{{1, 1, 1, 1, 1, 1}, {2, 3, 2, 4, 5, 3}, {1, 2, 5, 1, 2, 7}} {
		p := cpu.PatchGrid{B: s[0], Rows: s[1], Cols: s[2], H: s[3], W: s[4], C: s[5]}
		n := p.B * p.Rows * p.Cols * p.H * p.W * p.C
		d := roll(uint64(n))
		x, y, want := d.floats(n), make([]float32, n), make([]float32, n)
		cpu.Unpatch(y, x, p)
		ref.Unpatch(want, x, s[0], s[1], s[2], s[3], s[4], s[5])
		same(t, fmt.Sprint("unpatch ", s), y, want)
		cpu.Patch(y, x, p)
		ref.Patch(want, x, s[0], s[1], s[2], s[3], s[4], s[5])
		same(t, fmt.Sprint("patch ", s), y, want)
	}
	for _, s := range [][5]int{{1, 1, 1, 1, 1}, {2, 9, 11, 3, 7}, {1, 2, 3, 5, 7}, {2, 8, 4, 1, 3}} {
		p := cpu.Planes{B: s[0], H: s[1], W: s[2], C: s[3], N: s[4]}
		n, k := p.B*p.H*p.W*p.C, p.C*p.N*p.N
		d := roll(uint64(n))
		x, dy, w, b, y, want := d.floats(n), d.floats(n), d.floats(k), d.floats(p.C), make([]float32, n), make([]float32, n)
		what := fmt.Sprint("convolution ", s)
		cpu.DepthwiseConv(y, x, w, b, p)
		ref.DepthwiseConv(want, x, w, b, s[0], s[1], s[2], s[3], s[4])
		near(t, what, y, want, 1e-6)
		cpu.DepthwiseConvBack(y, dy, w, p)
		ref.DepthwiseConvBack(want, dy, w, s[0], s[1], s[2], s[3], s[4])
		near(t, what+" back", y, want, 1e-6)
		dw, wanted := make([]float32, k), make([]float32, k)
		cpu.DepthwiseConvBackW(dw, dy, x, p)
		ref.DepthwiseConvBackW(wanted, dy, x, s[0], s[1], s[2], s[3], s[4])
		near(t, what+" back to kernels", dw, wanted, 1e-6)
		cpu.MulRows(y, x, b)
		ref.MulRows(want, x, b)
		same(t, what+" gain", y, want)
	}
}
