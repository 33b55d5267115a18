// Package modality says what 4M's modalities are and what a sample of them is
// made of.
//
// A modality is an aspect of one scene: its picture, its depth, its caption.
// The registry holds what is known of each (kind, size, vocabulary, what its
// values mean) as data; adding one is a single call:
//
//	modality.Register(modality.Modality{Name: "line", Kind: modality.Image, Height: 64, Patch: 8, Vocab: 256})
//
// What values mean is a Look. RegisterLook adds one by a LookSpec, from which
// files, tokenizers, metrics and figures take what they do with its numbers.
//
// What the Transformer sees is a domain. An image modality has the token
// domain "tok_NAME"; where Pixels is set it has the input-only domain NAME
// as well (4M's rgb@224 beside tok_rgb@224; docs/4m.md, 1.2). A text-like
// modality is its own domain.
//
// A Sample holds one scene's values by modality: a *Picture for everything on
// a grid, a string for a caption, []Box, Palette.
package modality
