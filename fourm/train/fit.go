package train

// Samples that masks find nothing in: said before the first step, of samples
// that are at hand.

import (
	"errors"
	"fmt"
	"slices"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
)

var errUnfit = errors.New("no mask finds both something to show and something to ask for in it")

// fitting gives the masks that find something to show and to ask for in a
// sample.
func (l *loop) fitting(s modality.Sample, masks []mask.Mask) []mask.Mask {
	return slices.DeleteFunc(slices.Clone(masks), func(k mask.Mask) bool { return !k.Fits(s, l.m.In, l.m.Out) })
}

// fit refuses samples that no mask fits, and masks that fit no sample. A mask
// that fits some of the samples is a note in the run.
func (l *loop) fit(samples []modality.Sample) error {
	fits := make([]int, len(l.o.Masks))
	unfit, first := 0, modality.Sample{}
	for _, s := range samples {
		any := false
		for k, m := range l.o.Masks {
			if m.Fits(s, l.m.In, l.m.Out) {
				any, fits[k] = true, fits[k]+1
			}
		}
		if !any {
			if unfit++; unfit == 1 {
				first = s
			}
		}
	}
	if unfit > 0 {
		return fmt.Errorf("train: %d of %d samples: %w (the first is %s, which has %v)", unfit, len(samples), errUnfit, first.Key, first.Names())
	}
	for k, n := range fits {
		what := fmt.Sprintf("mask %d of %d (%s)", k+1, len(fits), sides(l.o.Masks[k]))
		switch {
		case n == 0 && len(samples) > 0:
			return fmt.Errorf("train: %s finds nothing to show or to ask for in any of %d samples", what, len(samples))
		case n < len(samples):
			l.run.Notes = append(l.run.Notes, fmt.Sprintf("%s fits %d of %d samples; the others are left to the other masks", what, n, len(samples)))
		}
	}
	return nil
}

// sides says what a mask shows and asks for.
func sides(m mask.Mask) string {
	say := func(names []string) string {
		if len(names) == 0 {
			return "anything"
		}
		return fmt.Sprint(names)
	}
	return say(m.Inputs) + " to " + say(m.Outputs)
}
