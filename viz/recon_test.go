package viz

import (
	"fmt"
	"image/color"
	"testing"

	"fourmlab/fourm"
	"fourmlab/fourm/metric"
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

// wedges are small samples in all looks that are measured, parts of which are
// unknown.
type wedges struct{ n int }

func (w wedges) Len() int { return w.n }

func (w wedges) Sample(i int) (fourm.Sample, error) {
	s := fourm.Sample{Key: fmt.Sprint("wedge", i), Values: map[string]any{}}
	pics := map[string]*fourm.Picture{}
	for name, c := range map[string]int{"hue": 3, "far": 1, "side": 3, "kind": 1} {
		pics[name] = &fourm.Picture{H: 16, W: 16, C: c, Pix: make([]float32, 256*c)}
		s.Values[name] = pics[name]
	}
	for y := range 16 {
		for x := range 16 {
			in := y > x+i%5 // else unknown
			pics["hue"].Set(y, x, i%3, float32(x)/15)
			if in {
				pics["far"].Set(y, x, 0, 1+float32(y)/4)
				pics["side"].Set(y, x, 2-i%2, 1)
				pics["kind"].Set(y, x, 0, float32(1+i%2))
			}
		}
	}
	return s, nil
}

// A table of one sample and the figure of it say the same of every look.
func TestFigureAndTableAgree(t *testing.T) {
	ds := wedges{12}
	names := []string{"hue", "far", "side", "kind"}
	for i, look := range []modality.Look{fourm.Color, fourm.Depth, fourm.Normal, fourm.Label} {
		fourm.Register(fourm.Modality{Name: names[i], Look: look, Height: 16, Patch: 4, Vocab: 16, Pixels: look == fourm.Color})
		fourm.TrainTokenizer(ds, names[i], fourm.VQ{Steps: 30, Batch: 8, Dim: 16, Latent: 8})
	}
	cfg := fourm.Tiny(names...)
	cfg.Dim, cfg.Heads, cfg.Encoder, cfg.Decoder = 32, 2, 1, 1
	m := fourm.New(cfg)
	for i := range 3 {
		s, _ := ds.Sample(i)
		plan := fourm.Chain("hue")
		for _, n := range names[1:] {
			plan.Then(n, 8).Greedy()
		}
		out := m.Generate(s, plan, 0)
		rep := m.Eval(one{s}, "hue->far+side+kind", "far->hue")
		for k, r := range rep.Rows[:3] {
			at := modality.Lookup(names[k+1])
			by := metric.For(at)[0]
			note := pair("viz.Predict", at, out.Sample.Values[at.Name], s.Values[at.Name], s, 64, false)[0].note
			if r.Metric != by.String() || r.Samples != 1 || note != by.Text(r.Value) {
				t.Errorf("sample %d, %s: the figure says %q, the table %s %g", i, at.Name, note, r.Metric, r.Value)
			}
		}
	}
}

// one is a set of one sample.
type one struct{ s fourm.Sample }

func (one) Len() int                           { return 1 }
func (o one) Sample(int) (fourm.Sample, error) { return o.s, nil }
