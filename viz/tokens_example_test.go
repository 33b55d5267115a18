package viz_test

import (
	"testing"

	"fourmlab/viz"
)

// What a tokenizer makes of a picture: a colour an id; some are not decided yet.
//
//	viz.Tokens(s.Tokens("rgb"))
func ExampleTokens() {
	t := codes("rgb", scene(1).Picture("rgb"))
	for _, open := range []int{3, 12, 13, 40, 41, 57} {
		t.IDs[open] = -1
	}
	save(viz.Tokens(t), "tokens")
}

func TestTokens(t *testing.T) { golden(t, ExampleTokens, "tokens") }

// The pieces of a text, with their ids.
//
//	viz.Tokens(s.Tokens("caption"))
func ExampleTokens_sequence() {
	save(viz.Tokens(words("caption", "[S_1]", "a", "shiny", "ball", "beside", "a", "blue", "box", "[S_2]", "on", "a", "tiled", "floor", ",", "in", "front", "of", "a", "pale", "wall", "[EOS]")), "tokens_sequence")
}

func TestTokensSequence(t *testing.T) { golden(t, ExampleTokens_sequence, "tokens_sequence") }

// A token map over the picture that it stands for.
//
//	viz.TokensOn(s.Picture("rgb"), s.Tokens("rgb"))
func ExampleTokensOn() {
	p := scene(1).Picture("rgb")
	save(viz.TokensOn(p, codes("rgb", p)), "tokens_on")
}

func TestTokensOn(t *testing.T) { golden(t, ExampleTokensOn, "tokens_on") }
