package model

// Packing: masked samples become index tables of a fixed shape. Visible
// tokens come first, in the order of the domains; the rest is padding
// (inventory 4.6).

import (
	"fmt"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
)

// Shape is the size of a batch: B samples, N encoder and M decoder tokens.
type Shape struct{ B, N, M int }

// Batch is what a graph of its shape reads. Index tables hold pairs (table,
// row), -1 for padding; spans hold ranges of visible keys.
type Batch struct {
	Shape
	EncTok, EncPos, EncMod []int32              // (B, N, 2)
	EncSpan                []int32              // (B, N, 2)
	DecTok, DecPos, DecMod []int32              // (B, M, 2)
	DecSpan, CrossSpan     []int32              // (B, M, 2)
	Patches                map[string][]float32 // pixel domain: (B Max, Width)
	Labels                 map[string][]int32   // output domain: (B, M), -1 where the row is not its own
	Tokens                 int64                // input and target tokens
}

// newBatch gives an empty batch: everything is padding.
func (m *Model) newBatch(s Shape) *Batch {
	b := &Batch{Shape: s, Patches: map[string][]float32{}, Labels: map[string][]int32{}}
	for _, p := range []*[]int32{&b.EncTok, &b.EncPos, &b.EncMod, &b.EncSpan} {
		*p = make([]int32, 2*s.B*s.N)
	}
	for _, p := range []*[]int32{&b.DecTok, &b.DecPos, &b.DecMod, &b.DecSpan, &b.CrossSpan} {
		*p = make([]int32, 2*s.B*s.M)
	}
	for _, d := range m.In {
		if d.Pixels {
			b.Patches[d.Name] = make([]float32, s.B*d.Max*d.Width)
		}
	}
	for _, d := range m.Out {
		b.Labels[d.Name] = make([]int32, s.B*s.M)
	}
	b.clear()
	return b
}

func (b *Batch) clear() {
	for _, t := range [][]int32{b.EncTok, b.EncPos, b.EncMod, b.DecTok, b.DecPos, b.DecMod} {
		for i := range t {
			t[i] = -1
		}
	}
	for _, t := range [][]int32{b.EncSpan, b.DecSpan, b.CrossSpan} {
		clear(t)
	}
	for _, l := range b.Labels {
		for i := range l {
			l[i] = -1
		}
	}
	b.Tokens = 0
}

// Fill packs masked samples into the batch, at most B of them. Tokens over N
// and M are left out from the end, as in 4M.
func (m *Model) Fill(b *Batch, samples []mask.Masked) error {
	if len(samples) > b.B {
		return fmt.Errorf("model: %d samples for a batch of %d", len(samples), b.B)
	}
	b.clear()
	for i, s := range samples {
		n, err := m.fillEncoder(b, i, s)
		if err != nil {
			return fmt.Errorf("model: sample %s: %w", s.Sample.Key, err)
		}
		k := m.fillDecoder(b, i, s)
		for j := range b.N {
			b.EncSpan[2*(i*b.N+j)+1] = int32(n)
		}
		for j := range b.M {
			b.CrossSpan[2*(i*b.M+j)+1] = int32(n)
		}
		b.Tokens += int64(n + k)
	}
	return nil
}

func find(s mask.Masked, domain string) (mask.Part, bool) {
	for _, p := range s.Parts {
		if p.Domain == domain {
			return p, true
		}
	}
	return mask.Part{}, false
}

// fillEncoder writes row i of the encoder's tables and gives the number of
// visible tokens.
func (m *Model) fillEncoder(b *Batch, i int, s mask.Masked) (int, error) {
	n := 0
	put := func(dom int, row, pos int) {
		if n == b.N {
			return
		}
		at := 2 * (i*b.N + n)
		b.EncTok[at], b.EncTok[at+1] = int32(dom), int32(row)
		b.EncPos[at], b.EncPos[at+1] = int32(dom), int32(pos)
		b.EncMod[at], b.EncMod[at+1] = int32(dom), 0
		n++
	}
	for k, d := range m.In {
		p, ok := find(s, d.Name)
		if !ok {
			continue
		}
		if d.Kind == modality.Sequence {
			for rank, id := range p.In.IDs {
				put(k, id, min(rank, d.Max-1))
			}
			continue
		}
		if d.Pixels {
			if p.Inputs() > 0 {
				v := s.Sample.Values[d.Modality]
				pic, err := modality.Lookup(d.Modality).Fit(v)
				if err != nil {
					return 0, err
				}
				copy(b.Patches[d.Name][i*d.Max*d.Width:], normalised(pic, d.Patch))
			}
		}
		for at, in := range p.Input {
			switch {
			case !in:
			case d.Pixels:
				put(k, i*d.Max+at, at)
			case p.Tokens.IDs[at] >= 0:
				put(k, p.Tokens.IDs[at], at)
			}
		}
	}
	return n, nil
}

// fillDecoder writes row i of the decoder's tables and gives the number of
// target tokens.
func (m *Model) fillDecoder(b *Batch, i int, s mask.Masked) int {
	n := 0
	table := 0 // 0 is the mask token, then one table a sequence
	for k, d := range m.Out {
		if d.Kind == modality.Sequence {
			table++
		}
		p, ok := find(s, d.Name)
		if !ok {
			continue
		}
		from := n
		put := func(tab, row, pos, label int) {
			if n == b.M {
				return
			}
			at := i*b.M + n
			b.DecTok[2*at], b.DecTok[2*at+1] = int32(tab), int32(row)
			b.DecPos[2*at], b.DecPos[2*at+1] = int32(k), int32(pos)
			b.DecMod[2*at], b.DecMod[2*at+1] = int32(k), 0
			b.Labels[d.Name][at] = int32(label)
			n++
		}
		if d.Kind == modality.Sequence {
			// teacher forcing: T target tokens give T-1 predictions
			ids := p.Out.IDs
			for t := 0; t+1 < len(ids); t++ {
				pos := t
				if pos >= d.Max {
					pos = 0
				}
				put(table, ids[t], pos, ids[t+1])
			}
		} else {
			for at, target := range p.Target {
				if target {
					put(0, 0, at, p.Tokens.IDs[at])
				}
			}
		}
		// tokens of one domain see each other: all of an image's, the earlier
		// ones of a sequence
		for t := from; t < n; t++ {
			at := 2 * (i*b.M + t)
			b.DecSpan[at] = int32(from)
			b.DecSpan[at+1] = int32(n)
			if d.Kind == modality.Sequence {
				b.DecSpan[at+1] = int32(t + 1)
			}
		}
	}
	return n
}

// normalised cuts an rgb picture into patches, with ImageNet's mean and
// deviation taken out (inventory 1.3).
func normalised(p *modality.Picture, patch int) []float32 {
	x := modality.Patches(p, patch)
	if p.C != 3 {
		return x
	}
	mean, dev := [3]float32{0.485, 0.456, 0.406}, [3]float32{0.229, 0.224, 0.225}
	for i := range x {
		x[i] = (x[i] - mean[i%3]) / dev[i%3]
	}
	return x
}
