package model

// Packing of 4M's own form of a masked sample: one row of ids and masks a
// domain, as training, transfer and generation of the official code pass it
// (inventory 3.3, 4.6, 6.1). It says all that the official code computes,
// the padding included.

import (
	"fmt"
	"slices"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
)

// Row is one domain of one sample in 4M's own form. A domain that is no grid
// has its input and its target one behind the other in one row.
type Row struct {
	IDs           []int     // tokens; nil for pixels and vectors
	Given         []float32 // (len(Input), Width): patches of normalised pixels, or vectors
	Input, Target []bool    // true = belongs to the set
	Attend        []int     // compressed attention of the targets: how many more targets are seen from here on
}

// Order says in which order domains lie in a batch, by name: nil is that of the
// model. The official code shuffles those of the decoder at every step.
type Order struct{ In, Out []string }

// FillRows packs samples given as rows by domain name. Domains that are not
// in the first sample are absent from the batch and from its loss.
func (m *Model) FillRows(b *Batch, samples []map[string]Row, o Order) error {
	if len(samples) > b.B || len(samples) == 0 {
		return fmt.Errorf("model: %d samples for a batch of %d", len(samples), b.B)
	}
	in, err := order(o.In, m.In, samples[0])
	if err != nil {
		return err
	}
	out, err := order(o.Out, m.Out, samples[0])
	if err != nil {
		return err
	}
	b.clear(len(m.In))
	for i, s := range samples {
		for _, d := range m.domains() {
			if r, ok := s[d.Name]; ok {
				if err := r.fits(d); err != nil {
					return fmt.Errorf("model: sample %d: %w", i, err)
				}
			}
		}
		n := m.packEncoder(b, i, s, in)
		k := m.packDecoder(b, i, s, out)
		b.see(i, n)
		b.Tokens += int64(n + k)
	}
	b.weigh(m, len(out))
	return nil
}

