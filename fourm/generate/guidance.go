package generate

// Guidance: the model looks at samples in several versions, with their conditions and
// without, and what it says of them is mixed (docs/4m.md, 6.4).

import (
	"context"
	"maps"
	"math"
	"slices"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/text"
)

// values are rows that take the place of conditions in some versions of the samples.
type values struct {
	against map[string]mask.Row // by domain: what guidance leads away from, in place of nothing
	beside  []besides
}

// besides is a second value of a condition, which is followed with a weight.
type besides struct {
	domain string
	row    mask.Row
	weight float32
}

// looks are the versions of the samples in a step. Of each with a weight the
// difference to the one without conditions counts.
type looks struct {
	versions [][]map[string]mask.Row // those with weights, the one without conditions, then what full and weak need
	weights  []float32               // none: there is no guidance, and the first version is all
	full     int                     // the version with all conditions
	weak     int                     // the version of self-guidance; -1: none
}

// plain is where the version without conditions is.
func (l looks) plain() int { return len(l.weights) }

// ask gives the logits of a step, guided. again gives the query of each pass;
// most often they are all the same.
func (b *Batch) ask(ctx context.Context, d modality.Domain, step Scheduled, again func() query) ([]float32, error) {
	l := b.looks(step)
	asked := make([]query, len(l.versions))
	for v := range asked {
		asked[v] = again()
	}
	all, err := b.outputs(ctx, d, l.versions, asked)
	if err != nil {
		return nil, err
	}
	b.logits = b.guided(d, step, l, all)
	return b.logits, nil
}

// looks gives the versions that a step looks at.
func (b *Batch) looks(step Scheduled) looks {
	l := looks{weak: -1}
	var none []map[string]mask.Row
	switch {
	case step.Groups != nil:
		l.versions, l.weights, none = b.groups(step)
		l.full = -1
	case step.Guide != 1 && len(step.By) > 0 || len(b.other.beside) > 0 && !step.Plain:
		l.versions, l.weights, none = [][]map[string]mask.Row{b.Rows}, []float32{float32(step.Guide)}, b.without(step.By)
	default:
		l.versions = [][]map[string]mask.Row{b.Rows}
	}
	if len(l.weights) > 0 {
		for _, o := range b.other.beside {
			l.versions, l.weights = append(l.versions, replaced(b.Rows, map[string]mask.Row{o.domain: o.row})), append(l.weights, o.weight)
		}
		l.versions = append(l.versions, replaced(none, b.other.against))
	}
	if l.full < 0 && (step.Rescale > 0 || step.Self != 0) {
		l.full, l.versions = len(l.versions), append(l.versions, b.Rows)
	}
	if step.Self != 0 {
		l.weak, l.versions = len(l.versions), append(l.versions, b.forgetful(step.Domain))
	}
	return l
}

// guided mixes the outputs (R, D) of all versions, and gives the logits (R, V). Logits
// are linear in outputs, so that theirs are mixed by it.
func (b *Batch) guided(d modality.Domain, step Scheduled, l looks, all [][]float32) []float32 {
	u := all[l.plain()]
	if len(l.weights) == 0 && l.weak < 0 {
		return b.logitsOf(b.logits, d, u)
	}
	out := slices.Clone(u)
	for v, w := range l.weights {
		for i := range out {
			out[i] += w * (all[v][i] - u[i])
		}
	}
	if l.weak >= 0 {
		for i := range out {
			out[i] += float32(step.Self) * (all[l.full][i] - all[l.weak][i])
		}
	}
	logits := b.logitsOf(b.logits, d, out)
	if step.Rescale > 0 {
		rescale(logits, b.logitsOf(nil, d, all[l.full]), d.Vocab, step.Rescale)
	}
	return logits
}

