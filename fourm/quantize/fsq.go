package quantize

// Finite scalar quantization: every number of a latent is put on a few levels of
// its own, and what the levels are makes the code. There is no codebook, so
// nothing is learned, moved or dead (Mentzer et al., arXiv 2309.15505).

import (
	"math"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/kernels/cpu"
	"fourmlab/fourm/ops"
	"fourmlab/internal/fault"
)

// FSQ says how many levels the numbers of a latent have, and which bound squeezes
// a number z into the range of its L levels:
//
//	Mentzer    h tanh(z + atanh(o/h)) - o, h = (L - 1)(1 + Margin)/2, o = 1/2
//	           where L is even, else 0; codes from -1 on in steps of 1/⌊L/2⌋
//	TerraMind  (L - 1) sigmoid(z); codes from 0 to 1 in steps of 1/(L - 1)
//
// The nearest whole number, half to even, is the level. The first is the paper's
// (section 3.1): a little wider than the outer levels, so that they are reached,
// and shifted by the inverse of the bound, so that 0 stays 0. The second is what
// the code of TerraMind (arXiv 2504.11171) computes; its files need it, since it
// gives other numbers.
type FSQ struct {
	Levels    []int // 2 to 65536 each, 2³¹ - 1 codes at most
	TerraMind bool
	Margin    float64 // of Mentzer's bound; 0 stands for 0.001
}

// fsq is a quantizer. table is that of ops.Levels; a level is stored as the whole
// number that it is there, and seen as that number times step.
type fsq struct {
	FSQ
	table, step []float32
	codes       int
}

// NewFSQ makes the quantizer of latents of as many numbers as there are levels.
func NewFSQ(f FSQ) Quantizer {
	f = f.whole()
	q := &fsq{FSQ: f, codes: 1}
	if f.Margin < 0 {
		fault.Panic("quantize.NewFSQ", "a margin of %g, expected one above 0", f.Margin)
	}
	if len(f.Levels) == 0 {
		fault.Panic("quantize.NewFSQ", "no levels, expected some, such as 8, 8, 8, 5")
	}
	for i, l := range f.Levels {
		if l < 2 || l > 1<<16 {
			fault.Panic("quantize.NewFSQ", "number %d has %d levels, expected 2 to %d", i, l, 1<<16)
		}
		if q.codes > math.MaxInt32/l {
			fault.Panic("quantize.NewFSQ", "levels %v make more than %d codes", f.Levels, math.MaxInt32)
		}
		q.codes *= l
		slope, shift, half, offset := f.bound(l)
		least, step := -(l / 2), 1/float64(l/2)
		if f.TerraMind {
			least, step = 0, 1/float64(l-1)
		}
		q.table = append(q.table, float32(slope), float32(shift), float32(half), float32(offset), float32(least), float32(least+l-1))
		q.step = append(q.step, float32(step))
	}
	return q
}

// whole fills in what is left out.
func (f FSQ) whole() FSQ {
	if f.Margin == 0 {
		f.Margin = 0.001
	}
	return f
}

// bound gives the bound of l levels as half tanh(slope z + shift) - offset; a
// sigmoid is a tanh of half its argument.
func (f FSQ) bound(l int) (slope, shift, half, offset float64) {
	if f.TerraMind {
		h := float64(l-1) / 2
		return 0.5, 0, h, -h
	}
	half = float64(l-1) * (1 + f.Margin) / 2
	if l%2 == 0 {
		offset = 0.5
	}
	return 1, math.Atanh(offset / half), half, offset
}

// Bound writes the numbers of latents z as they are before they are rounded.
func (f FSQ) Bound(y, z []float32) {
	f = f.whole()
	for i, x := range z {
		slope, shift, half, offset := f.bound(f.Levels[i%len(f.Levels)])
		y[i] = float32(half*math.Tanh(slope*float64(x)+shift) - offset)
	}
}

func (q *fsq) Dim() int                 { return len(q.Levels) }
func (q *fsq) Codes() int               { return q.codes }
func (q *fsq) Books() int               { return 1 }
func (q *fsq) Tensors() []Tensor        { return nil }
func (q *fsq) Update([]float32, Chance) {}

// Assign writes the levels as one number, the first running fastest: its digits
// d have the weights 1, L₀, L₀ L₁ and so on.
func (q *fsq) Assign(ids []int32, z []float32) {
	d := len(q.Levels)
	y := make([]float32, len(z))
	cpu.Levels(y, z, q.table)
	for r := range ids {
		id, weight := 0, 1
		for c, l := range q.Levels {
			if digit := y[r*d+c] - q.table[6*c+4]; digit > 0 { // not where z is no number
				id += weight * int(digit)
			}
			weight *= l
		}
		ids[r] = int32(id)
	}
}

// Embed writes the levels that a number stands for.
func (q *fsq) Embed(vecs []float32, ids []int32) error {
	if err := check(ids, 1, q.codes); err != nil {
		return err
	}
	d := len(q.Levels)
	for r, id := range ids {
		rest := int(id)
		for c, l := range q.Levels {
			vecs[r*d+c] = (q.table[6*c+4] + float32(rest%l)) * q.step[c]
			rest /= l
		}
	}
	return nil
}

// Quantize has no loss of its own: nothing is to be pulled anywhere.
func (q *fsq) Quantize(z *G.Node, _ func(string) *G.Node) (vecs, loss *G.Node) {
	g, d := z.Graph(), len(q.Levels)
	on := ops.Levels(z, ops.Input(g, "levels of "+q.String(), []int{d, 6}, q.table))
	return ops.Gain(on, ops.Input(g, "steps of "+q.String(), []int{d}, q.step)), nil
}
