// Package vq turns pictures, maps and vectors into discrete tokens and back: the
// VQ-VAEs of 4M (van den Oord et al., arXiv 1711.00937; docs/4m.md, 2.2 and 2.3).
//
// A Network is one of the official family, over arrays; a Tokenizer is a network
// that knows what the values of its modality mean. Official files are read by
// Load; a small one is trained on the spot:
//
//	tok, err := vq.Train(ctx, modality.Lookup("depth"), pictures, vq.VQ{Steps: 300}, nil)
//	t, err := tok.Encode(picture)
//	back, err := tok.Decode(t)
package vq
