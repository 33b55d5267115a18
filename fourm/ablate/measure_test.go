package ablate

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/vq"
	"fourmlab/internal/fault"
)

// overTokenizers compares two quantizers by what a model decodes.
func overTokenizers(t *testing.T) Experiment {
	e := tiny(t)
	e.Vary = []Factor{Vary("tokenizers.shade.quantizer", "cosine:16x4", "fsq:4,4")}
	e.Tokenizers = map[string]vq.VQ{"shade": {Steps: 4, Batch: 4, Dim: 16}}
	e.Measure = "says->shade"
	return e
}

// Tokenizers that are varied are made once each, stay with their setting, and the
// settings are compared by what is decoded; a second call finds all of it.
func TestVaryTokenizers(t *testing.T) {
	data := things(t, 24)
	e := overTokenizers(t)
	before, err := vq.Train(t.Context(), modality.Lookup("shade"), []*modality.Picture{data[0].Values["shade"].(*modality.Picture)}, vq.VQ{Steps: 1, Batch: 1, Dim: 16}, nil)
	if err != nil {
		t.Fatal(err)
	}
	modality.SetTokenizer("shade", before)
	ab := carryOut(t, e, data)
	if ab.Lower || ab.Metric != "says->shade: PSNR, dB" || len(ab.Rows) != 2 || ab.Rows[0].Label != "cosine:16x4" {
		t.Fatalf("%+v", ab)
	}
	for i, r := range ab.Rows {
		for j, v := range r.Values {
			by := r.ByPart[j]
			if !(v > 3 && v < 60) || by["shade, bits a place"] != 4 || !(by["shade decoded, PSNR, dB"] > 5) || math.IsNaN(by["tok_shade"]) {
				t.Errorf("row %d, seed %d: %g, %v", i, j, v, by)
			}
		}
	}
	if a, b := ab.Rows[0].ByPart[0]["shade decoded, PSNR, dB"], ab.Rows[1].ByPart[0]["shade decoded, PSNR, dB"]; a == b {
		t.Errorf("both tokenizers keep %g dB", a)
	}
	if modality.TokenizerOf("shade") != modality.Tokenizer(before) {
		t.Error("the tokenizer that was registered is another one now")
	}
	files, _ := filepath.Glob(filepath.Join(e.Dir, "*tokenizers.safetensors"))
	if len(files) != 2 {
		t.Errorf("tokenizers in %v, expected one file for each", files)
	}
	head := strings.SplitN(read(t, e, "results.csv"), "\n", 2)[0]
	if want := `tokenizers.shade.quantizer,seed,step,val,"says->shade: PSNR, dB",tok_shade,says,"shade decoded, Fréchet distance","shade decoded, PSNR, dB","shade, bits a picture","shade, bits a place","shade, bits carried"`; head != want {
		t.Errorf("results.csv begins with %s, expected %s", head, want)
	}
	if table := read(t, e, "table.md"); !strings.Contains(table, "higher is better") || strings.Contains(table, "no input") {
		t.Errorf("table.md:\n%s", table)
	}
	os.Remove(filepath.Join(e.Dir, "results.jsonl")) // as if it had been stopped before the last word
	again := carryOut(t, e, data)
	if !reflect.DeepEqual(again.Rows, ab.Rows) {
		t.Errorf("again it is\n%v\nwas\n%v", again, ab)
	}
}

// Patches and decoders can be varied, too: each setting has the grid of its own
// tokens, and in the end the modality is what it was.
func TestVaryPatches(t *testing.T) {
	data := things(t, 24)
	e := overTokenizers(t)
	e.Vary = []Factor{Vary("tokenizers.shade.patch", 4, 2), Vary("tokenizers.shade.decoder", "", "flow")}
	e.Tokenizers = map[string]vq.VQ{"shade": {Steps: 4, Batch: 4, Dim: 16, DecoderSteps: 2}}
	was := modality.Lookup("shade")
	for range 2 { // the second time from its folder
		ab := carryOut(t, e, data)
		if len(ab.Rows) != 4 {
			t.Fatalf("%+v", ab)
		}
		for i, r := range ab.Rows {
			by, places := r.ByPart[0], float64([]int{4, 4, 16, 16}[i])
			if !(r.Values[0] > 0) || by["shade, bits a picture"] != places*by["shade, bits a place"] {
				t.Errorf("%s: %g, %v", r.Label, r.Values[0], by)
			}
		}
		if now := modality.Lookup("shade"); !reflect.DeepEqual(now, was) {
			t.Errorf("the modality is %v, was %v", now, was)
		}
	}
}

// What cannot be compared is refused before anything is made.
func TestMeasureIsChecked(t *testing.T) {
	data := things(t, 12)
	for want, change := range map[string]func(e *Experiment){
		"losses of other tokens cannot be compared: say what is to be measured":  func(e *Experiment) { e.Measure = "" },
		`measure "shade", expected one task with one target, such as depth->rgb`: func(e *Experiment) { e.Measure = "shade" },
		`measure "says->rgb": "rgb" is no output of the model`:                   func(e *Experiment) { e.Measure = "says->rgb" },
		`measure "depth->shade": "depth" is no input of the model`:               func(e *Experiment) { e.Measure = "depth->shade" },
		`no quantizer "vq"`: func(e *Experiment) {
			e.Vary = []Factor{Vary("tokenizers.shade.quantizer", "vq")}
		},
	} {
		e := overTokenizers(t)
		change(&e)
		func() {
			defer func() {
				if f, ok := recover().(*fault.Error); !ok || !strings.Contains(f.Error(), want) {
					t.Errorf("%v, expected %q", f, want)
				}
			}()
			_, err := Run(e, data)
			t.Errorf("no panic (%v), expected %q", fmt.Sprint(err), want)
		}()
	}
}
