package model

// Decoding one token after the other without doing anything twice: the
// encoder's side is computed once, and so are the keys and values of every
// token that has been read. The graph of kind Predicting gives the same to rounding,
// from the whole prefix each time.

import (
	"fmt"
	"slices"

	"fourmlab/fourm/kernels/cpu"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/ops"
)

// Context gives what the decoder attends to, (B, T, D), in a graph of kind Encoding.
func (n *Net) Context() []float32 { return n.Machine.Floats(n.sides.Context) }

// Decoder reads the tokens of a text, all samples of a batch in step. Close it
// when the text has ended.
type Decoder struct {
	m            *Model
	d            modality.Domain
	b, t         int       // samples, rows of the context
	most         int       // tokens that there is room for
	n            int       // tokens read
	cross        []cache   // by block
	self         []cache   // by block
	see          []int32   // context that a sample sees (B, 4)
	seen         []int32   // tokens that a sample sees (B, 4)
	x            []float32 // (B, D): the residual stream
	y            []float32 // (B, D): the output of the last token
	h, q         []float32 // scratch of (B, D)
	wide         []float32 // (B, 3D)
	up, up2, act []float32 // (B, hidden)
}

// cache holds keys and values (B, rows, 2D), those of a row side by side.
type cache struct{ kv []float32 }

// NewDecoder begins a text of at most most tokens behind a filled and run graph
// of kind Encoding; a sample for which blind is true sees nothing (see FillQuery).
func (m *Model) NewDecoder(n *Net, domain string, most int, blind func(sample int) bool) (*Decoder, error) {
	k := slices.IndexFunc(m.Out, func(d modality.Domain) bool { return d.Name == domain && !d.Grid() })
	if k < 0 {
		return nil, fmt.Errorf("model: %q is no text that the model predicts", domain)
	}
	c := m.Config
	d := m.spare
	if m.spare = nil; d == nil {
		d = &Decoder{m: m, cross: make([]cache, c.Decoder), self: make([]cache, c.Decoder)}
	}
	d.d, d.b, d.t, d.most, d.n = m.Out[k], n.B, n.N+c.Registers, most, 0
	size := func(x *[]float32, width int) { *x = slices.Grow((*x)[:0], d.b*width)[:d.b*width] }
	for _, x := range []*[]float32{&d.x, &d.y, &d.h, &d.q} {
		size(x, c.Dim)
	}
	size(&d.wide, 3*c.Dim)
	for _, x := range []*[]float32{&d.up, &d.up2, &d.act} {
		size(x, c.hidden())
	}
	d.see, d.seen = make([]int32, 4*d.b), make([]int32, 4*d.b)
	for i := range d.b {
		copy(d.see[4*i:4*i+4], n.EncSpan[4*i*d.t:])
		if blind(i) {
			d.see[4*i] = -1
		}
	}
	context := n.Context()
	normed := make([]float32, len(context))
	for i := range c.Decoder {
		pre := fmt.Sprintf("decoder.%d.", i)
		size(&d.cross[i].kv, 2*c.Dim*d.t)
		size(&d.self[i].kv, 2*c.Dim*most)
		kv := d.cross[i].kv
		m.norm(normed, context, pre+"context_norm")
		m.linear(kv, normed, pre+"cross_attn.kv")
		m.headNorm(kv, pre+"cross_attn.k_norm", 2*c.Dim, 0)
	}
	return d, nil
}

// Close leaves the decoder's memory to the model's next one.
func (d *Decoder) Close() { d.m.spare = d }

