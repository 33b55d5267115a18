package viz_test

// Values at the edges of what can be: one of a thing and very many, nothing
// known, no number. All must make a figure of bearable size; -look DIR keeps
// the pictures, to be looked at.

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fourmlab/fourm"
	"fourmlab/fourm/ablate"
	"fourmlab/fourm/modality"
	"fourmlab/viz"
)

var look = flag.String("look", "", "keep the pictures of extreme values in a folder")

// many registers n modalities that look like those of the scene, and gives a
// sample of all of them.
func many(n int) (fourm.Sample, []string) {
	s, names := fourm.Sample{Key: "many", Values: map[string]any{}}, []string{}
	from := scene(1)
	for i := range n {
		like := []string{"rgb", "depth", "normal", "semseg", "edge", "caption"}[i%6]
		m := fourm.Lookup(like)
		m.Name, m.Official, m.Pixels = fmt.Sprintf("extra_%s_%d", like, i), "", false
		fourm.Register(m)
		s.Values[m.Name] = from.Values[like]
		names = append(names, m.Name)
	}
	return s, names
}

// filled gives a picture that is v everywhere.
func filled(h, w, c int, v float64) *fourm.Picture {
	p := modality.NewPicture(h, w, c)
	for i := range p.Pix {
		p.Pix[i] = float32(v)
	}
	return p
}

func grid(rows, cols int) fourm.Tokens {
	t := fourm.Tokens{Modality: "rgb", Rows: rows, Cols: cols}
	for i := range rows * cols {
		t.IDs = append(t.IDs, i*i%977)
	}
	return t
}

func sentence(n int) fourm.Tokens {
	var w []string
	for i := range n {
		w = append(w, []string{"a", "word", "of", "Donaudampfschifffahrtsgesellschaft", "and", "▁", "é"}[i%7])
	}
	return words("caption", w...)
}

