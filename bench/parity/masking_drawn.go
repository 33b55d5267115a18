package parity

// How budgets and masks of sequences are distributed: our own draws against
// the official ones.

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
)

const ownDraws = 20000

// maskSide is what a fixture says of the budgets of one side.
type maskSide struct {
	name      string
	by        map[string]maskSample
	sum, used maskSample
	mean      []map[string]float64 // by component
	variance  []map[string]float64
}

// runBudgetStats draws budgets of mixtures.
func runBudgetStats(f *Fixture, r *Report, file string) error {
	var x map[string]struct {
		maskMixture
		Result struct {
			Edges      []int                 `json:"hist_edges"`
			Components []int                 `json:"mixture_component_counts"`
			In         map[string]maskSample `json:"input"`
			Out        map[string]maskSample `json:"target"`
			InSum      maskSample            `json:"input_sum"`
			OutSum     maskSample            `json:"target_sum"`
			InUsed     maskSample            `json:"input_modalities_used"`
			OutUsed    maskSample            `json:"target_modalities_used"`
			Each       []struct {
				Component int                `json:"component"`
				N         int                `json:"n"`
				InMean    map[string]float64 `json:"input_mean"`
				InVar     map[string]float64 `json:"input_var"`
				OutMean   map[string]float64 `json:"target_mean"`
				OutVar    map[string]float64 `json:"target_var"`
			} `json:"per_component"`
		} `json:"result"`
	}
	if err := f.JSON(file, &x); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(x)) {
		c := x[name]
		res := c.Result
		ins := maskSide{name: "input", by: res.In, sum: res.InSum, used: res.InUsed}
		outs := maskSide{name: "target", by: res.Out, sum: res.OutSum, used: res.OutUsed}
		var draws []int
		for i, e := range res.Each {
			if e.Component != i {
				return fmt.Errorf("%s: component %d stands at %d", name, e.Component, i)
			}
			draws = append(draws, e.N)
			ins.mean, ins.variance = append(ins.mean, e.InMean), append(ins.variance, e.InVar)
			outs.mean, outs.variance = append(outs.mean, e.OutMean), append(outs.variance, e.OutVar)
		}
		own, err := c.drawn()
		if err != nil {
			return err
		}
		compareHist(r, "drawn components", name, own.counts(len(res.Components)), res.Components)
		own.compare(r, name, c.Modalities, ins, own.in, draws, res.Edges)
		if c.Out != nil {
			own.compare(r, name, c.Modalities, outs, own.out, draws, res.Edges)
		}
	}
	return nil
}

// drawnBudgets are our own draws. in and out have a column a modality, one of
// their sum, and one of how many have any.
type drawnBudgets struct {
	component maskNumbers
	in, out   []maskNumbers
}

// drawn draws budgets of the mixture.
func (x maskMixture) drawn() (drawnBudgets, error) {
	n := len(x.Modalities)
	own := drawnBudgets{in: make([]maskNumbers, n+2), out: make([]maskNumbers, n+2)}
	masks, err := x.masks()
	if err != nil {
		return own, err
	}
	entries := make([][]mask.Entry, len(masks))
	for k := range masks {
		if entries[k], err = x.Modalities.entries(k); err != nil {
			return own, err
		}
	}
	note := func(to []maskNumbers, budgets []int) {
		sum, used := 0, 0
		for i, b := range budgets {
			to[i] = append(to[i], b)
			sum += b
			if b > 0 {
				used++
			}
		}
		to[n], to[n+1] = append(to[n], sum), append(to[n+1], used)
	}
	t := mask.Seeded(rand.New(rand.NewPCG(20231211, 1)))
	for range ownDraws {
		k := mask.Pick(t, masks)
		own.component = append(own.component, k)
		in, out := x.totals(t)
		ins, outs := mask.Share(t, entries[k], in, out)
		note(own.in, ins)
		note(own.out, outs)
	}
	return own, nil
}

