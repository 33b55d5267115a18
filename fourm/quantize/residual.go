package quantize

// Residual quantization: the first codebook stands for a latent, each further one
// for what those before it have left (Lee et al., arXiv 2203.01941, section 3.1;
// SoundStream: Zeghidour et al., arXiv 2107.03312, algorithm 1).

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/kernels/cpu"
	"fourmlab/fourm/ops"
	"fourmlab/internal/fault"
)

// residual is a row of codebooks of one size, each with moving averages of its
// own:
//
//	r₀ = z, kᵢ = the code of book i nearest to rᵢ, rᵢ₊₁ = rᵢ - e(kᵢ)
//
// What the decoder sees is the sum of the codes, straight through for the gradient;
// the loss is the sum of the books' commitments to what they were given.
type residual struct {
	books   []Quantizer
	tensors []Tensor
}

// NewResidual makes the quantizer of books codebooks, each as c says, with zeros
// for numbers. The tensors of book i are named "layers.i.", as by
// vector-quantize-pytorch.
func NewResidual(books int, c Codebook) Quantizer {
	if books < 1 {
		fault.Panic("quantize.NewResidual", "%d books, expected at least one", books)
	}
	if c.Heads > 1 || c.UnitLatents {
		fault.Panic("quantize.NewResidual", "books of several heads or of latents of length 1, expected books of latents as they are")
	}
	q := &residual{}
	for i := range books {
		b := NewCodebook(c)
		q.books = append(q.books, b)
		for _, t := range b.Tensors() {
			t.Name = layer(i) + t.Name
			q.tensors = append(q.tensors, t)
		}
	}
	return q
}

func layer(i int) string { return fmt.Sprintf("layers.%d.", i) }

func (q *residual) Dim() int          { return q.books[0].Dim() }
func (q *residual) Codes() int        { return q.books[0].Codes() }
func (q *residual) Books() int        { return len(q.books) }
func (q *residual) Tensors() []Tensor { return q.tensors }

// each calls f for every book with what is left for it; the codes are taken off
// before f may move them.
func (q *residual) each(z []float32, f func(i int, left []float32, ids []int32)) {
	left, code := append([]float32(nil), z...), make([]float32, len(z))
	ids := make([]int32, len(z)/q.Dim())
	for i, b := range q.books {
		b.Assign(ids, left)
		q.mustEmbed(b, code, ids)
		f(i, left, ids)
		cpu.AddScaled(left, code, -1)
	}
}

// mustEmbed reads codes that were found a moment before.
func (q *residual) mustEmbed(b Quantizer, code []float32, ids []int32) {
	if err := b.Embed(code, ids); err != nil {
		panic(err)
	}
}

func (q *residual) Assign(ids []int32, z []float32) {
	q.each(z, func(i int, _ []float32, found []int32) {
		for r, id := range found {
			ids[r*len(q.books)+i] = id
		}
	})
}

func (q *residual) Embed(vecs []float32, ids []int32) error {
	n := len(q.books)
	if err := check(ids, n, q.Codes()); err != nil {
		return err
	}
	code, of := make([]float32, len(ids)/n*q.Dim()), make([]int32, len(ids)/n)
	clear(vecs[:len(code)])
	for i, b := range q.books {
		for r := range of {
			of[r] = ids[r*n+i]
		}
		q.mustEmbed(b, code, of)
		cpu.AddScaled(vecs, code, 1)
	}
	return nil
}

// Quantize sums the codes. Each book's result passes its gradient on to what the
// book was given, and so to z: that of the first one does, those of the others
// are cut, or it would come as often as there are books.
func (q *residual) Quantize(z *G.Node, node func(string) *G.Node) (sum, loss *G.Node) {
	minus := make([]float32, q.Dim())
	for i := range minus {
		minus[i] = -1
	}
	less := ops.Input(z.Graph(), fmt.Sprintf("minus one (%d)", q.Dim()), []int{q.Dim()}, minus)
	var weights []float32
	var losses []*G.Node
	left := z
	for i, b := range q.books {
		code, own := b.Quantize(left, func(name string) *G.Node { return node(layer(i) + name) })
		if own != nil {
			weights, losses = append(weights, 1), append(losses, own)
		}
		cut := ops.Detach(code)
		if sum == nil {
			sum = code
		} else {
			sum = ops.Add(sum, cut)
		}
		left = ops.Add(left, ops.Gain(cut, less))
	}
	if len(losses) > 0 {
		loss = ops.Sum(weights, losses...)
	}
	return sum, loss
}

// Update moves every book by what was left for it.
func (q *residual) Update(z []float32, r Chance) {
	q.each(z, func(i int, left []float32, _ []int32) { q.books[i].Update(left, r) })
}

func (q *residual) Expect(latents int) {
	for _, b := range q.books {
		b.(Expecting).Expect(latents)
	}
}

// Begin places the codes of every book by what those before it have left.
func (q *residual) Begin(z []float32, r Chance) {
	left, code := append([]float32(nil), z...), make([]float32, len(z))
	ids := make([]int32, len(z)/q.Dim())
	for _, b := range q.books {
		b.(Beginner).Begin(left, r)
		b.Assign(ids, left)
		q.mustEmbed(b, code, ids)
		cpu.AddScaled(left, code, -1)
	}
}
