package viz

import (
	"image"
	"image/color"
	"math"
	"path/filepath"
	"testing"

	"fourmlab/datasets"
	"fourmlab/fourm"
	"fourmlab/fourm/metric"
	"fourmlab/fourm/modality"
)

// Every sort of look that one may describe goes through files, a tokenizer, the
// metrics and the figures.
func TestLooksOfEverySort(t *testing.T) {
	byte3 := func(p *fourm.Picture, _, _ float64) image.Image {
		out := image.NewRGBA(image.Rect(0, 0, 2*p.W, 2*p.H)) // of a size of its own
		for i := range out.Pix {
			out.Pix[i] = 255
		}
		return out
	}
	wave := func(i, k int) float32 { return float32(math.Sin(float64(i%8+3*k)) + float64(i/8)/8) }
	for _, c := range []struct {
		look     fourm.LookSpec
		channels int
		labels   []string
		at       func(i, k int) float32 // number k of pixel i
		near     float64                // how near files keep numbers
		metric   string
	}{
		{fourm.LookSpec{Name: "celsius", Channels: 1, Unit: "°"}, 1, nil, func(i, k int) float32 { return 20*wave(i, k) - 5 }, 0, "mean absolute error, °"},
		{fourm.LookSpec{Name: "humidity", Channels: 1, Unit: "%", Low: 0, High: 100, Steps: 100}, 1, nil, func(i, k int) float32 { return float32(i) }, 0.006, "mean absolute error, %"},
		{fourm.LookSpec{Name: "radiance", Channels: 1, Scaling: fourm.LogScale, Ramp: func(x float64) color.RGBA { return color.RGBA{uint8(255 * x), 0, 0, 255} }}, 1, nil,
			func(i, k int) float32 { return float32(i*i) / 10 }, 0, "mean absolute error"},
		{fourm.LookSpec{Name: "material", Channels: 1, Scaling: fourm.ClassIDs, Steps: 1}, 1, []string{"air", "wood", "steel"}, func(i, k int) float32 { return float32(i / 8 % 3) }, 0, "pixel accuracy"},
		{fourm.LookSpec{Name: "motion", Channels: 2, Unit: "px", Mirror: func(v []float32) { v[0] = -v[0] }}, 2, nil, wave, 0, "mean absolute error, px"},
		{fourm.LookSpec{Name: "grain", Channels: 2, Scaling: fourm.UnitVectors}, 2, nil, func(i, k int) float32 {
			if k == 0 {
				return float32(math.Cos(float64(i)))
			}
			return float32(math.Sin(float64(i)))
		}, 0, "mean absolute error"},
		{fourm.LookSpec{Name: "facing", Channels: 3, Scaling: fourm.UnitVectors}, 3, nil, func(i, k int) float32 { return float32(i % 3 / 2 * (k % 2)) }, 0, "mean absolute error"},
		{fourm.LookSpec{Name: "spectrum", Scaling: fourm.Standardised}, 5, nil, wave, 0, "mean absolute error"},
		{fourm.LookSpec{Name: "infrared", Channels: 3, High: 1, Smooth: true, Mean: []float32{0.5, 0.5, 0.5}, Dev: []float32{0.2, 0.2, 0.2}}, 3, nil,
			func(i, k int) float32 { return float32(i%9) / 8 }, 0, "mean absolute error"},
		{fourm.LookSpec{Name: "drawn", Channels: 4, Draw: byte3}, 4, nil, wave, 0, "mean absolute error"},
		{fourm.LookSpec{Name: "constant", Channels: 1, Unit: "V"}, 1, nil, func(i, k int) float32 { return -3 }, 0, "mean absolute error, V"},
	} {
		name := "x" + c.look.Name
		fourm.Register(fourm.Modality{Name: name, Look: fourm.RegisterLook(c.look), Height: 8, Patch: 4, Channels: c.channels, Vocab: 8, Labels: c.labels})
		m := fourm.Lookup(name)
		p := modality.NewPicture(8, 8, c.channels)
		for i := range 64 {
			for k := range c.channels {
				p.Pix[i*c.channels+k] = c.at(i, k)
			}
		}
		s := fourm.Sample{Key: "a", Values: map[string]any{name: p}}
		set := filepath.Join(t.TempDir(), "set")
		if err := datasets.Write(datasets.Cache(one{s}), set); err != nil {
			t.Errorf("%s: %v", c.look.Name, err)
			continue
		}
		if rep, err := datasets.Check(set); err != nil || !rep.OK {
			t.Errorf("%s: %v %v", c.look.Name, err, rep)
		}
		read := datasets.MustOpen(set).MustSample(0).Picture(name)
		for i, v := range read.Pix {
			if math.Abs(float64(v-p.Pix[i])) > c.near {
				t.Errorf("%s: number %d is %g, was written as %g", c.look.Name, i, v, p.Pix[i])
				break
			}
		}
		tok := fourm.TrainTokenizer(one{s}, name, fourm.VQ{Steps: 20, Batch: 2, Dim: 16, Latent: 4, Vocab: 8})
		back := s.Tokens(name).Picture()
		for i, v := range back.Pix {
			if v-v != 0 {
				t.Errorf("%s: number %d came back as %g", c.look.Name, i, v)
				break
			}
		}
		by := metric.For(m)[0]
		if v := by.Sample(p, back); by.String() != c.metric || math.IsNaN(v) {
			t.Errorf("%s: %v is %g, expected %s", c.look.Name, by, v, c.metric)
		}
		if v := by.Sample(p, p); v != 0 && by.Lower || !by.Lower && v != 1 {
			t.Errorf("%s: %v of the truth itself is %g", c.look.Name, by, v)
		}
		for _, f := range []*Figure{Sample(s), Diff(p, back, name), Codebook(tok), TokensOn(p, s.Tokens(name))} {
			if b := f.raster().Bounds(); b.Dx() < 100 || b.Dy() < 100 {
				t.Errorf("%s: %v", c.look.Name, f)
			}
		}
	}
}

// Words of a look of one's own are a text like captions.
func TestOwnWords(t *testing.T) {
	l := fourm.RegisterLook(fourm.LookSpec{Name: "speech", Noun: "sound", Words: true})
	fourm.Register(fourm.Modality{Name: "said", Kind: fourm.Sequence, Look: l})
	s := fourm.Sample{Key: "a", Values: map[string]any{"said": "a dog barks twice"}}
	set := filepath.Join(t.TempDir(), "set")
	if err := datasets.Write(datasets.Cache(one{s}), set); err != nil {
		t.Fatal(err)
	}
	if got := datasets.MustOpen(set).MustSample(0).Text("said"); got != "a dog barks twice" {
		t.Error(got)
	}
	if by := metric.For(fourm.Lookup("said"))[0]; by.String() != "word F1" || by.Sample("a dog", "a dog") != 1 {
		t.Error(by)
	}
	fourm.Register(fourm.Modality{Name: "plain", Kind: fourm.Sequence, Look: fourm.Depth}) // pictures are no words
	if m := fourm.Lookup("plain"); m.Look != fourm.Caption {
		t.Error(m.Look)
	}
}
