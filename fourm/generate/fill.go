package generate

// A text of which parts are known: what stands in it as [S_1], [S_2], ... is written.

import (
	"context"
	"regexp"
	"slices"
	"strconv"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/text"
	"fourmlab/internal/fault"
)

var gap = regexp.MustCompile(`\[S_(\d+)\]`)

// gaps takes a prompt apart: the texts before, between and behind its gaps. Gaps that
// are none, or not in order, panic on behalf of Generate.
func gaps(target, prompt string) (parts []string) {
	at := 0
	for i, m := range gap.FindAllStringSubmatchIndex(prompt, -1) {
		if n, err := strconv.Atoi(prompt[m[2]:m[3]]); err != nil || n != i+1 {
			fault.Panic(op, "stage %q fills %q, expected [S_1], [S_2], ... in order, each once", target, prompt)
		}
		parts = append(parts, prompt[at:m[0]])
		at = m[1]
	}
	if parts == nil {
		fault.Panic(op, "stage %q fills %q, in which nothing is open: [S_1] stands for what is to be written", target, prompt)
	}
	return append(parts, prompt[at:])
}

// prompt gives the row of a text of which parts are known: the inputs with a sentinel
// for each gap, and a target that begins with the first, has room, and ends with the
// one behind the last. [EOS] is known where the text does not end in a gap.
func prompt(d modality.Domain, v *text.Vocab, parts []string) mask.Row {
	var in []int
	for i, p := range parts {
		if i > 0 {
			in = append(in, v.Sentinel(i))
		}
		in = append(in, v.Encode(p)...)
	}
	if parts[len(parts)-1] != "" {
		in = append(in, v.End())
	}
	if len(parts)+1 > v.Sentinels {
		fault.Panic(op, "%q has %d gaps, expected at most the %d sentinels of the vocabulary less two", d.Name, len(parts)-1, v.Sentinels)
	}
	if len(in) > d.Max {
		fault.Panic(op, "%q is given as %d tokens, gaps included, expected at most %d", d.Name, len(in), d.Max)
	}
	n := len(in) + d.Max + 2
	r := mask.Row{IDs: make([]int, n), Input: make([]bool, n), Target: make([]bool, n)}
	copy(r.IDs, in)
	for i := range r.IDs {
		r.Input[i], r.Target[i] = i < len(in), i >= len(in)
	}
	r.IDs[len(in)], r.IDs[n-1] = v.Sentinel(1), v.Sentinel(len(parts))
	return r
}

// complete writes the gaps of a prompt, one after the other. A gap ends with the
// sentinel of the next, the last one with [EOS] too.
func (g *group) complete(ctx context.Context, d modality.Domain, now Scheduled) ([]modality.Tokens, [][]Step, error) {
	v := g.all[0].lexicon(d)
	b := g.batch()
	b.never = v.Never()
	steps, all := make([][]Step, len(g.all)), make([]modality.Tokens, len(g.all))
	in, stop := make([][]int, len(g.all)), make([]int, len(g.all))
	p := make([][]float64, len(g.all)) // by token of the target, its opening sentinel included
	last := make([]filled, len(g.all))
	for i, one := range g.all {
		target := targets(one.rows[d.Name])
		in[i], stop[i], p[i] = inputs(one.rows[d.Name]), target[len(target)-1], []float64{1}
		last[i] = filling(v.IsSentinel, in[i], nil, nil)
	}
	_, err := b.text(ctx, d, now, func(i int, ids []int, q float64) bool {
		p[i] = append(p[i], q)
		id := ids[len(ids)-1]
		if id == stop[i] {
			return false
		}
		if v.IsSentinel(id) {
			return true
		}
		last[i] = filling(v.IsSentinel, in[i], ids, p[i])
		if g.trace {
			step := Step{Target: d.Modality, Index: len(steps[i]), Tokens: g.all[i].tokens(d, v, last[i].ids), New: make([]bool, len(last[i].ids)), Confidence: last[i].p}
			if last[i].newest >= 0 {
				step.New[last[i].newest] = true
			}
			steps[i] = append(steps[i], step)
		}
		return id != v.End() && len(last[i].ids) < d.Max
	})
	for i, one := range g.all {
		all[i] = one.tokens(d, v, slices.Clone(last[i].ids))
	}
	return all, steps, err
}

// filled is a prompt with what was written so far in its gaps.
type filled struct {
	ids    []int
	p      []float32 // 1 of what was known
	newest int       // place of the token that was written last; -1: it has none
}

func filling(splits func(id int) bool, in, target []int, p []float64) filled {
	out := filled{newest: -1}
	spans := map[int][]int{} // places in target, by sentinel
	open := -1
	for k, id := range target {
		if splits(id) {
			open = id
		} else {
			spans[open] = append(spans[open], k)
		}
	}
	for _, id := range in {
		if !splits(id) {
			out.ids, out.p = append(out.ids, id), append(out.p, 1)
			continue
		}
		for _, k := range spans[id] {
			if k == len(target)-1 {
				out.newest = len(out.ids)
			}
			out.ids, out.p = append(out.ids, target[k]), append(out.p, float32(p[k]))
		}
	}
	return out
}
