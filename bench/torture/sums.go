package main

// What must be equal in the end, and what must hold after any disturbance.

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"fourmlab/fourm/checkpoint"
	"fourmlab/fourm/train"
)

// times are numbers that differ from run to run.
var times = regexp.MustCompile(`"[Ss]econds":\s*[-+0-9.eE]+`)

// sumsOf gives a sum of every file that a command leaves, without what tells
// when and how long it ran.
func sumsOf(dir string) (map[string]string, error) {
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, p)
		rel = filepath.ToSlash(rel)
		switch {
		case err != nil:
			return err
		case d.IsDir():
			if rel == "photos" || rel == "lost+found" {
				return fs.SkipDir
			}
			return nil
		case strings.Contains(rel, "tfevents"), strings.HasSuffix(rel, "run.json"):
			return nil // one file a session; the machine it ran on
		}
		b, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		switch filepath.Ext(rel) {
		case ".jsonl":
			b = times.ReplaceAll(b, nil)
		case ".safetensors":
			if len(b) >= 8 && strings.HasSuffix(rel, "state.safetensors") { // its header knows the seconds
				if n := 8 + binary.LittleEndian.Uint64(b); n <= uint64(len(b)) {
					b = b[n:]
				}
			}
		}
		out[rel] = fmt.Sprintf("%x", sha256.Sum256(b))
		return nil
	})
	return out, err
}

// same tells how results differ from those of a run that nobody disturbed. A
// run that was disturbed as it let go of its folder may have left the file that
// says whose it was.
func (w *work) same(dir string, disturbed bool) error {
	got, err := sumsOf(dir)
	if err != nil {
		return err
	}
	var differ []string
	for name, sum := range w.sums {
		if got[name] == "" {
			differ = append(differ, name+" is missing")
		} else if got[name] != sum {
			differ = append(differ, name+" differs")
		}
	}
	for name := range got {
		if w.sums[name] == "" && !(disturbed && strings.HasSuffix(name, ".owner")) {
			differ = append(differ, name+" is left over")
		}
	}
	if differ != nil {
		return fmt.Errorf("in the end %s", strings.Join(differ, ", "))
	}
	return nil
}

// lastSaid gives the number behind the last line that begins with a word; -1
// where there is none. A line without an end may be half a line.
func lastSaid(said, word string) int {
	last := -1
	for line := range strings.Lines(said) {
		if rest, ok := strings.CutPrefix(line, word+" "); ok && strings.HasSuffix(line, "\n") {
			if n, err := strconv.Atoi(strings.TrimSpace(rest)); err == nil {
				last = n
			}
		}
	}
	return last
}

// readable tells which files of models in a folder cannot be read.
func readable(dir string) error {
	return filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".safetensors") || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		f, err := checkpoint.Open(p)
		if err != nil {
			return err
		}
		return f.Close()
	})
}

// checkpoints: the run is there up to what was said to be kept, and is read.
func checkpoints(w *work, dir, said string) (kept int, err error) {
	if err := readable(dir); err != nil {
		return 0, err
	}
	n := lastSaid(said, "kept")
	if n <= 0 {
		return 0, nil
	}
	run, err := train.Open(filepath.Join(dir, "runs", "a"))
	if err != nil {
		return 0, err
	}
	if got := run.Last().Step; got < n {
		return 0, fmt.Errorf("step %d was said to be kept, the history ends at %d", n, got)
	}
	f, err := checkpoint.Open(filepath.Join(dir, "runs", "a", "state.safetensors"))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var state struct{ Step int }
	if err := json.Unmarshal([]byte(f.Meta["run"]), &state); err != nil {
		return 0, err
	}
	if state.Step < n {
		return 0, fmt.Errorf("step %d was said to be kept, the checkpoint is that of step %d", n, state.Step)
	}
	return 1, nil
}

// cells: what is said to be finished is read.
func cells(w *work, dir, said string) (kept int, err error) {
	if err := readable(dir); err != nil {
		return 0, err
	}
	b, err := os.ReadFile(filepath.Join(dir, "runs", "small", "results.jsonl"))
	if err != nil {
		return 0, nil
	}
	for line := range bytes.Lines(b) {
		if !json.Valid(line) {
			return 0, fmt.Errorf("results.jsonl holds %q", line)
		}
		kept++
	}
	return kept, nil
}

// wholeSet: the set is there wholly, or not at all.
func wholeSet(w *work, dir, said string) (kept int, err error) {
	if _, err := os.Stat(filepath.Join(dir, "sets", "packed")); err != nil {
		if strings.Contains(said, "sets/packed: 400 samples") {
			return 0, fmt.Errorf("the set was said to be written, and is not there")
		}
		return 0, nil
	}
	got, err := sumsOf(filepath.Join(dir, "sets", "packed"))
	if err != nil {
		return 0, err
	}
	for name, sum := range w.sums {
		if rel, ok := strings.CutPrefix(name, "sets/packed/"); ok && got[rel] != sum {
			return 0, fmt.Errorf("the set is there, and its %s is not that of a whole one", rel)
		}
	}
	return 1, nil
}

// versions: every file is that of one version, and of the one that was said to
// be kept, or a later one.
func versions(w *work, dir, said string) (kept int, err error) {
	n := lastSaid(said, "kept")
	got, err := sumsOf(filepath.Join(dir, "saved"))
	if err != nil {
		if n >= 0 {
			return 0, err
		}
		return 0, nil
	}
	for _, ext := range []string{".png", ".safetensors"} {
		for i := range n + 1 {
			if name := fmt.Sprint(i) + ext; got[name] != w.sums["saved/"+name] {
				return 0, fmt.Errorf("version %d was said to be kept, and %s is not it", n, name)
			}
			kept++
		}
		is := -1
		for i := range 8 {
			if got["same"+ext] == w.sums[fmt.Sprintf("saved/%d%s", i, ext)] {
				is = i
			}
		}
		if is < n || is < 0 && got["same"+ext] != "" {
			return 0, fmt.Errorf("version %d was said to be kept, and same%s is of version %d", n, ext, is)
		}
	}
	return kept, nil
}

// wholeNotebook: what was executed is there wholly, or not at all.
func wholeNotebook(w *work, dir, said string) (kept int, err error) {
	for _, name := range []string{"out/nb.ipynb", "out/nb.html"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			if strings.Contains(said, "\n"+name+"\n") {
				return 0, fmt.Errorf("%s was said to be written, and is not there", name)
			}
			continue
		}
		if name == "out/nb.ipynb" && !json.Valid(b) || name == "out/nb.html" && !bytes.Contains(b, []byte("</html>")) {
			return 0, fmt.Errorf("%s is not whole", name)
		}
		kept++
	}
	return kept, nil
}