// Next reads one token a sample and gives the decoder's output for them, (B,
// D): what Head makes logits of the next tokens from. It is valid until the
// next call.
func (d *Decoder) Next(ids []int) ([]float32, error) {
	m, c := d.m, d.m.Config
	dim := c.Dim
	if len(ids) != d.b || d.n == d.most {
		return nil, fmt.Errorf("model: %d tokens for %d samples, %d of %d read", len(ids), d.b, d.n, d.most)
	}
	pre := decoderName(d.d)
	table := m.byName[pre+".token_emb.weight"].Data
	pos, mod := m.pos[pre+".pos_emb"], m.byName[m.modName(d.d)].Data
	if p := m.byName[pre+".pos_emb"]; p != nil {
		pos = p.Data
	}
	rank := d.d.Rank(d.n)
	for i, id := range ids {
		if id < 0 || id >= d.d.Vocab {
			return nil, fmt.Errorf("model: token %d of %s, expected one below %d", id, d.d.Name, d.d.Vocab)
		}
		x := d.x[i*dim : (i+1)*dim]
		for j := range x {
			x[j] = table[id*dim+j] + (pos[rank*dim+j] + mod[j])
		}
	}
	d.n++
	for i := range d.b {
		d.seen[4*i+1] = int32(d.n)
	}
	for i := range c.Decoder {
		d.block(i)
	}
	m.norm(d.y, d.x, "decoder_norm")
	return d.y, nil
}

// block moves the residual stream through block i.
func (d *Decoder) block(i int) {
	m, c := d.m, d.m.Config
	dim := c.Dim
	pre := fmt.Sprintf("decoder.%d.", i)
	heads := cpu.Heads{B: d.b, Tq: 1, Tk: d.most, H: c.Heads, D: dim / c.Heads, QStride: dim, KStride: 2 * dim, VStride: 2 * dim}

	m.norm(d.h, d.x, pre+"norm1")
	m.linear(d.wide, d.h, pre+"self_attn.qkv")
	m.headNorm(d.wide, pre+"self_attn.q_norm", 3*dim, 0)
	m.headNorm(d.wide, pre+"self_attn.k_norm", 3*dim, dim)
	kv := d.self[i].kv
	for b := range d.b {
		row := d.wide[b*3*dim : (b+1)*3*dim]
		copy(d.q[b*dim:], row[:dim])
		copy(kv[(b*d.most+d.n-1)*2*dim:], row[dim:])
	}
	cpu.Attend(d.h, d.q, kv, kv[dim:], heads, d.seen)
	m.linear(d.q, d.h, pre+"self_attn.proj")
	cpu.Add(d.x, d.x, d.q)

	m.norm(d.h, d.x, pre+"query_norm")
	m.linear(d.q, d.h, pre+"cross_attn.q")
	m.headNorm(d.q, pre+"cross_attn.q_norm", dim, 0)
	heads.Tk, kv = d.t, d.cross[i].kv
	cpu.Attend(d.h, d.q, kv, kv[dim:], heads, d.see)
	m.linear(d.q, d.h, pre+"cross_attn.proj")
	cpu.Add(d.x, d.x, d.q)

	m.norm(d.h, d.x, pre+"norm2")
	m.linear(d.up, d.h, pre+"mlp.fc1")
	var gate []float32
	if !c.Plain {
		gate = d.up2
		m.linear(gate, d.h, pre+"mlp.fc3")
	}
	m.act.compute(d.act, d.up, gate)
	m.linear(d.q, d.act, pre+"mlp.fc2")
	cpu.Add(d.x, d.x, d.q)
}

// linear computes y = x wᵀ + b.
func (m *Model) linear(y, x []float32, name string) {
	w := m.byName[name+".weight"]
	n, k := w.Shape[0], w.Shape[1]
	cpu.Linear(y, x, w.Data, len(x)/k, n, k)
	if b := m.byName[name+".bias"]; b != nil {
		cpu.AddBias(y, b.Data)
	}
}

func (m *Model) norm(y, x []float32, name string) {
	cpu.Norm(y, x, m.byName[name+".weight"].Data, m.bias(name), ops.Eps)
}

func (m *Model) bias(name string) []float32 {
	if b := m.byName[name+".bias"]; b != nil {
		return b.Data
	}
	return nil
}

// headNorm normalises D columns of rows of some width head by head, where the
// model does.
func (m *Model) headNorm(x []float32, name string, width, from int) {
	if !m.Config.QKNorm {
		return
	}
	dim := m.Config.Dim
	cpu.NormColumns(x, x, m.byName[name+".weight"].Data, m.bias(name), ops.Eps, cpu.Columns{Width: width, From: from, To: from + dim})
}
