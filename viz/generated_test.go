package viz_test

// What a plan made of the world of scene_test.go, for the figures of results.

import (
	"math/rand"

	"fourmlab/fourm"
	"fourmlab/fourm/generate"
)

// generated makes up what a plan made of the scene: depth in eight steps, a
// caption word by word, classes in four steps. The seed changes how well.
func generated(seed int64) fourm.Result {
	s := scene(1)
	out := fourm.Result{
		Plan:      *generate.Chain("rgb").Then("depth", 8).Temp(2).Then("caption", 7).Then("semseg", 4).Guide(2).Then("normal", 1),
		Given:     []string{"rgb"},
		Generated: []string{"depth", "caption", "semseg", "normal"},
		Sample: s.Only("rgb").
			With("depth", rough(s.Picture("depth"), 4, 0.12, seed)).
			With("caption", []string{"a round ball and a box", "an orange ball by a blue crate on a floor", "a ball in front of a wall"}[seed%3]).
			With("semseg", rough(s.Picture("semseg"), 4, 0, seed)).
			With("normal", rough(s.Picture("normal"), 4, 0.05, seed)),
	}
	picture := func(stage int, name string, steps int) {
		r := rand.New(rand.NewSource(seed))
		final := codes(name, s.Picture(name))
		t := final
		t.IDs = make([]int, 64)
		sure := make([]float32, 64)
		for i := range t.IDs {
			t.IDs[i] = -1
		}
		order := r.Perm(64)
		for k := range steps {
			from, to := k*k*64/(steps*steps), (k+1)*(k+1)*64/(steps*steps)
			st := fourm.Step{Stage: stage, Target: name, Index: k, Of: steps, New: make([]bool, 64)}
			for _, i := range order[from:to] {
				t.IDs[i], st.New[i] = final.IDs[i], true
				sure[i] = float32(0.25 + 0.7*r.Float64())
			}
			st.Tokens = t
			st.Tokens.IDs = append([]int(nil), t.IDs...)
			st.Confidence = append([]float32(nil), sure...)
			p := rough(s.Picture(name), 4, 0, seed)
			for i, id := range t.IDs {
				for y := range 8 {
					for x := range 8 {
						if id < 0 {
							p.Set(i/8*8+y, i%8*8+x, 0, 0)
						}
					}
				}
			}
			st.Value = p
			out.Trace = append(out.Trace, st)
		}
	}
	picture(0, "depth", 8)
	ws := []string{"a", "shiny", "ball", "beside", "a", "box", "[EOS]"}
	for k := range ws {
		st := fourm.Step{Stage: 1, Target: "caption", Index: k, Of: len(ws), Tokens: words("caption", ws[:k+1]...), New: make([]bool, k+1)}
		st.New[k] = true
		out.Trace = append(out.Trace, st)
	}
	picture(2, "semseg", 4)
	return out
}
