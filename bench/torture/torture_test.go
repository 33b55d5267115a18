package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// program builds the program that is tortured.
func program(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "fourm")
	if out, err := exec.Command("go", "build", "-o", bin, "fourmlab/cmd/fourm").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bin
}

// The short form: some kills and power cuts of each command.
func TestTorture(t *testing.T) {
	var out bytes.Buffer
	o := options{fourm: program(t), kills: 15, cuts: 10, fulls: 5, seed: uint64(time.Now().UnixNano()), keep: filepath.Join(os.TempDir(), "fourm-torture-broken")}
	if err := o.run(t.Context(), &out); err != nil {
		t.Errorf("seed %d: %v", o.seed, err)
	}
	t.Logf("seed %d\n%s", o.seed, out.Bytes())
	if got := strings.Count(out.String(), " kills, "); got != len(works()) {
		t.Errorf("%d commands were killed, expected %d", got, len(works()))
	}
	if why := unmountable(); why != "" {
		t.Logf("no power was cut: %s", why)
	} else if got := strings.Count(out.String(), " power cuts, "); got != len(works()) {
		t.Errorf("the power was cut under %d commands, expected %d", got, len(works()))
	}
}

// What a broken promise looks like is told.
func TestBroken(t *testing.T) {
	bin := program(t)
	for _, w := range works() {
		if err := w.begin(context.Background(), bin); err != nil {
			t.Fatal(err)
		}
		defer w.end()
		if err := w.same(w.ref, false); err != nil {
			t.Errorf("%s: nobody disturbed it: %v", w.name, err)
		}
		said := map[string]string{"train": "kept 400\n", "save": "kept 7\n", "pack": "sets/packed: 400 samples\n", "notebook": "x\nout/nb.ipynb\n"}[w.name]
		if kept, err := w.holds(w, w.ref, said); err != nil || kept == 0 {
			t.Errorf("%s: nobody disturbed it: %d things kept, %v", w.name, kept, err)
		}
		for _, c := range []struct {
			of, file, want string
			change         func(path string) error
		}{
			{"train", "runs/a/last.safetensors", "last.safetensors", func(p string) error { return os.Truncate(p, 0) }},
			{"train", "runs/a/history.jsonl", "the history ends at 0", func(p string) error { return os.Truncate(p, 0) }},
			{"train", "runs/a/state.safetensors", "no such file", os.Remove},
			{"ablate", "runs/small/results.jsonl", "results.jsonl holds", func(p string) error { return os.WriteFile(p, []byte("{\x00\x00"), 0o644) }},
			{"pack", "sets/packed/rgb/shard-00000.tar", "shard-00000.tar is not that of a whole one", func(p string) error { return os.Truncate(p, 1000) }},
			{"pack", "sets/packed", "is not there", os.RemoveAll},
			{"save", "saved/same.png", "same.png is of version -1", func(p string) error { return os.Truncate(p, 10) }},
			{"save", "saved/3.safetensors", "3.safetensors is not it", os.Remove},
			{"notebook", "out/nb.ipynb", "is not whole", func(p string) error { return os.Truncate(p, 50) }},
			{"notebook", "out/nb.ipynb", "was said to be written", os.Remove},
		} {
			if c.of != w.name {
				continue
			}
			dir := filepath.Join(t.TempDir(), "changed")
			if err := os.CopyFS(dir, os.DirFS(w.ref)); err != nil {
				t.Fatal(err)
			}
			if err := c.change(filepath.Join(dir, c.file)); err != nil {
				t.Fatal(err)
			}
			if _, err := w.holds(w, dir, said); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s, %s changed: %v, expected %q", w.name, c.file, err, c.want)
			}
			if err := w.same(dir, false); err == nil {
				t.Errorf("%s, %s changed: said to be the same", w.name, c.file)
			}
		}
	}
}
