package generate

import (
	"context"
	"image"
	"image/color"
	"math"
	"strings"
	"testing"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

func picture(h, w, c int, pix ...float32) *modality.Picture {
	return &modality.Picture{H: h, W: w, C: c, Pix: pix}
}

// A row has the mean, the standard error of the mean, and the same metric for
// the mean picture; samples without a known truth are left out.
func TestMeasure(t *testing.T) {
	depth := modality.Modality{Name: "d", Look: modality.Depth}
	r := measure(depth,
		[]any{picture(1, 1, 1, 2), picture(1, 1, 1, 4), picture(1, 1, 1, 6), picture(1, 1, 1, 0)},
		[]any{picture(1, 1, 1, 3), picture(1, 1, 1, 4), picture(1, 1, 1, 8), picture(1, 1, 1, 5)})[0]
	// errors 1, 0, 2; the mean of what is known is 4, its errors 2, 0, 2
	if math.Abs(r.Value-1) > 1e-9 || math.Abs(r.Error-math.Sqrt(1/3.0)) > 1e-9 || math.Abs(r.Baseline-4/3.0) > 1e-6 || !r.Lower || !r.Better() || r.Samples != 3 {
		t.Errorf("%+v", r)
	}
	if s := (&Report{Rows: []ReportRow{r}}).String(); !strings.Contains(s, "RMSE, m") || !strings.Contains(s, "1.000 ± 0.577") || !strings.Contains(s, "1.333") || !strings.Contains(s, "mean depth") {
		t.Errorf("printed as %q", s)
	}
	label := modality.Modality{Name: "l", Look: modality.Label}
	rows := measure(label,
		[]any{picture(1, 2, 1, 3, 5), picture(1, 2, 1, 3, 2), picture(1, 2, 1, 1, 2)},
		[]any{picture(1, 2, 1, 3, 5), picture(1, 2, 1, 0, 2), picture(1, 2, 1, 0, 0)})
	r = rows[0]
	// right 2, 1, 0 of 2; the commonest classes 3 and 2 are right 1, 2, 1 of 2
	if math.Abs(r.Value-0.5) > 1e-9 || math.Abs(r.Baseline-2/3.0) > 1e-9 || r.Better() {
		t.Errorf("%+v", r)
	}
	// over the set, class 0: 0 of 3; 1: 0 of 1; 2: 1 of 2; 3: 1 of 2; 5: 1 of 1
	if len(rows) != 2 || rows[1].Metric != "mean IoU" || math.Abs(rows[1].Value-2/5.0) > 1e-9 {
		t.Errorf("%+v", rows)
	}
	words := modality.Modality{Name: "w", Kind: modality.Sequence, Look: modality.Caption}
	r = measure(words, []any{"a b", "a c"}, []any{"a b", "a b"})[0]
	if math.Abs(r.Value-0.75) > 1e-9 || math.Abs(r.Baseline-0.5) > 1e-9 || !r.Better() {
		t.Errorf("%+v", r)
	}
	if r = measure(words, []any{"a b"}, []any{"a b"})[0]; r.Value != 1 || r.Baseline != 0 || !r.Better() {
		t.Errorf("with one sample no other can be the baseline: %+v", r)
	}
}

// Boxes and palettes are measured as what they are, beside other samples'.
func TestMeasureStructured(t *testing.T) {
	ball := func(x float64) []modality.Box { return []modality.Box{{X0: x, X1: x + 0.4, Y1: 0.4, Class: "ball"}} }
	r := measure(modality.Modality{Kind: modality.Sequence, Look: modality.Boxes}, []any{ball(0), ball(0.1), ball(0.5)}, []any{ball(0), ball(0.12), []modality.Box{}})
	if len(r) != 2 || r[0].Metric != "box AP@0.5" || math.Abs(r[0].Value-67/101.0) > 1e-9 || r[0].Lower || !(r[0].Baseline < r[0].Value) || r[0].Naive != "another sample's" || r[1].Metric != "box AP@0.5:0.95" {
		t.Errorf("%+v", r)
	}
	red, black := color.RGBA{255, 0, 0, 255}, color.RGBA{0, 0, 0, 255}
	r = measure(modality.Modality{Kind: modality.Sequence, Look: modality.Colors}, []any{modality.Palette{red, black}}, []any{modality.Palette{black}})
	if r[0].Metric != "palette ΔE" || math.Abs(r[0].Value-50) > 1e-9 || r[0].Baseline != 100 || r[0].Naive != "no colour" || !r[0].Better() {
		t.Errorf("%+v", r)
	}
}

// An unknown prediction is wrong by the whole depth, as it is under a picture.
func TestMeasureUnknownPrediction(t *testing.T) {
	depth := modality.Modality{Name: "d", Look: modality.Depth}
	r := measure(depth, []any{picture(1, 2, 1, 5, 5)}, []any{picture(1, 2, 1, 5, 0)})
	if math.Abs(r[0].Value-math.Sqrt(12.5)) > 1e-9 {
		t.Errorf("%+v", r[0])
	}
	r = measure(modality.Modality{Name: "n", Look: modality.Normal}, []any{picture(1, 2, 3, 0, 0, 1, 0, 0, 1)}, []any{picture(1, 2, 3, 0, 0, 1, 0, 0, 0)})
	if math.Abs(r[0].Value-45) > 1e-9 {
		t.Errorf("%+v", r[0])
	}
}

// Where no truth is known the report says so, and no baseline is beaten.
func TestNothingKnown(t *testing.T) {
	depth := modality.Modality{Name: "d", Look: modality.Depth}
	r := measure(depth, []any{picture(1, 1, 1, 0), picture(1, 1, 1, 0)}, []any{picture(1, 1, 1, 3), picture(1, 1, 1, 0)})[0]
	r.Task, r.Target = "x->d", "d"
	if s := (&Report{Rows: []ReportRow{r}}).String(); r.Samples != 0 || r.Better() || strings.Contains(s, "NaN") || !strings.Contains(s, "nothing known   no sample has a known d") {
		t.Errorf("%+v printed as\n%s", r, s)
	}
}

// Every task gives a row for each of its targets.
func TestEval(t *testing.T) {
	m, ds := world(t, 3)
	rep, err := Eval(context.Background(), m, ds, []string{"shade -> tone", "tone+caption->shade", "shade->caption+tone"})
	if err != nil {
		t.Fatal(err)
	}
	var tasks []string
	for _, r := range rep.Rows {
		tasks = append(tasks, r.Task+" "+r.Metric)
		if r.Samples != 3 || math.IsNaN(r.Value) {
			t.Errorf("%+v", r)
		}
	}
	if got := strings.Join(tasks, "; "); got != "shade -> tone PSNR, dB; tone+caption->shade PSNR, dB; shade->caption+tone word F1; shade->caption+tone PSNR, dB" {
		t.Errorf("rows %s", got)
	}
	if len(rep.More) != 4 || rep.More[0].Metric != "SSIM" || rep.More[2].Metric != "exact match" || rep.More[2].Target != "caption" {
		t.Errorf("other metrics %+v", rep.More)
	}
	delete(ds[0].Values, "caption")
	defer func() {
		if e, ok := recover().(*fault.Error); !ok || !strings.Contains(e.Error(), `no sample has "caption"`) {
			t.Errorf("got %v", e)
		}
	}()
	Eval(context.Background(), m, ds[:1], []string{"shade->caption"})
}

// A baseline of texts depends on which there are, not on their order in the
// set.
func TestBaselineInAnyOrder(t *testing.T) {
	of := modality.Modality{Name: "w", Kind: modality.Sequence}
	var there, back []any
	for i := range 30 {
		there = append(there, strings.Repeat("a ", i%5)+strings.Repeat("b ", i%7)+strings.Repeat("c ", i))
	}
	for i := range there {
		back = append(back, there[len(there)-1-i])
	}
	a, b := measure(of, there, there)[0], measure(of, back, back)[0]
	if a.Baseline == 0 || math.Abs(a.Baseline-b.Baseline) > 1e-12 {
		t.Errorf("%g, and %g in another order", a.Baseline, b.Baseline)
	}
}

// A picture among the truths that cannot be compared is said before anything is
// generated.
func TestEvalOddTruths(t *testing.T) {
	for _, c := range []struct {
		tone any
		want string
	}{
		{picture(4, 8, 1, make([]float32, 32)...), "Model.Eval: sample s1: tone: picture of 4x8x1, expected 8x8x1"},
		{picture(8, 8, 3, make([]float32, 192)...), "Model.Eval: sample s1: tone: picture of 8x8x3, expected 8x8x1"},
		{"gray", "Model.Eval: sample s1: tone: "},
		{image.NewGray(image.Rect(0, 0, 8, 8)), ""},
	} {
		m, ds := world(t, 2)
		ds[1].Values["tone"] = c.tone
		var err error
		func() {
			defer fault.Catch(&err)
			_, err = Eval(context.Background(), m, ds, []string{"shade->tone"})
		}()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want)) {
			t.Errorf("got %v, expected %q", err, c.want)
		}
	}
}
