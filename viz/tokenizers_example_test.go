package viz_test

import (
	"testing"

	"fourmlab/fourm/quantize"
	"fourmlab/fourm/vq"
	"fourmlab/viz"
)

func tokenizerReports() []*vq.Report {
	one := func(name, quantizer, decoder string, patch int, bits, pixel, used, perplexity, psnr, frechet, enc, dec float64, params int) *vq.Report {
		codes := 1024
		return &vq.Report{Name: name, Modality: "rgb", Quantizer: quantizer, Decoder: decoder, Samples: 200, Grid: [2]int{64 / patch, 64 / patch}, Patch: [2]int{patch, patch},
			Parameters: params, Bits: bits, PixelBits: pixel, Features: vq.Statistics, Frechet: frechet, EncodePerS: enc, DecodePerS: dec,
			Use:    []quantize.Use{{Codes: codes, Used: int(used * float64(codes)), Entropy: bits * 0.85, Bits: bits, Perplexity: perplexity}},
			Scores: []vq.Score{{Metric: "PSNR", Unit: "dB", Value: psnr, Low: psnr - 0.35, High: psnr + 0.35}}}
	}
	return []*vq.Report{
		one("cosine:256x16, patches of 8", "cosine:256x16", "vit", 8, 8, 0.125, 1, 131, 24.9, 5.1, 2100, 310, 118000),
		one("cosine:1024x16, patches of 8", "cosine:1024x16", "vit", 8, 10, 0.156, 0.83, 421, 26.5, 3.7, 1900, 310, 130000),
		one("cosine:4096x16, patches of 8", "cosine:4096x16", "vit", 8, 12, 0.1875, 0.5, 1559, 27.0, 3.2, 1500, 300, 180000),
		one("fsq:8,8,8,5, patches of 8", "fsq:8,8,8,5", "vit", 8, 11.3, 0.177, 0.97, 1410, 26.1, 3.9, 2300, 320, 114000),
		one("rvq:2x512, patches of 8", "rvq:2x512", "vit", 8, 18, 0.281, 0.93, 231, 27.6, 2.8, 1700, 290, 131000),
		one("cosine:256x16, patches of 4", "cosine:256x16", "vit", 4, 8, 0.5, 0.98, 160, 29.2, 1.9, 600, 95, 121000),
		one("cosine:1024x16, patches of 8, flow", "cosine:1024x16", "flow", 8, 10, 0.156, 0.83, 421, 25.8, 0.9, 1900, 12, 2100000),
	}
}

// What tokenizers cost and keep.
//
//	viz.Tokenizers(a.Report(test), b.Report(test))
func ExampleTokenizers() {
	save(viz.Tokenizers(tokenizerReports()...), "tokenizers")
}

func TestTokenizers(t *testing.T) { golden(t, ExampleTokenizers, "tokenizers") }
