package generate

// What a head attends to when a sample is given whole, token by token.

import (
	"context"
	"fmt"
	"slices"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/internal/fault"
	"fourmlab/internal/show"
)

// Attention is how one head of one layer shares its attention out among the
// tokens of every modality that the sample gives.
type Attention struct {
	Sample        modality.Sample
	Layer, Head   int
	Decoder       bool      // the queries are targets; else they are the keys themselves
	Queries, Keys []Strip   // in their order
	Weights       []float32 // (queries, keys); rows add up to 1
	Query         int       // that is drawn; At chooses it
	Err           error     // why there is none, where the world failed
}

// Strip is a run of tokens of one domain.
type Strip struct {
	Domain, Modality string // a register has neither a modality nor tokens
	From, To         int    // among the queries or keys
	Rows, Cols       int
	Words            []string // of a text
}

// Attend gives the attention of a head: the encoder's layers come first, then
// those of the decoder, whose queries are every token of each output that is
// an image, or a text that the sample has.
func Attend(ctx context.Context, m *model.Model, s modality.Sample, layer, head int) (Attention, error) {
	const op = "Model.Attention"
	c := m.Config
	if layer < 0 || layer >= c.Encoder+c.Decoder {
		fault.Panic(op, "layer %d, expected 0 to %d (%d of the encoder, then %d of the decoder)", layer, c.Encoder+c.Decoder-1, c.Encoder, c.Decoder)
	}
	if head < 0 || head >= c.Heads {
		fault.Panic(op, "head %d, expected 0 to %d", head, c.Heads-1)
	}
	a := Attention{Sample: s, Layer: layer, Head: head, Decoder: layer >= c.Encoder}
	mk, err := whole(op, m, s)
	if err != nil {
		return a, err
	}
	if c.Registers > 0 {
		a.Keys = append(a.Keys, Strip{Domain: "registers", To: c.Registers, Rows: 1, Cols: c.Registers})
	}
	n := c.Registers
	for _, d := range m.In {
		if p, ok := partOf(mk, d.Name); ok && p.Inputs() > 0 {
			a.Keys = append(a.Keys, stripOf(d, p.Inputs(), p.In.Words, n))
			n += p.Inputs()
		}
	}
	k := 0
	for _, d := range m.Out {
		if p, ok := partOf(mk, d.Name); ok && a.Decoder {
			words := p.Out.Words
			count := p.Targets()
			if !d.Grid() {
				words, count = words[1:], len(p.Out.IDs)-1
			}
			a.Queries = append(a.Queries, stripOf(d, count, words, k))
			k += count
		}
	}
	kind := model.Attending
	if a.Decoder {
		kind = model.AttendingAcross
	}
	net := m.Graph(kind, model.Shape{B: 1, N: up(n - c.Registers), M: up(max(k, 1))})
	if err := m.Fill(net.Batch, []mask.Masked{mk}); err != nil {
		return a, err
	}
	if err := net.Machine.Run(ctx); err != nil {
		return a, err
	}
	if !a.Decoder {
		a.Queries, k = a.Keys, n
	}
	w, _, keys := net.Shares(0, layer, head)
	for q := range k {
		a.Weights = append(a.Weights, w[q*keys:q*keys+n]...)
	}
	a.Query = a.central()
	return a, nil
}

