package vq

// A network before anything has been learned.

import (
	"math/rand/v2"

	"fourmlab/fourm/diffusion"
	"fourmlab/internal/fault"
)

// NewNetwork makes a network of the official family with fresh numbers: Xavier
// uniform for linear maps, ones and zeros for norms and biases (docs/4m.md, 2.2),
// the quantizer's from a normal distribution. The error says what the
// configuration cannot be.
func NewNetwork(s Spec, seed int64) (n *Network, err error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	n = outline(s, seed)
	for _, e := range n.entries {
		if e.made {
			n.place(e)
		}
	}
	n.initialise()
	if s.Diffusion != nil {
		defer fault.Catch(&err)
		net, process, err := s.diffusion()
		if err != nil {
			return nil, err
		}
		n.draws(diffusion.New(net, process, seed))
	}
	return n, nil
}

// initialise gives the parameters their first numbers.
func (n *Network) initialise() {
	var last *rand.Rand
	for _, e := range n.entries {
		last = e.r
		if e.made {
			continue
		}
		p := &Param{Shape: e.shape, Data: make([]float32, count(e.shape))}
		for i := range p.Data {
			p.Data[i] = e.fill(i)
		}
		n.Params[e.name] = p
	}
	n.books()
	for _, q := range n.quant.Tensors() {
		if name := "quantize." + q.Name; !q.Trained && name != codebook {
			continue
		}
		for i := range q.Data {
			q.Data[i] = float32(last.NormFloat64())
		}
	}
	if sums := n.Params[codebook+"_avg"]; sums != nil {
		copy(sums.Data, n.Params[codebook].Data)
	}
}
