package model

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A run's folder stands for its last weights; other folders and names that are
// not there say what is expected, what is there, and where a model is to be had.
func TestLocate(t *testing.T) {
	t.Chdir(t.TempDir())
	m := little(t)
	save := func(path string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := m.Save(path, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	save("runs/a/last.safetensors")
	save("runs/a/best.safetensors")
	save("runs/b/best.safetensors")
	save("alone/weights.safetensors")
	save("many/alpha/cells/0.1-s1/last.safetensors")
	save("many/alpha/tokenizers.safetensors")
	for _, d := range []string{"empty", "runs/young"} {
		if err := os.MkdirAll(d, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile("runs/young/run.json", []byte("{}"), 0o666); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"runs/a": "runs/a/last.safetensors", "runs/a/": "runs/a/last.safetensors", "runs/b": "runs/b/best.safetensors",
		"runs/a/best.safetensors": "runs/a/best.safetensors",
	} {
		if got, err := locate(path); got != want || err != nil {
			t.Errorf("%s is %s, expected %s: %v", path, got, want, err)
		}
		if _, err := Load(path); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if about, err := Peek(path); err != nil || !strings.Contains(about, "parameters") {
			t.Errorf("%s: %q, %v", path, about, err)
		}
	}
	for path, want := range map[string]string{
		"runs":         "one of these may be meant: runs/a",
		"alone":        "one of these may be meant: alone/weights.safetensors",
		"empty":        "it has none of them",
		"many":         "one of these may be meant: many/alpha/cells/0.1-s1",
		"many/alpha":   "one of these may be meant: many/alpha/cells/0.1-s1",
		"runs/young":   "the run in it has no checkpoint yet",
		"EPFL/4M-7_B":  "https://huggingface.co/EPFL/4M-7_B/tree/main",
		"runs/missing": "no such file",
		"4M-7_B":       "https://huggingface.co/EPFL-VILAB into a folder",
		"https://huggingface.co/EPFL-VILAB/4M-7_B":           "from https://huggingface.co/EPFL-VILAB/4M-7_B/tree/main into",
		"https://huggingface.co/EPFL-VILAB/4M-7_B/tree/main": "from https://huggingface.co/EPFL-VILAB/4M-7_B/tree/main into",
		"huggingface.co/a/b/resolve/v1.0/model.safetensors":  "from https://huggingface.co/a/b/tree/v1.0 into",
		"hf://EPFL-VILAB/4M-21_B@refs":                       "from https://huggingface.co/EPFL-VILAB/4M-21_B/tree/refs into",
		"EPFL-VILAB/4M-7_B@v2":                               "from https://huggingface.co/EPFL-VILAB/4M-7_B/tree/v2 into",
		"no/such/file.pth":                                   "no such file",
	} {
		_, err := Load(path)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, expected %q", path, err, want)
		}
		_, second := Peek(path)
		if second == nil || second.Error() != err.Error() {
			t.Errorf("%s: peek says %v, load %v", path, second, err)
		}
	}
	if _, err := Load("EPFL/4M-7_B"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v is no fs.ErrNotExist", err)
	}
	for _, path := range []string{"org/x.safetensors", "my/4M.pth", `C:\models\4M`, "a/b/c", "../a/b", "/nope/x", "https://example.org/a/b"} {
		if _, err := Load(path); strings.Contains(err.Error(), "huggingface") {
			t.Errorf("%s is taken for a model of the hub: %v", path, err)
		}
	}
	if _, err := Load("runs/missing"); strings.Contains(err.Error(), "huggingface") {
		t.Errorf("a file in a folder that is there is taken for a model of the hub: %v", err)
	}
}
