package metric_test

// Every metric of arrays beside what numpy, scipy and scikit-image make of them:
// testdata/reference.py made the file.

import (
	"encoding/json"
	"image/color"
	"maps"
	"math"
	"os"
	"slices"
	"testing"

	"fourmlab/fourm/metric"
	"fourmlab/fourm/modality"
)

type grid struct {
	H, W, C              int
	Truth, Guess         []float32
	PSNR, SSIM           float64
	RMSE, AbsRel, Cosine float64
	Delta                []float64
}

func (g grid) pair(c int) (a, b *modality.Picture) {
	return &modality.Picture{H: g.H, W: g.W, C: c, Pix: g.Truth}, &modality.Picture{H: g.H, W: g.W, C: c, Pix: g.Guess}
}

type refBox struct {
	Class string
	Box   [4]float64
	Score float64
}

func boxes(list []refBox) (out []modality.Box) {
	for _, b := range list {
		out = append(out, modality.Box{Class: b.Class, X0: b.Box[0], Y0: b.Box[1], X1: b.Box[2], Y1: b.Box[3], Score: b.Score})
	}
	return out
}

func palette(list [][3]uint8) (out modality.Palette) {
	for _, c := range list {
		out = append(out, color.RGBA{c[0], c[1], c[2], 255})
	}
	return out
}

type reference struct {
	Colours, Depth []grid
	Normals        struct {
		Pictures     []grid
		Mean, Median float64
		Within       []float64
	}
	Labels struct {
		Pictures      []grid
		Accuracy, IoU float64
		Classes       map[string]float64
	}
	Boxes struct {
		Pictures []struct{ Truth, Guess []refBox }
		AP50, AP float64
		Classes  map[string]float64
	}
	Palettes []struct {
		Truth, Guess [][3]uint8
		Delta        float64
	}
	Features struct {
		Truth, Guess [][]float64
		Frechet, KID float64
	}
}

func TestReference(t *testing.T) {
	b, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var ref reference
	if err := json.Unmarshal(b, &ref); err != nil {
		t.Fatal(err)
	}
	n := 0
	near := func(what string, got, want, by float64) {
		n++
		if !(math.Abs(got-want) <= by) {
			t.Errorf("%s: %.9g, the reference has %.9g", what, got, want)
		}
	}
	for _, g := range ref.Colours {
		x, y := g.pair(g.C)
		near("PSNR", metric.PSNR.Sample(x, y), g.PSNR, 1e-5)
		near("SSIM", metric.SSIM.Sample(x, y), g.SSIM, 1e-6)
	}
	for _, g := range ref.Depth {
		x, y := g.pair(1)
		near("RMSE", metric.RMSE.Sample(x, y), g.RMSE, 1e-6)
		near("AbsRel", metric.AbsRel.Sample(x, y), g.AbsRel, 1e-6)
		for k, v := range g.Delta {
			near(metric.Delta(k+1).Name, metric.Delta(k+1).Sample(x, y), v, 1e-9)
		}
	}
	over := func(m metric.Metric, c int, list []grid) *metric.Tally {
		sum := m.Tally()
		for _, g := range list {
			sum.Add(g.pair(c))
		}
		return sum
	}
	near("mean angle", over(metric.MeanAngle, 3, ref.Normals.Pictures).Value(), ref.Normals.Mean, 1e-4)
	near("median angle", over(metric.MedianAngle, 3, ref.Normals.Pictures).Value(), ref.Normals.Median, 0.011)
	for i, d := range []float64{11.25, 22.5, 30} {
		near("within", over(metric.AngleWithin(d), 3, ref.Normals.Pictures).Value(), ref.Normals.Within[i], 1e-9)
	}
	for _, g := range ref.Normals.Pictures {
		x, y := g.pair(3)
		near("cosine", metric.Cosine.Sample(x, y), g.Cosine, 1e-6)
	}
	classes := func(got, want map[string]float64) {
		if !slices.Equal(slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want))) {
			t.Errorf("classes %v, the reference has %v", got, want)
		}
		for c, v := range want {
			near("class "+c, got[c], v, 1e-9)
		}
	}
	near("pixel accuracy", over(metric.PixelAccuracy, 1, ref.Labels.Pictures).Value(), ref.Labels.Accuracy, 1e-9)
	near("mean IoU", over(metric.MeanIoU, 1, ref.Labels.Pictures).Value(), ref.Labels.IoU, 1e-9)
	classes(over(metric.MeanIoU, 1, ref.Labels.Pictures).ByClass(), ref.Labels.Classes)

	ap50, ap := metric.BoxAP50.Tally(), metric.BoxAP.Tally()
	for _, p := range ref.Boxes.Pictures {
		ap50.Add(boxes(p.Truth), boxes(p.Guess))
		ap.Add(boxes(p.Truth), boxes(p.Guess))
	}
	near("AP@0.5", ap50.Value(), ref.Boxes.AP50, 1e-9)
	near("AP", ap.Value(), ref.Boxes.AP, 1e-9)
	classes(ap.ByClass(), ref.Boxes.Classes)

	for _, p := range ref.Palettes {
		near("ΔE", metric.DeltaE.Sample(palette(p.Truth), palette(p.Guess)), p.Delta, 1e-3)
	}
	fd, kid := metric.Frechet("test vectors").Tally(), metric.KID("test vectors").Tally()
	for _, v := range ref.Features.Truth {
		fd.Add(v, nil)
		kid.Add(v, nil)
	}
	for _, v := range ref.Features.Guess {
		fd.Add(nil, v)
		kid.Add(nil, v)
	}
	near("Fréchet distance", fd.Value(), ref.Features.Frechet, 1e-6)
	near("KID", kid.Value(), ref.Features.KID, 1e-9)
	t.Logf("%d numbers", n)
}
