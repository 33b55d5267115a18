package viz

import (
	"image/color"
	"testing"

	"fourmlab/fourm"
	"fourmlab/fourm/modality"
)

// What stands under a prediction is the number that a table of this one sample
// has (generate's TestMeasureUnknownPrediction has the same two).
func TestScores(t *testing.T) {
	grid := func(w, c int, pix ...float32) *modality.Picture {
		return &modality.Picture{H: 1, W: w, C: c, Pix: pix}
	}
	ball := modality.Box{X1: 0.5, Y1: 0.5, Class: "ball"}
	red, black := color.RGBA{255, 0, 0, 255}, color.RGBA{0, 0, 0, 255}
	for _, c := range []struct {
		modality    string
		pred, truth any
		want        string
	}{
		{"depth", grid(2, 1, 5, 0), grid(2, 1, 5, 5), "RMSE 3.54 m"},
		{"depth", grid(2, 1, 5, 5), grid(2, 1, 0, 0), "nothing known"},
		{"normal", grid(2, 3, 0, 0, 1, 0, 0, 0), grid(2, 3, 0, 0, 1, 0, 0, 1), "45.0° mean angle"},
		{"semseg", grid(4, 1, 0, 1, 2, 2), grid(4, 1, 0, 1, 2, 3), "pixel accuracy 0.75"},
		{"rgb", grid(1, 3, 0.4, 0.5, 0.5), grid(1, 3, 0.5, 0.5, 0.5), "PSNR 24.8 dB"},
		{"rgb", grid(1, 3, 0.5, 0.5, 0.5), grid(1, 3, 0.5, 0.5, 0.5), "PSNR 100.0 dB"},
		{"rgb", grid(1, 3, 0.5, 0.5, 0.5), grid(2, 3, 0.5, 0.5, 0.5, 0, 0, 0), ""},
		{"box", []modality.Box{ball}, []modality.Box{ball, {X0: 0.5, X1: 1, Y1: 1, Class: "ball"}}, "AP@0.5 0.505"},
		{"palette", modality.Palette{black}, modality.Palette{red, black}, "ΔE 50.0"},
		{"caption", "a ball", "a ball", ""},
	} {
		m := modality.Lookup(c.modality)
		cells := pair("viz.Predict", m, c.pred, c.truth, fourm.Sample{}, 64, false)
		if len(cells) != 2 || cells[0].note != c.want || cells[1].note != "" {
			t.Errorf("%s: %d panels, under the first %q, expected %q", c.modality, len(cells), cells[0].note, c.want)
		}
	}
}

// An error is unknown where the truth is, and nowhere else.
func TestErrorsOf(t *testing.T) {
	e, top, unit := errorsOf(modality.Lookup("depth"), &modality.Picture{H: 1, W: 3, C: 1, Pix: []float32{5, 0, 2}}, &modality.Picture{H: 1, W: 3, C: 1, Pix: []float32{0, 3, 2}})
	if len(e) != 3 || e[0] != 5 || e[1] != -1 || e[2] != 0 || top != 5 || unit != " m" {
		t.Errorf("%v up to %g%s", e, top, unit)
	}
}
