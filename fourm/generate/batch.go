package generate

// Samples on the way: what every sample shows so far, domain by domain, and
// what the model says of a target (docs/4m.md, 6.1, 6.3, 6.4).

import (
	"context"
	"fmt"
	"math"

	"fourmlab/fourm/kernels/cpu"
	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/fourm/text"
)

// Batch is a number of samples that are generated together. Rows hold the
// domains in 4M's own form: what is known is input, a target of no token is all
// target; a text's target is the sentinel that opens it, room, and the one that
// ends it (see Empty). Step changes them.
type Batch struct {
	Model  *model.Model
	Rows   []map[string]mask.Row // by sample, by domain
	Chance Chance                // of all samples together
	Compat bool                  // as the official code does, where it has a defect
	// Opens is the sentinel that stands for the text of a target; symbols have
	// their own.
	Opens int
	// Splits tells the sentinels of a text; symbols have their own.
	Splits func(id int) bool
	never  []int                        // tokens that are never drawn
	own    []Chance                     // of each sample for itself, in place of Chance; nil: there is one for all
	sure   []map[string]map[int]float64 // probabilities of what was decided here, by sample, domain and place
	logits []float32                    // of the last step; the next one writes over them
	temps  []float64                    // of the step at work by sample, in place of the step's own; nil: it has one for all
	other  values                       // of conditions, beside those that the samples have
	// Watch, where not nil, is shown the logits of every pass over a target, rows
	// of one number a token: those with the conditions, then those without.
	Watch func(logits []float32)
}

// turns gives the Chance of rows that belong to samples; -1 stands for one whose
// text has ended, for which nothing is drawn.
func (b *Batch) turns(of []int) Chance {
	if b.own == nil {
		return b.Chance
	}
	return inTurn{b.own, of}
}

// chanceOf gives the Chance of a sample.
func (b *Batch) chanceOf(i int) Chance {
	if b.own == nil {
		return b.Chance
	}
	return b.own[i]
}

// tempsOf gives the temperatures of rows that belong to samples.
func (b *Batch) tempsOf(step Scheduled, of []int) []float64 {
	out := make([]float64, len(of))
	for row, i := range of {
		out[row] = step.Temp
		if b.temps != nil {
			out[row] = b.temps[i]
		}
	}
	return out
}

// inTurn asks the Chance of each row's own sample.
type inTurn struct {
	own []Chance
	of  []int // samples, by row
}

func (t inTurn) Noise(n int) []float32 { return t.own[0].Noise(n) }

func (t inTurn) Draw(row, rows int, ids []int, p []float64) int {
	if t.of[row] < 0 {
		return 0
	}
	return t.own[t.of[row]].Draw(row, rows, ids, p)
}

// Decision is a token that a step settled.
type Decision struct {
	At, ID int
	P      float64 // probability among its choices
}

// query is what is asked of a target grid: places, by sample.
type query [][]int

// outputs gives the decoder's rows (D) for the queried places of a grid, sample
// after sample. Every version of the samples is one part of the same batch.
func (b *Batch) outputs(ctx context.Context, d modality.Domain, versions [][]map[string]mask.Row, asked []query) ([][]float32, error) {
	m := 1
	for v := range versions {
		for i := range b.Rows {
			m = max(m, len(asked[v][i]))
		}
	}
	n, blind := b.room(versions)
	net := b.Model.Graph(model.Predicting, model.Shape{B: len(versions) * len(b.Rows), N: n, M: up(m)})
	net.Empty()
	at := 0
	for v, samples := range versions {
		for i, rows := range samples {
			if err := b.Model.FillQuery(net.Batch, at, rows, d.Name, asked[v][i], blind[v]); err != nil {
				return nil, err
			}
			at++
		}
	}
	if err := net.Machine.Run(ctx); err != nil {
		return nil, err
	}
	dim := b.Model.Config.Dim
	out := make([][]float32, len(versions))
	at = 0
	for v := range versions {
		for i := range b.Rows {
			n := len(asked[v][i])
			out[v] = append(out[v], net.Output()[at*net.M*dim:(at*net.M+n)*dim]...)
			at++
		}
		if b.Watch != nil {
			b.Watch(b.logitsOf(nil, d, out[v]))
		}
	}
	return out, nil
}

// up rounds sizes of shapes, so that graphs recur.
func up(v int) int { return (v + 15) / 16 * 16 }

// room gives the encoder tokens that versions of the samples need, and which of
// them show nothing at all.
func (b *Batch) room(versions [][]map[string]mask.Row) (n int, blind []bool) {
	n = 1
	for _, samples := range versions {
		shown := b.Model.Config.Registers
		for _, rows := range samples {
			k := visible(b.Model, rows)
			n, shown = max(n, k), shown+k
		}
		blind = append(blind, b.Compat && shown == 0)
	}
	return up(n), blind
}

// logitsOf gives the logits of rows of the decoder's output (R, D), (R, V), in
// the memory of out where that is enough.
func (b *Batch) logitsOf(out []float32, d modality.Domain, y []float32) []float32 {
	dim := b.Model.Config.Dim
	rows := len(y) / dim
	out = room(out, rows*d.Vocab)
	cpu.Linear(out, y, b.Model.Head(d), rows, d.Vocab, dim)
	return out
}

// forbid takes the tokens that are never drawn from rows of logits.
func (b *Batch) forbid(row []float32) {
	for _, id := range b.never {
		row[id] = -math.MaxFloat32
	}
}

// visible counts the encoder tokens of a sample.
func visible(m *model.Model, rows map[string]mask.Row) int {
	n := 0
	for _, d := range m.In {
		for _, in := range rows[d.Name].Input {
			if in {
				n++
			}
		}
	}
	return n
}

// splits gives what tells the sentinels of a text.
func (b *Batch) splits(d modality.Domain) func(id int) bool {
	if d.Kind == modality.Symbols {
		return text.Numbers{First: d.Offset}.IsSentinel
	}
	return b.Splits
}

// domain gives a domain of the model by name.
func (b *Batch) domain(name string) modality.Domain {
	for _, ds := range [][]modality.Domain{b.Model.Out, b.Model.In} {
		for _, d := range ds {
			if d.Name == name {
				return d
			}
		}
	}
	return modality.Domain{}
}

// Step carries out one step and gives what it decided, by sample: tokens of a
// grid in the order of their confidence, those of a text in order.
func (b *Batch) Step(ctx context.Context, step Scheduled) ([][]Decision, error) {
	d := b.domain(step.Domain)
	if d.Vocab == 0 {
		return nil, fmt.Errorf("generate: %q is no output of the model", step.Domain)
	}
	for i, rows := range b.Rows {
		if _, ok := rows[step.Domain]; !ok {
			return nil, fmt.Errorf("generate: sample %d has no row for %q", i, step.Domain)
		}
	}
	if len(step.Groups) != len(step.Weights) {
		return nil, fmt.Errorf("generate: %d weights for %d conditions", len(step.Weights), len(step.Groups))
	}
	if d.Grid() {
		return b.grid(ctx, d, step)
	}
	return b.text(ctx, d, step, nil)
}
