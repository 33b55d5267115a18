package kernels_test

import (
	"fmt"
	"math"
	"testing"

	"fourmlab/fourm/kernels/cpu"
	"fourmlab/fourm/kernels/ref"
)

// places draws rows of two tables of 9 and 20 rows, some of none.
func (d dice) places(n int) []int32 {
	index := make([]int32, 2*n)
	for i := range n {
		index[2*i], index[2*i+1] = int32(d.IntN(3))-1, int32(d.IntN(10))-1
	}
	return index
}

func TestGatherAndScatter(t *testing.T) {
	for _, dim := range []int{1, 3, 8, 12, 70, 384} {
		d := roll(uint64(dim))
		const rows = 57
		tables := [][]float32{d.floats(9 * dim), d.floats(20 * dim)}
		index := d.places(rows)
		got, want := d.floats(rows*dim), d.floats(rows*dim)
		cpu.Gather(got, index, tables, dim)
		ref.Gather(want, index, tables, dim)
		same(t, "gather", got, want)
		do := d.floats(rows * dim)
		for id := range int32(2) {
			g, w := d.floats(len(tables[id])), d.floats(len(tables[id]))
			cpu.Scatter(g, do, index, id, dim)
			ref.Scatter(w, do, index, id, dim)
			near(t, fmt.Sprintf("scatter of %d columns", dim), g, w, 1e-6)
			cpu.ScatterAdd(g, do, index, id, dim)
			ref.ScatterAdd(w, do, index, id, dim)
			near(t, fmt.Sprintf("scatter and add of %d columns", dim), g, w, 1e-6)
		}
	}
}

// A table that is cleared past the cache, at any place in memory.
func TestScatterIntoLargeTable(t *testing.T) {
	const dim, rows = 37, 8009
	for offset := range 9 {
		d := roll(uint64(offset))
		table, intact := window(d, rows*dim, offset)
		index := []int32{0, 5, 0, rows - 1, -1, 3, 0, 5, 1, 4}
		do := d.floats(len(index) / 2 * dim)
		want := make([]float32, rows*dim)
		cpu.Scatter(table, do, index, 0, dim)
		ref.Scatter(want, do, index, 0, dim)
		near(t, "scatter", table, want, 1e-6)
		if !intact() {
			t.Error("scatter writes beside its table")
		}
	}
}

func TestLosses(t *testing.T) {
	for _, v := range []int{1, 2, 8, 41, 1000} {
		d := roll(uint64(v))
		const rows = 57
		logits, labels := d.floats(rows*v), d.ints(rows, v)
		if g, w := cpu.SoftmaxLoss(logits, labels, v), ref.SoftmaxLoss(logits, labels, v); math.Abs(float64(g-w)) > 1e-5 {
			t.Errorf("softmax loss %g, expected %g", g, w)
		}
		g, w := make([]float32, len(logits)), make([]float32, len(logits))
		cpu.SoftmaxLossBack(g, logits, labels, v, 0.7)
		ref.SoftmaxLossBack(w, logits, labels, v, 0.7)
		near(t, "softmax loss back", g, w, 1e-5)
		copy(g, logits)
		copy(w, logits)
		cpu.Softmax(g, v)
		ref.Softmax(w, v)
		near(t, "softmax", g, w, 1e-6)
	}
}

func TestNearest(t *testing.T) {
	for _, s := range [][3]int{{1, 1, 1}, {57, 20, 12}, {16, 256, 8}, {17, 257, 32}, {40, 700, 5}} {
		rows, codes, dim := s[0], s[1], s[2]
		d := roll(uint64(rows))
		z, book := d.floats(rows*dim), d.floats(codes*dim)
		ids, want := make([]int32, rows), make([]int32, rows)
		type find = func(ids []int32, z, codes []float32, d int)
		for by, f := range map[string][2]find{"cosine": {cpu.Nearest, ref.Nearest}, "distance": {cpu.NearestPoint, ref.NearestPoint}, "product": {cpu.NearestProduct, ref.NearestProduct}} {
			f[0](ids, z, book, dim)
			f[1](want, z, book, dim)
			for i := range ids {
				if ids[i] != want[i] {
					t.Errorf("nearest of %d codes by %s to row %d is %d, expected %d", codes, by, i, ids[i], want[i])
				}
			}
		}
		got, plain := make([]float32, rows*dim), make([]float32, rows*dim)
		dy := d.floats(rows * dim)
		clear(z[:dim])
		cpu.UnitBack(got, dy, z, dim)
		ref.UnitBack(plain, dy, z, dim)
		near(t, "unit back", got, plain, 1e-6)
	}
	// of equals the first
	ids := make([]int32, 1)
	cpu.Nearest(ids, []float32{1, 2}, []float32{0, 0, 2, 4, 1, 2, 2, 4}, 2)
	if ids[0] != 1 {
		t.Errorf("nearest of equals is %d, expected 1", ids[0])
	}
	y := make([]float32, 11)
	cpu.Unit(y, make([]float32, 11))
	same(t, "unit of zeros", y, make([]float32, 11))
}
