package parity

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"fourmlab/internal/fixture"
)

func TestTextTokenizer(t *testing.T) {
	dir := fixture.Path(t, "parity", "text_tokenizer")
	f := open(dir)
	if f == nil || f.Kind != "text_tokenizer" {
		t.Fatalf("%s is told as %v", dir, f)
	}
	r := run(t, func(r *Report) error { return textTokenizer(f, r) })
	groups := map[string]int{}
	for _, c := range r.checks {
		groups[c.group] = c.count
	}
	for _, g := range []string{"file", "special ids", "sentinels", "ids", "ids of a batch", "tokens", "decoded", "decoded, special kept", "merged spans", "saved again"} {
		if groups[g] == 0 {
			t.Errorf("nothing was compared as %q", g)
		}
	}
}

// run compares and fails the test where something differs.
func run(t *testing.T, compare func(*Report) error) *Report {
	t.Helper()
	r := &Report{}
	err := guarded(func() error { return compare(r) })
	if skip := skipError(""); errors.As(err, &skip) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(r.checks) == 0 {
		t.Fatal("nothing was compared")
	}
	for _, c := range r.checks {
		if !c.pass {
			t.Errorf("%s: %s (%g)", c.group, c.what, c.diff)
		}
		t.Logf("%s: %d compared", c.group, c.count)
	}
	return r
}

// Without its tokenizer a fixture cannot be run, which is no failure.
func TestNoTokenizer(t *testing.T) {
	t.Setenv("FOURM_SHARED", t.TempDir())
	f := &Fixture{Dir: filepath.Join(t.TempDir(), "cases", "text"), Name: "text"}
	_, err := tokenizerFile(f, "some/where/words.json")
	if skip := skipError(""); !errors.As(err, &skip) {
		t.Errorf("error %v, expected one that skips", err)
	}
	if err := os.MkdirAll(f.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(f.Dir, "words.json")
	if err := os.WriteFile(file, []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := tokenizerFile(f, "some/where/words.json"); err != nil || got != file {
		t.Errorf("found %q (%v), expected %q", got, err, file)
	}
}

// Differences are reported, one line a group.
func TestTextDiffers(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("FOURM_SHARED", "")
	src := fixture.Path(t, "4m", "text_tokenizer_4m_wordpiece_30k.json")
	if err := os.Symlink(src, filepath.Join(dir, "words.json")); err != nil {
		t.Skip(err)
	}
	const wrong = `{"tokenizer_file": "words.json", "special": {"[EOS]": 4}, "num_sentinels": 3, "sentinel_ids": [1, 2],
		"sentences": [{"text": "a dog", "ids": [1, 2], "tokens": ["a", "cat"], "decode_skip_special": "x", "decode_keep_special": "y"}],
		"merge_span_masking": [{"input": [5, 300], "target": [5, 301], "merged": [300]}]}`
	if err := os.WriteFile(filepath.Join(dir, "encodings.json"), []byte(wrong), 0o644); err != nil {
		t.Fatal(err)
	}
	r := &Report{}
	if err := textTokenizer(open(dir), r); err != nil {
		t.Fatal(err)
	}
	for _, c := range r.checks {
		if c.pass {
			t.Errorf("%s passed", c.group)
		}
	}
	if len(r.checks) != 9 {
		t.Errorf("%d groups", len(r.checks))
	}
}
