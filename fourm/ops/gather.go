package ops

import (
	"fmt"
	"slices"

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
// for padding: it is read, and gets no gradient (docs/4m.md, 1.2).
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
				grads = append(grads, apply(scatter{int32(i), d, pad[i]}.spec(t.Shape()), dy, in[0]))
			}
			return grads
		},
	}, append([]*G.Node{index}, tables...)...)
}

// scatter is the gradient of one of Gather's tables: of table t, of D columns,
// whose row 0 has none where pad is true.
type scatter struct {
	t   int32
	d   int
	pad bool
}

func (s scatter) spec(shape []int) spec {
	return spec{name: fmt.Sprintf("Scatter(%d,%v)", s.t, s.pad), out: shape, table: &s, forward: func(dt []float32, a []Arg) {
		cpu.Scatter(dt, a[0].F, a[1].I, s.t, s.d)
		if s.pad {
			clear(dt[:s.d])
		}
	}, add: func(dt []float32, a []Arg) { s.add(dt, a[0].F, a[1].I) }}
}

// add adds rows to those of the table that they were read from.
func (s scatter) add(dt, rows []float32, index []int32) {
	padding := dt[:s.d:s.d]
	if s.pad {
		padding = slices.Clone(padding)
	}
	cpu.ScatterAdd(dt, rows, index, s.t, s.d)
	copy(dt, padding)
}

// Rows gives, in place of the gradient of a table that only Gather reads, the
// gradients of the rows that were read, where those are less than half of it:
// sums (N, D) has that of a row at the first of the N places that show it, and
// zeros at all others. of tells which row each of them is as the places now
// are, -1 for none. It gives nil for any other node.
func Rows(grad *G.Node) (sums *G.Node, of func() []int32) {
	o, ok := grad.Op().(*op)
	if !ok || o.table == nil {
		return nil, nil
	}
	var in []*G.Node
	for it := grad.Graph().From(grad.ID()); it.Next(); {
		in = append(in, it.Node().(*G.Node))
	}
	s := *o.table
	n, size := in[1].Shape().TotalSize()/2, grad.Shape()[0]
	if 2*n > size {
		return nil, nil
	}
	first := make([]int32, size)
	for i := range first {
		first[i] = -1
	}
	sums = apply(spec{name: fmt.Sprintf("ScatterRows(%d,%v)", s.t, s.pad), out: []int{n, s.d}, forward: func(out []float32, a []Arg) {
		cpu.ScatterRows(out, a[0].F, a[1].I, s.t, s.d, s.pad, first)
	}}, in...)
	return sums, func() []int32 {
		index := ArgOf(in[1].Value()).I
		rows, seen := make([]int32, n), map[int32]bool{}
		for i := range rows {
			r := index[2*i+1]
			rows[i] = -1
			if index[2*i] == s.t && r >= 0 && !(r == 0 && s.pad) && !seen[r] {
				rows[i], seen[r] = r, true
			}
		}
		return rows
	}
}