// order gives the places of the named domains among ds, of those that the
// sample has.
func order(names []string, ds []modality.Domain, s map[string]Row) ([]int, error) {
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

// fits checks a row against its domain.
func (r Row) fits(d modality.Domain) error {
	n := len(r.Input)
	if len(r.Target) != n || r.Attend != nil && len(r.Attend) != n {
		return fmt.Errorf("%s: %d inputs, %d targets and %d attentions, expected as many of each", d.Name, n, len(r.Target), len(r.Attend))
	}
	if d.Grid() && n != d.Max {
		return fmt.Errorf("%s: %d tokens, expected %d", d.Name, n, d.Max)
	}
	if d.Pixels || d.Kind == modality.Vectors {
		if len(r.Given) != n*d.Width || n > d.Max {
			return fmt.Errorf("%s: %d numbers for %d tokens, expected %d each and at most %d tokens", d.Name, len(r.Given), n, d.Width, d.Max)
		}
		return nil
	}
	if len(r.IDs) != n {
		return fmt.Errorf("%s: %d ids for %d masks", d.Name, len(r.IDs), n)
	}
	for i, id := range r.IDs {
		if (r.Input[i] || r.Target[i]) && (id < 0 || id >= d.Vocab) {
			return fmt.Errorf("%s: id %d at %d, expected one below %d", d.Name, id, i, d.Vocab)
		}
	}
	return nil
}

// packEncoder writes row i of the encoder's tables.
func (m *Model) packEncoder(b *Batch, i int, s map[string]Row, in []int) int {
	n := 0
	for _, k := range in {
		d, r := m.In[k], s[m.In[k].Name]
		if g := b.Given[d.Name]; g != nil {
			clear(g[i*d.Max*d.Width : (i+1)*d.Max*d.Width])
			copy(g[i*d.Max*d.Width:], r.Given)
		}
		last := m.rows(encoderName(d)+".pos_emb") - 1
		rank := 0
		for at, visible := range r.Input {
			if !visible {
				continue
			}
			if n == b.N {
				return n
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
type slot struct {
	dom, row, pos, label, attend int
	target                       bool
}

// packDecoder writes row i of the decoder's tables and the keys that each of
// its queries sees.
func (m *Model) packDecoder(b *Batch, i int, s map[string]Row, out []int) int {
	var shown, hidden []slot
	put := func(x slot) {
		if x.target {
			shown = append(shown, x)
		} else {
			hidden = append(hidden, x)
		}
	}
	for _, k := range out {
		d, r := m.Out[k], s[m.Out[k].Name]
		code := func(at int) int {
			if r.Attend == nil {
				return 0
			}
			return r.Attend[at]
		}
		if d.Grid() {
			for at, t := range r.Target {
				x := slot{dom: k, pos: at, attend: code(at), target: t}
				if t {
					x.label = r.IDs[at]
				}
				put(x)
			}
			continue
		}
		// teacher forcing by shift: content and position of one token, label of
		// the next, where both are targets
		rank := 0
		for at := 0; at+1 < len(r.Target); at++ {
			x := slot{dom: k, pos: d.Rank(rank), attend: code(at), target: r.Target[at] && r.Target[at+1]}
			if x.target {
				x.row, x.label = r.IDs[at], r.IDs[at+1]
			}
			put(x)
			if r.Target[at] {
				rank++
			}
		}
	}
	n := min(len(shown), b.M)
	all := append(shown, hidden...)
	all = all[:min(len(all), b.M)]
	seen := 0
	for j, x := range all {
		if j < n {
			b.decoderToken(m, i, j, x.dom, x.row, x.pos, x.label)
		}
		seen += x.attend
		upto := min(seen, len(all))
		if m.Config.Causal {
			upto = j + 1
		}
		m.sees(b.DecSpan[4*(i*b.M+j):], all, n, x.dom, upto)
	}
	return n
}

// sees writes the keys that a query of domain dom sees among the first upto:
// those of its own domain lie in one run before the padding, which begins at
// n, and in one behind.
func (m *Model) sees(span []int32, all []slot, n, dom, upto int) {
	if m.Config.Joint {
		span[0], span[1], span[2], span[3] = 0, int32(upto), 0, 0
		return
	}
	run := func(from, to int) (lo, hi int) {
		lo, hi = to, from
		for j := from; j < to; j++ {
			if all[j].dom == dom {
				lo, hi = min(lo, j), max(hi, j+1)
			}
		}
		return lo, hi
	}
	a, b := run(0, min(n, upto))
	c, d := run(min(n, upto), upto)
	switch {
	case a >= b && c >= d:
		a, b, c, d = 0, 0, 0, 0
	case a >= b:
		a, b, c, d = c, d, 0, 0
	case c < d: // both: what lies between is a hole
		b, c, d = d, b, c
	default:
		c, d = 0, 0
	}
	span[0], span[1], span[2], span[3] = int32(a), int32(b), int32(c), int32(d)
}

// Blocked gives what a batch hides from its decoder, (M, M) of sample i: true
// = the query of the row does not see the key of the column. It is the
// official decoder_attention_mask.
func (b *Batch) Blocked(i int) []bool {
	out := make([]bool, b.M*b.M)
	for q := range b.M {
		s := b.DecSpan[4*(i*b.M+q):]
		for k := range b.M {
			j := int32(k)
			out[q*b.M+k] = j < s[0] || j >= s[1] || j >= s[2] && j < s[3]
		}
	}
	return out
}

// Empty makes the batch all padding, for FillQuery.
func (n *Net) Empty() { n.Batch.clear(len(n.m.In)) }

// FillQuery packs what sample i shows, and a question about one target domain:
// of a grid the places whose tokens are asked for, which all see each other; of
// a text the tokens so far, each of which asks for the one behind it
// (inventory 6.3). Where blind is true the decoder has nothing to look at, as
// in the official code when no sample of a batch shows a token; else a sample
// that shows none looks at padding, as in training.
func (m *Model) FillQuery(b *Batch, i int, s map[string]Row, domain string, asked []int, blind bool) error {
	k := slices.IndexFunc(m.Out, func(d modality.Domain) bool { return d.Name == domain })
	if k < 0 {
		return fmt.Errorf("model: no output %q", domain)
	}
	d := m.Out[k]
	in, err := order(nil, m.In, s)
	if err != nil {
		return err
	}
	for _, at := range in {
		if err := s[m.In[at].Name].fits(m.In[at]); err != nil {
			return fmt.Errorf("model: sample %d: %w", i, err)
		}
	}
	b.see(i, m.packEncoder(b, i, s, in))
	if blind {
		for j := range b.M {
			b.CrossSpan[4*(i*b.M+j)] = -1
		}
	}
	for j, x := range asked[:min(len(asked), b.M)] {
		at := 4 * (i*b.M + j)
		if d.Grid() {
			b.decoderToken(m, i, j, k, 0, x, 0)
			b.DecSpan[at+1] = int32(len(asked))
		} else {
			b.decoderToken(m, i, j, k, x, d.Rank(j), 0)
			b.DecSpan[at+1] = int32(j + 1)
		}
	}
	return nil
}

// RowOf gives a part of a masked sample in 4M's own form.
func RowOf(d modality.Domain, s modality.Sample, p mask.Part) (Row, error) {
	if d.Grid() {
		r := Row{IDs: p.Tokens.IDs, Input: p.Input, Target: p.Target}
		if d.Pixels {
			r.IDs, r.Given = nil, make([]float32, d.Max*d.Width)
			if p.Inputs() > 0 {
				pic, err := d.Fit(s.Values[d.Modality])
				if err != nil {
					return r, err
				}
				r.Given = normalised(d, pic)
			}
		}
		return r, r.fits(d)
	}
	x := p.Row(d)
	r := Row{IDs: x.IDs, Input: x.Input, Target: x.Target, Attend: x.Attend}
	for _, v := range x.Vectors {
		r.Given = append(r.Given, v...)
	}
	return r, r.fits(d)
}
