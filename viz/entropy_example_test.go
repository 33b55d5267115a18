package viz_test

import (
	"math"
	"testing"

	"fourmlab/fourm"
	"fourmlab/fourm/generate"
	"fourmlab/viz"
)

// How unsure the model is of each token of a picture that it does not know yet.
//
//	viz.Entropy(m.Entropy(s, fourm.Chain("rgb").Then("semseg", 8)))
func ExampleEntropy() {
	s := scene(1)
	e := fourm.Entropy{Plan: *generate.Chain("rgb").Then("semseg", 8), Sample: s.Only("rgb"), Target: "semseg", Tokens: codes("semseg", s.Picture("semseg")),
		Value: rough(s.Picture("semseg"), 4, 0, 1), Vocab: 256}
	for i := range 64 {
		x, y := float64(i%8)-3.5, float64(i/8)-4
		h := 2.4 * math.Exp(-math.Abs(math.Hypot(x, y)-2.5))
		e.Nats, e.P = append(e.Nats, h), append(e.P, math.Exp(-h))
		if i%8 < 2 && i > 40 {
			e.Nats[i], e.P[i] = 0, 1
		}
		e.Known = append(e.Known, e.P[i] == 1)
	}
	save(viz.Entropy(e), "entropy")
}

func TestEntropy(t *testing.T) { golden(t, ExampleEntropy, "entropy") }

// Of a text, the likeliest words.
//
//	viz.Entropy(m.Entropy(s, fourm.Chain("rgb").Then("caption", 1)))
func ExampleEntropy_text() {
	e := fourm.Entropy{Plan: *generate.Chain("rgb").Then("caption", 8), Sample: scene(1).Only("rgb"), Target: "caption", Vocab: 400,
		Tokens: words("caption", "a", "large", "orange", "ball", "left", "of", "a", "small", "blue", "box", "[EOS]"),
		Nats:   []float64{0, 0.6, 1.4, 0.2, 0.9, 0, 0, 0.7, 0.4, 0.1, 0.2}, P: []float64{1, 0.7, 0.41, 0.95, 0.6, 1, 1, 0.55, 0.8, 0.97, 0.9}}
	save(viz.Entropy(e), "entropy_text")
}

func TestEntropyText(t *testing.T) { golden(t, ExampleEntropy_text, "entropy_text") }
