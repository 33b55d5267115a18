package generate

// Many samples of one thing, and what they agree on.

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
	"fourmlab/internal/show"
)

// Ensemble is what several generations have in common: the mean of numbers (unit
// vectors are brought back to length 1; unknown depth is left out, unless most do not
// know it), the class that most say, the text that most have (4M-21, arXiv 2406.09406,
// table 5 averages 10).
type Ensemble struct {
	Plan      Plan
	N         int
	Generated []string
	Sample    modality.Sample // what is given, and what the generations agree on
	// Spread says of pictures how far apart they are (H, W, 1): the standard deviation
	// of numbers, in their units and over channels; of unit vectors the mean angle to
	// their mean, in degrees; of classes the share that says something else.
	Spread map[string]*modality.Picture
	Agree  map[string]float64 // share of texts and others that are the one in Sample
	Err    error              // why generations are missing, where the world failed
}

// Together makes an ensemble of generations by one plan.
func Together(results []Result) Ensemble {
	if len(results) == 0 {
		fault.Panic("Model.Ensemble", "no results, expected 1 or more")
	}
	first := results[0]
	e := Ensemble{Plan: first.Plan, N: len(results), Generated: first.Generated, Spread: map[string]*modality.Picture{}, Agree: map[string]float64{},
		Sample: modality.Sample{Key: first.Sample.Key, Values: map[string]any{}, Toks: map[string]modality.Tokens{}}}
	for _, name := range first.Given {
		if v, ok := first.Sample.Values[name]; ok {
			e.Sample.Values[name] = v
		}
		if t, ok := first.Sample.Toks[name]; ok {
			e.Sample.Toks[name] = t
		}
	}
	for _, name := range first.Generated {
		var values []any
		for _, r := range results {
			if v, ok := r.Sample.Values[name]; ok {
				values = append(values, v)
			}
		}
		if len(values) == 0 {
			continue
		}
		pics := pictures(values)
		if pics == nil {
			e.Sample.Values[name], e.Agree[name] = most(values)
			continue
		}
		spec := modality.Lookup(name).Look.Spec()
		switch spec.Scaling {
		case modality.ClassIDs:
			e.Sample.Values[name], e.Spread[name] = vote(pics)
		case modality.UnitVectors:
			e.Sample.Values[name], e.Spread[name] = meanVector(pics)
		default:
			e.Sample.Values[name], e.Spread[name] = mean(pics, spec.KnownAt)
		}
	}
	return e
}

// pictures gives values as pictures of one shape; nil where they are none.
func pictures(values []any) (out []*modality.Picture) {
	for _, v := range values {
		p, ok := v.(*modality.Picture)
		if !ok || len(out) > 0 && (p.H != out[0].H || p.W != out[0].W || p.C != out[0].C) {
			return nil
		}
		out = append(out, p)
	}
	return out
}

// most gives the value that is there most often, of equals the first, and its share.
func most(values []any) (any, float64) {
	count := map[string]int{}
	for _, v := range values {
		count[fmt.Sprint(v)]++
	}
	best := values[0]
	for _, v := range values {
		if count[fmt.Sprint(v)] > count[fmt.Sprint(best)] {
			best = v
		}
	}
	return best, float64(count[fmt.Sprint(best)]) / float64(len(values))
}

// vote gives the class that most say at each pixel, of equals the smallest.
func vote(pics []*modality.Picture) (out, spread *modality.Picture) {
	p := pics[0]
	out, spread = modality.NewPicture(p.H, p.W, p.C), modality.NewPicture(p.H, p.W, 1)
	for i := range out.Pix {
		var said []float32
		for _, q := range pics {
			said = append(said, q.Pix[i])
		}
		slices.Sort(said)
		best, n := said[0], 0
		for from := 0; from < len(said); {
			to := from
			for to < len(said) && said[to] == said[from] {
				to++
			}
			if to-from > n {
				best, n = said[from], to-from
			}
			from = to
		}
		out.Pix[i], spread.Pix[i/p.C] = best, 1-float32(n)/float32(len(said))
	}
	return out, spread
}

// meanVector gives the mean direction of unit vectors, and the mean angle to it.
func meanVector(pics []*modality.Picture) (out, spread *modality.Picture) {
	p := pics[0]
	out, spread = modality.NewPicture(p.H, p.W, p.C), modality.NewPicture(p.H, p.W, 1)
	for at := range p.H * p.W {
		sum, length := make([]float64, p.C), 0.0
		for _, q := range pics {
			for c := range sum {
				sum[c] += float64(q.Pix[at*p.C+c])
			}
		}
		for _, x := range sum {
			length += x * x
		}
		if length = math.Sqrt(length); length < 1e-9 {
			continue
		}
		off := 0.0
		for c := range sum {
			out.Pix[at*p.C+c] = float32(sum[c] / length)
		}
		for _, q := range pics {
			dot, own := 0.0, 0.0
			for c := range sum {
				x := float64(q.Pix[at*p.C+c])
				dot, own = dot+x*sum[c]/length, own+x*x
			}
			if own > 0 {
				dot /= math.Sqrt(own)
			}
			off += math.Acos(math.Min(math.Max(dot, -1), 1)) * 180 / math.Pi
		}
		spread.Pix[at] = float32(off / float64(len(pics)))
	}
	return out, spread
}

// mean gives the mean of those that know a pixel, where at least half do, and the
// standard deviation of these, over channels.
func mean(pics []*modality.Picture, known func([]float32) bool) (out, spread *modality.Picture) {
	p := pics[0]
	out, spread = modality.NewPicture(p.H, p.W, p.C), modality.NewPicture(p.H, p.W, 1)
	for at := range p.H * p.W {
		var knows [][]float32
		for _, q := range pics {
			if x := q.Pix[at*p.C : (at+1)*p.C]; known(x) {
				knows = append(knows, x)
			}
		}
		if 2*len(knows) < len(pics) || len(knows) == 0 {
			continue
		}
		squares := 0.0
		for c := range p.C {
			sum := 0.0
			for _, x := range knows {
				sum += float64(x[c])
			}
			m := sum / float64(len(knows))
			out.Pix[at*p.C+c] = float32(m)
			for _, x := range knows {
				squares += (float64(x[c]) - m) * (float64(x[c]) - m)
			}
		}
		spread.Pix[at] = float32(math.Sqrt(squares / float64(len(knows)*p.C)))
	}
	return out, spread
}

func (e Ensemble) String() string {
	var w []string
	for _, name := range e.Generated {
		switch v := e.Sample.Values[name].(type) {
		case nil:
		case string:
			w = append(w, fmt.Sprintf("%s %q by %.0f %%", name, v, 100*e.Agree[name]))
		default:
			w = append(w, name)
		}
	}
	return fmt.Sprintf("%v of sample %s, %d times: %s", e.Plan, e.Sample.Key, e.N, strings.Join(w, ", ")) + ended(false, e.Err)
}

// SimpleRender shows it in a notebook.
func (e Ensemble) SimpleRender() map[string]any { return show.Bundle(e) }
