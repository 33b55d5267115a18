package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A tokenizer is trained, judged, and compared with another by the command line
// alone; what it says is what the files hold.
func TestTokenizer(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "new", "a.safetensors"), filepath.Join(dir, "b.safetensors")
	for path, words := range map[string][]string{a: {"quantizer=fsq:5,5", "dim=16"}, b: {"vocab=16", "dim=16", "loss=smooth_l1"}} {
		status, out, errs := call2(append([]string{"tokenizer", "train", "scenes", "-modality", "depth", "-n", "40", "-o", path, "steps=12"}, words...)...)
		if status != 0 || !strings.Contains(out, path) {
			t.Fatalf("status %d: %s%s", status, out, errs)
		}
	}
	figure := filepath.Join(dir, "f.png")
	status, out, errs := call2("tokenizer", "eval", "scenes", "-modality", "depth", "-n", "20", "-tokenizer", a, "-tokenizer", b, "-json", "-figure", figure)
	if status != 0 {
		t.Fatal(errs)
	}
	var reports []map[string]any
	if err := json.Unmarshal([]byte(out), &reports); err != nil || len(reports) != 2 {
		t.Fatalf("%v: %s", err, out)
	}
	if r := reports[0]; r["name"] != "a" || r["quantizer"] != "fsq:5,5" || r["samples"] != 20.0 || r["bits_per_pixel"].(float64) <= 0 {
		t.Errorf("report %v", r)
	}
	if info, err := os.Stat(figure); err != nil || info.Size() < 1000 {
		t.Errorf("figure %v, %v", info, err)
	}
	if status, _, errs := call2("tokenizer", "eval", "scenes", "-modality", "rgb", "-tokenizer", a); status != 1 || !strings.Contains(errs, "the tokenizer of depth in "+a+" for rgb: it takes 1 numbers a pixel, expected 3") {
		t.Errorf("status %d: %s", status, errs)
	}
	if status, out, errs := call2("peek", a); status != 0 || !strings.Contains(out, "fsq:5,5 of 25 codes") {
		t.Errorf("status %d: %s%s", status, out, errs)
	}
}
