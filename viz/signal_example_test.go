package viz_test

import (
	"math"
	"testing"

	"fourmlab/fourm"
	"fourmlab/viz"
)

// A sample whose modalities are numbers: a spectrum, and what is to be known of it.
//
//	viz.Sample(s)
func ExampleSample_numbers() {
	fourm.Register(fourm.Modality{Name: "redshift", Kind: fourm.Symbols, Vocab: 256, MaxTokens: 2})
	fourm.Register(fourm.Modality{Name: "spectrum", Kind: fourm.Symbols, Vocab: 64, MaxTokens: 32})
	spectrum := make([]float32, 256)
	for i := range spectrum {
		x := float64(i)
		spectrum[i] = float32(3 + 0.004*x + 2*math.Exp(-(x-90)*(x-90)/50) + 0.9*math.Exp(-(x-150)*(x-150)/20) - 1.1*math.Exp(-(x-210)*(x-210)/30))
	}
	fourm.Register(fourm.Modality{Name: "light", Kind: fourm.Symbols, Vocab: 64, MaxTokens: 32})
	light := fourm.NewPicture(1, 128, 2) // the brightness through two filters
	for i := range 128 {
		x := 2 * math.Pi * float64(i) / 42.5
		light.Set(0, i, 0, float32(math.Pow(math.Abs(math.Sin(x)), 0.4)))
		light.Set(0, i, 1, float32(0.3+0.4*math.Pow(math.Abs(math.Sin(x+0.35)), 0.4)))
	}
	save(viz.Sample(fourm.Sample{Key: "star 12", Values: map[string]any{"spectrum": spectrum, "redshift": 0.3127, "light": light}}), "sample_numbers")
}

func TestSampleNumbers(t *testing.T) { golden(t, ExampleSample_numbers, "sample_numbers") }