func (o drawnBudgets) counts(components int) []int {
	out := make([]int, components)
	for _, k := range o.component {
		if k < components {
			out[k]++
		}
	}
	return out
}

// compare compares one side; draws are the official ones by component.
func (o drawnBudgets) compare(r *Report, name string, mods maskModalities, side maskSide, own []maskNumbers, draws, edges []int) {
	group := "drawn " + side.name + "s"
	for i, m := range mods {
		side.by[m.name].compare(r, group, name+" "+m.name, own[i], edges)
	}
	side.sum.compare(r, group, name+" sum", own[len(mods)], edges)
	side.used.compare(r, group, name+" modalities used", own[len(mods)+1], edges)
	group += ": by component"
	for k, n := range draws {
		for i, m := range mods {
			what := fmt.Sprintf("%s component %d %s", name, k, m.name)
			var mine maskNumbers
			for j, c := range o.component {
				if c == k {
					mine = append(mine, own[i][j])
				}
			}
			if len(mine) == 0 || n == 0 {
				r.Ints(group, what+" draws", []int{len(mine)}, []int{n})
				continue
			}
			compareMean(r, group, what, mine, side.mean[k][m.name], side.variance[k][m.name], n)
		}
	}
}

// runSequenceStats draws masks of texts.
func runSequenceStats(f *Fixture, r *Report, file string) error {
	var x struct {
		Tokenizer plainTokenizer `json:"tokenizer"`
		Cases     []struct {
			Length int        `json:"length"`
			Max    int        `json:"max_tokens"`
			In     int        `json:"input_budget"`
			Out    *int       `json:"target_budget"`
			Keep   string     `json:"keep_scheme"`
			InLen  maskSample `json:"input_len"`
			OutLen maskSample `json:"target_len"`
			Spans  maskSample `json:"sentinels_in_input"`
			First  []int      `json:"first_target_sentinel_hist"`
			Edges  []int      `json:"hist_edges"`
		} `json:"cases"`
	}
	if err := f.JSON(file, &x); err != nil {
		return err
	}
	v, err := x.Tokenizer.build()
	if err != nil {
		return err
	}
	for i, c := range x.Cases {
		d := modality.Domain{Name: "sequence", Modality: "sequence", Kind: modality.Sequence, Max: c.Max}
		if c.Length < 0 || c.Length > 1<<16 {
			return fmt.Errorf("%s: case %d: a text of %d words", file, i, c.Length)
		}
		words := make([]string, c.Length) // which ones does not matter
		for j := range words {
			words[j] = fmt.Sprintf("w%d", j%(x.Tokenizer.Size-x.Tokenizer.FirstWord))
		}
		raw, err := json.Marshal(strings.Join(words, " "))
		if err != nil {
			return err
		}
		e, err := maskEntry(d, v, raw)
		if err != nil {
			return err
		}
		e.Keep = c.Keep
		out := -1
		if c.Out != nil {
			out = *c.Out
		}
		var inLen, outLen, spans maskNumbers
		first := make([]int, len(c.First))
		t := mask.Seeded(rand.New(rand.NewPCG(20231211, uint64(i)+2)))
		for range ownDraws {
			p := e.Part(t, c.In, out)
			inLen, outLen = append(inLen, len(p.In.IDs)), append(outLen, len(p.Out.IDs))
			n := 0
			for _, id := range p.In.IDs {
				if v.IsSentinel(id) {
					n++
				}
			}
			spans = append(spans, n)
			if len(p.Out.IDs) > 0 {
				if k := p.Out.IDs[0] - v.Sentinel(0); k >= 0 && k < len(first) {
					first[k]++
				}
			}
		}
		what := fmt.Sprintf("case %d", i)
		c.InLen.compare(r, "input length", what, inLen, c.Edges)
		c.OutLen.compare(r, "target length", what, outLen, c.Edges)
		c.Spans.compare(r, "spans in input", what, spans, c.Edges)
		compareHist(r, "first span of target", what, first, c.First)
	}
	return nil
}
