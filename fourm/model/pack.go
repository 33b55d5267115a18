package model

// Packing: the rows of samples become the tables of a batch. There is one way
// in for all: masked samples are made rows first; training, what is recorded
// from the official code, and generation pack rows (docs/4m.md, 3.3, 4.6, 6.1).

import (
	"fmt"
	"slices"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
)

// Order says how rows lie in a batch. In and Out name the domains of either
// side in their order, where nil stands for that of the model; the official
// code shuffles those of the decoder at every step. With Padding the batch
// says what padding sees, too, as the official code computes it; without,
// padding sees everything alike. No other token depends on it.
type Order struct {
	In, Out []string
	Padding bool
}

// Fill packs masked samples into the batch, at most B of them. Tokens over N
// and M are left out from the end, as in 4M. All domains of the model count in
// the loss, whichever the samples have.
func (m *Model) Fill(b *Batch, samples []mask.Masked) error {
	return m.fill(b, len(samples), b.in, b.out, false, func(i int) (map[string]mask.Row, error) {
		clear(b.rows)
		for _, p := range samples[i].Parts {
			d, ok := m.named(p.Domain)
			if _, twice := b.rows[p.Domain]; twice || !ok {
				continue
			}
			r, err := rowIn(b.own[p.Domain], d, samples[i].Sample, p)
			if err != nil {
				return nil, fmt.Errorf("model: sample %s: %w", samples[i].Sample.Key, err)
			}
			b.own[p.Domain], b.rows[p.Domain] = r, r
		}
		return b.rows, nil
	})
}

// FillRows packs samples given as rows by domain name. Domains that are not
// in the first sample are absent from the batch and from its loss.
func (m *Model) FillRows(b *Batch, samples []map[string]mask.Row, o Order) error {
	if len(samples) == 0 {
		return fmt.Errorf("model: 0 samples for a batch of %d", b.B)
	}
	in, err := order(o.In, m.In, samples[0])
	if err != nil {
		return err
	}
	out, err := order(o.Out, m.Out, samples[0])
	if err != nil {
		return err
	}
	return m.fill(b, len(samples), in, out, o.Padding, func(i int) (map[string]mask.Row, error) {
		for _, d := range m.domains() {
			r, ok := samples[i][d.Name]
			if !ok {
				continue
			}
			if err := r.Fits(d); err != nil {
				return nil, fmt.Errorf("model: sample %d: %w", i, err)
			}
		}
		for _, k := range out {
			if r := samples[i][m.Out[k].Name]; r.Attend == nil && slices.Contains(r.Target, true) {
				return nil, fmt.Errorf("model: sample %d: %s: targets without their attention", i, m.Out[k].Name)
			}
		}
		return samples[i], nil
	})
}

// fill packs n samples, whose rows by domain name it asks for one after the
// other. in and out are the domains of the batch in their order there, by
// their places in the model.
func (m *Model) fill(b *Batch, n int, in, out []int, padding bool, rows func(i int) (map[string]mask.Row, error)) error {
	if n > b.B {
		return fmt.Errorf("model: %d samples for a batch of %d", n, b.B)
	}
	b.clear(len(m.In))
	for i := range n {
		s, err := rows(i)
		if err != nil {
			return err
		}
		shown := m.packEncoder(b, i, s, in)
		asked := m.packDecoder(b, i, s, out, padding)
		b.see(i, shown)
		b.Tokens += int64(shown + asked)
	}
	b.weigh(m, len(out))
	return nil
}

func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// named gives the domain of a name, on either side of the model.
func (m *Model) named(name string) (modality.Domain, bool) {
	for _, ds := range [2][]modality.Domain{m.In, m.Out} {
		if k := slices.IndexFunc(ds, func(d modality.Domain) bool { return d.Name == name }); k >= 0 {
			return ds[k], true
		}
	}
	return modality.Domain{}, false
}

// order gives the places of the named domains among ds, of those that the
// sample has.
func order(names []string, ds []modality.Domain, s map[string]mask.Row) ([]int, error) {
	var out []int
	for k, d := range ds {
		if _, ok := s[d.Name]; ok && names == nil {
			out = append(out, k)
		}
	}
	for _, n := range names {
		k := slices.IndexFunc(ds, func(d modality.Domain) bool { return d.Name == n })
		if k < 0 {
			return nil, fmt.Errorf("model: no domain %q on this side of the model", n)
		}
		if _, ok := s[n]; ok {
			out = append(out, k)
		}
	}
	return out, nil
}

