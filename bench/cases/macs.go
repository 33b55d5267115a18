package cases

// How many multiply-adds a case is worth. bench/torch4m.py counts by the same
// formula.

import (
	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
)

// macs counts the multiply-adds of the matrix and attention products of a
// model: of width D, with MLPs of three maps of D by H, E encoder and L decoder
// blocks (docs/4m.md, 4.2). Everything is counted as the plain path computes it:
//
//	encoder     E (n (4 D D + 3 D H) + 2 n n D)                        n tokens in
//	context     n D D
//	decoder     L (m (6 D D + 3 D H) + 2 m m D + 2 m n D + 2 n D D)    m targets
//	logits      r V D                                                  r rows of a vocabulary of V
//	pixels      p W D                                                  p patches of W numbers
//
// Attention is two products over all pairs, those that a mask hides included;
// n and m count the padding of a training batch, too, which has a place in its
// tensors. Norms, softmax and sampling count nothing, neither do tables that are
// only looked up.
type macs struct{ d, h, e, l int64 }

// macsOf reads the sizes of a model.
func macsOf(m *model.Model) macs {
	return macs{
		d: int64(m.Config.Dim),
		h: int64(m.Param("encoder.0.mlp.fc1.weight").Shape[0]),
		e: int64(m.Config.Encoder),
		l: int64(m.Config.Decoder),
	}
}

// encode is worth n input tokens, from their embeddings to the context.
func (c macs) encode(n int) int64 {
	k := int64(n)
	return c.e*(k*(4*c.d*c.d+3*c.d*c.h)+2*k*k*c.d) + k*c.d*c.d
}

// decode is worth m targets that look at a context of n tokens, up to the
// decoder's output.
func (c macs) decode(n, m int) int64 {
	k, q := int64(n), int64(m)
	return c.l * (q*(6*c.d*c.d+3*c.d*c.h) + 2*q*q*c.d + 2*q*k*c.d + 2*k*c.d*c.d)
}

// logits is worth so many rows over a vocabulary.
func (c macs) logits(rows, vocab int) int64 { return int64(rows) * int64(vocab) * c.d }

// step is worth a training step on a batch: a product has two more of its size
// in the backward pass, one by each factor, but for the pixels, which have no
// gradient. All patches of all samples are mapped, given or not.
func (c macs) step(m *model.Model, b *model.Batch) int64 {
	n := int64(b.B) * (c.encode(b.N) + c.decode(b.N, b.M))
	for _, d := range m.Out {
		n += c.logits(b.Counts(d.Name), d.Vocab)
	}
	n *= 3
	for _, d := range m.In {
		if d.Pixels {
			n += 2 * int64(b.B) * c.pixels(d)
		}
	}
	return n
}

func (c macs) pixels(d modality.Domain) int64 { return int64(d.Max) * int64(d.Dim) * c.d }
