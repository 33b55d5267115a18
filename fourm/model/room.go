package model

// What a model and a batch take, counted before anything is made: what cannot
// fit is refused with the name of the field that asks for too much.

import (
	"fmt"
	"math"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
	"fourmlab/internal/memory"
)

// beyond is a length that no memory holds. What is larger counts as this one,
// so that whole numbers made of it do not wrap around.
const beyond = 1 << 40

// product multiplies lengths out as a float, which cannot wrap around.
func product(lengths ...int) float64 {
	n := 1.0
	for _, l := range lengths {
		n *= float64(l)
	}
	return n
}

// demand counts the bytes of the parameters and the position tables of a model
// whose domains are known. A parameter takes a hundred bytes beside its
// numbers.
func (m *Model) demand() float64 {
	blocks := func(encoder, decoder int) float64 {
		few := &Model{Config: m.Config, In: m.In, Out: m.Out, byName: map[string]*Param{}}
		c := &few.Config
		c.Dim, c.Heads, c.Registers = min(c.Dim, beyond), 1, min(c.Registers, beyond)
		c.Encoder, c.Decoder = encoder, decoder
		few.declare()
		n := 0.0
		for _, p := range few.Params {
			n += 4*product(p.Shape...) + 100
		}
		return n
	}
	one := blocks(1, 1)
	n := one + float64(m.Config.Encoder-1)*(blocks(2, 1)-one) + float64(m.Config.Decoder-1)*(blocks(1, 2)-one)
	for s := range m.lacking() {
		n += 4 * s.numbers(m.Config.Dim)
	}
	return n
}

// fit refuses a model that the memory cannot hold.
func (m *Model) fit(op string) {
	need := m.demand()
	if _, ok := memory.Fits(need); ok {
		return
	}
	memory.Need(op, need, "%s: the model", m.guilty(need))
}

// Afford refuses, on behalf of the call op, blocks that cannot be or that the
// memory cannot hold. New, which knows vocabularies and positions, counts those.
func Afford(op string, c Config) { (&Model{Config: c.resolved()}).fit(op) }

// guilty names the field of the configuration that asks for most: that which
// saves most where it has a usual value.
func (m *Model) guilty(need float64) string {
	least, name := need, "all of it"
	try := func(what string, change func(t *Model)) {
		t := &Model{Config: m.Config, In: append([]modality.Domain{}, m.In...), Out: append([]modality.Domain{}, m.Out...)}
		if change(t); t.demand() < least {
			least, name = t.demand(), what
		}
	}
	c := m.Config
	try(fmt.Sprintf("dim %d", c.Dim), func(t *Model) { t.Config.Dim = min(c.Dim, 64) })
	try(fmt.Sprintf("mlp %g", c.MLP), func(t *Model) { t.Config.MLP = min(c.MLP, 4) })
	try(fmt.Sprintf("encoder %d", c.Encoder), func(t *Model) { t.Config.Encoder = min(c.Encoder, 2) })
	try(fmt.Sprintf("decoder %d", c.Decoder), func(t *Model) { t.Config.Decoder = min(c.Decoder, 2) })
	try(fmt.Sprintf("registers %d", c.Registers), func(t *Model) { t.Config.Registers = min(c.Registers, 4) })
	for _, d := range m.domains() {
		try(fmt.Sprintf("%q of %d tokens from a vocabulary of %d", d.Name, d.Max, d.Vocab), func(t *Model) {
			for _, side := range [][]modality.Domain{t.In, t.Out} {
				for i := range side {
					if x := &side[i]; x.Name == d.Name {
						x.Vocab, x.Max, x.Positions, x.Table = min(x.Vocab, 256), min(x.Max, 64), min(x.Positions, 64), min(x.Table, 64)
						x.Rows, x.Cols = min(x.Rows, 8), min(x.Cols, 8)
					}
				}
			}
		})
	}
	return name
}

// tables counts the bytes of a batch's tables: what newBatch makes.
func (m *Model) tables(s Shape) float64 {
	b, t := float64(s.B), float64(s.N)+float64(m.Config.Registers)
	n := b*t*(3*2+4) + b*float64(s.M)*(3*2+2*4)
	for _, d := range m.In {
		if d.Pixels || d.Kind == modality.Vectors {
			n += b * product(d.Max, d.Dim)
		}
	}
	return 4 * (n + b*float64(s.M)*float64(len(m.Out)))
}

// Memory estimates the bytes that training with batches of the given shape
// takes: parameters, gradients and AdamW's two means, and activations kept
// for the backward pass.
func (m *Model) Memory(s Shape) int64 {
	_, all := m.Size()
	return int64(min(4*4*float64(all)+m.activations(s), math.MaxInt64/2))
}

// activations estimates what is kept of a batch for the backward pass, in
// bytes.
func (m *Model) activations(s Shape) float64 {
	c := m.Config
	b, d, h := float64(s.B), float64(c.Dim), float64(c.hidden())
	n := float64(s.N) + float64(c.Registers)
	enc := b * n * float64(c.Encoder) * (12*d + 6*h)
	dec := b * float64(s.M) * float64(c.Decoder) * (18*d + 6*h)
	ctx := b * n * float64(c.Decoder) * 6 * d
	return 4 * (enc + dec + ctx)
}

// Room refuses, on behalf of the call op, to train with batches that the
// memory cannot hold beside the model; what says which field asks for them. It
// counts no more than is taken: the tables of a batch, half of what is
// estimated for activations, the gradients of the blocks and AdamW's means.
func (m *Model) Room(op, what string, s Shape) {
	trunk, all := m.Size()
	memory.Need(op, m.tables(s)+m.activations(s)/2+4*(float64(trunk)+2*float64(all)), "%s: training", what)
}

// room refuses a graph whose batch the memory cannot hold.
func (m *Model) room(s Shape) {
	const op = "model"
	if s.B < 1 || s.N < 0 || s.M < 0 {
		fault.Panic(op, "a batch of %d samples, %d tokens in and %d out", s.B, s.N, s.M)
	}
	memory.Need(op, m.tables(s), "a batch of %d samples, %d tokens in and %d out", s.B, s.N, s.M)
}
