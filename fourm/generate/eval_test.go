package generate

import (
	"context"
	"image"
	"math"
	"strings"
	"testing"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

func picture(h, w, c int, pix ...float32) *modality.Picture {
	return &modality.Picture{H: h, W: w, C: c, Pix: pix}
}

// Metrics on values that can be checked by hand.
func TestMetrics(t *testing.T) {
	for _, c := range []struct {
		name         string
		score        func(a, b any) float64
		truth, guess any
		want         float64
	}{
		{"depth, known pixels alone", depthRMSE(10), picture(1, 3, 1, 2, 0, 4), picture(1, 3, 1, 5, 9, 8), math.Sqrt((9 + 16) / 2.0)},
		{"depth, unknown counts as the farthest", depthRMSE(10), picture(1, 2, 1, 3, 4), picture(1, 2, 1, 0, 0), math.Sqrt((49 + 36) / 2.0)},
		{"depth, nothing known", depthRMSE(10), picture(1, 1, 1, 0), picture(1, 1, 1, 1), math.NaN()},
		{"psnr, a tenth off", psnr, picture(1, 2, 1, 0.5, 0.5), picture(1, 2, 1, 0.4, 0.6), 20},
		{"psnr, equal", psnr, picture(1, 1, 1, 0.5), picture(1, 1, 1, 0.5), 100},
		{"accuracy", pixelAccuracy, picture(2, 2, 1, 0, 1, 2, 3), picture(2, 2, 1, 0, 1, 3, 3), 0.75},
		{"angle, right", meanAngle, picture(1, 2, 3, 1, 0, 0, 0, 1, 0), picture(1, 2, 3, 1, 0, 0, 1, 0, 0), 45},
		{"angle, no surface in truth", meanAngle, picture(1, 2, 3, 0, 0, 0, 0, 0, 1), picture(1, 2, 3, 1, 0, 0, 0, 0, -1), 180},
		{"angle, no surface in guess", meanAngle, picture(1, 1, 3, 0, 0, 1), picture(1, 1, 3, 0, 0, 0), 90},
		{"angle, lengths do not matter", meanAngle, picture(1, 1, 3, 0, 0, 1), picture(1, 1, 3, 0, 0, 5), 0},
		{"words, equal", wordF1, "a red ball", "a red ball", 1},
		{"words, some", wordF1, "a red ball", "a blue ball here", 2 * 2 / 7.0},
		{"words, counted", wordF1, "a b", "a a a", 2 * 1 / 5.0},
		{"words, none", wordF1, "a", "", 0},
		{"words, both empty", wordF1, "", "", 1},
		{"boxes as words", wordF1, []modality.Box{{X1: 1, Y1: 1, Class: "ball"}}, []modality.Box{{X1: 1, Y1: 1, Class: "ball"}}, 1},
	} {
		if got := c.score(c.truth, c.guess); math.Abs(got-c.want) > 1e-4 || math.IsNaN(got) != math.IsNaN(c.want) {
			t.Errorf("%s: %g, expected %g", c.name, got, c.want)
		}
	}
}

// A row has the mean, the standard error of the mean, and the same metric for
// the mean picture; samples without a known truth are left out.
func TestMeasure(t *testing.T) {
	depth := modality.Modality{Name: "d", Look: modality.Depth}
	r := measure("x->d", depth,
		[]any{picture(1, 1, 1, 2), picture(1, 1, 1, 4), picture(1, 1, 1, 6), picture(1, 1, 1, 0)},
		[]any{picture(1, 1, 1, 3), picture(1, 1, 1, 4), picture(1, 1, 1, 8), picture(1, 1, 1, 5)})
	// errors 1, 0, 2; the mean of what is known is 4, its errors 2, 0, 2
	if math.Abs(r.Value-1) > 1e-9 || math.Abs(r.Error-math.Sqrt(1/3.0)) > 1e-9 || math.Abs(r.Baseline-4/3.0) > 1e-6 || !r.Lower || !r.Better() || r.Samples != 3 {
		t.Errorf("%+v", r)
	}
	if s := (&Report{Rows: []ReportRow{r}}).String(); !strings.Contains(s, "RMSE, m") || !strings.Contains(s, "1.000 ± 0.577") || !strings.Contains(s, "1.333") || !strings.Contains(s, "mean depth") {
		t.Errorf("printed as %q", s)
	}
	label := modality.Modality{Name: "l", Look: modality.Label}
	r = measure("x->l", label,
		[]any{picture(1, 2, 1, 3, 5), picture(1, 2, 1, 3, 2), picture(1, 2, 1, 1, 2)},
		[]any{picture(1, 2, 1, 3, 5), picture(1, 2, 1, 0, 2), picture(1, 2, 1, 0, 0)})
	// right 2, 1, 0 of 2; the commonest classes 3 and 2 are right 1, 2, 1 of 2
	if math.Abs(r.Value-0.5) > 1e-9 || math.Abs(r.Baseline-2/3.0) > 1e-9 || r.Better() {
		t.Errorf("%+v", r)
	}
	words := modality.Modality{Name: "w", Kind: modality.Sequence, Look: modality.Caption}
	r = measure("x->w", words, []any{"a b", "a c"}, []any{"a b", "a b"})
	if math.Abs(r.Value-0.75) > 1e-9 || math.Abs(r.Baseline-0.5) > 1e-9 || !r.Better() {
		t.Errorf("%+v", r)
	}
	if r = measure("x->w", words, []any{"a b"}, []any{"a b"}); r.Value != 1 || r.Baseline != 0 || !r.Better() {
		t.Errorf("with one sample no other can be the baseline: %+v", r)
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
	a, b := measure("x->w", of, there, there), measure("x->w", of, back, back)
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
