// Package fourm is the face of the lab: what a person types. The types live
// in the packages below it and are aliased here.
package fourm

import (
	"fourmlab/fourm/ablate"
	"fourmlab/fourm/generate"
	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/train"
	"fourmlab/internal/fault"
	"fourmlab/internal/show"
)

type (
	// Error is the panic that means "what was typed cannot be right".
	Error = fault.Error
	// Host is where progress and live pictures go.
	Host = show.Host

	Modality = modality.Modality
	Sample   = modality.Sample
	Picture  = modality.Picture
	Box      = modality.Box
	Palette  = modality.Palette
	Tokens   = modality.Tokens

	Masked = mask.Masked
	Part   = mask.Part

	Run   = train.Run
	Point = train.Point

	Plan   = generate.Plan
	Stage  = generate.Stage
	Result = generate.Result
	Step   = generate.Step

	Ablation = ablate.Ablation
)

// Data is a source of samples; a type declared in a cell may satisfy it.
type Data interface {
	Len() int
	Sample(i int) (Sample, error)
}

// SetHost makes h the place where progress and live pictures go; nil restores
// the text line on standard error.
func SetHost(h Host) { show.SetHost(h) }

// Register adds a modality or replaces the one of the same name.
func Register(m Modality) { modality.Register(m) }

// Lookup gives a registered modality; an unknown name panics with the nearest
// known one.
func Lookup(name string) Modality { return modality.Lookup(name) }