func TestExtremes(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	s30, names := many(30)
	s1 := s30.Only(names[1])
	made := func(n int) (g fourm.Grid) {
		g = fourm.Grid{Sample: s30, Given: names[:n], Targets: names[:n]}
		for i := range n {
			g.Made = append(g.Made, make([]any, n))
			for j := range n {
				if i != j {
					g.Made[i][j] = s30.Values[names[j]]
				}
			}
		}
		return g
	}
	report := func(n int) *fourm.Report {
		r := &fourm.Report{}
		for i := range n {
			for j := range n {
				r.Rows = append(r.Rows, fourm.ReportRow{Given: names[i], Target: names[j], Metric: "score", Value: float64(i - j), Error: 0.1, Baseline: 3})
			}
		}
		r.Rows[0].Value = nan
		return r
	}
	attend := func(side int, mods []string) fourm.Attention {
		a := fourm.Attention{Sample: s30, Queries: []fourm.Strip{{Domain: mods[0], Modality: mods[0], To: 1, Rows: 1, Cols: 1}}}
		n := 0
		for _, m := range mods {
			a.Keys = append(a.Keys, fourm.Strip{Domain: m, Modality: m, From: n, To: n + side*side, Rows: side, Cols: side})
			n += side * side
		}
		for i := range n {
			a.Weights = append(a.Weights, float32(i+1)/float32(n*(n+1)/2))
		}
		return a
	}
	run := func(n int, domains []string) *fourm.Run {
		r := &fourm.Run{Name: "long"}
		for i := range n {
			p := fourm.Point{Step: i + 1, Loss: 5 + math.Sin(float64(i)/50), Losses: map[string]float64{}}
			if i%97 == 5 {
				p.Loss = nan
			}
			for k, d := range domains {
				p.Losses[d] = p.Loss + float64(k)
			}
			r.Points = append(r.Points, p)
		}
		return r
	}
	bars := func(n int) *fourm.Ablation {
		ab := &fourm.Ablation{Name: "many", Factor: "setting", Metric: "loss", Lower: true}
		for i := range n {
			ab.Rows = append(ab.Rows, ablate.Row{Label: fmt.Sprintf("setting number %d", i), Values: []float64{3 + 0.1*float64(i%5), 3.05 + 0.1*float64(i%5)}})
		}
		if n > 2 {
			ab.Rows[1].Values = []float64{nan}
		}
		return ab
	}
	masks := func(n int) (mk fourm.Masked) {
		mk.Sample = s30
		for i, name := range names[:n] {
			p := fourm.Part{Domain: name, Modality: name, Tokens: codes(name, filled(64, 64, 1, 0)), Input: make([]bool, 64), Target: make([]bool, 64)}
			if i%6 == 5 {
				p.Tokens, p.In = sentence(64), sentence(9)
			}
			p.Input[i], p.Target[63-i] = true, true
			mk.Parts = append(mk.Parts, p)
		}
		return mk
	}
	many := func(n int) (outs []fourm.Result) {
		for i := range n {
			outs = append(outs, generated(int64(i)))
		}
		return outs
	}
	for name, draw := range map[string]func() *viz.Figure{
		"sample_30":  func() *viz.Figure { return viz.Sample(s30) },
		"sample_1":   func() *viz.Figure { return viz.Sample(s1) },
		"samples_30": func() *viz.Figure { return viz.Samples(one{s30}, 3) },
		"samples_64": func() *viz.Figure { return viz.Samples(scenes{64}, 64) },
		"sample_unknown": func() *viz.Figure {
			return viz.Sample(scene(1).With("depth", filled(8, 8, 1, 0)).With("normal", filled(8, 8, 3, 0)).With("caption", "").With("box", []fourm.Box{}).With("palette", fourm.Palette{}))
		},
		"sample_nan": func() *viz.Figure {
			return viz.Sample(scene(1).With("depth", filled(8, 8, 1, nan)).With("rgb", filled(8, 8, 3, nan)).With("normal", filled(8, 8, 3, nan)).With("semseg", filled(8, 8, 1, nan)))
		},
		"sample_flat": func() *viz.Figure {
			return viz.Sample(fourm.Sample{Values: map[string]any{"depth": filled(1, 1, 1, 2), "rgb": filled(1, 200, 3, inf), "semseg": filled(300, 20, 1, 3)}})
		},
		"sample_text": func() *viz.Figure {
			return viz.Sample(scene(1).Only("rgb").With("caption", strings.Repeat("a very long caption ", 60)))
		},
		"tokens_1":       func() *viz.Figure { return viz.Tokens(grid(1, 1)) },
		"tokens_10000":   func() *viz.Figure { return viz.Tokens(grid(100, 100)) },
		"tokens_column":  func() *viz.Figure { return viz.Tokens(grid(64, 1)) },
		"tokens_row":     func() *viz.Figure { return viz.Tokens(grid(1, 1000)) },
		"words_1":        func() *viz.Figure { return viz.Tokens(sentence(1)) },
		"words_10000":    func() *viz.Figure { return viz.Tokens(sentence(10000)) },
		"tokens_on_1":    func() *viz.Figure { return viz.TokensOn(scene(1).Picture("rgb"), grid(1, 1)) },
		"tokens_on_4096": func() *viz.Figure { return viz.TokensOn(scene(1).Picture("rgb"), grid(64, 64)) },
		"masks_1":        func() *viz.Figure { return viz.Masks(masks(1)) },
		"masks_30":       func() *viz.Figure { return viz.Masks(masks(30)) },
		"budget_1":       func() *viz.Figure { return viz.MaskBudget(fourm.Mask{Inputs: []string{"rgb"}}, 10) },
		"budget_30":      func() *viz.Figure { return viz.MaskBudget(fourm.Mask{Inputs: names, In: 256, InAlpha: 0.3}, 500) },
		"grid_1":         func() *viz.Figure { return viz.Grid(made(1)) },
		"grid_30":        func() *viz.Figure { return viz.Grid(made(30)) },
		"guidance_1": func() *viz.Figure {
			s := sweep()
			s.Weights, s.Temps, s.Results = s.Weights[:1], s.Temps[:1], [][]fourm.Result{s.Results[0][:1]}
			return viz.Guidance(s)
		},
		"matrix_1":        func() *viz.Figure { return viz.Matrix(&fourm.Report{Rows: report(2).Rows[1:2]}) },
		"matrix_30":       func() *viz.Figure { return viz.Matrix(report(30)) },
		"attention_1":     func() *viz.Figure { return viz.Attention(attend(1, names[:1])) },
		"attention_10000": func() *viz.Figure { return viz.Attention(attend(100, names[:1])) },
		"attention_30":    func() *viz.Figure { return viz.Attention(attend(8, names)) },
		"retrieval_1": func() *viz.Figure {
			r := retrieval()
			r.Found, r.Scores = r.Found[:1], r.Scores[:1]
			return viz.Retrieval(r)
		},
		"variations_12": func() *viz.Figure { return viz.Variations(many(12)) },
		"curves_1":      func() *viz.Figure { return viz.Curves(run(1, []string{"tok_rgb"})) },
		"curves_30":     func() *viz.Figure { return viz.Curves(run(300, names)) },
		"curves_10000":  func() *viz.Figure { return viz.Curves(run(10000, []string{"tok_rgb", "caption"})) },
		"curves_runs": func() *viz.Figure {
			r := run(100, []string{"tok_rgb"})
			return viz.Curves(r, r, r, r, r, r, r, r, r, r, r, r)
		},
		"bars_1":  func() *viz.Figure { return viz.Bars(bars(1)) },
		"bars_30": func() *viz.Figure { return viz.Bars(bars(30)) },
		"use_1":   func() *viz.Figure { return viz.CodeUse([]int{3}) },
		"use_16384": func() *viz.Figure {
			u := make([]int, 16384)
			for i := range 9000 {
				u[i] = 1 + 90000/(i+1)
			}
			return viz.CodeUse(u)
		},
		"diff_same":  func() *viz.Figure { p := scene(1).Picture("rgb"); return viz.Diff(p, p, "rgb") },
		"diff_nan":   func() *viz.Figure { return viz.Diff(filled(8, 8, 1, 2), filled(8, 8, 1, nan), "depth") },
		"long_title": func() *viz.Figure { return viz.CodeUse([]int{3, 2, 1}).Titled(strings.Repeat("a long title ", 30)) },
		"schedule_plans": func() *viz.Figure {
			return viz.Schedule(fourm.Chain("rgb").Then("depth", 1), fourm.Train{Steps: 1}, fourm.Chain("rgb").Then("depth", 100))
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := draw()
			if w, h := f.Size(); w < 100 || w > 1600 || h < 50 {
				t.Errorf("%dx%d pixels", w, h)
			}
			if n := len(f.PNG()); n > 1500<<10 {
				t.Errorf("%d bytes", n)
			}
			if *look != "" {
				if err := os.WriteFile(filepath.Join(*look, name+".png"), f.PNG(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// one is a set of one sample.
type one struct{ s fourm.Sample }

func (one) Len() int                           { return 3 }
func (d one) Sample(int) (fourm.Sample, error) { return d.s, nil }
