package metric_test

import (
	"image/color"
	"math"
	"strings"
	"testing"

	"fourmlab/fourm/metric"
	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

func picture(h, w, c int, pix ...float32) *modality.Picture {
	return &modality.Picture{H: h, W: w, C: c, Pix: pix}
}

var (
	nan    = float32(math.NaN())
	red    = color.RGBA{255, 0, 0, 255}
	black  = color.RGBA{0, 0, 0, 255}
	white  = color.RGBA{255, 255, 255, 255}
	corner = modality.Box{X1: 0.5, Y1: 0.5, Class: "ball"}
	other  = modality.Box{X0: 0.5, X1: 1, Y1: 0.5, Class: "ball"}
)

// moved is a box a part of whose width further right.
func moved(b modality.Box, by float64) modality.Box {
	w := b.X1 - b.X0
	b.X0, b.X1 = b.X0+by*w, b.X1+by*w
	return b
}

// Samples whose numbers can be had by hand.
func TestSample(t *testing.T) {
	boxes := func(b ...modality.Box) []modality.Box { return b }
	for _, c := range []struct {
		name         string
		of           metric.Metric
		truth, guess any
		want         float64
	}{
		{"depth, known pixels alone", metric.RMSE, picture(1, 3, 1, 2, 0, 4), picture(1, 3, 1, 5, 9, 8), math.Sqrt((9 + 16) / 2.0)},
		{"depth, unknown is wrong by all of it", metric.RMSE, picture(1, 2, 1, 5, 5), picture(1, 2, 1, 5, 0), math.Sqrt(25 / 2.0)},
		{"depth, not a number", metric.RMSE, picture(1, 2, 1, nan, 4), picture(1, 2, 1, 1, nan), 4},
		{"depth, nothing known", metric.RMSE, picture(1, 1, 1, 0), picture(1, 1, 1, 1), math.NaN()},
		{"depth, missing", metric.RMSE, picture(1, 2, 1, 3, 3), nil, 3},
		{"depth, no truth", metric.RMSE, nil, picture(1, 2, 1, 3, 3), math.NaN()},
		{"AbsRel", metric.AbsRel, picture(1, 3, 1, 2, 4, 0), picture(1, 3, 1, 3, 0, 7), 0.75},
		{"delta 1", metric.Delta(1), picture(1, 4, 1, 4, 4, 4, 4), picture(1, 4, 1, 4.9, 5, 3.3, 0), 0.5},
		{"delta 2", metric.Delta(2), picture(1, 2, 1, 4, 4), picture(1, 2, 1, 6, 7), 0.5},
		{"psnr, a tenth off", metric.PSNR, picture(1, 2, 1, 0.5, 0.5), picture(1, 2, 1, 0.4, 0.6), 20},
		{"psnr, equal", metric.PSNR, picture(1, 1, 1, 0.5), picture(1, 1, 1, 0.5), 100},
		{"psnr, nothing finite", metric.PSNR, picture(1, 1, 1, nan), picture(1, 1, 1, 0.5), math.NaN()},
		{"ssim, no window", metric.SSIM, picture(1, 1, 1, 0.5), picture(1, 1, 1, 0.5), math.NaN()},
		{"ssim, equal", metric.SSIM, modality.NewPicture(12, 12, 3), modality.NewPicture(12, 12, 3), 1},
		{"accuracy", metric.PixelAccuracy, picture(2, 2, 1, 0, 1, 2, 3), picture(2, 2, 1, 0, 1, 3, 3), 0.75},
		{"accuracy, unknown", metric.PixelAccuracy, picture(2, 2, 1, -1, 1, 2, 3), picture(2, 2, 1, 0, 1, -1, 3), 2 / 3.0},
		{"accuracy, missing", metric.PixelAccuracy, picture(1, 1, 1, 0), nil, 0},
		{"IoU", metric.MeanIoU, picture(1, 4, 1, 0, 0, 1, 1), picture(1, 4, 1, 0, 1, 1, 2), (1/2.0 + 1/3.0 + 0) / 3},
		{"angle, right", metric.MeanAngle, picture(1, 2, 3, 1, 0, 0, 0, 1, 0), picture(1, 2, 3, 1, 0, 0, 1, 0, 0), 45},
		{"angle, no surface in truth", metric.MeanAngle, picture(1, 2, 3, 0, 0, 0, 0, 0, 1), picture(1, 2, 3, 1, 0, 0, 0, 0, -1), 180},
		{"angle, no surface in guess", metric.MeanAngle, picture(1, 2, 3, 0, 0, 1, 0, 0, 1), picture(1, 2, 3, 0, 0, 1, 0, 0, 0), 45},
		{"angle, lengths do not matter", metric.MeanAngle, picture(1, 1, 3, 0, 0, 1), picture(1, 1, 3, 0, 0, 5), 0},
		{"angle, missing", metric.MeanAngle, picture(1, 1, 3, 0, 0, 1), nil, 90},
		{"angle, median", metric.MedianAngle, picture(1, 3, 3, 1, 0, 0, 1, 0, 0, 1, 0, 0), picture(1, 3, 3, 1, 0, 0, 1, 1, 0, -1, 0, 0), 45},
		{"angle, median of two", metric.MedianAngle, picture(1, 2, 3, 1, 0, 0, 1, 0, 0), picture(1, 2, 3, 1, 0, 0, -1, 0, 0), 90},
		{"angle, within", metric.AngleWithin(30), picture(1, 2, 3, 1, 0, 0, 1, 0, 0), picture(1, 2, 3, 2, 1, 0, 1, 1, 0), 0.5},
		{"features", metric.Cosine, picture(1, 3, 2, 1, 0, 1, 0, 0, 0), picture(1, 3, 2, 5, 0, 0, 0, 1, 1), 0.5},
		{"words, equal", metric.WordF1, "a red ball", "a red ball", 1},
		{"words, some", metric.WordF1, "a red ball", "a blue ball here", 2 * 2 / 7.0},
		{"words, counted", metric.WordF1, "a b", "a a a", 2 * 1 / 5.0},
		{"words, none", metric.WordF1, "a", "", 0},
		{"words, missing", metric.WordF1, "a", nil, 0},
		{"words, no truth", metric.WordF1, nil, "a", math.NaN()},
		{"words, both empty", metric.WordF1, "", "", 1},
		{"exact", metric.ExactMatch, "a  b", "a b", 1},
		{"exact, another order", metric.ExactMatch, "a b", "b a", 0},
		{"boxes, one of two", metric.BoxAP50, boxes(corner, other), boxes(corner), 51 / 101.0},
		{"boxes, twice the same", metric.BoxAP50, boxes(corner), boxes(corner, corner), 1},
		{"boxes, none", metric.BoxAP50, boxes(corner), boxes(), 0},
		{"boxes, missing", metric.BoxAP50, boxes(corner), nil, 0},
		{"boxes, no true one", metric.BoxAP50, boxes(), boxes(corner), math.NaN()},
		{"boxes, another class", metric.BoxAP50, boxes(corner), boxes(modality.Box{X1: 0.5, Y1: 0.5, Class: "can"}), 0},
		{"boxes, IoU of 2/3", metric.BoxAP, boxes(corner), boxes(moved(corner, 0.2)), 4 / 10.0},
		{"boxes, IoU of 1/3", metric.BoxAP50, boxes(corner), boxes(moved(corner, 0.5)), 0},
		{"palette, another order", metric.DeltaE, modality.Palette{red, black}, modality.Palette{black, red}, 0},
		{"palette, black for white", metric.DeltaE, modality.Palette{white}, modality.Palette{black}, 100},
		{"palette, one missing", metric.DeltaE, modality.Palette{white, red}, modality.Palette{white}, 50},
		{"palette, one too many", metric.DeltaE, modality.Palette{white}, modality.Palette{red, white}, 50},
		{"palette, missing", metric.DeltaE, modality.Palette{white}, nil, 100},
		{"palette, unknown", metric.DeltaE, modality.Palette{}, modality.Palette{red}, math.NaN()},
	} {
		if got := c.of.Sample(c.truth, c.guess); !(math.Abs(got-c.want) <= 1e-4) && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%s: %g, expected %g", c.name, got, c.want)
		}
	}
}

