// Package vq turns pictures into discrete tokens and back: a small ViT-VQVAE
// (van den Oord et al., arXiv 1711.00937; docs/4m.md, 2.2 and 2.3) with a cosine
// codebook that follows the latents by a moving average.
//
//	tok, err := vq.Train(ctx, modality.Lookup("depth"), pictures, vq.VQ{Steps: 300}, nil)
//	t, err := tok.Encode(picture)
//	back, err := tok.Decode(t)
package vq