// whole gives a sample with every token that the model takes as input, and
// every token that it could be asked for as target.
func whole(op string, m *model.Model, s modality.Sample) (mask.Masked, error) {
	s = m.As(s)
	g := &generation{m: m, s: modality.Sample{Key: s.Key, Values: map[string]any{}, Toks: map[string]modality.Tokens{}}, rows: map[string]mask.Row{}}
	mk := mask.Masked{Sample: s}
	for _, d := range m.In {
		first, _ := m.InputDomain(d.Modality)
		if _, tok := s.Toks[d.Modality]; first.Name != d.Name || !s.Has(d.Modality) && (d.Pixels || !tok) {
			continue
		}
		if err := g.give(op, s, d); err != nil {
			return mk, err
		}
		p := mask.Part{Domain: d.Name, Modality: d.Modality, Pixels: d.Pixels, Tokens: g.s.Toks[d.Modality]}
		switch {
		case d.Grid():
			p.Input, p.Target = slices.Repeat([]bool{true}, d.Max), make([]bool, d.Max)
		case d.Kind == modality.Vectors:
			v := s.Values[d.Modality].([][]float32)
			p.Vectors = v[:min(len(v), d.Max)]
			p.Input = slices.Repeat([]bool{true}, len(p.Vectors))
		default:
			p.In = cut(p.Tokens, d.Max)
			p.In.IDs = d.ToModel(p.In.IDs)
			p.Input = slices.Repeat([]bool{true}, len(p.In.IDs))
		}
		mk.Parts = append(mk.Parts, p)
	}
	if len(mk.Parts) == 0 {
		fault.Panic(op, "sample %s has none of the model's inputs (it has %v, the model takes %v)", s.Key, s.Names(), m.Config.Inputs)
	}
	for _, d := range m.Out {
		at := slices.IndexFunc(mk.Parts, func(p mask.Part) bool { return p.Domain == d.Name })
		p := mask.Part{Domain: d.Name, Modality: d.Modality}
		if at >= 0 {
			p = mk.Parts[at]
		}
		t := g.s.Toks[d.Modality]
		switch {
		case d.Grid():
			if len(t.IDs) != d.Max {
				t = modality.Tokens{Modality: d.Modality, Rows: d.Rows, Cols: d.Cols, IDs: make([]int, d.Max)}
			}
			p.Tokens, p.Target = t, slices.Repeat([]bool{true}, d.Max)
			if at < 0 {
				p.Input = make([]bool, d.Max)
			}
		case len(t.IDs) > 0:
			t = cut(t, d.Max)
			v := g.lexicon(d)
			ids := append([]int{v.Sentinel(1)}, d.ToModel(t.IDs)...)
			p.Out = modality.Tokens{Modality: d.Modality, IDs: ids, Rows: 1, Cols: len(ids), Words: v.Words(ids)}
		default:
			continue
		}
		if at >= 0 {
			mk.Parts[at] = p
		} else {
			mk.Parts = append(mk.Parts, p)
		}
	}
	return mk, nil
}

// cut gives at most n tokens of a text.
func cut(t modality.Tokens, n int) modality.Tokens {
	if len(t.IDs) > n {
		t.IDs, t.Cols = t.IDs[:n], n
		t.Words = t.Words[:min(n, len(t.Words))]
	}
	return t
}

func partOf(mk mask.Masked, domain string) (mask.Part, bool) {
	for _, p := range mk.Parts {
		if p.Domain == domain {
			return p, true
		}
	}
	return mask.Part{}, false
}

func stripOf(d modality.Domain, n int, words []string, from int) Strip {
	s := Strip{Domain: d.Name, Modality: d.Modality, From: from, To: from + n, Rows: 1, Cols: n}
	if d.Grid() {
		s.Rows, s.Cols = d.Rows, d.Cols
	} else if len(words) == n {
		s.Words = words
	}
	return s
}

// central gives the middle of the first image among the queries, or the first
// query.
func (a Attention) central() int {
	for _, s := range a.Queries {
		if s.Rows > 1 {
			return s.From + s.Rows/2*s.Cols + s.Cols/2
		}
	}
	return 0
}

// At gives the same attention with another query to draw: a token of a
// modality by row and column; of a text the row is 0.
func (a Attention) At(name string, row, col int) Attention {
	const op = "Attention.At"
	var have []string
	for _, s := range a.Queries {
		have = append(have, s.Domain)
		if s.Domain != name && s.Modality != name {
			continue
		}
		if row < 0 || row >= s.Rows || col < 0 || col >= s.Cols {
			fault.Panic(op, "row %d and column %d of %s, which has %d and %d", row, col, name, s.Rows, s.Cols)
		}
		a.Query = s.From + row*s.Cols + col
		return a
	}
	fault.Panic(op, "no query of %q (it has %v)", name, have)
	return a
}

// Row gives how a query shares its attention out.
func (a Attention) Row(query int) []float32 {
	n := 0
	for _, s := range a.Keys {
		n = max(n, s.To)
	}
	return a.Weights[query*n : (query+1)*n]
}

// Sums gives how much of the attention of each query strip goes to each key
// strip, the mean over its queries; rows add up to 1.
func (a Attention) Sums() [][]float64 {
	out := make([][]float64, len(a.Queries))
	for i, q := range a.Queries {
		out[i] = make([]float64, len(a.Keys))
		for t := q.From; t < q.To; t++ {
			row := a.Row(t)
			for j, k := range a.Keys {
				for _, w := range row[k.From:k.To] {
					out[i][j] += float64(w) / float64(q.To-q.From)
				}
			}
		}
	}
	return out
}

func (a Attention) String() string {
	side := "encoder"
	if a.Decoder {
		side = "decoder"
	}
	n := 0
	for _, s := range a.Keys {
		n = s.To
	}
	return fmt.Sprintf("attention of layer %d (%s), head %d, over %d tokens of sample %s", a.Layer, side, a.Head, n, a.Sample.Key) + ended(false, a.Err)
}

// SimpleRender shows the attention in a notebook.
func (a Attention) SimpleRender() map[string]any { return show.Bundle(a) }
