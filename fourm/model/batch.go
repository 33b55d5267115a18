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
// row), -1 for padding; spans hold the keys that a query sees and a hole among
// them. T is the number of registers and N.
type Batch struct {
	Shape
	EncTok, EncPos, EncMod []int32              // (B, T, 2)
	EncSpan                []int32              // (B, T, 4)
	DecTok, DecPos, DecMod []int32              // (B, M, 2)
	DecSpan, CrossSpan     []int32              // (B, M, 4)
	Given                  map[string][]float32 // pixel and vector domains: (B Max, Width)
	Labels                 map[string][]int32   // output domain: (B, M), -1 where the row is not its own
	Weights                []float32            // of the output domains in the loss
	Tokens                 int64                // input and target tokens
	registers              int
}

// newBatch gives an empty batch: everything is padding.
func (m *Model) newBatch(s Shape) *Batch {
	b := &Batch{Shape: s, Given: map[string][]float32{}, Labels: map[string][]int32{}, Weights: make([]float32, len(m.Out)), registers: m.Config.Registers}
	t := s.N + b.registers
	for _, p := range []*[]int32{&b.EncTok, &b.EncPos, &b.EncMod} {
		*p = make([]int32, 2*s.B*t)
	}
	b.EncSpan = make([]int32, 4*s.B*t)
	for _, p := range []*[]int32{&b.DecTok, &b.DecPos, &b.DecMod} {
		*p = make([]int32, 2*s.B*s.M)
	}
	for _, p := range []*[]int32{&b.DecSpan, &b.CrossSpan} {
		*p = make([]int32, 4*s.B*s.M)
	}
	for _, d := range m.In {
		if d.Pixels || d.Kind == modality.Vectors {
			b.Given[d.Name] = make([]float32, s.B*d.Max*d.Width)
		}
	}
	for _, d := range m.Out {
		b.Labels[d.Name] = make([]int32, s.B*s.M)
	}
	b.clear(len(m.In))
	return b
}

