package generate

// What can be said without looking: the baseline of an evaluation.

import (
	"math/rand/v2"
	"slices"
	"strings"

	"fourmlab/fourm/modality"
)

// unseen gives predictions for all samples that are made without looking at any,
// a set or several, and what they are called.
func unseen(m modality.Modality, truth []any) ([][]any, string) {
	if m.Kind != modality.Image {
		if len(truth) > 1 {
			return partners(truth), "another sample's"
		}
		name := "no " + m.Look.Spec().Called()
		return [][]any{make([]any, len(truth))}, name
	}
	all := make([]any, len(truth))
	mean := meanPicture(m, truth)
	for i := range all {
		all[i] = mean
	}
	look := m.Look.Spec()
	name := "mean " + look.Called()
	if look.Scaling == modality.ClassIDs {
		name = "commonest " + look.Called()
	}
	return [][]any{all}, name
}

// partners gives predictions that are the values of other samples, a few sets of
// them, drawn by a fixed seed: neighbours in a set's order may be alike. The set's
// order does not matter: what is drawn from is sorted.
func partners(truth []any) [][]any {
	const few = 8
	texts, at := make([]string, len(truth)), make([]int, len(truth))
	for i, v := range truth {
		texts[i], at[i] = modality.Sample{Values: map[string]any{"x": v}}.Text("x"), i
	}
	slices.SortFunc(at, func(a, b int) int { return strings.Compare(texts[a], texts[b]) })
	r := rand.New(rand.NewPCG(20231211, uint64(len(truth))))
	out := make([][]any, min(few, len(truth)-1))
	for k := range out {
		out[k] = make([]any, len(truth))
	}
	for i := range at {
		n := 0
		for _, k := range r.Perm(len(at)) {
			if k != i && n < len(out) {
				out[n][at[i]] = truth[at[k]]
				n++
			}
		}
	}
	return out
}

// meanPicture is the best that can be said without looking, made of the very
// truths it is compared with: the mean of what is known at each pixel, or the
// commonest class.
func meanPicture(m modality.Modality, truth []any) *modality.Picture {
	first := truth[0].(*modality.Picture)
	look := m.Look.Spec()
	out := modality.NewPicture(first.H, first.W, first.C)
	for i := range out.Pix {
		sum, n := 0.0, 0.0
		votes := map[float32]int{}
		at := i / first.C * first.C // of the pixel
		for _, t := range truth {
			pix := t.(*modality.Picture).Pix
			v := pix[i]
			if !look.KnownAt(pix[at : at+first.C]) {
				continue
			}
			votes[v]++
			sum, n = sum+float64(v), n+1
		}
		if look.Scaling == modality.ClassIDs {
			best := float32(-1)
			for v, c := range votes {
				if best < 0 || c > votes[best] || c == votes[best] && v < best {
					best = v
				}
			}
			out.Pix[i] = best
		} else if n > 0 {
			out.Pix[i] = float32(sum / n)
		}
	}
	return out
}
