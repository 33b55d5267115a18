// Package quantize holds what lies between a tokenizer's encoder and decoder:
// latents in, code numbers out, and back (docs/4m.md, 2.3).
//
//	q := quantize.NewCodebook(quantize.Codebook{Dim: 32, Codes: 8192, Cosine: true})
//	q.Assign(ids, latents)    // the number of each latent's code
//	err := q.Embed(vecs, ids) // what the decoder sees of it
//
// A quantizer is one type in a file of its own, and Parse makes it by a name such
// as "fsq:8,8,8,5". Those of the official tokenizers keep the names of its tensors
// in a checkpoint. Bins are for single numbers, which need no training.
package quantize

import (
	"fmt"

	G "gorgonia.org/gorgonia"
)

// Quantizer turns latents into code numbers and code numbers into vectors. Rows
// lie one behind the other: R latents of Dim numbers are (R, Dim), their code
// numbers (R, Books).
type Quantizer interface {
	// Dim is how many numbers a latent has, and a vector that the decoder sees.
	Dim() int
	// Codes is how many codes a book has.
	Codes() int
	// Books is how many code numbers a latent gets.
	Books() int

	// Assign writes the code numbers of latents.
	Assign(ids []int32, z []float32)
	// Embed writes the vectors of code numbers; one that no code has is an error.
	Embed(q []float32, ids []int32) error

	// Quantize puts the quantizer into a graph for training: q has z's shape and
	// is what Embed gives of what Assign finds, with the gradient that training
	// needs; loss is the quantizer's own, weighed, nil where it has none. node
	// gives the node of a tensor of Tensors by its name.
	Quantize(z *G.Node, node func(name string) *G.Node) (q, loss *G.Node)
	// Update moves what no gradient moves after a step in which the encoder gave
	// the latents z (R, Dim). It changes the numbers of Tensors where they lie.
	Update(z []float32, r Chance)

	// Tensors are the quantizer's numbers: those of a checkpoint, their official
	// names without "quantize.". The slices are the quantizer's own.
	Tensors() []Tensor
}

// Tensor is an array of a quantizer.
type Tensor struct {
	Name    string
	Shape   []int
	Data    []float32
	Trained bool // by its gradient
}

// Chance is what updates draw; a *rand.Rand is one, a recording another.
type Chance interface {
	// Perm gives the numbers below n in random order.
	Perm(n int) []int
	// IntN gives a number below n.
	IntN(n int) int
}

// Noisy is a quantizer that is trained with noise.
type Noisy interface {
	// Shake draws the noise of the next step, into the graph that Quantize was
	// called for last.
	Shake(r Uniform)
}

// Uniform draws numbers from 0 to below 1; a *rand.Rand is one.
type Uniform interface{ Float64() float64 }

// check refuses code numbers that no code has.
func check(ids []int32, books, codes int) error {
	for i, id := range ids {
		if id < 0 || int(id) >= codes {
			at := fmt.Sprintf("%d", i/books)
			if books > 1 {
				at += fmt.Sprintf(", book %d", i%books)
			}
			return fmt.Errorf("quantize: code %d at latent %s, expected one below %d", id, at, codes)
		}
	}
	return nil
}