// clear empties the batch but for the registers, the rows of the table behind
// those of the inputs.
func (b *Batch) clear(inputs int) {
	for _, t := range [][]int32{b.EncTok, b.EncPos, b.EncMod, b.DecTok, b.DecPos, b.DecMod} {
		for i := range t {
			t[i] = -1
		}
	}
	for i := range b.B {
		for r := range b.registers {
			at := 2 * (i*(b.registers+b.N) + r)
			b.EncTok[at], b.EncTok[at+1] = int32(inputs), int32(r)
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
	b.clear(len(m.In))
	for i, s := range samples {
		n, err := m.fillEncoder(b, i, s)
		if err != nil {
			return fmt.Errorf("model: sample %s: %w", s.Sample.Key, err)
		}
		k := m.fillDecoder(b, i, s)
		b.see(i, n)
		b.Tokens += int64(n + k)
	}
	b.weigh(m, len(m.Out))
	return nil
}

// see lets sample i look at its registers and n encoder tokens.
func (b *Batch) see(i, n int) {
	n += b.registers
	for j := range b.registers + b.N {
		b.EncSpan[4*(i*(b.registers+b.N)+j)+1] = int32(n)
	}
	for j := range b.M {
		b.CrossSpan[4*(i*b.M+j)+1] = int32(n)
	}
}

// weigh sets the weights of the domains in the loss: equal ones among the
// domains that are present, or their shares of the tokens. The official loss
// over tokens counts logits, so that large vocabularies weigh more; Compat
// does so, too (inventory, section 13, 1).
func (b *Batch) weigh(m *Model, present int) {
	sum := float32(0)
	for k, d := range m.Out {
		b.Weights[k] = 1
		if m.Config.TokenLoss {
			b.Weights[k] = float32(b.Counts(d.Name))
			if m.Config.Compat {
				b.Weights[k] *= float32(d.Vocab)
			}
		}
		sum += b.Weights[k]
	}
	if !m.Config.TokenLoss {
		sum = float32(present)
	}
	for k := range b.Weights {
		b.Weights[k] /= max(sum, 1)
	}
}

// Counts gives the number of labelled rows of a domain.
func (b *Batch) Counts(domain string) int {
	c := 0
	for _, l := range b.Labels[domain] {
		if l >= 0 {
			c++
		}
	}
	return c
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
		if n < b.N {
			b.encoderToken(i, n, dom, row, pos)
			n++
		}
	}
	for k, d := range m.In {
		p, ok := find(s, d.Name)
		if !ok {
			continue
		}
		last := m.rows(encoderName(d)+".pos_emb") - 1
		if d.Kind == modality.Vectors {
			for rank, v := range p.Vectors {
				if len(v) != d.Width || rank == d.Max {
					return 0, fmt.Errorf("%s: vector %d of %d numbers, expected at most %d of %d", d.Name, rank, len(v), d.Max, d.Width)
				}
				copy(b.Given[d.Name][(i*d.Max+rank)*d.Width:], v)
				put(k, i*d.Max+rank, min(rank, last))
			}
			continue
		}
		if !d.Grid() {
			for rank, id := range p.In.IDs {
				put(k, id, min(rank, last))
			}
			continue
		}
		if d.Pixels && p.Inputs() > 0 {
			pic, err := d.Fit(s.Sample.Values[d.Modality])
			if err != nil {
				return 0, err
			}
			copy(b.Given[d.Name][i*d.Max*d.Width:], normalised(d, pic))
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

// encoderToken writes token n of sample i: row row of domain dom's contents,
// at a position.
func (b *Batch) encoderToken(i, n, dom, row, pos int) {
	at := 2 * (i*(b.registers+b.N) + b.registers + n)
	b.EncTok[at], b.EncTok[at+1] = int32(dom), int32(row)
	b.EncPos[at], b.EncPos[at+1] = int32(dom), int32(pos)
	b.EncMod[at], b.EncMod[at+1] = int32(dom), 0
}

// decoderToken writes target n of sample i: domain dom, what stands for its
// content, its position and its label.
func (b *Batch) decoderToken(m *Model, i, n, dom, row, pos, label int) {
	d := m.Out[dom]
	at := i*b.M + n
	b.DecTok[2*at], b.DecTok[2*at+1] = int32(m.decoderTable(dom)), int32(row)
	b.DecPos[2*at], b.DecPos[2*at+1] = int32(dom), int32(pos)
	b.DecMod[2*at], b.DecMod[2*at+1] = int32(dom), 0
	b.Labels[d.Name][at] = int32(label)
}

// decoderTable gives the number of the table with the contents of a target
// domain: 0 is the mask token, then one for each that is no grid.
func (m *Model) decoderTable(dom int) int {
	if m.Out[dom].Grid() {
		return 0
	}
	table := 1
	for _, d := range m.Out[:dom] {
		if !d.Grid() {
			table++
		}
	}
	return table
}

// fillDecoder writes row i of the decoder's tables and gives the number of
// target tokens.
func (m *Model) fillDecoder(b *Batch, i int, s mask.Masked) int {
	n := 0
	for k, d := range m.Out {
		p, ok := find(s, d.Name)
		if !ok {
			continue
		}
		from := n
		put := func(row, pos, label int) {
			if n < b.M {
				b.decoderToken(m, i, n, k, row, pos, label)
				n++
			}
		}
		if !d.Grid() {
			// teacher forcing: T target tokens give T-1 predictions
			ids := p.Out.IDs
			for t := 0; t+1 < len(ids); t++ {
				put(ids[t], d.Rank(t), ids[t+1])
			}
		} else {
			for at, target := range p.Target {
				if target {
					put(0, at, p.Tokens.IDs[at])
				}
			}
		}
		// tokens of one domain see each other: all of an image's, the earlier
		// ones of a sequence
		for t := from; t < n; t++ {
			at := 4 * (i*b.M + t)
			b.DecSpan[at], b.DecSpan[at+1] = int32(from), int32(n)
			if !d.Grid() || m.Config.Causal {
				b.DecSpan[at+1] = int32(t + 1)
			}
			if m.Config.Joint {
				b.DecSpan[at] = 0
			}
		}
	}
	return n
}

// normalised cuts a picture into patches; of colours ImageNet's mean and
// deviation are taken out (inventory 1.3), all else is as it is.
func normalised(d modality.Domain, p *modality.Picture) []float32 {
	x := modality.Patches(p, d.Patch)
	if d.Look != modality.Color || p.C != 3 {
		return x
	}
	mean, dev := [3]float32{0.485, 0.456, 0.406}, [3]float32{0.229, 0.224, 0.225}
	for i := range x {
		x[i] = (x[i] - mean[i%3]) / dev[i%3]
	}
	return x
}
