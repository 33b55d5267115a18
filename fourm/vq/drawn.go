package vq

// The network of a decoder that draws, around the encoder, the codes and the plain
// decoder of a tokenizer that stay.

import (
	"fourmlab/fourm/diffusion"
)

// ends is how often training looks at noise alone, where sampling begins.
const ends = 0.15

// drawnBy gives a tokenizer with the same encoder and codes, and a fresh decoder
// for pictures of rows by cols tokens.
func (t *Tokenizer) drawnBy(c DecoderConfig, rows, cols int) (*Tokenizer, error) {
	s := t.net.Spec
	s.Frozen, s.Diffusion, s.Residual = true, nil, 0
	if s.Dec.Kind == NoDecoder {
		s.DecPatch, s.DecSize, s.OutConv = [2]int{}, [2]int{}, false
	} else {
		s.Residual = 1 // until it is measured
	}
	for key, v := range map[string]any{"dec_type": "uvit_lab", "uvit": s.labUViT(rows, cols).Arguments(), "cls_free_guidance_dropout": c.Drop,
		"clip_sample": false, "thresholding": false} {
		s.diffuses(key, v)
	}
	schedule := map[string]string{"flow": "flow:0.2", "diffusion": "shifted_cosine:0.2"}[c.Kind]
	s.diffuses("beta_schedule", schedule)
	s.diffuses("prediction_type", "sample")
	if err := s.check(); err != nil {
		return nil, err
	}
	net, process, err := s.diffusion()
	if err != nil {
		return nil, err
	}
	n := t.net.with(s)
	process.Ends = ends
	n.draws(diffusion.New(net, process, c.Seed))
	return &Tokenizer{Of: t.Of, Config: t.Config, Scale: t.Scale, Params: n.Params, net: n, free: t.free, wide: t.wide}, nil
}

// with gives a network of another configuration with the same numbers, which it
// shares.
func (n *Network) with(s Spec) *Network {
	out := outline(s, 0)
	for _, e := range out.entries {
		if e.made {
			out.pos[e.side()] = n.pos[e.side()]
		} else {
			out.Params[e.name] = n.Params[e.name]
		}
	}
	out.quant = n.quant
	for _, q := range n.quant.Tensors() {
		out.Params["quantize."+q.Name] = n.Params["quantize."+q.Name]
	}
	return out
}

// labUViT is a UViT of one to four million numbers for pictures of rows by cols
// tokens. Its Transformer sees token by token; from there each level has twice the
// places on a side, down to pixels' patches of at most 4, and 2 of small tokens.
func (s Spec) labUViT(rows, cols int) diffusion.UViT {
	token := s.decPatch()
	p, rest := token[0], token[1]
	for rest != 0 { // what divides both sides
		p, rest = rest, p%rest
	}
	u := diffusion.UViT{Widths: []int{128}, Layers: []int{1}, Groups: 16, Depth: 4, Heads: 4, Dim: 128, MLP: 4, TimeDim: 128, Positions: max(rows, cols, 2)}
	for p%2 == 0 && (p > 4 || len(u.Widths) == 1) {
		p /= 2
		u.Widths, u.Layers = append([]int{64}, u.Widths...), append([]int{1}, u.Layers...)
	}
	u.Patch = p
	return u
}
