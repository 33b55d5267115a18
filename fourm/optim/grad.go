package optim

// Gradients: of whole parameters, and of the few rows of a table that a batch
// read.

import (
	"math"

	"fourmlab/fourm/kernels/cpu"
)

// Grad is the gradient of a parameter. Where Rows is nil, F has the numbers of
// the parameter. Else the parameter is a table, row i of F belongs to its row
// Rows[i], no row is named twice, and all others have no gradient; a negative
// one names no row, and its numbers are zeros. None tells that nothing of the
// loss depends on the parameter in this step; F is zeros then.
type Grad struct {
	F    []float32
	Rows []int32
	None bool
}

// Dense gives gradients that have all numbers.
func Dense(f [][]float32) []Grad {
	out := make([]Grad, len(f))
	for i := range f {
		out[i].F = f[i]
	}
	return out
}

// width gives the columns of a table's gradient.
func (g Grad) width() int { return len(g.F) / len(g.Rows) }

// AddTo adds the gradient, times f, to sum, which has the numbers of the
// parameter.
func (g Grad) AddTo(sum []float32, f float32) {
	if g.Rows == nil {
		cpu.AddScaled(sum, g.F, f)
		return
	}
	d := g.width()
	for i, r := range g.Rows {
		if r >= 0 {
			cpu.AddScaled(sum[int(r)*d:int(r)*d+d], g.F[i*d:i*d+d], f)
		}
	}
}

// at gives by row of a table of so many numbers where its gradient lies, or -1.
func (g Grad) at(size int) []int32 {
	out := make([]int32, size/g.width())
	for r := range out {
		out[r] = -1
	}
	for i, r := range g.Rows {
		if r >= 0 {
			out[r] = int32(i)
		}
	}
	return out
}

// Sum is the sum of the gradients of several batches. The zero value is an
// empty one.
type Sum struct{ grads []Grad }

// Clear empties the sum; its memory stays.
func (s *Sum) Clear() {
	for i := range s.grads {
		clear(s.grads[i].F)
		s.grads[i].None = true
	}
}

// Add adds gradient g of parameter i, of size numbers, times f. Parameters
// come in order.
func (s *Sum) Add(i, size int, g Grad, f float32) {
	if i == len(s.grads) {
		s.grads = append(s.grads, Grad{F: make([]float32, size), None: true})
	}
	if !g.None {
		s.grads[i].None = false
		g.AddTo(s.grads[i].F, f)
	}
}

// Grads gives the sums by parameter, until the next Add or Clear.
func (s *Sum) Grads() []Grad { return s.grads }

// Norm gives the Euclidean norm of all gradients together.
func Norm(grads []Grad) float64 {
	s := 0.0
	for _, g := range grads {
		s += cpu.SumSquares(g.F)
	}
	return math.Sqrt(s)
}
