package model

// What a model is made of, and the sizes of 4M's family.

import (
	"fmt"
	"slices"
	"strings"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// Config says what a model is. It is plain data: change fields before New. The
// zero values of all that stands behind Seed make 4M's published variant:
// SwiGLU without biases, targets of one modality seeing each other alone. The
// official key of each field: docs/4m.md, 10.1.
type Config struct {
	Inputs  []string `yaml:"inputs"`  // domains that may be given: "rgb" (pixels), "tok_rgb", "caption"
	Outputs []string `yaml:"outputs"` // domains that are predicted: "tok_rgb", "caption"
	Dim     int      `yaml:"dim"`     // width of the trunk
	Heads   int      `yaml:"heads"`   // 0 stands for one per 64 of Dim, as in 4M
	Encoder int      `yaml:"encoder"` // blocks
	Decoder int      `yaml:"decoder"` // blocks
	MLP     float64  `yaml:"mlp"`     // hidden width in units of Dim, two thirds of it with a gate; 0 stands for 4
	Seed    int64    `yaml:"seed"`    // of the initial weights

	Untied    bool   `yaml:"untied"`     // logits have tables of their own, as in the published checkpoints
	Act       string `yaml:"act"`        // activation of the MLPs: "silu" (the zero value) or "gelu"
	Plain     bool   `yaml:"plain"`      // MLPs of two maps, fc2(act(fc1 x)), without a gate
	QKVBias   bool   `yaml:"qkv_bias"`   // biases of the maps to queries, keys and values
	ProjBias  bool   `yaml:"proj_bias"`  // biases of the maps behind attention
	MLPBias   bool   `yaml:"mlp_bias"`   // biases of the MLPs
	NormBias  bool   `yaml:"norm_bias"`  // biases of the layer norms
	QKNorm    bool   `yaml:"qk_norm"`    // queries and keys are normalised head by head
	Registers int    `yaml:"registers"`  // learned tokens before the encoder's
	Apart     bool   `yaml:"apart"`      // encoder and decoder have modality embeddings of their own
	Causal    bool   `yaml:"causal"`     // a target sees the targets before it, whatever its kind
	Joint     bool   `yaml:"joint"`      // targets see those of other modalities, too
	TokenLoss bool   `yaml:"token_loss"` // loss is the mean over target tokens, not over modalities
	Compat    bool   `yaml:"compat"`     // compute what the official code computes where it has a defect (docs/parity.md)

	// Domains describes domains as this model has them, where that is not as
	// the registry has them: those of published models.
	Domains []modality.Domain `yaml:"-"`
}

// GELU gives the variant with biases everywhere and GELU without a gate
// (docs/4m.md, 4.1).
func (c Config) GELU() Config {
	c.Act, c.Plain = "gelu", true
	c.QKVBias, c.ProjBias, c.MLPBias, c.NormBias = true, true, true, true
	return c
}

// Published gives a published model's configuration: family "4M-7", "4M-21" or
// "4M-7-SR", size "Ti", "S", "B", "L" or "XL".
func Published(family, size string) Config {
	const op = "fourm.Published"
	in, out, ok := modality.Published(family)
	if !ok {
		fault.Panic(op, "no family %q (have %s)", family, strings.Join(modality.Families(), ", "))
	}
	c, ok := map[string]Config{"Ti": {Dim: 384, Encoder: 6}, "S": {Dim: 512, Encoder: 8}, "B": {Dim: 768, Encoder: 12},
		"L": {Dim: 1024, Encoder: 24}, "XL": {Dim: 2048, Encoder: 24}}[size]
	if !ok {
		fault.Panic(op, "no size %q (have Ti, S, B, L, XL)", size)
	}
	c.Decoder, c.Untied, c.Compat = c.Encoder, true, true
	for _, d := range in {
		c.Inputs, c.Domains = append(c.Inputs, d.Name), append(c.Domains, d)
	}
	for _, d := range out {
		c.Outputs = append(c.Outputs, d.Name)
		if !slices.ContainsFunc(in, func(i modality.Domain) bool { return i.Name == d.Name }) {
			c.Domains = append(c.Domains, d)
		}
	}
	return c
}

// domain gives the domain that a name means in this configuration.
func (c Config) domain(op, name string, input bool) modality.Domain {
	for _, d := range c.Domains {
		if d.Name == name {
			return d
		}
	}
	return modality.ResolveDomain(op, name, input)
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

// The sizes of 4M's family (docs/4m.md, 4.1).

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
	act, known := activationNamed(c.Act)
	if !known {
		fault.Panic(op, "act %q, expected %s", c.Act, activationNames())
	}
	c.Act = act.name
	switch {
	case c.Dim < 4 || c.Dim%4 != 0:
		fault.Panic(op, "dim %d, expected a multiple of 4 (position tables come in quarters)", c.Dim)
	case c.Heads < 1 || c.Dim%c.Heads != 0:
		fault.Panic(op, "dim %d does not divide into %d heads", c.Dim, c.Heads)
	case c.Encoder < 1 || c.Decoder < 1:
		fault.Panic(op, "%d encoder and %d decoder blocks, expected 1 or more of each", c.Encoder, c.Decoder)
	case len(c.Inputs) == 0 || len(c.Outputs) == 0:
		fault.Panic(op, "%d inputs and %d outputs, expected 1 or more of each", len(c.Inputs), len(c.Outputs))
	case c.Registers < 0:
		fault.Panic(op, "%d registers, expected 0 or more", c.Registers)
	case !(c.MLP > 0) || c.hidden() < 1:
		fault.Panic(op, "mlp %g makes MLPs of width %d", c.MLP, c.hidden())
	}
	return c
}

// hidden is the width between the linear maps of an MLP (docs/4m.md, 4.2).
func (c Config) hidden() int {
	h := int(min(float64(c.Dim)*c.MLP, beyond))
	if c.Plain {
		return h
	}
	return 2 * h / 3
}

func (c Config) String() string {
	heads := c.Heads
	if heads == 0 {
		heads = max(c.Dim/64, 1)
	}
	kind := ""
	if c.Plain || c.Act != activations[0].name && c.Act != "" {
		kind = ", " + c.Act
	}
	if c.QKNorm {
		kind += ", qk-norm"
	}
	if c.Registers > 0 {
		kind += fmt.Sprintf(", %d registers", c.Registers)
	}
	return fmt.Sprintf("%d wide, %d+%d blocks, %d heads%s; in %v; out %v", c.Dim, c.Encoder, c.Decoder, heads, kind, c.Inputs, c.Outputs)
}
