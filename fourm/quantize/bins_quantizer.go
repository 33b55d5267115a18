package quantize

// Bins as a quantizer: each number of a latent has bins of its own, and gets a
// token by itself.

import (
	"fmt"
	"math"

	G "gorgonia.org/gorgonia"

	"fourmlab/internal/fault"
)

// Fitter is a quantizer that is made of the latents themselves, without steps of
// training.
type Fitter interface {
	// Fit takes the latents (R, Dim) of a whole set.
	Fit(z []float32) error
}

// bins has the edges (Dim, codes + 1) of each number's bins.
type bins struct {
	dim, codes int
	edges      []float32
}

// NewBins makes the quantizer of latents of dim numbers, with zeros for edges.
func NewBins(dim, codes int) Quantizer {
	if dim < 1 || codes < 2 || codes > 1<<16 {
		fault.Panic("quantize.NewBins", "%d numbers in %d bins each, expected at least one and 2 to %d", dim, codes, 1<<16)
	}
	return &bins{dim, codes, make([]float32, dim*(codes+1))}
}

func (b *bins) Dim() int   { return b.dim }
func (b *bins) Codes() int { return b.codes }
func (b *bins) Books() int { return b.dim }
func (b *bins) Tensors() []Tensor {
	return []Tensor{{"edges", []int{b.dim, b.codes + 1}, b.edges, false}}
}
func (b *bins) Update([]float32, Chance) {}
func (b *bins) String() string           { return fmt.Sprintf("bins:%d", b.codes) }

// of gives the bins of a number.
func (b *bins) of(c int) Bins {
	out := Bins{make([]float64, b.codes+1)}
	for i := range out.Edges {
		out.Edges[i] = float64(b.edges[c*(b.codes+1)+i])
	}
	return out
}

// Fit makes bins by quantiles.
func (b *bins) Fit(z []float32) error {
	rows := len(z) / b.dim
	for c := range b.dim {
		values := make([]float64, rows)
		for r := range values {
			values[r] = float64(z[r*b.dim+c])
		}
		q, err := Quantiles(values, b.codes)
		if err != nil {
			return fmt.Errorf("number %d: %w", c, err)
		}
		for i, e := range q.Edges {
			b.edges[c*(b.codes+1)+i] = float32(e)
		}
		for i := 1; i <= b.codes; i++ { // rounding keeps the order, but not on every machine's word alone
			at := c*(b.codes+1) + i
			b.edges[at] = max(b.edges[at], b.edges[at-1])
		}
	}
	return nil
}

// Check refuses edges that do not rise, or are not finite.
func (b *bins) Check() error {
	for c := range b.dim {
		if err := b.of(c).check(); err != nil {
			return fmt.Errorf("number %d: %w", c, err)
		}
	}
	return nil
}

// Assign writes the bin of each number; one that is none is in the first.
func (b *bins) Assign(ids []int32, z []float32) {
	for c := range b.dim {
		q := b.of(c)
		for r := range len(z) / b.dim {
			v := float64(z[r*b.dim+c])
			if math.IsNaN(v) {
				v = q.Edges[0]
			}
			found, err := q.Encode([]float64{v})
			if err == nil {
				ids[r*b.dim+c] = found[0]
			}
		}
	}
}

// Embed writes the middle of each bin.
func (b *bins) Embed(vecs []float32, ids []int32) error {
	if err := check(ids, b.dim, b.codes); err != nil {
		return err
	}
	for c := range b.dim {
		q := b.of(c)
		for r := range len(ids) / b.dim {
			v, err := q.Decode(ids[r*b.dim+c : r*b.dim+c+1])
			if err != nil {
				return err
			}
			vecs[r*b.dim+c] = float32(v[0])
		}
	}
	return nil
}

// Quantize panics: there is nothing that steps of training would move.
func (b *bins) Quantize(*G.Node, func(string) *G.Node) (q, loss *G.Node) {
	fault.Panic("quantize.Bins", "bins are made of numbers by Fit, and need no training")
	return nil, nil
}
