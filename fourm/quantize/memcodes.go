package quantize

// Several codebooks at once, of which each answers for a part of the latent: the
// official type "memcodes" (docs/4m.md, 2.3).

import (
	"math"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/kernels/cpu"
	"fourmlab/fourm/ops"
	"fourmlab/internal/fault"
	"fourmlab/internal/memory"
)

// memcodes reads a code by attention: part h of a latent is the query, each code
// of book h maps to a key and to a value. At inference it is that of the largest
// product alone.
type memcodes struct {
	dim, books, size int
	codes, k, v      []float32 // (books, size, c), (books, c, c), (books, c, c)
	noise            []float32 // of the graph that was made last
}

// NewMemcodes makes the quantizer of latents of dim numbers, which the books
// share evenly, with zeros for numbers.
func NewMemcodes(dim, books, codes int) Quantizer {
	if books < 1 || dim%books != 0 {
		fault.Panic("quantize.NewMemcodes", "latents of %d numbers for %d books, expected a multiple", dim, books)
	}
	c := dim / books
	return &memcodes{dim: dim, books: books, size: codes, codes: make([]float32, books*codes*c), k: make([]float32, books*c*c), v: make([]float32, books*c*c)}
}

func (m *memcodes) Dim() int   { return m.dim }
func (m *memcodes) Codes() int { return m.size }
func (m *memcodes) Books() int { return m.books }

func (m *memcodes) Tensors() []Tensor {
	c := m.dim / m.books
	return []Tensor{{"codes", []int{m.books, m.size, c}, m.codes, true},
		{"to_k.weight", []int{m.books, c, c}, m.k, true}, {"to_v.weight", []int{m.books, c, c}, m.v, true}}
}

// Assign finds the largest q (code K): the query is mapped by K once, not each
// code, and the official scale of the query changes nothing.
func (m *memcodes) Assign(ids []int32, z []float32) {
	c, rows := m.dim/m.books, len(z)/m.dim
	q, found := make([]float32, rows*c), make([]int32, rows)
	for h := range m.books {
		cpu.Gemm(false, true, rows, c, c, z[h*c:], m.dim, m.k[h*c*c:(h+1)*c*c], c, q, c, false)
		cpu.NearestProduct(found, q, m.codes[h*m.size*c:(h+1)*m.size*c], c)
		for r, id := range found {
			ids[r*m.books+h] = id
		}
	}
}

func (m *memcodes) Embed(q []float32, ids []int32) error {
	if err := check(ids, m.books, m.size); err != nil {
		return err
	}
	c := m.dim / m.books
	rows := len(ids) / m.books
	code := make([]float32, rows*c)
	for h := range m.books {
		for r := range rows {
			copy(code[r*c:r*c+c], m.codes[(h*m.size+int(ids[r*m.books+h]))*c:])
		}
		cpu.Gemm(false, false, rows, c, c, code, c, m.v[h*c*c:(h+1)*c*c], c, q[h*c:], m.dim, false)
	}
	return nil
}

// Quantize attends with noise, which Shake draws, and has no loss of its own.
func (m *memcodes) Quantize(z *G.Node, node func(string) *G.Node) (q, loss *G.Node) {
	rows := z.Shape().TotalSize() / m.dim
	memory.Need("quantize.Memcodes", 4*float64(rows)*float64(m.books)*float64(m.size), "%d latents and %d books of %d codes: noise", rows, m.books, m.size)
	m.noise = make([]float32, rows*m.books*m.size)
	noise := ops.Input(z.Graph(), "noise of "+m.String(), []int{rows, m.books, m.size}, m.noise)
	return ops.Memcodes(z, node("codes"), node("to_k.weight"), node("to_v.weight"), noise), nil
}

// Shake draws noise from Gumbel's distribution.
func (m *memcodes) Shake(r Uniform) {
	for i := range m.noise {
		m.noise[i] = float32(-math.Log(-math.Log(max(r.Float64(), 1e-300))))
	}
}

// Update does nothing.
func (m *memcodes) Update([]float32, Chance) {}
