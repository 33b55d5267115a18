package train

import (
	"math"
	"strings"
	"testing"

	"fourmlab/fourm/mask"
)

// lacking takes a modality out of every other sample.
func lacking(s set, name string, all bool) set {
	for i, x := range s.samples {
		if all || i%2 == 1 {
			delete(x.Values, name)
		}
	}
	return s
}

// A sample that a mask of a mixture finds nothing in is left to the others, and
// the run says so; a mask that fits no sample, and a sample that no mask fits,
// are said before the first step.
func TestMasksThatDoNotFit(t *testing.T) {
	toCaption := mask.Mask{In: 12, Out: 12, Inputs: []string{"shade"}, Outputs: []string{"caption"}}
	any := mask.Mask{In: 12, Out: 12}
	run := func(data, val set, masks ...mask.Mask) *Run {
		o := options(20)
		o.Mask, o.Masks, o.Val = mask.Mask{}, masks, val
		r, _ := Fit(small(t), data, o)
		return r
	}
	r := run(lacking(things(t, 24), "caption", false), things(t, 8), any, toCaption)
	if r.Err != nil || r.Last().Step != 20 || len(r.Notes) != 1 || !strings.HasPrefix(r.Notes[0], "mask 2 of 2 ([shade] to [caption]) fits 12 of 24 samples") {
		t.Errorf("%v, notes %q", r, r.Notes)
	}
	r = run(lacking(things(t, 24), "caption", true), things(t, 8), any, toCaption)
	if r.Err == nil || len(r.Points) > 0 || !strings.Contains(r.Err.Error(), "mask 2 of 2 ([shade] to [caption]) finds nothing to show or to ask for in any of 24 samples") {
		t.Errorf("%v", r)
	}
	r = run(lacking(things(t, 24), "caption", false), things(t, 8), toCaption)
	if r.Err == nil || len(r.Points) > 0 || !strings.Contains(r.Err.Error(), "12 of 24 samples: no mask finds both something to show and something to ask for in it (the first is thing1, which has [shade tone])") {
		t.Errorf("%v", r)
	}
	r = run(things(t, 24), lacking(things(t, 8), "caption", false), toCaption)
	if r.Err != nil || r.Last().Val["caption"] == 0 || len(r.Notes) != 1 || !strings.HasPrefix(r.Notes[0], "4 of 8 validation samples are left out") {
		t.Errorf("%v, notes %q", r, r.Notes)
	}
	r = run(things(t, 24), lacking(things(t, 8), "caption", true), toCaption)
	if r.Err != nil || r.Last().Val != nil || len(r.Notes) != 1 {
		t.Errorf("%v, notes %q", r, r.Notes)
	}
}

// The loss of a step is a mean over the modalities that have targets in it, as
// that of validation is: one without any does not count as 0.
func TestLossWithoutAModality(t *testing.T) {
	o := options(3)
	o.Val = lacking(things(t, 8), "tone", true)
	run := fit(t, small(t), lacking(things(t, 24), "caption", true), o)
	for _, p := range run.Points {
		want := 0.0
		for _, v := range p.Losses {
			want += v / float64(len(p.Losses))
		}
		if len(p.Losses) != 2 || math.Abs(p.Loss-want) > 1e-5 {
			t.Errorf("step %d: a loss of %g, expected %g, the mean of %v", p.Step, p.Loss, want, p.Losses)
		}
	}
	if v := run.Last().Val; len(v) != 2 || math.Abs(run.Last().ValLoss-(v["tok_shade"]+v["caption"])/2) > 1e-9 {
		t.Errorf("validation: %g, the mean of %v", run.Last().ValLoss, v)
	}
}

// A budget beyond all tokens that the model's domains have costs nothing.
func TestBudgetBeyondTheModel(t *testing.T) {
	data := things(t, 20)
	m := small(t)
	o := options(2)
	o.Mask.In, o.Mask.Out = 1<<20, 1<<20
	s := o.resolved().shape(m, []mask.Mask{o.Mask})
	if s.N > 60 || s.M > 60 || s.N < 38 { // two grids of 16 as tokens, one as pixels, and a caption of 6
		t.Errorf("a batch has room for %d and %d tokens", s.N, s.M)
	}
	whole, cut := fit(t, m, data, o), options(2)
	cut.Mask.In, cut.Mask.Out = s.N, s.M
	if again := fit(t, small(t), data, cut); len(whole.Points) != 2 || len(again.Points) != 2 {
		t.Errorf("%v, %v", whole, again)
	}
}
