package viz_test

import (
	"math"
	"testing"

	"fourmlab/fourm"
	"fourmlab/viz"
)

// attention makes up a head that looks at what is near in the picture, and at
// one word.
func attention(decoder bool) fourm.Attention {
	a := fourm.Attention{Sample: scene(1), Layer: 3, Head: 1, Decoder: decoder, Keys: []fourm.Strip{
		{Domain: "rgb", Modality: "rgb", To: 64, Rows: 8, Cols: 8},
		{Domain: "tok_depth", Modality: "depth", From: 64, To: 128, Rows: 8, Cols: 8},
		{Domain: "caption", Modality: "caption", From: 128, To: 137, Rows: 1, Cols: 9, Words: []string{"a", "shiny", "ball", "beside", "a", "blue", "box", ".", "[EOS]"}},
	}}
	a.Queries = a.Keys
	if decoder {
		a.Queries = []fourm.Strip{{Domain: "tok_semseg", Modality: "semseg", To: 64, Rows: 8, Cols: 8}}
	}
	for q := range a.Queries[len(a.Queries)-1].To {
		row, sum := make([]float32, 137), float32(0)
		for k := range row {
			d := 3.0
			if k < 128 && q < 128 {
				d = math.Hypot(float64(k%64/8-q%64/8), float64(k%8-q%8)) + float64(k/64)
			} else if k == 130 || q >= 128 && k == q {
				d = 0.5
			}
			row[k] = float32(math.Exp(-d))
			sum += row[k]
		}
		for k := range row {
			row[k] /= sum
		}
		a.Weights = append(a.Weights, row...)
	}
	return a.At(a.Queries[0].Modality, 5, 2)
}

// What one head of the encoder looks at from one patch.
//
//	viz.Attention(m.Attention(s, 3, 1))
func ExampleAttention() {
	save(viz.Attention(attention(false)), "attention")
}

func TestAttention(t *testing.T) { golden(t, ExampleAttention, "attention") }

// What a target looks at.
//
//	viz.Attention(m.Attention(s, 6, 1))
func ExampleAttention_decoder() {
	save(viz.Attention(attention(true)), "attention_decoder")
}

func TestAttentionDecoder(t *testing.T) { golden(t, ExampleAttention_decoder, "attention_decoder") }