// packEncoder writes row i of the encoder's tables and gives the number of
// visible tokens.
func (m *Model) packEncoder(b *Batch, i int, s map[string]mask.Row, in []int) int {
	n := 0
	for _, k := range in {
		d, r := m.In[k], s[m.In[k].Name]
		if g := b.Given[d.Name]; g != nil {
			g = g[i*d.Max*d.Dim : (i+1)*d.Max*d.Dim]
			clear(g[copy(g, r.Given):])
		}
		last := m.rows(encoderName(d)+".pos_emb") - 1
		rank := 0
		for at, visible := range r.Input {
			if !visible || n == b.N {
				continue
			}
			pos, row := at, i*d.Max+at
			if !d.Grid() {
				pos = min(rank, last)
			}
			if r.IDs != nil {
				row = r.IDs[at]
			}
			b.encoderToken(i, n, k, row, pos)
			rank++
			n++
		}
	}
	return n
}

// slot is one place of the decoder before the visible ones are packed to the
// front.
type slot struct{ dom, row, pos, label, attend int }

// run is a range of neighbours in the decoder: from the first to before the
// last; both are 0 where there is none.
type run struct{ from, to int }

// runs are those of one domain, among the visible places and in the padding.
type runs struct{ shown, hidden run }

// packDecoder writes row i of the decoder's tables and the keys that each of
// its queries sees, and gives the number of target tokens.
func (m *Model) packDecoder(b *Batch, i int, s map[string]mask.Row, out []int, padding bool) int {
	b.shown, b.hidden = b.shown[:0], b.hidden[:0]
	for _, k := range out {
		b.slots(k, m.Out[k], s[m.Out[k].Name])
	}
	n := min(len(b.shown), b.M)
	b.shown = append(b.shown[:n], b.hidden[:min(len(b.hidden), b.M-n)]...)
	all := b.shown
	clear(b.runs)
	for j, x := range all {
		r := &b.runs[x.dom].shown
		if j >= n {
			r = &b.runs[x.dom].hidden
		}
		if r.to == 0 {
			r.from = j
		}
		r.to = j + 1
	}
	seen := 0
	for j, x := range all {
		if j < n {
			b.decoderToken(m, i, j, x.dom, x.row, x.pos, x.label)
		} else if !padding {
			break
		}
		seen += x.attend
		upto := min(seen, len(all))
		if m.Config.Causal {
			upto = j + 1
		}
		lo, hi, from, to := 0, upto, 0, 0
		if !m.Config.Joint {
			lo, hi, from, to = b.runs[x.dom].before(upto)
		}
		at := 4 * (i*b.M + j)
		b.DecSpan[at], b.DecSpan[at+1], b.DecSpan[at+2], b.DecSpan[at+3] = int32(lo), int32(hi), int32(from), int32(to)
	}
	return n
}

// slots lays the places of a target domain behind those that are there: visible
// ones, and as many that are none as a batch could hold.
func (b *Batch) slots(k int, d modality.Domain, r mask.Row) {
	attend := func(at int) int {
		if r.Attend == nil {
			return 0
		}
		return r.Attend[at]
	}
	if d.Grid() {
		for at, t := range r.Target {
			if t {
				b.shown = append(b.shown, slot{dom: k, pos: at, label: r.IDs[at], attend: attend(at)})
			} else if len(b.hidden) < b.M {
				b.hidden = append(b.hidden, slot{dom: k, pos: at, attend: attend(at)})
			}
		}
		return
	}
	// teacher forcing by shift: content and position of one token, label of
	// the next, where both are targets
	rank := 0
	for at := 0; at+1 < len(r.Target); at++ {
		if r.Target[at] && r.Target[at+1] {
			b.shown = append(b.shown, slot{dom: k, row: r.IDs[at], pos: d.Rank(rank), label: r.IDs[at+1], attend: attend(at)})
		} else if len(b.hidden) < b.M {
			b.hidden = append(b.hidden, slot{dom: k, attend: attend(at)})
		}
		if r.Target[at] {
			rank++
		}
	}
}

// before gives the keys among the first upto that the domain has: from lo to
// before hi, without a hole that begins at from and ends before to.
func (r runs) before(upto int) (lo, hi, from, to int) {
	a, b := r.shown.from, min(r.shown.to, upto)
	c, d := r.hidden.from, min(r.hidden.to, upto)
	switch {
	case a >= b && c >= d:
		return 0, 0, 0, 0
	case a >= b:
		return c, d, 0, 0
	case c >= d:
		return a, b, 0, 0
	}
	return a, d, b, c
}
