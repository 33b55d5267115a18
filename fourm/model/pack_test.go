package model

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/text"
)

// anyDomains gives domains of every kind with random sizes.
func anyDomains(r *rand.Rand) []modality.Domain {
	var out []modality.Domain
	grid := func(name string, pixels bool) {
		d := modality.Domain{Name: name, Modality: name, Rows: 1 + r.IntN(4), Cols: 1 + r.IntN(4), Patch: 1 + r.IntN(2), Channels: 1 + 2*r.IntN(2), Pixels: pixels, Vocab: 20}
		d.Max, d.Dim = d.Rows*d.Cols, d.Patch*d.Patch*d.Channels
		if pixels {
			d.Vocab = 0
		}
		out = append(out, d)
	}
	line := func(name string, k modality.Kind) {
		d := modality.Domain{Name: name, Modality: name, Kind: k, Max: 2 + r.IntN(9), Vocab: 60}
		if d.Positions = d.Max; k != modality.Vectors && r.IntN(2) == 0 {
			d.Positions = 1 + r.IntN(d.Max) // targets beyond them share row 0
		}
		switch k {
		case modality.Vectors:
			d.Vocab, d.Dim = 0, 1+r.IntN(3)
		case modality.Symbols:
			d.Offset = 24
		}
		out = append(out, d)
	}
	grid("tok_a", false)
	line("words", modality.Sequence)
	for _, add := range []func(){func() { grid("pixels", true) }, func() { grid("tok_b", false) }, func() { line("more words", modality.Sequence) },
		func() { line("symbols", modality.Symbols) }, func() { line("vectors", modality.Vectors) }} {
		if r.IntN(3) > 0 {
			add()
		}
	}
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// anyModel gives a model of random domains, any of whose sequences and grids
// are inputs, outputs or both.
func anyModel(r *rand.Rand) *Model {
	c := Config{Dim: 4, Heads: 1, Encoder: 1, Decoder: 1, Registers: r.IntN(3), Causal: r.IntN(3) == 0, Joint: r.IntN(3) == 0, TokenLoss: r.IntN(2) == 0, Domains: anyDomains(r)}
	for _, d := range c.Domains {
		inputOnly := d.Pixels || d.Kind == modality.Vectors
		if inputOnly || d.Name == "tok_a" || r.IntN(4) > 0 {
			c.Inputs = append(c.Inputs, d.Name)
		}
		if !inputOnly && (d.Name == "words" || d.Name == "tok_a" || r.IntN(4) > 0) {
			c.Outputs = append(c.Outputs, d.Name)
		}
	}
	r.Shuffle(len(c.Outputs), func(i, j int) { c.Outputs[i], c.Outputs[j] = c.Outputs[j], c.Outputs[i] })
	return New(c)
}

// anyMasked masks random values of all domains of the model.
func anyMasked(t testing.TB, r *rand.Rand, m *Model, words *text.Vocab, key string) mask.Masked {
	t.Helper()
	s := modality.Sample{Key: key, Values: map[string]any{}}
	var entries []mask.Entry
	for _, d := range m.Config.Domains {
		var value any
		var tok modality.Tokenizer
		ids := make([]int, 1+r.IntN(d.Max))
		for i := range ids {
			ids[i] = 24 + r.IntN(20)
		}
		switch {
		case d.Pixels:
			p := modality.NewPicture(d.Rows*d.Patch, d.Cols*d.Patch, d.Channels)
			for i := range p.Pix {
				p.Pix[i] = r.Float32()
			}
			s.Values[d.Modality] = p
		case d.Grid():
			ids = make([]int, d.Max)
			for i := range ids {
				ids[i] = r.IntN(d.Vocab)
			}
			value = modality.Tokens{IDs: ids, Rows: d.Rows, Cols: d.Cols}
		case d.Kind == modality.Vectors:
			rows := make([][]float32, len(ids))
			for i := range rows {
				for range d.Dim {
					rows[i] = append(rows[i], r.Float32())
				}
			}
			value = rows
		case d.Kind == modality.Symbols:
			for i := range ids {
				ids[i] -= 24
			}
			value = ids
		default:
			tok, value = &text.Tokenizer{Words: words}, modality.Tokens{IDs: ids, Rows: 1, Cols: len(ids), Words: words.Words(ids)}
		}
		e, err := mask.EntryOf(d, tok, value)
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, e)
	}
	k := mask.Mask{In: 1 + r.IntN(40), Out: 1 + r.IntN(40), InAlpha: 0.2 + r.Float64(), OutAlpha: 0.2 + r.Float64(), Rest: r.IntN(4) == 0}
	return mask.Masked{Sample: s, Parts: k.Parts(mask.Seeded(r), entries)}
}

