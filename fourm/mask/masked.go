package mask

import (
	"fmt"
	"strings"

	"fourmlab/fourm/modality"
	"fourmlab/internal/show"
)

// Masked is a sample of which some tokens are input, some are targets, and
// the rest is unused. Parts are in the order of the model's domains.
type Masked struct {
	Sample modality.Sample
	Parts  []Part
}

// Part is one domain's share.
type Part struct {
	Domain   string // "rgb" (pixels), "tok_depth", "caption"
	Modality string // "rgb", "depth", "caption"
	Pixels   bool   // the domain is raw pixels: an input only, Tokens.IDs is nil
	Tokens   modality.Tokens

	// Input and Target mark the tokens of Tokens by position: true = belongs
	// to the set.
	Input, Target []bool

	// In and Out are what a sequence reads as on either side, sentinels
	// included (docs/4m.md, 3.3); nil for an image. Symbols stand in them with
	// their offset.
	In, Out modality.Tokens

	// Vectors are what Vectors read as on the input side: those that stay, and
	// one of zeros for each span; nil for all else.
	Vectors [][]float32

	// Room is the input budget. In 4M's batches the target of a sequence
	// begins there (see Row).
	Room int
}

// Inputs counts the input tokens of the part.
func (p Part) Inputs() int {
	if p.Vectors != nil {
		return len(p.Vectors)
	}
	if p.In.IDs != nil || p.Tokens.Words != nil {
		return len(p.In.IDs)
	}
	return count(p.Input)
}

// Targets counts the target tokens of the part.
func (p Part) Targets() int {
	if p.Out.IDs != nil || p.Tokens.Words != nil {
		return len(p.Out.IDs)
	}
	return count(p.Target)
}

func count(b []bool) int {
	n := 0
	for _, v := range b {
		if v {
			n++
		}
	}
	return n
}

func (m Masked) String() string {
	var w []string
	for _, p := range m.Parts {
		w = append(w, fmt.Sprintf("%s %d in, %d target of %d", p.Domain, p.Inputs(), p.Targets(), len(p.Input)))
	}
	return "masked " + m.Sample.Key + ": " + strings.Join(w, "; ")
}

// SimpleRender shows inputs, targets and unused tokens in a notebook.
func (m Masked) SimpleRender() map[string]any { return show.Bundle(m) }