// A set's number is that of all its pixels, boxes or samples, as Whole says, and
// does not depend on how the set was divided.
func TestSet(t *testing.T) {
	for _, c := range []struct {
		name  string
		of    metric.Metric
		pairs [][2]any
		want  float64
		known int
	}{
		{"RMSE: mean of the pictures", metric.RMSE, [][2]any{
			{picture(1, 2, 1, 2, 2), picture(1, 2, 1, 3, 3)}, {picture(1, 2, 1, 4, 0), picture(1, 2, 1, 1, 9)}, {picture(1, 1, 1, 0), picture(1, 1, 1, 5)},
		}, 2, 2},
		{"angle: all pixels", metric.MeanAngle, [][2]any{
			{picture(1, 3, 3, 1, 0, 0, 1, 0, 0, 1, 0, 0), picture(1, 3, 3, 1, 0, 0, 1, 0, 0, 1, 0, 0)}, {picture(1, 1, 3, 1, 0, 0), picture(1, 1, 3, 0, 1, 0)},
		}, 22.5, 2},
		// class 0: 1 of 2, class 1: 2 of 3; the mean of the pictures' would be 0.75
		{"IoU: the confusion of the set", metric.MeanIoU, [][2]any{
			{picture(1, 2, 1, 0, 0), picture(1, 2, 1, 0, 1)}, {picture(1, 2, 1, 1, 1), picture(1, 2, 1, 1, 1)},
		}, (1/2.0 + 2/3.0) / 2, 2},
		// the false box has the highest score of all: precision 1/2 and 2/3 from there on
		{"AP: the boxes of the set", metric.BoxAP50, [][2]any{
			{[]modality.Box{corner}, []modality.Box{{X1: 0.5, Y1: 0.5, Class: "ball", Score: 0.6}, {X0: 0.5, X1: 1, Y1: 0.5, Class: "ball", Score: 0.9}}},
			{[]modality.Box{corner}, []modality.Box{{X1: 0.5, Y1: 0.5, Class: "ball", Score: 0.7}}},
		}, 2 / 3.0, 2},
	} {
		whole, a, b := c.of.Tally(), c.of.Tally(), c.of.Tally()
		for i, p := range c.pairs {
			whole.Add(p[0], p[1])
			if i == 0 {
				a.Add(p[0], p[1])
			} else {
				b.Add(p[0], p[1])
			}
		}
		a.Join(b)
		if got := whole.Value(); math.Abs(got-c.want) > 1e-9 || a.Value() != got || whole.Samples() != c.known {
			t.Errorf("%s: %g of %d samples, joined %g, expected %g of %d", c.name, got, whole.Samples(), a.Value(), c.want, c.known)
		}
	}
}