// Whatever the domains, the masks and the budgets: the tables hold what a plain
// statement of 4M's packing says, from masked samples and from rows.
func TestPacking(t *testing.T) {
	words := text.NewVocab(20, 0, strings.Fields(strings.Repeat("w ", 36)))
	var cut, holes, short, over int
	for round := range uint64(400) {
		r := rand.New(rand.NewPCG(round, 17))
		m := anyModel(r)
		b := m.newBatch(Shape{B: 1 + r.IntN(3), N: 1 + r.IntN(40), M: 1 + r.IntN(40)})
		order := r.Perm(len(m.Out))
		for again := range 3 { // into the same batch
			var samples []mask.Masked
			for i := range 1 + r.IntN(b.B) {
				s := anyMasked(t, r, m, words, fmt.Sprint(i))
				if i > 0 && r.IntN(2) == 0 {
					s.Parts = slices.Delete(s.Parts, 0, 1+r.IntN(len(s.Parts))) // the sample lacks some
					short++
				}
				samples = append(samples, s)
			}
			fail := func(what string, err error) {
				if err != nil {
					t.Fatalf("round %d, %d, %s: %v (%v, %+v)", round, again, what, err, b.Shape, m.Config)
				}
			}
			fail("Fill", m.Fill(b, samples))
			fail("Fill", checkBatch(m, b, samples, upTo(len(m.Out)), false))
			rows := make([]map[string]mask.Row, len(samples))
			for i, s := range samples {
				rows[i] = map[string]mask.Row{}
				samples[i].Parts = slices.Clone(s.Parts)
				for k, p := range s.Parts {
					d, ok := m.named(p.Domain)
					if !ok { // neither an input nor an output
						continue
					}
					x, err := RowOf(d, s.Sample, p)
					fail("RowOf", err)
					if n := len(p.In.IDs); n > 1 && !d.Grid() { // a gap in the input, as no mask leaves one
						gap := r.IntN(n)
						x.Input[gap] = false
						p.Room, p.In.IDs = max(p.Room, n), slices.Delete(slices.Clone(p.In.IDs), gap, gap+1)
						samples[i].Parts[k] = p
					}
					rows[i][d.Name] = x
				}
			}
			var names []string
			for _, k := range order {
				names = append(names, m.Out[k].Name)
			}
			fail("FillRows", m.FillRows(b, rows, Order{Out: names, Padding: true}))
			fail("FillRows", checkBatch(m, b, samples, order, true))
			for q := 0; q < len(b.DecSpan); q += 4 {
				if b.DecSpan[q+2] < b.DecSpan[q+3] {
					holes++
				}
			}
			if b.DecTok[2*b.M-2] >= 0 {
				cut++
			}
			if m.Config.Registers > 0 && b.EncTok[2*(m.Config.Registers+b.N)-2] >= 0 {
				over++
			}
		}
	}
	t.Logf("of 1200 batches %d filled the decoder, %d the encoder behind registers; %d queries saw around a hole; %d samples lacked domains", cut, over, holes, short)
	if cut < 100 || holes < 100 || short < 100 || over < 100 {
		t.Error("the batches are too much alike")
	}
}

// A masked sample trains alike as it is and as rows, images included.
func TestRowsTrainAlike(t *testing.T) {
	m := little(t)
	mk := masked(m)
	n := m.Graph(Evaluating, Shape{B: 1, N: 20, M: 20})
	loss := func(err error) float64 {
		if err == nil {
			err = n.Machine.Run(context.Background())
		}
		if err != nil {
			t.Fatal(err)
		}
		return n.Loss()
	}
	rows := map[string]mask.Row{}
	for _, p := range mk.Parts {
		d, _ := m.named(p.Domain)
		r, err := RowOf(d, mk.Sample, p)
		if err != nil {
			t.Fatal(err)
		}
		rows[d.Name] = r
	}
	want := loss(m.Fill(n.Batch, []mask.Masked{mk}))
	if got := loss(m.FillRows(n.Batch, []map[string]mask.Row{rows}, Order{})); got != want {
		t.Errorf("loss %v of rows, %v of the sample", got, want)
	}
	for name, change := range map[string]func(r *mask.Row){
		"model: sample 0: tok_rgb: targets without their attention":                                   func(r *mask.Row) { r.Attend = nil },
		"model: sample 0: tok_rgb: id 20 at 6, expected one below 20":                                 func(r *mask.Row) { r.IDs[6] = 20 },
		"model: sample 0: tok_rgb: 16 inputs, 15 targets and 16 attentions, expected as many of each": func(r *mask.Row) { r.Target = r.Target[1:] },
	} {
		bad, r := map[string]mask.Row{}, rows["tok_rgb"]
		r.IDs = slices.Clone(r.IDs)
		change(&r)
		for k, v := range rows {
			bad[k] = v
		}
		bad["tok_rgb"] = r
		if err := m.FillRows(n.Batch, []map[string]mask.Row{bad}, Order{}); err == nil || err.Error() != name {
			t.Errorf("error %v, expected %s", err, name)
		}
	}
}

// Packing eight samples of 4M-7's domains, 128 tokens in and out.
func BenchmarkFill(b *testing.B) {
	c := Published("4M-7", "Ti")
	c.Untied, c.Dim, c.Heads, c.Encoder, c.Decoder = false, 12, 2, 1, 1
	m := New(c)
	words := text.NewVocab(200, 0, make([]string, 30000-204))
	r := rand.New(rand.NewPCG(4, 4))
	var samples []mask.Masked
	for range 8 {
		s := mask.Masked{Sample: modality.Sample{Values: map[string]any{}}}
		var entries []mask.Entry
		for _, d := range m.In {
			ids := make([]int, d.Max)
			for i := range ids {
				ids[i] = 300 + r.IntN(1000)
			}
			var value any
			var tok modality.Tokenizer
			switch {
			case d.Pixels:
				s.Sample.Values[d.Modality] = modality.NewPicture(d.Rows*d.Patch, d.Cols*d.Patch, d.Channels)
			case d.Grid():
				value = modality.Tokens{IDs: ids}
			default:
				tok, value = &text.Tokenizer{Words: words}, modality.Tokens{IDs: ids[:30], Words: words.Words(ids[:30])}
			}
			e, err := mask.EntryOf(d, tok, value)
			if err != nil {
				b.Fatal(err)
			}
			entries = append(entries, e)
		}
		s.Parts = mask.Mask{In: 128, Out: 128}.Parts(mask.Seeded(r), entries)
		samples = append(samples, s)
	}
	batch := m.newBatch(Shape{B: 8, N: 128, M: 128})
	b.ReportAllocs()
	for b.Loop() {
		if err := m.Fill(batch, samples); err != nil {
			b.Fatal(err)
		}
	}
}
