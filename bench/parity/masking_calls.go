package parity

// Whole calls: several modalities from budgets to masks, and fixed roles.

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/text"
)

// maskMixture is what a fixture says of a mixture: weights of its components
// (null: all alike) and ranges of its budgets, both ends included (null
// targets: all that is no input).
type maskMixture struct {
	Modalities maskModalities `json:"modalities"`
	Weights    []float64      `json:"sampling_weights"`
	In         [2]int         `json:"input_tokens_range"`
	Out        *[2]int        `json:"target_tokens_range"`
}

// masks gives a mask a component.
func (x maskMixture) masks() ([]mask.Mask, error) {
	if len(x.Modalities) == 0 || x.Weights != nil && len(x.Weights) != len(x.Modalities[0].In) {
		return nil, fmt.Errorf("%d weights of components for %d modalities", len(x.Weights), len(x.Modalities))
	}
	out := make([]mask.Mask, len(x.Modalities[0].In))
	for i := range out {
		out[i] = mask.Mask{InMin: x.In[0], In: x.In[1], Compat: true, Rest: x.Out == nil}
		if x.Out != nil {
			out[i].OutMin, out[i].Out = x.Out[0], x.Out[1]
		}
		if x.Weights != nil {
			out[i].Weight = max(x.Weights[i], math.SmallestNonzeroFloat64) // 0 would stand for 1
		}
	}
	return out, nil
}

// totals draws how many tokens there are on either side; a negative number of
// targets stands for all that is no input.
func (x maskMixture) totals(c mask.Chance) (in, out int) {
	in, out = c.Between(x.In[0], x.In[1]), -1
	if x.Out != nil {
		out = c.Between(x.Out[0], x.Out[1])
	}
	return in, out
}

// parts masks entries as component k does. Ranges that begin at 0, which a
// Mask takes for a constant budget, are drawn here.
func (x maskMixture) parts(c mask.Chance, m mask.Mask, entries []mask.Entry) []mask.Part {
	if x.In[0] > 0 && (x.Out == nil || x.Out[0] > 0) {
		return m.Parts(c, entries)
	}
	in, out := x.totals(c)
	ins, outs := mask.Share(c, entries, in, out)
	parts := make([]mask.Part, len(entries))
	for i, e := range entries {
		parts[i] = e.Part(c, ins[i], outs[i])
	}
	return parts
}

// runFullCalls replays whole calls.
func runFullCalls(f *Fixture, r *Report, file string) error {
	var x struct {
		Tokenizer plainTokenizer    `json:"tokenizer"`
		Cases     []json.RawMessage `json:"cases"`
	}
	if err := f.JSON(file, &x); err != nil {
		return err
	}
	v, err := x.Tokenizer.build()
	if err != nil {
		return err
	}
	for i, raw := range x.Cases {
		var c struct {
			maskMixture
			Tape   []maskDraw           `json:"tape"`
			Result map[string]maskedRow `json:"result"`
		}
		values := map[string]json.RawMessage{}
		for _, to := range []any{&c, &values} {
			if err := json.Unmarshal(raw, to); err != nil {
				return fmt.Errorf("%s: case %d: %w", file, i, err)
			}
		}
		what := fmt.Sprintf("case %d", i)
		replayed(r, "whole calls", what, c.Tape, func(t mask.Chance) error {
			masks, err := c.masks()
			if err != nil {
				return err
			}
			k := mask.Pick(t, masks)
			entries, err := c.Modalities.entries(k)
			if err != nil {
				return err
			}
			for i := range entries {
				if err := fillEntry(&entries[i], v, values); err != nil {
					return err
				}
			}
			return compareParts(r, "whole calls", what, entries, c.parts(t, masks[k], entries), c.Result)
		})
	}
	return nil
}

// fillEntry puts a case's value into an entry; images have none.
func fillEntry(e *mask.Entry, v *text.Vocab, values map[string]json.RawMessage) error {
	if e.Domain.Grid() {
		return nil
	}
	raw, ok := values[e.Domain.Name]
	if !ok {
		base, _, _ := strings.Cut(e.Domain.Name, "@")
		raw = values[base]
	}
	full, err := maskEntry(e.Domain, v, raw)
	full.In, full.Out, full.Min, full.Keep = e.In, e.Out, e.Min, e.Keep
	*e = full
	return err
}

func compareParts(r *Report, group, what string, entries []mask.Entry, parts []mask.Part, want map[string]maskedRow) error {
	var names, wanted []string
	for _, p := range parts {
		names = append(names, p.Domain)
	}
	for n := range want {
		wanted = append(wanted, n)
	}
	slices.Sort(names)
	slices.Sort(wanted)
	r.Text(group, what+" modalities", strings.Join(names, " "), strings.Join(wanted, " "))
	for i, p := range parts {
		if w, ok := want[p.Domain]; ok {
			if err := w.compare(r, group, what+" "+p.Domain, p.Row(entries[i].Domain)); err != nil {
				return err
			}
		}
	}
	return nil
}

// runTransfer compares fixed roles, in which there is no chance.
func runTransfer(f *Fixture, r *Report, file string) error {
	var x struct {
		Modalities maskModalities       `json:"modalities"`
		Inputs     []string             `json:"input_modalities"`
		Targets    []string             `json:"target_modalities"`
		Tokenizer  *plainTokenizer      `json:"tokenizer"` // absent: that of the files beside it, else the one that all of them have had
		Result     map[string]maskedRow `json:"result"`
	}
	values := map[string]json.RawMessage{}
	if err := f.JSON(file, &x); err != nil {
		return err
	}
	if err := f.JSON(file, &values); err != nil {
		return err
	}
	for _, other := range []string{"full_call.json", "sequence_mask.json", "sequence_stats.json"} {
		if x.Tokenizer == nil && f.Has(other) {
			var y struct {
				Tokenizer *plainTokenizer `json:"tokenizer"`
			}
			if err := f.JSON(other, &y); err != nil {
				return err
			}
			x.Tokenizer = y.Tokenizer
		}
	}
	if x.Tokenizer == nil {
		x.Tokenizer = &plainTokenizer{Type: "whitespace", FirstSentinel: 4, Sentinels: 40, FirstWord: 44, Size: 160}
	}
	v, err := x.Tokenizer.build()
	if err != nil {
		return err
	}
	replayed(r, "fixed roles", "all", nil, func(t mask.Chance) error {
		var entries []mask.Entry
		for _, m := range x.Modalities {
			d, err := m.domain()
			if err != nil {
				return err
			}
			e := mask.Entry{Domain: d, In: -1, Out: -1}
			switch {
			case slices.Contains(x.Inputs, m.name):
				e.In = 1
			case slices.Contains(x.Targets, m.name):
				e.Out = 1
			default:
				return fmt.Errorf("%s is neither input nor target", m.name)
			}
			if err := fillEntry(&e, v, values); err != nil {
				return err
			}
			entries = append(entries, e)
		}
		return compareParts(r, "fixed roles", "", entries, mask.Mask{Fixed: true, Compat: true}.Parts(t, entries), x.Result)
	})
	return nil
}
