package vq

// A network before anything has been learned.

import "math/rand/v2"

// NewNetwork makes a network of the official family with fresh numbers: Xavier
// uniform for linear maps, ones and zeros for norms and biases (docs/4m.md, 2.2),
// codes from a normal distribution. The error says what the configuration cannot
// be.
func NewNetwork(s Spec, seed int64) (*Network, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	n := outline(s, seed)
	n.initialise()
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
		p := &Param{e.shape, make([]float32, count(e.shape))}
		for i := range p.Data {
			p.Data[i] = e.fill(i)
		}
		n.Params[e.name] = p
	}
	n.books()
	for _, name := range []string{codebook, "quantize.codes"} {
		if p := n.Params[name]; p != nil {
			for i := range p.Data {
				p.Data[i] = float32(last.NormFloat64())
			}
		}
	}
}