// The distance of a set to itself is 0, to one that is moved the square of the
// way; a set's kernel distance to another of its kind is about 0.
func TestDistributions(t *testing.T) {
	fd, self := metric.Frechet("points").Tally(), metric.Frechet("points").Tally()
	for _, v := range [][]float64{{1, 2}, {3, 1}, {0, 5}, {2, 2}} {
		self.Add(v, v)
		fd.Add(v, []float32{float32(v[0] + 3), float32(v[1] + 4)})
	}
	if v := self.Value(); math.Abs(v) > 1e-9 {
		t.Errorf("to itself %g", v)
	}
	if v := fd.Value(); math.Abs(v-25) > 1e-9 {
		t.Errorf("moved by 5: %g", v)
	}
	kid := metric.KID("points").Tally()
	kid.Add([]float64{1}, []float64{2})
	if !math.IsNaN(kid.Value()) {
		t.Errorf("of one sample %g", kid.Value())
	}
	kid.Add([]float64{0}, []float64{0})
	// k(1,0) + k(2,0) - 2/4 (k(1,2) + 3 k(0,·)), k = (xy+1)^3
	if want := 1 + 1 - 2/4.0*(27+1+1+1); math.Abs(kid.Value()-want) > 1e-9 {
		t.Errorf("KID %g, expected %g", kid.Value(), want)
	}
}

// The standard error of a mean is the usual one; an interval holds the value, is
// the same with the same seed, and is narrower in a larger set.
func TestInterval(t *testing.T) {
	of := func(n int) *metric.Tally {
		sum := metric.RMSE.Tally()
		for i := range n {
			sum.Add(picture(1, 1, 1, 10), picture(1, 1, 1, float32(10+i%4)))
		}
		return sum
	}
	small := of(20)
	if got, want := small.Error(), math.Sqrt(1.25/19); math.Abs(got-want) > 1e-9 {
		t.Errorf("standard error %g, expected %g", got, want)
	}
	low, high := small.Interval(0.95, 1)
	again, _ := small.Interval(0.95, 1)
	// 1.96 standard errors on either side
	if low != again || math.Abs(low-(1.5-1.96*0.25)) > 0.1 || math.Abs(high-(1.5+1.96*0.25)) > 0.1 {
		t.Errorf("%g to %g, again from %g", low, high, again)
	}
	other, _ := small.Interval(0.5, 1)
	if !(other > low && other < 1.5) {
		t.Errorf("half the sets from %g, 95 %% from %g", other, low)
	}
	if l, h := of(2000).Interval(0.95, 1); !(h-l < (high-low)/5) {
		t.Errorf("%g to %g in a set a hundred times as large", l, h)
	}
	if l, h := of(1).Interval(0.95, 1); !math.IsNaN(l) || !math.IsNaN(h) || of(1).Error() != 0 {
		t.Errorf("of one sample: %g to %g", l, h)
	}
}

