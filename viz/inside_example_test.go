package viz_test

import (
	"math"
	"testing"

	"fourmlab/fourm"
	"fourmlab/viz"
)

// anyToAny makes up what a model makes of each of four modalities: better from
// pictures than from words.
func anyToAny() fourm.Grid {
	s := scene(1)
	g := fourm.Grid{Sample: s, Given: []string{"rgb", "depth", "semseg", "caption"}, Targets: []string{"rgb", "depth", "semseg", "caption"}}
	for i, from := range g.Given {
		var made []any
		for _, to := range g.Targets {
			switch {
			case from == to:
				made = append(made, nil)
			case to == "caption":
				made = append(made, []string{"a red ball and a blue box", "a ball by a box before a wall", "a box and a ball"}[i%3])
			default:
				noise := 0.03 * float64(1+3*i)
				if to == "semseg" {
					noise = 0
				}
				made = append(made, rough(s.Picture(to), 4<<(i/3), noise, int64(i+1)))
			}
		}
		g.Made = append(g.Made, made)
	}
	return g
}

func ExampleGrid() {
	save(viz.Grid(anyToAny()), "grid")
}

func TestGrid(t *testing.T) { golden(t, ExampleGrid, "grid") }

// sweep makes up results that are rougher at higher temperatures.
func sweep() fourm.Sweep {
	s := scene(1)
	out := fourm.Sweep{Sample: s, Plan: *fourm.Chain("caption", "semseg").Then("rgb", 8), Weights: []float64{1, 2, 4}, Temps: []float64{0.2, 1, 2, 4}}
	for i := range out.Weights {
		var line []fourm.Result
		for j, temp := range out.Temps {
			r := fourm.Result{Given: out.Plan.Given, Generated: []string{"rgb"}, Sample: s.With("rgb", rough(s.Picture("rgb"), 4, 0.05*temp/float64(i+1), int64(9*i+j)))}
			line = append(line, r)
		}
		out.Results = append(out.Results, line)
	}
	return out
}

func ExampleGuidance() {
	save(viz.Guidance(sweep()), "guidance")
}

func TestGuidance(t *testing.T) { golden(t, ExampleGuidance, "guidance") }

// attention makes up a head that looks at what is near in the picture, and at
// one word.
func attention(decoder bool) fourm.Attention {
	a := fourm.Attention{Sample: scene(1), Layer: 3, Head: 1, Decoder: decoder, Keys: []fourm.Strip{
		{Domain: "rgb", Modality: "rgb", To: 64, Rows: 8, Cols: 8},
		{Domain: "tok_depth", Modality: "depth", From: 64, To: 128, Rows: 8, Cols: 8},
		{Domain: "caption", Modality: "caption", From: 128, To: 137, Rows: 1, Cols: 9, Words: []string{"a", "shiny", "ball", "beside", "a", "blue", "box", ".", "[EOS]"}},
	}}
	a.Queries = a.Keys
	if decoder {
		a.Queries = []fourm.Strip{{Domain: "tok_semseg", Modality: "semseg", To: 64, Rows: 8, Cols: 8}}
	}
	for q := range a.Queries[len(a.Queries)-1].To {
		row, sum := make([]float32, 137), float32(0)
		for k := range row {
			d := 3.0
			if k < 128 && q < 128 {
				d = math.Hypot(float64(k%64/8-q%64/8), float64(k%8-q%8)) + float64(k/64)
			} else if k == 130 || q >= 128 && k == q {
				d = 0.5
			}
			row[k] = float32(math.Exp(-d))
			sum += row[k]
		}
		for k := range row {
			row[k] /= sum
		}
		a.Weights = append(a.Weights, row...)
	}
	return a.At(a.Queries[0].Modality, 5, 2)
}

func ExampleAttention() {
	save(viz.Attention(attention(false)), "attention")
}

func TestAttention(t *testing.T) { golden(t, ExampleAttention, "attention") }

func ExampleAttention_decoder() {
	save(viz.Attention(attention(true)), "attention_decoder")
}

func TestAttentionDecoder(t *testing.T) { golden(t, ExampleAttention_decoder, "attention_decoder") }

func ExampleMatrix() {
	row := func(given, target, metric string, value, err, base float64, lower bool) fourm.ReportRow {
		return fourm.ReportRow{Task: given + "->" + target, Given: given, Target: target, Metric: metric, Value: value, Error: err, Baseline: base, Lower: lower}
	}
	save(viz.Matrix(&fourm.Report{Rows: []fourm.ReportRow{
		row("rgb", "depth", "RMSE, m", 0.91, 0.04, 1.9, true),
		row("rgb", "semseg", "pixel accuracy", 0.83, 0.01, 0.61, false),
		row("rgb", "caption", "word F1", 0.71, 0.02, 0.48, false),
		row("depth", "semseg", "pixel accuracy", 0.79, 0.012, 0.61, false),
		row("depth", "rgb", "PSNR, dB", 15.2, 0.3, 14.6, false),
		row("semseg", "depth", "RMSE, m", 1.12, 0.05, 1.9, true),
		row("semseg", "rgb", "PSNR, dB", 14.9, 0.3, 14.6, false),
		row("caption", "rgb", "PSNR, dB", 12.8, 0.2, 14.6, false),
		row("caption", "depth", "RMSE, m", 1.94, 0.06, 1.9, true),
		row("caption", "semseg", "pixel accuracy", 0.6, 0.015, 0.61, false),
	}}), "matrix")
}

func TestMatrix(t *testing.T) { golden(t, ExampleMatrix, "matrix") }

// levels is a tokenizer of which only the number of codes is ever asked for.
type levels struct{ fourm.Tokenizer }

func (levels) Vocab() int { return 64 }

func ExampleEmbed() {
	for _, n := range []string{"rgb", "depth", "normal", "semseg", "edge", "caption", "box"} {
		fourm.SetTokenizer(n, levels{})
		defer fourm.SetTokenizer(n, nil)
	}
	cfg := fourm.Tiny("rgb", "depth", "normal", "semseg", "edge", "caption", "box")
	cfg.Dim, cfg.Heads, cfg.Encoder, cfg.Decoder, cfg.Seed = 64, 4, 1, 1, 2
	save(viz.Embed(fourm.New(cfg)), "embed")
}

func TestEmbed(t *testing.T) { golden(t, ExampleEmbed, "embed") }

func retrieval() fourm.Retrieval {
	r := fourm.Retrieval{Query: scene(1), By: []string{"rgb", "depth"}, Of: 150}
	for i := range 5 {
		r.Found = append(r.Found, scene(int64(i+2)))
		r.Scores = append(r.Scores, 0.97-0.06*float64(i))
	}
	return r
}

func ExampleRetrieval() {
	save(viz.Retrieval(retrieval()), "retrieval")
}

func TestRetrieval(t *testing.T) { golden(t, ExampleRetrieval, "retrieval") }
