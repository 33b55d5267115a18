// Package model is 4M itself: one encoder-decoder Transformer over the tokens
// of many modalities (arXiv 2312.06647; inventory 4), built as a gorgonia
// graph of coarse ops.
//
//	cfg := model.Tiny("rgb", "depth", "caption")
//	cfg.Dim = 128
//	m := model.New(cfg)
//	fmt.Println(m) // layers, parameters, memory
//
// Parameters carry the official state dict's names. A graph is built once for
// each shape of batch and shares the parameters' memory with all others.
package model

import (
	"fmt"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// Config says what a model is. It is plain data: change fields before New.
type Config struct {
	Inputs  []string `yaml:"inputs"`  // domains that may be given: "rgb" (pixels), "tok_rgb", "caption"
	Outputs []string `yaml:"outputs"` // domains that are predicted: "tok_rgb", "caption"
	Dim     int      `yaml:"dim"`     // width of the trunk
	Heads   int      `yaml:"heads"`   // 0 stands for one per 64 of Dim, as in 4M
	Encoder int      `yaml:"encoder"` // blocks
	Decoder int      `yaml:"decoder"` // blocks
	MLP     float64  `yaml:"mlp"`     // hidden width of SwiGLU is int(2/3 MLP Dim); 0 stands for 4
	Seed    int64    `yaml:"seed"`    // of the initial weights
	Untied  bool     `yaml:"untied"`  // logits have tables of their own, as in the published checkpoints
}

// sized gives a configuration whose domains follow from modality names: every
// image modality's tokens are input and target, its pixels an input where it
// has them; every sequence is both.
func sized(op string, dim, depth int, names []string) Config {
	if len(names) == 0 {
		fault.Hint(op, `for example fourm.Tiny("rgb", "depth", "caption")`, "no modality given")
	}
	c := Config{Dim: dim, Encoder: depth, Decoder: depth}
	for _, n := range names {
		m := modality.Need(op, n)
		if m.Pixels {
			c.Inputs = append(c.Inputs, m.Name)
		}
		c.Inputs = append(c.Inputs, m.Domain())
		c.Outputs = append(c.Outputs, m.Domain())
	}
	return c
}

// The sizes of 4M's family (inventory 4.1).

// Tiny is 384 wide with 6 + 6 blocks.
func Tiny(modalities ...string) Config { return sized("fourm.Tiny", 384, 6, modalities) }

// Small is 512 wide with 8 + 8 blocks.
func Small(modalities ...string) Config { return sized("fourm.Small", 512, 8, modalities) }

// Base is 768 wide with 12 + 12 blocks.
func Base(modalities ...string) Config { return sized("fourm.Base", 768, 12, modalities) }

// Large is 1024 wide with 24 + 24 blocks.
func Large(modalities ...string) Config { return sized("fourm.Large", 1024, 24, modalities) }

// XL is 2048 wide with 24 + 24 blocks.
func XL(modalities ...string) Config { return sized("fourm.XL", 2048, 24, modalities) }

// Modalities lists the modalities of the configuration, once each.
func (c Config) Modalities() []string {
	var out []string
	seen := map[string]bool{}
	for _, n := range append(append([]string{}, c.Inputs...), c.Outputs...) {
		if m, ok := modality.Find(n); ok && !seen[m.Name] {
			seen[m.Name] = true
			out = append(out, m.Name)
		}
	}
	return out
}

// resolved fills in what stands for something and refuses what cannot be.
func (c Config) resolved() Config {
	const op = "fourm.New"
	if c.Heads == 0 {
		c.Heads = max(c.Dim/64, 1)
	}
	if c.MLP == 0 {
		c.MLP = 4
	}
	switch {
	case c.Dim < 4 || c.Dim%4 != 0:
		fault.Panic(op, "dim %d, expected a multiple of 4 (position tables come in quarters)", c.Dim)
	case c.Heads < 1 || c.Dim%c.Heads != 0:
		fault.Panic(op, "dim %d does not divide into %d heads", c.Dim, c.Heads)
	case c.Encoder < 1 || c.Decoder < 1:
		fault.Panic(op, "%d encoder and %d decoder blocks, expected 1 or more of each", c.Encoder, c.Decoder)
	case len(c.Inputs) == 0 || len(c.Outputs) == 0:
		fault.Panic(op, "%d inputs and %d outputs, expected 1 or more of each", len(c.Inputs), len(c.Outputs))
	}
	return c
}

// hidden is the width between the linear maps of SwiGLU.
func (c Config) hidden() int { return int(2.0 / 3 * c.MLP * float64(c.Dim)) }

func (c Config) String() string {
	return fmt.Sprintf("%d wide, %d+%d blocks, %d heads; in %v; out %v", c.Dim, c.Encoder, c.Decoder, max(c.Heads, c.Dim/64, 1), c.Inputs, c.Outputs)
}