// What cannot be measured is said in one line.
func TestRefused(t *testing.T) {
	for want, f := range map[string]func(){
		"metric.RMSE: the truth is a picture of 1x1x1, the prediction one of 1x2x1":           func() { metric.RMSE.Sample(picture(1, 1, 1, 1), picture(1, 2, 1, 1, 1)) },
		"metric.mean angle: pictures of 1 numbers a pixel, expected 3":                        func() { metric.MeanAngle.Sample(picture(1, 1, 1, 1), picture(1, 1, 1, 1)) },
		"metric.PSNR: the prediction is of type string, expected *fourm.Picture":              func() { metric.PSNR.Sample(picture(1, 1, 1, 1), "red") },
		"metric.PSNR: the truth has 1 numbers, expected 1x2x1":                                func() { metric.PSNR.Sample(picture(1, 2, 1, 1), nil) },
		"metric.box AP@0.5: the truth is of type string, expected []fourm.Box":                func() { metric.BoxAP50.Sample("ball", nil) },
		"metric.DeltaE: the truth is of type string, expected fourm.Palette":                  func() { metric.DeltaE.Sample("red", nil) },
		"metric.Delta: a power of 4, expected 1, 2 or 3":                                      func() { metric.Delta(4) },
		"metric.Frechet: a vector of 1 numbers among those of 2":                              func() { metric.Frechet("x").Sample([]float64{1, 2}, []float64{1}) },
		"metric.KID: no name of the features, expected one, as \"encoder of run 7\"":          func() { metric.KID("") },
		"metric.Tally: a metric without a name, expected one of this package, as metric.RMSE": func() { metric.Metric{}.Sample(1, 2) },
		"metric.Join: a tally of SSIM, expected one of PSNR":                                  func() { metric.PSNR.Tally().Join(metric.SSIM.Tally()) },
		"metric.Interval: a share of 95, expected one between 0 and 1":                        func() { metric.PSNR.Tally().Interval(95, 1) },
	} {
		var err error
		func() {
			defer fault.Catch(&err)
			f()
		}()
		if err == nil || err.Error() != want {
			t.Errorf("got %v, expected %s", err, want)
		}
	}
}

// Every metric says what it is, and every modality has one.
func TestDescribed(t *testing.T) {
	all := []metric.Metric{metric.Frechet("x"), metric.KID("x")}
	for _, name := range append(modality.Names(), "CLIP@224", "det") {
		if m, ok := modality.Find(name); ok {
			all = append(all, metric.For(m)...)
		}
	}
	all = append(all, metric.For(modality.Modality{Kind: modality.Symbols})...)
	all = append(all, metric.For(modality.Modality{Kind: modality.Image, Look: modality.Feature})...)
	seen := map[string]bool{}
	for _, m := range all {
		seen[m.Name] = true
		if m.Name == "" || m.Whole == "" || m.Unknown == "" || m.Source == "" || strings.Contains(m.Text(1), "%!") || m.Text(math.NaN()) != "nothing known" {
			t.Errorf("%+v", m)
		}
		if m.Better(1, 1) || m.Better(1, 2) != m.Lower || m.Better(2, 1) == m.Lower {
			t.Errorf("%s: which is better?", m.Name)
		}
	}
	if len(seen) != 23 {
		t.Errorf("%d metrics: %v", len(seen), seen)
	}
	if s := metric.RMSE.String(); s != "RMSE, m" {
		t.Error(s)
	}
}

// The picture of errors has the error of the metric, pixel by pixel.
func TestErrors(t *testing.T) {
	for look, c := range map[modality.Look]struct {
		truth, guess *modality.Picture
		want         []float64
	}{
		modality.Depth:   {picture(1, 3, 1, 2, 0, 4), picture(1, 3, 1, 3, 1, 0), []float64{1, math.NaN(), 4}},
		modality.Normal:  {picture(1, 2, 3, 0, 0, 1, 0, 0, 0), picture(1, 2, 3, 0, 0, 0, 0, 0, 1), []float64{90, math.NaN()}},
		modality.Label:   {picture(1, 3, 1, 2, -1, 4), picture(1, 3, 1, 2, 1, 0), []float64{0, math.NaN(), 1}},
		modality.Color:   {picture(1, 2, 3, 1, 0, 0, 0, 0, 0), picture(1, 2, 3, 0.7, 0, 0.3, 0, 0, nan), []float64{0.2, 0}},
		modality.Feature: {picture(1, 2, 2, 1, 0, 0, 0), picture(1, 2, 2, 0, 1, 0, 1), []float64{1, math.NaN()}},
	} {
		got := metric.Errors(modality.Modality{Look: look}, c.truth, c.guess)
		for i, w := range c.want {
			if !(math.Abs(got[i]-w) < 1e-6) && !(math.IsNaN(got[i]) && math.IsNaN(w)) {
				t.Errorf("look %d: %v, expected %v", look, got, c.want)
				break
			}
		}
	}
}
