// Package fourm is the face of a lab for Massively Multimodal Masked
// Modelling (4M: arXiv 2312.06647, 2406.09406). It holds what a person types;
// the types live in the packages below it and are aliased here.
//
//	ds := datasets.Scenes(2000, 1)
//	fourm.TrainTokenizers(ds.Split("train"), "rgb", "depth")
//	cfg := fourm.Tiny("rgb", "depth", "caption")
//	cfg.Dim = 128
//	m := fourm.New(cfg)
//	run := m.Train(ds.Split("train"), fourm.Train{Steps: 500, Val: ds.Split("val")})
//	s := ds.Split("test").MustSample(7)
//	out := m.Generate(s, fourm.Chain("rgb").Then("depth", 8), 0)
//
// Two kinds of failure are kept apart. What was typed cannot be right: a panic
// with *fourm.Error, one line. The world failed: a returned error, or Err in
// the value that is returned, beside all that was finished; a line says so at
// once. What begins with Must panics with either. A person's interrupt is
// neither: what is finished by then is returned.
package fourm

import (
	"fmt"
	"os"
	"strings"

	"fourmlab/fourm/ablate"
	"fourmlab/fourm/generate"
	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/fourm/train"
	"fourmlab/fourm/vq"
	"fourmlab/internal/fault"
	"fourmlab/internal/show"
)

type (
	// Error is the panic that means "what was typed cannot be right".
	Error = fault.Error
	// Host is where progress and live pictures go.
	Host = show.Host

	Modality = modality.Modality
	// Look is a kind of value, which LookSpec describes.
	Look     = modality.Look
	LookSpec = modality.LookSpec
	Sample   = modality.Sample
	Picture  = modality.Picture
	Box      = modality.Box
	Palette  = modality.Palette
	Tokens   = modality.Tokens

	// Tokenizer turns a modality's values into tokens and back.
	Tokenizer = modality.Tokenizer
	// VQ says how a tokenizer of an image modality is made.
	VQ = vq.VQ

	Mask   = mask.Mask
	Masked = mask.Masked
	Ground = mask.Ground
	Part   = mask.Part

	Config = model.Config

	// Train says how to train.
	Train = train.Options
	Run   = train.Run
	Point = train.Point

	Plan      = generate.Plan
	Stage     = generate.Stage
	Scheme    = generate.Scheme
	GridStep  = generate.GridStep
	Guess     = generate.Guess
	Result    = generate.Result
	Step      = generate.Step
	Report    = generate.Report
	ReportRow = generate.ReportRow

	// What a model shows of itself, for viz to draw.
	Grid      = generate.Grid
	Sweep     = generate.Sweep
	Attention = generate.Attention
	Strip     = generate.Strip
	Retrieval = generate.Retrieval
	Embedding = model.Embedding

	// What a model is unsure of and rests on, and what a search finds.
	Entropy     = generate.Entropy
	Ensemble    = generate.Ensemble
	Consistency = generate.Consistency
	Relevance   = generate.Relevance
	Found       = generate.Found
	Other       = generate.Other
	Trade       = generate.Trade
	Preset      = generate.Preset
	Tradeoff    = generate.Tradeoff
	TradeoffRow = generate.TradeoffRow

	Ablation = ablate.Ablation
)

// What a modality is and what its values mean.
const (
	Image    = modality.Image
	Sequence = modality.Sequence
	Symbols  = modality.Symbols
	Vectors  = modality.Vectors

	Color   = modality.Color
	Gray    = modality.Gray
	Depth   = modality.Depth
	Normal  = modality.Normal
	Label   = modality.Label
	Caption = modality.Caption
	Boxes   = modality.Boxes
	Colors  = modality.Colors
	Feature = modality.Feature
)

// How the tokenizer of a look sees its numbers (LookSpec.Scaling).
const (
	LinearScale  = modality.LinearScale
	LogScale     = modality.LogScale
	UnitVectors  = modality.UnitVectors
	Standardised = modality.Standardised
	ClassIDs     = modality.ClassIDs
)

// The order in which the tokens of a target are decided. A type of one's own may be
// a Scheme, too.
var (
	MaskGIT        = generate.MaskGIT
	ROAR           = generate.ROAR
	Autoregressive = generate.Autoregressive
	Raster         = generate.Raster
	Halton         = generate.Halton
)

// Gumbel is MaskGIT with noise of a temperature in its confidence, which falls to
// none in the last step.
func Gumbel(t float64) Scheme { return generate.Gumbel(t) }

// Around gives the places of a modality's grid outside of a rectangle, in fractions of
// the picture: with Plan.Keep the rectangle is painted anew.
func Around(name string, x0, y0, x1, y1 float64) []bool {
	return generate.Around(name, x0, y0, x1, y1)
}

// Within gives the places inside: with Plan.Keep all around it is painted anew.
func Within(name string, x0, y0, x1, y1 float64) []bool {
	return generate.Within(name, x0, y0, x1, y1)
}

// Moment chooses places before their tokens are drawn, with noise of a temperature.
func Moment(a float64) Scheme { return generate.Moment(a) }

// Data is a source of samples; a type declared in a cell may satisfy it.
type Data = modality.Data

