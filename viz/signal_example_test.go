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
	save(viz.Sample(fourm.Sample{Key: "star 12", Values: map[string]any{"spectrum": spectrum, "redshift": 0.3127}}), "sample_numbers")
}

func TestSampleNumbers(t *testing.T) { golden(t, ExampleSample_numbers, "sample_numbers") }
