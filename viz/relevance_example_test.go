package viz_test

import (
	"math"
	"testing"

	"fourmlab/fourm"
	"fourmlab/viz"
)

// Which parts of a picture a prediction rests on.
//
//	viz.Relevance(m.Relevance(s, fourm.Chain("rgb").Then("caption", 1), "rgb"))
func ExampleRelevance() {
	r := fourm.Relevance{Sample: scene(1).Only("rgb", "caption"), From: "rgb", Target: "caption", Rows: 8, Cols: 8, Truth: true}
	for i := range 64 {
		x, y := float64(i%8)-2.2, float64(i/8)-3.5
		a, b := float64(i%8)-5.5, float64(i/8)-4
		r.Nats = append(r.Nats, 0.5*math.Exp(-(x*x+y*y)/2)+0.3*math.Exp(-(a*a+b*b)/1.5)-0.04)
	}
	save(viz.Relevance(r), "relevance")
}

func TestRelevance(t *testing.T) { golden(t, ExampleRelevance, "relevance") }

// Which words of a caption a picture rests on.
//
//	viz.Relevance(m.Relevance(s, fourm.Chain("caption").Then("rgb", 8), "caption"))
func ExampleRelevance_text() {
	r := fourm.Relevance{Sample: scene(1).Only("rgb", "caption"), From: "caption", Target: "rgb", Rows: 1,
		Words: []string{"an", "orange", "ball", "left", "of", "a", "blue", "box"}, Nats: []float64{0.01, 0.42, 0.5, 0.12, 0, -0.02, 0.33, 0.38}}
	r.Cols = len(r.Words)
	save(viz.Relevance(r), "relevance_text")
}

func TestRelevanceText(t *testing.T) { golden(t, ExampleRelevance_text, "relevance_text") }
