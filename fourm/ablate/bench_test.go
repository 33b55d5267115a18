package ablate

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every experiment of bench/ablations can be carried out, and its head says how.
func TestBenchAblations(t *testing.T) {
	files, err := filepath.Glob("../../bench/ablations/*.yaml")
	if err != nil || len(files) < 2 {
		t.Fatalf("%v: %d files, expected 2 or more", err, len(files))
	}
	for _, file := range files {
		e, err := Load(file)
		if err != nil {
			t.Error(err)
			continue
		}
		if len(e.Vary) == 0 || len(e.Modalities) == 0 {
			t.Errorf("%s varies %d factors of %d modalities", file, len(e.Vary), len(e.Modalities))
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		head, _, _ := strings.Cut(string(b), "\n\n")
		if call := "#   fourm ablate bench/ablations/" + filepath.Base(file); !strings.HasPrefix(head, "# ") || !strings.Contains(string(b), call+"\n") {
			t.Errorf("%s: its head does not say %q", file, call)
		}
	}
}
