package ops

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/kernels/cpu"
)

// Gather takes rows from tables, each (R, D): row i of the result, which has
// the given shape with as many rows as index (..., 2) has pairs, is row
// index[i, 1] of table index[i, 0], or zeros where either is negative. With
// it 4M's embeddings of all modalities are one op: tokens, pixels, positions
// and modalities are tables.
func Gather(shape []int, index *G.Node, tables ...*G.Node) *G.Node {
	return GatherPadded(shape, make([]bool, len(tables)), index, tables...)
}

// GatherPadded is Gather in which row 0 of a table whose pad is true stands
// for padding: it is read, and gets no gradient (inventory 1.2).
func GatherPadded(shape []int, pad []bool, index *G.Node, tables ...*G.Node) *G.Node {
	expect(len(tables) > 0, "Gather", "no table")
	expect(len(pad) == len(tables), "Gather", "%d pads for %d tables", len(pad), len(tables))
	d := last(tables[0])
	for _, t := range tables {
		expect(last(t) == d, "Gather", "tables of %d and %d columns", d, last(t))
	}
	size := 1
	for _, s := range shape {
		size *= s
	}
	rows := index.Shape().TotalSize() / 2
	expect(size == rows*d, "Gather", "%d rows of %d do not fill shape %v", rows, d, shape)
	diff := make([]bool, 1+len(tables))
	for i := range tables {
		diff[1+i] = true
	}
	return apply(spec{
		name: "Gather",
		out:  shape,
		forward: func(y []float32, in []Arg) {
			t := make([][]float32, len(in)-1)
			for i := range t {
				t[i] = in[1+i].F
			}
			cpu.Gather(y, in[0].I, t, d)
		},
		diff: diff,
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes {
			grads := G.Nodes{nil}
			for i, t := range in[1:] {
				grads = append(grads, apply(spec{name: fmt.Sprintf("Scatter(%d,%v)", i, pad[i]), out: t.Shape(), forward: func(dt []float32, a []Arg) {
					cpu.Scatter(dt, a[0].F, a[1].I, int32(i), d)
					if pad[i] {
						clear(dt[:d])
					}
				}, add: func(dt []float32, a []Arg) {
					scatterAdd(dt, a[0].F, a[1].I, int32(i), d, pad[i])
				}}, dy, in[0]))
			}
			return grads
		},
	}, append([]*G.Node{index}, tables...)...)
}

// scatterAdd adds rows to those of table t that they were read from, but for
// row 0 where that is padding.
func scatterAdd(dt, rows []float32, index []int32, t int32, d int, pad bool) {
	for i := 0; i < len(index); i += 2 {
		r := int(index[i+1])
		if index[i] != t || r < 0 || r == 0 && pad {
			continue
		}
		cpu.Add(dt[r*d:r*d+d], dt[r*d:r*d+d], rows[i/2*d:i/2*d+d])
	}
}
