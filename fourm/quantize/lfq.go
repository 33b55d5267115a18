package quantize

// Lookup-free quantization: a code is the signs of a latent's numbers, and a loss
// keeps each latent sure of its code and all codes in use (MAGVIT-v2: Yu et al.,
// arXiv 2310.05737, section 3.1).

import (
	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/ops"
	"fourmlab/internal/fault"
)

// LFQ says how many bits a code has and how its loss is weighed. A latent z of Bits
// numbers becomes their signs (equation 3), its code number Σ 2ⁱ [zᵢ > 0]
// (equation 4). The loss is (equation 5, and a commitment as of VQ)
//
//	Entropy (mean H(p(c|z)) - Diversity H(mean p(c|z))) + Commitment mean (sign z - z)²
//
// in nats, where p(c|z) is the softmax over all codes c of 2 z c / Temperature: of
// the squared distances but for what all have in common.
type LFQ struct {
	Bits        int     // 1 to 31
	Entropy     float64 // weight of the entropy loss; 0: there is none
	Diversity   float64 // weight of all codes' use in it
	Temperature float64 // 0 stands for 0.01
	Commitment  float64 // weight of the pull of latents towards their codes

	// Group is how many bits the use of codes is looked at together, 18 at most;
	// groups count as independent of each other. 0 stands for all bits up to 18,
	// for groups of at most 9 where there are more.
	Group int
}

// lfq is a quantizer.
type lfq struct {
	LFQ
	groups []int
}

const together = 18 // bits at most that the entropy loss looks at together

// NewLFQ makes the quantizer of latents of as many numbers as there are bits.
func NewLFQ(f LFQ) Quantizer {
	if f.Bits < 1 || f.Bits > 31 {
		fault.Panic("quantize.NewLFQ", "%d bits, expected 1 to 31", f.Bits)
	}
	if f.Group < 0 || f.Group > together {
		fault.Panic("quantize.NewLFQ", "groups of %d bits, expected 1 to %d", f.Group, together)
	}
	if f.Temperature < 0 {
		fault.Panic("quantize.NewLFQ", "a temperature of %g, expected one above 0", f.Temperature)
	}
	if f.Temperature == 0 {
		f.Temperature = 0.01
	}
	most := f.Group
	if most == 0 {
		most = together
		if f.Bits > together {
			most = together / 2
		}
	}
	q := &lfq{LFQ: f}
	for n, rest := (f.Bits+most-1)/most, f.Bits; n > 0; n-- { // as even as can be
		size := (rest + n - 1) / n
		q.groups, rest = append(q.groups, size), rest-size
	}
	return q
}

func (q *lfq) Dim() int                 { return q.Bits }
func (q *lfq) Codes() int               { return 1 << q.Bits }
func (q *lfq) Books() int               { return 1 }
func (q *lfq) Tensors() []Tensor        { return nil }
func (q *lfq) Update([]float32, Chance) {}

func (q *lfq) Assign(ids []int32, z []float32) {
	for r := range ids {
		id := int32(0)
		for i, x := range z[r*q.Bits : (r+1)*q.Bits] {
			if x > 0 {
				id |= 1 << i
			}
		}
		ids[r] = id
	}
}

func (q *lfq) Embed(vecs []float32, ids []int32) error {
	if err := check(ids, 1, q.Codes()); err != nil {
		return err
	}
	for r, id := range ids {
		for i := range q.Bits {
			vecs[r*q.Bits+i] = float32(2*(id>>i&1) - 1)
		}
	}
	return nil
}

// Quantize gives the signs, straight through for the gradient.
func (q *lfq) Quantize(z *G.Node, _ func(string) *G.Node) (vecs, loss *G.Node) {
	vecs = ops.Sign(z)
	var weights []float32
	var losses []*G.Node
	if q.Entropy != 0 {
		weights = append(weights, float32(q.Entropy))
		losses = append(losses, ops.BitEntropy(z, q.groups, 2/q.Temperature, q.Diversity))
	}
	if q.Commitment != 0 {
		weights = append(weights, float32(q.Commitment))
		losses = append(losses, ops.MSE(ops.Detach(vecs), z))
	}
	if len(losses) > 0 {
		loss = ops.Sum(weights, losses...)
	}
	return vecs, loss
}