// SetHost makes h the place where progress and live pictures go; nil restores
// the text line on standard error.
func SetHost(h Host) { show.SetHost(h) }

// Register adds a modality or replaces the one of the same name.
func Register(m Modality) { modality.Register(m) }

// RegisterLook adds a kind of value: what its numbers mean, and how they are
// read, tokenized, measured and drawn.
func RegisterLook(s LookSpec) Look { return modality.RegisterLook(s) }

// NewPicture gives a picture of zeros: h rows of w pixels of c numbers.
func NewPicture(h, w, c int) *Picture { return modality.NewPicture(h, w, c) }

// Lookup gives a registered modality; an unknown name panics with the nearest
// known one.
func Lookup(name string) Modality { return modality.Lookup(name) }

// Table lists modalities, one a line.
type Table []Modality

func (t Table) String() string {
	w := []string{fmt.Sprintf("%-10s %-9s %-10s %-15s %s", "modality", "kind", "values", "tokens", "tokenizer")}
	for _, m := range t {
		values, tokens, tok := "text", fmt.Sprintf("up to %d", m.MaxTokens), "none yet"
		if m.Kind == Image {
			values = fmt.Sprintf("%dx%dx%d", m.Grid()*m.Patch, m.Cols()*m.Patch, m.Channels)
			tokens = fmt.Sprintf("%dx%d of %d", m.Grid(), m.Cols(), m.Vocab)
		}
		if k := modality.TokenizerOf(m.Name); k != nil {
			tok = fmt.Sprintf("%d codes", k.Vocab())
		}
		w = append(w, fmt.Sprintf("%-10s %-9v %-10s %-15s %s", m.Name, m.Kind, values, tokens, tok))
	}
	return strings.Join(w, "\n")
}

// Modalities lists what is registered.
func Modalities() Table {
	var t Table
	for _, n := range modality.Names() {
		t = append(t, modality.Lookup(n))
	}
	return t
}

// SetTokenizer makes t the modality's tokenizer; one whose training failed is
// refused, and one that takes other values. One that gives several code numbers a
// place is for a modality of kind Symbols, or, of features of a whole picture, for
// an image modality whose grid they fill.
func SetTokenizer(name string, t Tokenizer) {
	const op = "fourm.SetTokenizer"
	if k, ok := t.(*vq.Tokenizer); ok && k != nil {
		if k.Err != nil {
			fault.Panic(op, "the tokenizer of %q was not trained: %v", name, k.Err)
		}
		m := modality.Need(op, name)
		if m.Kind == modality.Symbols || k.Network().Spec.Books > 1 && m.Name != k.Of.Name {
			s, err := vq.AsSymbols(k, m)
			if err != nil {
				fault.Panic(op, "%v", err)
			}
			modality.SetTokenizer(name, s)
			return
		}
		fit, err := k.For(m)
		if err != nil {
			fault.Panic(op, "%v", err)
		}
		t = fit
	}
	modality.SetTokenizer(name, t)
}

// The sizes of 4M's family; change Dim, Encoder and Decoder for smaller ones.

// Tiny is 384 wide with 6 + 6 blocks.
func Tiny(modalities ...string) Config { return model.Tiny(modalities...) }

// Small is 512 wide with 8 + 8 blocks.
func Small(modalities ...string) Config { return model.Small(modalities...) }

// Base is 768 wide with 12 + 12 blocks.
func Base(modalities ...string) Config { return model.Base(modalities...) }

// Large is 1024 wide with 24 + 24 blocks.
func Large(modalities ...string) Config { return model.Large(modalities...) }

// XL is 2048 wide with 24 + 24 blocks.
func XL(modalities ...string) Config { return model.XL(modalities...) }

// Published gives the configuration of a published model: family "4M-7",
// "4M-21" or "4M-7-SR", size "Ti", "S", "B", "L" or "XL".
func Published(family, size string) Config { return model.Published(family, size) }

// Chain begins a plan that is given some modalities:
// Chain("caption").Then("rgb", 8).Temp(2).Then("depth", 4).
func Chain(given ...string) *Plan { return generate.Chain(given...) }

// ParsePlan reads a plan as it prints: "caption -> semseg(12, T=0.7) -> rgb(16, g=2,
// top-p=0.9, halton)". See generate.Parse for all that may stand in brackets. The error
// says which word is wrong.
func ParsePlan(text string) (*Plan, error) { return generate.Parse(text) }

// Presets lists the settings that the published models are used with, as plans.
func Presets() []Preset { return generate.Presets() }

// CheckDevice says in a sentence what is wrong with a device name; "" and
// "cpu" are right.
func CheckDevice(name string) error {
	if name == "" || name == "cpu" {
		return nil
	}
	return fmt.Errorf("fourm: no device %q: this build computes on the cpu only; unset FOURM_DEVICE or set it to cpu", name)
}

// checkEnv refuses to begin on a device that is not there.
func checkEnv(op string) {
	if err := CheckDevice(os.Getenv("FOURM_DEVICE")); err != nil {
		fault.Panic(op, "%s", strings.TrimPrefix(err.Error(), "fourm: "))
	}
}
