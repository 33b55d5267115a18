package model

// What a graph reads: index tables of a fixed shape. Visible tokens come first,
// in the order of the domains; the rest is padding (docs/4m.md, 4.6). rows.go
// fills them.

import (
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
	Given                  map[string][]float32 // pixel and vector domains: (B Max, Dim)
	Labels                 map[string][]int32   // output domain: (B, M), -1 where the row is not its own
	Weights                []float32            // of the output domains in the loss
	Tokens                 int64                // input and target tokens
	registers              int

	// Packing works in these, so that a step allocates nothing for it.
	own, rows     map[string]mask.Row // by domain: memory for rows, and those of the sample at hand
	shown, hidden []slot
	runs          []runs // by output domain
	in, out       []int  // all domains
}

// newBatch gives an empty batch: everything is padding.
func (m *Model) newBatch(s Shape) *Batch {
	b := &Batch{Shape: s, Given: map[string][]float32{}, Labels: map[string][]int32{}, Weights: make([]float32, len(m.Out)), registers: m.Config.Registers,
		own: map[string]mask.Row{}, rows: map[string]mask.Row{}, runs: make([]runs, len(m.Out)), in: upTo(len(m.In)), out: upTo(len(m.Out))}
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
			b.Given[d.Name] = make([]float32, s.B*d.Max*d.Dim)
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
// does so, too (docs/4m.md, 11.1).
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
