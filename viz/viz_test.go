package viz_test

// What figures do beside looking right: formats, files, and values that are
// empty or wrong.

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fourmlab/fourm"
	"fourmlab/fourm/ablate"
	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
	"fourmlab/internal/show"
	"fourmlab/viz"
)

func TestFormats(t *testing.T) {
	curves := viz.Curves(training("a", 1, 1)).Title("One run")
	for format, magic := range map[string]string{"png": "\x89PNG", "svg": "<?xml", "pdf": "%PDF"} {
		b, err := curves.Bytes(format)
		if err != nil || !bytes.HasPrefix(b, []byte(magic)) {
			t.Errorf("%s: %q, %v", format, b[:min(len(b), 8)], err)
		}
	}
	if _, err := curves.Bytes("gif"); err == nil {
		t.Error("gif: no error")
	}
	if _, err := viz.Sample(scene(1)).Bytes("svg"); err == nil || !strings.Contains(err.Error(), "use png") {
		t.Errorf("pictures as svg: %v", err)
	}
	if s := viz.Sample(scene(1)).String(); s != "viz.Sample: 1440x685 pixels" {
		t.Error(s)
	}
}

func TestSave(t *testing.T) {
	dir := t.TempDir()
	f := viz.Schedule([]float64{0, 1, 2})
	for _, ext := range []string{"png", "svg", "pdf"} {
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
	if left, _ := os.ReadDir(dir); len(left) != 3 {
		t.Errorf("%d files, expected 3", len(left))
	}
}

func TestMissing(t *testing.T) {
	nan := math.NaN()
	for i, f := range []*viz.Figure{
		viz.Sample(fourm.Sample{}),
		viz.Samples(scenes{0}, 3),
		viz.Tokens(fourm.Tokens{}),
		viz.Masks(fourm.Masked{}),
		viz.Recon(fourm.Masked{}, fourm.Sample{}),
		viz.Predict(fourm.Result{}, fourm.Sample{}),
		viz.Chain(fourm.Result{}),
		viz.Steps(fourm.Result{}),
		viz.Variations(nil),
		viz.Curves(),
		viz.Curves(&fourm.Run{}),
		viz.Curves(&fourm.Run{Points: []fourm.Point{{Step: 1, Loss: nan}}}),
		viz.Bars(&fourm.Ablation{Rows: []ablate.Row{{Values: []float64{nan}}}}),
		viz.Codebook(nil, nil),
		viz.CodeUse([]int{0, 0}),
		viz.MaskBudget(nil, ""),
		viz.Schedule(nil),
	} {
		if len(f.PNG()) == 0 {
			t.Errorf("figure %d is empty", i)
		}
	}
	if len(viz.Live(&fourm.Run{})) == 0 {
		t.Error("no live curve of an empty run")
	}
}

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
		"counts":         func() { viz.Codebook([]*fourm.Picture{p}, []int{1, 2}) },
		"negative":       func() { viz.CodeUse([]int{-1}) },
		"unknown budget": func() { viz.MaskBudget(map[string][]int{"smell": {1}}, "") },
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
	for _, v := range []any{s, codes("rgb", s.Picture("rgb")), masked(), generated(1), training("a", 1, 1), &fourm.Ablation{}, s.Picture("depth")} {
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
