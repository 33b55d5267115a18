package vq

// What a tokenizer and its training take, counted before anything is made.

import (
	"fmt"

	"fourmlab/internal/memory"
)

// demand counts the bytes of the parameters, biases and norms aside; a block
// takes two thousand beside its numbers.
func (t *Tokenizer) demand(c VQ) float64 {
	d, l := float64(c.Dim), float64(c.Latent)
	patch := float64(t.Of.Patch) * float64(t.Of.Patch)
	ends := d*patch*float64(t.channels()) + d*patch*float64(max(t.Scale.Classes, t.Of.Channels)) + 2*d*l
	return 4*(ends+float64(c.Vocab)*l) + 2*float64(c.Depth)*(4*12*d*d+2000)
}

// batch counts the bytes of the tables of a training batch, and of what it
// keeps of each block.
func (t *Tokenizer) batch(c VQ) float64 {
	rows := float64(c.Batch) * float64(t.Of.Grid()) * float64(t.Of.Cols())
	patch := float64(t.Of.Patch) * float64(t.Of.Patch)
	return 4 * rows * (4 + 2 + patch*float64(t.channels()) + float64(c.Depth)*6*float64(c.Dim))
}

// fits refuses a tokenizer that the memory cannot hold in training: with its
// batch, and with a gradient and two means of every number. It names the field
// that asks for most: that which saves most where it has the lab's default.
func (t *Tokenizer) fits() {
	count := func(c VQ) float64 { return 4*t.demand(c) + t.batch(c) }
	need := count(t.Config)
	if _, ok := memory.Fits(need); ok {
		return
	}
	least, name := need, fmt.Sprintf("pictures of %dx%dx%d", t.Of.Grid()*t.Of.Patch, t.Of.Cols()*t.Of.Patch, t.Of.Channels)
	if t.Scale.Classes > 1<<16 {
		name = fmt.Sprintf("%d classes", t.Scale.Classes)
	}
	for _, f := range []struct {
		name  string
		at    func(*VQ) *int
		usual int
	}{
		{"vocab", func(c *VQ) *int { return &c.Vocab }, 256}, {"batch", func(c *VQ) *int { return &c.Batch }, 16},
		{"dim", func(c *VQ) *int { return &c.Dim }, 64}, {"depth", func(c *VQ) *int { return &c.Depth }, 1},
		{"latent", func(c *VQ) *int { return &c.Latent }, 16},
	} {
		c := t.Config
		v := *f.at(&c)
		if *f.at(&c) = min(v, f.usual); count(c) < least {
			least, name = count(c), fmt.Sprintf("%s %d", f.name, v)
		}
	}
	memory.Need("fourm.TrainTokenizer", need, "%s of the tokenizer of %s: it", name, t.Of.Name)
}
