package viz_test

import (
	"math/rand"
	rand2 "math/rand/v2"
	"testing"

	"fourmlab/fourm"
	"fourmlab/fourm/mask"
	"fourmlab/viz"
)

// masked hides parts of the scene, as a mask would.
func masked() fourm.Masked {
	s := scene(1)
	r := rand.New(rand.NewSource(3))
	mk := fourm.Masked{Sample: s}
	for _, d := range []struct {
		domain, name string
		pixels       bool
		in, out      int
	}{{"rgb", "rgb", true, 22, 0}, {"tok_depth", "depth", false, 14, 26}, {"tok_semseg", "semseg", false, 8, 30}} {
		p := fourm.Part{Domain: d.domain, Modality: d.name, Pixels: d.pixels, Tokens: codes(d.name, s.Picture(d.name))}
		p.Input, p.Target = make([]bool, 64), make([]bool, 64)
		if d.pixels {
			p.Tokens.IDs = nil
		}
		for i, k := range r.Perm(64) {
			p.Input[k] = i < d.in
			p.Target[k] = i >= d.in && i < d.in+d.out
		}
		mk.Parts = append(mk.Parts, p)
	}
	cap := fourm.Part{
		Domain: "caption", Modality: "caption",
		Tokens: words("caption", "a", "shiny", "ball", "beside", "a", "blue", "box", "on", "a", "tiled", "floor", "[EOS]"),
		In:     words("caption", "[S_1]", "ball", "beside", "a", "[S_2]", "on", "a", "tiled"),
		Out:    words("caption", "[S_1]", "a", "shiny", "[S_2]", "blue", "box", "[S_3]"),
		Input:  make([]bool, 12), Target: make([]bool, 12),
	}
	for i := range 12 {
		cap.Target[i] = i < 2 || i == 5 || i == 6
		cap.Input[i] = !cap.Target[i] && i < 10
	}
	mk.Parts = append(mk.Parts, cap)
	return mk
}

// What a mask gives the model, and what it asks for.
//
//	viz.Masks(m.Mask(mask).Draw(s))
func ExampleMasks() {
	save(viz.Masks(masked()), "masks")
}

func TestMasks(t *testing.T) { golden(t, ExampleMasks, "masks") }

// Masks of more kinds: blocks, rows, and the same places in all modalities.
//
//	viz.Masks(m.Mask(fourm.Mask{In: 96, Out: 64, Pattern: "tubes"}).Draw(s))
func ExampleMasks_patterns() {
	s := scene(1)
	var parts []fourm.Part
	for i, pattern := range []string{"blocks", "rows", "tubes", "tubes"} {
		d := fourm.Lookup([]string{"rgb", "depth", "normal", "semseg"}[i])
		e := mask.Entry{Domain: d.TokenDomain(d.Vocab), In: 1, Out: 1, Tokens: codes(d.Name, s.Picture(d.Name))}
		r := rand2.New(rand2.NewPCG(4, 0)) // the same for all
		p := fourm.Mask{In: 20, Out: 24, Pattern: pattern}.Parts(mask.Seeded(r), []mask.Entry{e})
		parts = append(parts, p...)
	}
	save(viz.Masks(fourm.Masked{Sample: s, Parts: parts}), "masks_patterns")
}

func TestMasksPatterns(t *testing.T) { golden(t, ExampleMasks_patterns, "masks_patterns") }
