package viz_test

// What figures do beside looking right: formats, files, and values that are
// empty or wrong.

import (
	"bytes"
	"encoding/xml"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fourmlab/fourm"
	"fourmlab/fourm/ablate"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/text"
	"fourmlab/internal/fault"
	"fourmlab/internal/show"
	"fourmlab/viz"
)

// Every figure has every format, whole and the same each time: nothing in it
// says when it was made.
func TestFormats(t *testing.T) {
	repeats := map[string]int{"png": 1, "svg": 1, "html": 1, "pdf": 3} // a document holds tables without an order
	for name, draw := range map[string]func() *viz.Figure{
		"chart":    func() *viz.Figure { return viz.Curves(training("a", 1, 1)).Titled("One run") },
		"pictures": func() *viz.Figure { return viz.Sample(scene(1)).Titled("<One> scene") },
		"sized":    func() *viz.Figure { return viz.Bars(ablation()).Sized(800) },
	} {
		for format, magic := range map[string]string{"png": "\x89PNG", "svg": "<?xml", "pdf": "%PDF", "html": "<!DOCTYPE html>"} {
			b, err := draw().Bytes(format)
			if err != nil || !bytes.HasPrefix(b, []byte(magic)) {
				t.Errorf("%s %s: %q, %v", name, format, b[:min(len(b), 8)], err)
			}
			for range repeats[format] {
				if again, _ := draw().Bytes(format); !bytes.Equal(b, again) {
					t.Errorf("%s: two %s files of one figure differ", name, format)
				}
			}
			if format == "svg" {
				if err := xml.Unmarshal(b, new(struct{ XMLName xml.Name })); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
			if bytes.Contains(b, []byte("<One>")) {
				t.Errorf("%s: a heading is taken for a tag", format)
			}
		}
		if _, err := draw().Bytes("gif"); err == nil {
			t.Error("gif: no error")
		}
	}
	if s := viz.Sample(scene(1)).String(); s != "viz.Sample: 1440x733 pixels" {
		t.Error(s)
	}
}

func TestSized(t *testing.T) {
	for name, f := range map[string]*viz.Figure{"chart": viz.Bars(ablation()), "pictures": viz.Sample(scene(1)).Titled("One scene")} {
		w, h := f.Size()
		for _, want := range []int{200, 800, 2000} {
			got, high := f.Sized(want).Size()
			if got != want || math.Abs(float64(high)-float64(h*want)/float64(w)) > 1 {
				t.Errorf("%s of %dx%d as %d: %dx%d", name, w, h, want, got, high)
			}
		}
	}
}

func TestSave(t *testing.T) {
	dir := t.TempDir()
	f := viz.Schedule(fourm.Train{Steps: 3})
	for _, ext := range []string{"png", "svg", "PDF", "html"} {
		if err := f.Save(filepath.Join(dir, "a."+ext)); err != nil {
			t.Error(err)
		}
	}
	if err := f.Save(filepath.Join(dir, "a")); err == nil {
		t.Error("no extension: no error")
	}
	if err := f.Save(filepath.Join(dir, "no", "a.png")); err == nil {
		t.Error("no folder: no error")
	}
	if left, _ := os.ReadDir(dir); len(left) != 4 {
		t.Errorf("%d files, expected 4", len(left))
	}
}

func TestMissing(t *testing.T) {
	nan := math.NaN()
	for i, f := range []*viz.Figure{
		viz.Sample(fourm.Sample{}),
		viz.Samples(scenes{0}, 3),
		viz.Tokens(fourm.Tokens{}),
		viz.Masks(fourm.Masked{}),
		viz.Recon(fourm.Sample{}, fourm.Masked{}, fourm.Sample{}),
		viz.Grid(fourm.Grid{}),
		viz.Guidance(fourm.Sweep{}),
		viz.Attention(fourm.Attention{}),
		viz.Matrix(&fourm.Report{}),
		viz.Retrieval(fourm.Retrieval{}),
		viz.Predict(fourm.Result{}, fourm.Sample{}),
		viz.Chain(fourm.Result{}),
		viz.Steps(fourm.Result{}),
		viz.Variations(nil),
		viz.Curves(),
		viz.Curves(&fourm.Run{}),
		viz.Curves(&fourm.Run{Points: []fourm.Point{{Step: 1, Loss: nan}}}),
		viz.Bars(&fourm.Ablation{Rows: []ablate.Row{{Values: []float64{nan}}}}),
		viz.Codebook(noCodes{}),
		viz.CodeUse([]int{0, 0}),
		viz.MaskBudget(fourm.Mask{}, 10),
		viz.Schedule(),
		viz.Schedule(fourm.Chain("rgb").Then("caption", 1)),
	} {
		if len(f.PNG()) == 0 {
			t.Errorf("figure %d is empty", i)
		}
	}
	if len(viz.Live(&fourm.Run{})) == 0 {
		t.Error("no live curve of an empty run")
	}
}

// noCodes is a tokenizer with an empty codebook.
type noCodes struct{ fourm.Tokenizer }

func (noCodes) Entries() ([]*fourm.Picture, error) { return nil, nil }

func TestWrong(t *testing.T) {
	p := modality.NewPicture(8, 8, 3)
	for name, f := range map[string]func(){
		"data nil":       func() { viz.Samples(nil, 3) },
		"no samples":     func() { viz.Samples(scenes{1}, 0) },
		"picture nil":    func() { viz.Sample(fourm.Sample{Values: map[string]any{"rgb": (*fourm.Picture)(nil)}}) },
		"value nil":      func() { viz.Sample(fourm.Sample{Values: map[string]any{"rgb": nil}}) },
		"unknown":        func() { viz.Sample(fourm.Sample{Values: map[string]any{"smell": p}}) },
		"channels":       func() { viz.Sample(fourm.Sample{Values: map[string]any{"normal": modality.NewPicture(4, 4, 1)}}) },
		"grid":           func() { viz.Tokens(fourm.Tokens{Modality: "rgb", IDs: []int{1, 2, 3}, Rows: 2, Cols: 2}) },
		"on nil":         func() { viz.TokensOn(nil, fourm.Tokens{Modality: "rgb"}) },
		"words on":       func() { viz.TokensOn(p, words("caption", "a")) },
		"sizes":          func() { viz.Diff(p, modality.NewPicture(4, 4, 3), "rgb") },
		"run nil":        func() { viz.Curves(nil) },
		"live nil":       func() { viz.Live(nil) },
		"ablation nil":   func() { viz.Bars(nil) },
		"counts":         func() { viz.Codebook(codes256{}, 1, 2) },
		"tokenizer nil":  func() { viz.Codebook(nil) },
		"no pictures":    func() { viz.Codebook(&text.Tokenizer{}) },
		"a setting":      func() { viz.Schedule(3) },
		"plan nil":       func() { viz.Schedule((*fourm.Plan)(nil)) },
		"draws":          func() { viz.MaskBudget(fourm.Mask{}, 0) },
		"narrow":         func() { viz.Sample(scene(1)).Sized(3) },
		"report nil":     func() { viz.Matrix(nil) },
		"no target":      func() { viz.Matrix(&fourm.Report{Rows: []fourm.ReportRow{{}}}) },
		"model nil":      func() { viz.Embed(nil) },
		"grid rows":      func() { viz.Grid(fourm.Grid{Given: []string{"rgb"}, Targets: []string{"depth"}}) },
		"weights":        func() { a := attention(false); a.Weights = a.Weights[1:]; viz.Attention(a) },
		"query":          func() { a := attention(false); a.Query = -1; viz.Attention(a) },
		"scores":         func() { viz.Retrieval(fourm.Retrieval{Found: []fourm.Sample{scene(1)}}) },
		"negative":       func() { viz.CodeUse([]int{-1}) },
		"unknown budget": func() { viz.MaskBudget(fourm.Mask{Inputs: []string{"smell"}}, 9) },
		"marks": func() {
			viz.Masks(fourm.Masked{Parts: []fourm.Part{{Domain: "tok_rgb", Input: make([]bool, 3), Target: make([]bool, 3), Tokens: fourm.Tokens{Rows: 2, Cols: 2}}}})
		},
	} {
		var err error
		func() {
			defer fault.Catch(&err)
			f()
		}()
		var e *fault.Error
		if !errors.As(err, &e) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, expected one line of *fourm.Error", name, err)
		}
	}
}

func TestRegistered(t *testing.T) {
	s := scene(1)
	for _, v := range []any{s, codes("rgb", s.Picture("rgb")), masked(), generated(1), anyToAny(), sweep(), attention(true), retrieval(), training("a", 1, 1), &fourm.Ablation{}, s.Picture("depth")} {
		if show.PNG(v) == nil {
			t.Errorf("%T does not show itself", v)
		}
	}
	for _, v := range []any{3, nil, (*fourm.Run)(nil), fourm.Tokens{Modality: "rgb", IDs: []int{1}}} {
		if show.PNG(v) != nil {
			t.Errorf("%T has a picture", v)
		}
	}
}

// A modality of the person's own is drawn by its look, and large photographs
// stay within what a notebook should carry.
func TestOwnModality(t *testing.T) {
	fourm.Register(fourm.Modality{Name: "fog", Look: modality.Depth})
	big := modality.NewPicture(224, 224, 3)
	for i := range big.Pix {
		big.Pix[i] = float32((i*7919)%1000) / 1000
	}
	s := scene(1).With("fog", scene(1).Picture("depth")).With("rgb", big)
	if n := len(viz.Sample(s).PNG()); n > 600<<10 {
		t.Errorf("%d bytes", n)
	}
}
