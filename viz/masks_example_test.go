package viz_test

import (
	"math/rand"
	"testing"

	"fourmlab/fourm"
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
