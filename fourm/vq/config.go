package vq

// How a tokenizer is made and trained: what can be said, and what zero values
// stand for.

import (
	"math"
	"slices"
	"strings"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/quantize"
	"fourmlab/internal/fault"
)

// VQ says how a tokenizer is made. Zero values stand for the lab's defaults. The
// official key of each field: docs/4m.md, 10.4.
type VQ struct {
	// Quantizer is a name of quantize.Parse: "fsq:8,8,8,5", "rvq:2x512". Empty is
	// a cosine codebook of Vocab codes of Latent numbers.
	Quantizer string `json:"quantizer,omitempty"`
	Vocab     int    `json:"vocab"`  // codes; 0 stands for the quantizer's, else the modality's
	Latent    int    `json:"latent"` // numbers a code; 0 stands for the quantizer's, else 16

	// Net is "vit" (empty stands for it); "local", whose encoder looks at each patch by
	// itself, so that a patch has the same code wherever it lies and a model foresees it
	// more easily, and whose decoder is a Transformer; "mlp", which maps places one by one: for
	// vectors, and feature maps in patches of one place; "conv", blocks of ConvNeXt,
	// which know no positions: for signals; or "none", which bins stand for.
	Net    string `json:"net,omitempty"`
	Patch  int    `json:"patch,omitempty"`  // pixels a side of a token; 0 stands for the modality's, and another becomes the modality's
	Stride int    `json:"stride,omitempty"` // samples of a signal that make a token; 0 stands for 8
	Dim    int    `json:"dim"`              // width; 0 stands for 64
	Depth  int    `json:"depth"`            // blocks on either side; 0 stands for 1
	// Decoder is "" (the mirror of the encoder), or "flow" or "diffusion": the
	// encoder and its codes are trained with the mirror, then stay as they are, and
	// a decoder that draws pictures from noise learns what they leave open.
	Decoder      string `json:"decoder,omitempty"`
	DecoderSteps int    `json:"decoder_steps,omitempty"` // of its training; 0 stands for 600

	Steps   int     `json:"steps"`             // 0 stands for 300
	Batch   int     `json:"batch"`             // pictures a step; 0 stands for 16
	Samples int     `json:"samples,omitempty"` // of the set that are read; 0 stands for 1000, for bins for all
	LR      float64 `json:"lr"`                // peak; 0 stands for 5e-3
	Warm    int     `json:"warm,omitempty"`    // steps of linear warm-up; 0 stands for a twentieth of Steps
	EMA     float64 `json:"ema,omitempty"`     // decay of a moving average of the weights, which the tokenizer has in the end; 0: none
	Seed    int64   `json:"seed"`

	// Loss of the reconstruction: "mse", "l1", "smooth_l1", "cosine" (one minus the
	// cosine of the numbers of a place), "bce" (of masks from 0 to 1), "ce" (of
	// classes). Empty is ce for classes, else mse.
	Loss string `json:"loss,omitempty"`
	// Perceptual weighs a loss of the features that the network in the file
	// Features has of both pictures: a tokenizer's encoder, or torchvision's VGG-16.
	Perceptual float64 `json:"perceptual,omitempty"`
	Features   string  `json:"features,omitempty"`

	Val      modality.Data `json:"-"`                   // held-out samples; nil: none
	ValEvery int           `json:"val_every,omitempty"` // steps between validations; 0 stands for a tenth of Steps
	ValSize  int           `json:"val_size,omitempty"`  // samples of Val that are used; 0 stands for 64
	// Dir is where the training keeps its state, its history and the tokenizer; what
	// is found there goes on. Empty: nowhere.
	Dir string `json:"-"`
	// From is a tokenizer of the modality to begin with, in place of fresh numbers;
	// with a Decoder, its encoder and codes stay as they are.
	From *Tokenizer `json:"-"`
}

const opTrain = "fourm.TrainTokenizer"

// On gives the modality with the patch that the configuration asks for.
func (c VQ) On(m modality.Modality) modality.Modality {
	if c.Patch == 0 {
		return m
	}
	return m.With(opTrain, c.Patch)
}

// heads of the tokenizer's attention.
const heads = 4

// Check panics with a *fault.Error where a tokenizer of a modality cannot be made
// so.
func (c VQ) Check(m modality.Modality) { c.resolved(c.On(m)) }

