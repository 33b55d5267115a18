// Package diffusion turns noise into pictures, a step at a time: the decoders of
// 4M's rgb, normals, depth and edge tokenizers (docs/4m.md, 2.4).
//
// # The idea
//
// A VQ-VAE's decoder says in one pass what a few hundred tokens look like, and
// blurs what they leave open: the mean of all pictures with these tokens is
// itself none. A diffusion decoder draws one of them. A picture x₀ is buried in
// noise ε over 1000 steps, of which a [Schedule] says how fast:
//
//	xₜ = √ᾱₜ x₀ + √(1 - ᾱₜ) ε
//
// The decoder is shown xₜ, the step t and the tokens' vectors, and learns to say
// what was there: the picture, the noise, or a mixture v of both
// ([Process].Prediction). To decode is to begin with noise alone, and to take
// the step back that follows from what it says, over and over; 25 to 50 steps
// are enough ([Sampler]). Another seed gives another picture of the same tokens.
//
// A rectified flow goes the straight way between the two (Liu et al., arXiv
// 2209.03003; Lipman et al., 2210.02747), and so needs 4 to 8 steps to go back:
//
//	xₜ = (1-t) x₀ + t ε
//
// Its process is Process{Schedule: Schedule{Name: "flow"}}; all else is the same.
//
// # The networks
//
// [UNet] and [UViT] look at pictures at several sizes: convolutions halve them
// on the way down, and double them on the way up, where each size also sees what
// was there on the way down. The step acts on all places alike, by shifts and
// gains of channels. The UNet sees the condition beside the pixels; in the
// UViT's middle a Transformer sees it token by token. Names and shapes of their
// parameters are those of official files.
//
//	net, process, err := diffusion.Official(config) // of a published tokenizer
//	d, err := diffusion.Load(net, process, file)
//	pictures, err := d.Sample(ctx, condition, 224, 224, diffusion.Sampler{Steps: 25, Seed: 1})
//
// Everything is in rows of pixels, (B, H, W, C). What cannot be is an error that
// says what was expected, but for [New], whose mistakes are typed and panic.
package diffusion