// rescale gives rows of guided logits a share of the way back to the spread that they
// have with the conditions alone, which guidance widens (Lin et al., arXiv 2305.08891,
// equations 15 and 16). That the mean is scaled with them changes no probability.
func rescale(guided, full []float32, vocab int, share float64) {
	for at := 0; at < len(guided); at += vocab {
		g := guided[at : at+vocab]
		wide := spread(g)
		if wide == 0 {
			continue
		}
		by := float32(share*spread(full[at:at+vocab])/wide + 1 - share)
		for i := range g {
			g[i] *= by
		}
	}
}

// spread is the standard deviation of a row.
func spread(row []float32) float64 {
	sum, squares := 0.0, 0.0
	for _, v := range row {
		sum += float64(v)
	}
	mean := sum / float64(len(row))
	for _, v := range row {
		squares += (float64(v) - mean) * (float64(v) - mean)
	}
	return math.Sqrt(squares / float64(len(row)))
}

// replaced gives the samples with other rows of some domains.
func replaced(samples []map[string]mask.Row, by map[string]mask.Row) []map[string]mask.Row {
	if len(by) == 0 {
		return samples
	}
	out := make([]map[string]mask.Row, len(samples))
	for i, rows := range samples {
		out[i] = maps.Clone(rows)
		maps.Copy(out[i], by)
	}
	return out
}

// forgetful gives the samples without half of what is decided of a grid, drawn anew
// with each call.
func (b *Batch) forgetful(name string) []map[string]mask.Row {
	out := make([]map[string]mask.Row, len(b.Rows))
	for i, rows := range b.Rows {
		out[i] = maps.Clone(rows)
		r := rows[name]
		r.Input = slices.Clone(r.Input)
		var shown []int
		for _, at := range argsort(b.chanceOf(i).Noise(len(r.Input))) {
			if r.Input[at] {
				shown = append(shown, at)
			}
		}
		for _, at := range shown[:len(shown)/2] {
			r.Input[at] = false
		}
		out[i][name] = r
	}
	return out
}

// groups gives the samples with each group of conditions and none of the
// others, the weights of the groups, and the samples with none at all.
func (b *Batch) groups(step Scheduled) (versions [][]map[string]mask.Row, weights []float32, none []map[string]mask.Row) {
	every := slices.Concat(step.Groups...)
	for g, names := range append(slices.Clone(step.Groups), nil) {
		samples := make([]map[string]mask.Row, len(b.Rows))
		for i, rows := range b.Rows {
			samples[i] = maps.Clone(rows)
			for _, n := range every {
				if !slices.Contains(names, n) {
					delete(samples[i], n)
				}
			}
		}
		if names == nil {
			return versions, weights, samples
		}
		versions, weights = append(versions, samples), append(weights, float32(step.Weights[g]))
	}
	return versions, weights, none
}

// without gives the samples with domains emptied.
func (b *Batch) without(names []string) []map[string]mask.Row {
	out := make([]map[string]mask.Row, len(b.Rows))
	for i, rows := range b.Rows {
		out[i] = maps.Clone(rows)
		for _, n := range names {
			if r, ok := rows[n]; ok {
				out[i][n] = b.emptied(n, r)
			}
		}
	}
	return out
}

// emptied gives a domain that shows nothing: a grid without input, a text that
// is the one sentinel for all of it, a single vector of zeros (docs/4m.md, 6.4).
func (b *Batch) emptied(name string, r mask.Row) mask.Row {
	d := b.domain(name)
	out := mask.Row{IDs: r.IDs, Given: r.Given, Input: make([]bool, len(r.Input)), Target: make([]bool, len(r.Input))}
	switch {
	case d.Grid() || len(r.Input) == 0:
	case d.Kind == modality.Vectors:
		out.Given, out.Input[0] = make([]float32, len(r.Given)), true
	default:
		out.IDs = make([]int, len(r.IDs))
		out.IDs[0], out.Input[0] = b.opens(d), true
	}
	return out
}

// opens gives the sentinel that stands for all of a text.
func (b *Batch) opens(d modality.Domain) int {
	if d.Kind == modality.Symbols {
		return text.Numbers{First: d.Offset}.Sentinel(1)
	}
	return b.Opens
}
