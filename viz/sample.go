package viz

// Samples: all modalities of one side by side, or several as a contact sheet.

import (
	"fmt"

	"fourmlab/fourm"
	"fourmlab/fourm/modality"
	"fourmlab/internal/human"
)

func init() { shows(func(s fourm.Sample) []byte { return Sample(s).PNG() }) }

// Sample draws every modality of a sample side by side, in the order of 4M's
// figures.
func Sample(s fourm.Sample) *Figure {
	const op = "viz.Sample"
	names := namesOf(s)
	if len(names) == 0 {
		return missing(op, fmt.Sprintf("sample %s has no values", s.Key))
	}
	cols := columns(len(names), 5)
	var cells []*cell
	for _, n := range names {
		cells = append(cells, valueOf(op, s, n, width(cols)))
	}
	return sheet(op, gap, fold(cells, cols)...).Titled("Sample " + s.Key)
}

// Samples draws the first n samples as rows, their modalities as columns.
func Samples(ds fourm.Data, n int) *Figure {
	const op = "viz.Samples"
	need(op, ds != nil, "the data are nil")
	need(op, n > 0, "%d samples, expected 1 or more", n)
	n = min(n, ds.Len(), 64)
	var all []fourm.Sample
	var names []string
	have := map[string]bool{}
	for i := range n {
		s, err := ds.Sample(i)
		need(op, err == nil, "sample %d: %v", i, err)
		all = append(all, s)
		for _, m := range namesOf(s) {
			if !have[m] {
				have[m], names = true, append(names, m)
			}
		}
	}
	if len(names) == 0 {
		return missing(op, "no samples")
	}
	w := crisp(min(192, (1600-2*margin-170)/len(names)-12))
	var rows []row
	for i, s := range all {
		r := row{name: tail(s.Key, 160), tint: ink}
		for _, m := range names {
			c := (*cell)(nil)
			if _, ok := s.Values[m]; ok || s.Toks[m].Modality != "" {
				c = valueOf(op, s, m, -w)
			}
			if c != nil {
				c.title = ""
				if i == 0 {
					c.title = m
				}
			}
			r.cells = append(r.cells, c)
		}
		rows = append(rows, r)
	}
	return sheet(op, 12, rows...).Titled(fmt.Sprintf("%s of %d", human.Count(len(all), "sample"), ds.Len()))
}

// tail shortens a key to so many pixels; what tells keys apart stands at
// their end.
func tail(key string, w int) string {
	if strong.width(key) <= w {
		return key
	}
	for i := range key {
		if s := "..." + key[i:]; strong.width(s) <= w {
			return s
		}
	}
	return key
}

// width gives the size of a panel when there are so many in a row.
func width(cols int) int {
	switch {
	case cols <= 4:
		return 320
	case cols == 5:
		return 256
	}
	return max(64, (1600-2*margin)/cols-gap)
}

// crisp gives the nearest size below w at which pixels of the lab's pictures
// become whole squares.
func crisp(w int) int {
	if w >= 128 {
		return w / 64 * 64
	}
	return max(w, 48)
}

// namesOf lists the modalities of a sample, those that have only been
// predicted as tokens last.
func namesOf(s fourm.Sample) []string {
	names := s.Names()
	all := s.With("", nil)
	for n, t := range s.Toks {
		if !s.Has(n) {
			all.Values[n] = t
		}
	}
	delete(all.Values, "")
	if len(all.Values) > len(names) {
		names = all.Names()
	}
	return names
}

// valueOf draws one modality of a sample under its name. A negative width
// makes a plain panel without names and scales.
func valueOf(op string, s fourm.Sample, name string, w int) *cell {
	return valueIn(s, name, panelOptions{op: op, w: max(w, -w), plain: w < 0})
}

// valueIn draws one modality of a sample, or its tokens where there is no
// value yet.
func valueIn(s fourm.Sample, name string, o panelOptions) *cell {
	m := modality.Need(o.op, name)
	o.under = background(s)
	v, ok := s.Values[name]
	if !ok {
		v = s.Toks[name]
	}
	c := panel(m, v, o)
	c.title = m.Name
	return c
}
