package ops

// What a vector m (B, Width) of each sample does to all places of x (B, ..., C):
// a step of a diffusion, or a condition, acts by shifts and gains of channels
// (FiLM, Perez et al., arXiv 1709.07871; adaLN, Peebles and Xie, 2212.09748).

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/kernels/cpu"
)

// Modulate computes x (1 + scale) + shift, of the C columns of m from scale and
// from shift on.
func Modulate(x, m *G.Node, scale, shift int) *G.Node {
	expect(scale >= 0 && shift >= 0, "Modulate", "columns %d and %d", scale, shift)
	return modulate("Modulate", x, m, scale, shift, 1)
}

// MulChannels computes x gain, of the C columns of m from gain on.
func MulChannels(x, m *G.Node, gain int) *G.Node {
	expect(gain >= 0, "MulChannels", "column %d", gain)
	return modulate("MulChannels", x, m, gain, -1, 0)
}

// AddChannels computes x + shift, of the C columns of m from shift on.
func AddChannels(x, m *G.Node, shift int) *G.Node {
	expect(shift >= 0, "AddChannels", "column %d", shift)
	return modulate("AddChannels", x, m, -1, shift, 0)
}

func modulate(name string, x, m *G.Node, scale, shift int, plus float32) *G.Node {
	s, c := x.Shape(), last(x)
	expect(len(m.Shape()) == 2 && m.Shape()[0] == s[0] && max(scale, shift)+c <= last(m), name,
		"m %v does not fit x %v from column %d on", m.Shape(), s, max(scale, shift))
	shape := cpu.Modulation{B: s[0], N: s.TotalSize() / (s[0] * c), C: c, Width: last(m), Scale: scale, Shift: shift, Plus: plus}
	return apply(spec{
		name:    fmt.Sprintf("%s(%d,%d)", name, scale, shift),
		out:     s,
		forward: func(y []float32, in []Arg) { cpu.Modulate(y, in[0].F, in[1].F, shape) },
		over:    []int{0},
		diff:    []bool{true, true},
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes {
			dx := dy
			if scale >= 0 {
				gain := shape
				gain.Shift = -1
				dx = apply(spec{name: fmt.Sprintf("%sBack(%d)", name, scale), out: s, forward: func(dx []float32, a []Arg) {
					cpu.Modulate(dx, a[0].F, a[1].F, gain)
				}}, dy, in[1])
			}
			dm := apply(spec{name: fmt.Sprintf("%sBackM(%d,%d)", name, scale, shift), out: m.Shape(), forward: func(dm []float32, a []Arg) {
				cpu.ModulateBack(dm, a[0].F, a[1].F, shape)
			}}, dy, in[0])
			return G.Nodes{dx, dm}
		},
	}, x, m)
}
