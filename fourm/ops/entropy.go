package ops

// The entropy loss of lookup-free quantization.

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/kernels/cpu"
)

// BitEntropy is the mean over the rows of z (..., D) of the entropy, in nats, of
// p(c|z) less diversity times the entropy of the mean of p: c are the signs of a
// group of columns, p the softmax of sharp z c. groups says how many columns each
// group has; their losses are added. (Yu et al., arXiv 2310.05737, equation 5.)
func BitEntropy(z *G.Node, groups []int, sharp, diversity float64) *G.Node {
	d := 0
	for _, n := range groups {
		expect(n > 0 && n < 31, "BitEntropy", "a group of %d bits, expected 1 to 30", n)
		d += n
	}
	expect(d > 0 && last(z) == d, "BitEntropy", "z %v does not fit groups %v", z.Shape(), groups)
	how := fmt.Sprintf("(%v, %g, %g)", groups, sharp, diversity)
	return apply(spec{
		name: "BitEntropy" + how,
		forward: func(loss []float32, in []Arg) {
			loss[0] = float32(cpu.BitEntropy(nil, in[0].F, groups, sharp, diversity, 0))
		},
		diff: []bool{true},
		backward: func(in G.Nodes, _, dl *G.Node) G.Nodes {
			return G.Nodes{apply(spec{name: "BitEntropyBack" + how, out: in[0].Shape(), forward: func(dz []float32, a []Arg) {
				cpu.BitEntropy(dz, a[1].F, groups, sharp, diversity, float64(a[0].F[0]))
			}}, dl, in[0])}
		},
	}, z)
}
