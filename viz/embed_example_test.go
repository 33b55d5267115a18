package viz_test

import (
	"testing"

	"fourmlab/fourm"
	"fourmlab/viz"
)

// levels is a tokenizer of which only the number of codes is ever asked for.
type levels struct{ fourm.Tokenizer }

func (levels) Vocab() int { return 64 }

// What marks the modalities and the positions.
//
//	viz.Embed(m)
func ExampleEmbed() {
	for _, n := range []string{"rgb", "depth", "normal", "semseg", "edge", "caption", "box"} {
		fourm.SetTokenizer(n, levels{})
		defer fourm.SetTokenizer(n, nil)
	}
	cfg := fourm.Tiny("rgb", "depth", "normal", "semseg", "edge", "caption", "box")
	cfg.Dim, cfg.Heads, cfg.Encoder, cfg.Decoder, cfg.Seed = 64, 4, 1, 1, 2
	save(viz.Embed(fourm.New(cfg)), "embed")
}

func TestEmbed(t *testing.T) { golden(t, ExampleEmbed, "embed") }
