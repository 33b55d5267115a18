package ops

// Codes that are read by attention, with noise: memcodes in training (docs/4m.md,
// 2.3).

import (
	"fmt"
	"math"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/kernels/cpu"
)

// Memcodes lets each part of x (R, books c) attend to the codes of its book
// (books, size, c), mapped to keys and values by k and v (books, c, c). Of each
// row the value of the code is taken whose logit q·key/√c plus noise (R, books,
// size) is the largest. The gradient is that of the softmax of these sums (Jang
// et al., arXiv 1611.01144, straight through, temperature 1): into the values by
// what was taken, into keys and queries by the softmax.
func Memcodes(x, codes, k, v, noise *G.Node) *G.Node {
	s := codes.Shape()
	expect(len(s) == 3 && last(x) == s[0]*s[2], "Memcodes", "x %v does not fit codes %v, (books, size, numbers)", x.Shape(), s)
	m := memcodes{rows: x.Shape().TotalSize() / last(x), books: s[0], size: s[1], c: s[2]}
	for _, w := range []*G.Node{k, v} {
		expect(w.Shape().TotalSize() == m.books*m.c*m.c, "Memcodes", "maps %v do not fit codes %v", w.Shape(), s)
	}
	expect(noise.Shape().TotalSize() == m.rows*m.books*m.size, "Memcodes", "noise %v does not fit %d rows and codes %v", noise.Shape(), m.rows, s)
	return apply(spec{
		name:    "Memcodes",
		out:     x.Shape(),
		forward: func(y []float32, in []Arg) { m.forward(y, in[0].F, in[1].F, in[2].F, in[3].F, in[4].F) },
		diff:    []bool{true, true, true, true, false},
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes {
			nx, nc, nk := in[0].Shape().TotalSize(), in[1].Shape().TotalSize(), in[2].Shape().TotalSize()
			all := apply(spec{name: fmt.Sprintf("MemcodesBack(%d)", m.books), out: []int{nx + nc + 2*nk}, forward: func(d []float32, a []Arg) {
				m.back(d[:nx], d[nx:nx+nc], d[nx+nc:nx+nc+nk], d[nx+nc+nk:], a[0].F, a[1].F, a[2].F, a[3].F, a[4].F, a[5].F)
			}}, dy, in[0], in[1], in[2], in[3], in[4])
			return G.Nodes{part(all, 0, in[0].Shape()), part(all, nx, in[1].Shape()), part(all, nx+nc, in[2].Shape()), part(all, nx+nc+nk, in[3].Shape()), nil}
		},
	}, x, codes, k, v, noise)
}

// memcodes are the sizes: rows of latents, books, codes of a book, numbers of a
// code.
type memcodes struct{ rows, books, size, c int }

// book is what attention to one book finds.
type book struct {
	q, keys, values []float32 // (R, c), scaled; (size, c); (size, c)
	logits          []float32 // (R, size), with noise
	taken           []int     // by row
}

func (m memcodes) look(h int, x, codes, k, v, noise []float32) book {
	r, n, c := m.rows, m.size, m.c
	b := book{make([]float32, r*c), make([]float32, n*c), make([]float32, n*c), make([]float32, r*n), make([]int, r)}
	scale := float32(1 / math.Sqrt(float64(c)))
	for i := range r {
		for j := range c {
			b.q[i*c+j] = scale * x[(i*m.books+h)*c+j]
		}
	}
	own := codes[h*n*c : (h+1)*n*c]
	cpu.Gemm(false, false, n, c, c, own, c, k[h*c*c:(h+1)*c*c], c, b.keys, c, false)
	cpu.Gemm(false, false, n, c, c, own, c, v[h*c*c:(h+1)*c*c], c, b.values, c, false)
	cpu.Gemm(false, true, r, n, c, b.q, c, b.keys, c, b.logits, n, false)
	for i := range r {
		row := b.logits[i*n : i*n+n]
		for j := range row {
			row[j] += noise[(i*m.books+h)*n+j]
			if row[j] > row[b.taken[i]] {
				b.taken[i] = j
			}
		}
	}
	return b
}

func (m memcodes) forward(y, x, codes, k, v, noise []float32) {
	for h := range m.books {
		b := m.look(h, x, codes, k, v, noise)
		for i, j := range b.taken {
			copy(y[(i*m.books+h)*m.c:][:m.c], b.values[j*m.c:])
		}
	}
}

// back writes the gradients by x, codes, k and v.
func (m memcodes) back(dx, dcodes, dk, dv, dy, x, codes, k, v, noise []float32) {
	r, n, c := m.rows, m.size, m.c
	scale := float32(1 / math.Sqrt(float64(c)))
	g, soft, dq := make([]float32, r*c), make([]float32, r*n), make([]float32, r*c)
	dkeys, dvalues := make([]float32, n*c), make([]float32, n*c)
	for h := range m.books {
		b := m.look(h, x, codes, k, v, noise)
		clear(dvalues)
		for i, j := range b.taken {
			copy(g[i*c:i*c+c], dy[(i*m.books+h)*c:])
			cpu.AddScaled(dvalues[j*c:j*c+c], g[i*c:i*c+c], 1)
		}
		cpu.Gemm(false, true, r, n, c, g, c, b.values, c, soft, n, false) // by what is taken
		for i := range r {
			softmaxBack(soft[i*n:i*n+n], b.logits[i*n:i*n+n], b.logits[i*n+b.taken[i]])
		}
		cpu.Gemm(false, false, r, c, n, soft, n, b.keys, c, dq, c, false)
		cpu.Gemm(true, false, n, c, r, soft, n, b.q, c, dkeys, c, false)
		for i := range r {
			for j := range c {
				dx[(i*m.books+h)*c+j] = scale * dq[i*c+j]
			}
		}
		own, ownK, ownV := codes[h*n*c:(h+1)*n*c], k[h*c*c:(h+1)*c*c], v[h*c*c:(h+1)*c*c]
		cpu.Gemm(false, true, n, c, c, dkeys, c, ownK, c, dcodes[h*n*c:(h+1)*n*c], c, false)
		cpu.Gemm(false, true, n, c, c, dvalues, c, ownV, c, dcodes[h*n*c:(h+1)*n*c], c, true)
		cpu.Gemm(true, false, c, c, n, own, c, dkeys, c, dk[h*c*c:(h+1)*c*c], c, false)
		cpu.Gemm(true, false, c, c, n, own, c, dvalues, c, dv[h*c*c:(h+1)*c*c], c, false)
	}
}

// softmaxBack turns the gradient by a softmax into that by its logits, of which
// the largest is known.
func softmaxBack(grad, logits []float32, largest float32) {
	sum, mean := 0.0, 0.0
	p := make([]float64, len(grad))
	for j, l := range logits {
		p[j] = math.Exp(float64(l - largest))
		sum += p[j]
		mean += p[j] * float64(grad[j])
	}
	mean /= sum
	for j := range grad {
		grad[j] = float32(p[j] / sum * (float64(grad[j]) - mean))
	}
}