// resolved fills in what is left out, and refuses what cannot be.
func (c VQ) resolved(m modality.Modality) VQ {
	def := func(p *int, v int) {
		if *p == 0 {
			*p = v
		}
	}
	fail := func(format string, args ...any) { fault.Panic(opTrain, format, args...) }
	kind, _, _ := strings.Cut(c.Quantizer, ":")
	labels := m.Look.Spec().Scaling == modality.ClassIDs
	if c.Quantizer != "" {
		latent := c.Latent
		switch kind {
		case "rvq", "memcodes":
			def(&latent, 16)
		case "bins":
			latent = m.Channels
		}
		s := quantize.ShapeOf(c.Quantizer, latent)
		if c.Vocab != 0 && c.Vocab != s.Codes {
			fail("vocab %d of %s with the quantizer %s of %d codes; leave one of them out", c.Vocab, m.Name, c.Quantizer, s.Codes)
		}
		c.Vocab, c.Latent = s.Codes, s.Dim
	}
	def(&c.Vocab, m.Vocab)
	def(&c.Latent, 16)
	def(&c.Dim, 64)
	def(&c.Depth, 1)
	def(&c.Steps, 300)
	def(&c.Batch, 16)
	def(&c.Samples, 1000)
	def(&c.Warm, max(c.Steps/20, 1))
	def(&c.ValEvery, max(c.Steps/10, 1))
	def(&c.ValSize, 64)
	if c.LR == 0 {
		c.LR = 5e-3
	}
	for what, v := range map[string]int{"vocab": c.Vocab - 1, "steps": c.Steps, "batch": c.Batch, "dim": c.Dim, "depth": c.Depth, "latent": c.Latent,
		"samples": c.Samples, "warm": c.Warm, "val_every": c.ValEvery, "val_size": c.ValSize, "decoder_steps": c.DecoderSteps + 1} {
		if v < 1 {
			fail("%s of %s is too small", what, m.Name)
		}
	}
	if kind == "bins" {
		c.Net = "none"
	} else if c.Net == "none" {
		fail("net none of %s with the quantizer %q, expected bins", m.Name, c.Quantizer)
	}
	if c.Net == "none" && c.Decoder != "" {
		fail("decoder %q of %s with bins, which need none", c.Decoder, m.Name)
	}
	if c.Net == "" {
		c.Net = "vit"
	}
	one := func(what, v string, of ...string) {
		if !slices.Contains(of, v) {
			fail("%s %q of %s, expected %s", what, v, m.Name, strings.Join(of, ", "))
		}
	}
	one("net", c.Net, "vit", "local", "mlp", "conv", "none")
	if c.Decoder != "" {
		one("decoder", c.Decoder, "flow", "diffusion")
		def(&c.DecoderSteps, 600)
		if labels {
			fail("decoder %s of %s, which has classes: they cannot be drawn from noise", c.Decoder, m.Name)
		}
		if c.Net == "mlp" {
			fail("decoder %s of %s with net mlp, expected vit", c.Decoder, m.Name)
		}
	}
	if (c.Net == "vit" || c.Net == "local") && (c.Dim%heads != 0 || c.Dim%4 != 0) {
		fail("dim %d is no multiple of %d", c.Dim, heads)
	}
	if (c.Net == "mlp" || c.Net == "none") && m.Patch != 1 {
		what := "net " + c.Net
		if kind == "bins" {
			what = "quantizer " + c.Quantizer
		}
		fail(what+" takes places one by one, and %s has patches of %d, expected 1", m.Name, m.Patch)
	}
	if c.Loss == "" {
		c.Loss = "mse"
		if labels {
			c.Loss = "ce"
		}
	}
	one("loss", c.Loss, lossNames()...)
	if labels != (c.Loss == "ce") {
		fail("loss %q of %s, which has %s", c.Loss, m.Name, map[bool]string{true: "classes: expected ce", false: "numbers: expected another"}[labels])
	}
	for what, v := range map[string]float64{"lr": c.LR, "perceptual": c.Perceptual} {
		if !(v >= 0) || math.IsInf(v, 0) {
			fail("%s of %s is %g, expected 0 or more", what, m.Name, v)
		}
	}
	if !(c.EMA >= 0 && c.EMA < 1) {
		fail("ema of %s is %g, expected 0 to below 1", m.Name, c.EMA)
	}
	if (c.Perceptual > 0) != (c.Features != "") {
		fail("perceptual %g of %s with features %q, expected both or none", c.Perceptual, m.Name, c.Features)
	}
	return c
}
