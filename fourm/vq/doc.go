// Package vq turns pictures, maps, vectors and signals into discrete tokens and
// back: the VQ-VAEs of 4M (van den Oord et al., arXiv 1711.00937; docs/4m.md, 2.2
// to 2.4), and what came after them.
//
// A Network is one of the official family, over arrays: an encoder, a quantizer of
// package quantize, and a decoder, which says a picture at once or, of package
// diffusion, draws it from noise. A Tokenizer is a network that knows what the
// values of its modality mean; a Serial lays its tokens in a line, for modalities
// of kind Symbols. Official files are read by Load; a small one is trained on the
// spot:
//
//	tok, err := vq.Train(ctx, modality.Lookup("depth"), pictures, vq.VQ{Quantizer: "fsq:8,8,8", Steps: 300}, nil)
//	t, err := tok.Encode(picture)
//	back, err := tok.Decode(t)
//	fmt.Println(tok.Report(set)) // what it costs and keeps
//
// A training with a Dir goes on where it was stopped, bit by bit.
package vq
