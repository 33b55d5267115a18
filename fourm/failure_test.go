package fourm_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fourmlab/datasets"
	"fourmlab/fourm"
	"fourmlab/fourm/modality"
)

// moody is a tokenizer that cannot encode.
type moody struct{ fourm.Tokenizer }

var errMoody = errors.New("the disk is on fire")

func (moody) Encode(any) (fourm.Tokens, error) { return fourm.Tokens{}, errMoody }

// failing goes through every call whose world fails: the value has Err, what it
// prints says so, and nothing panics.
func failing(t *testing.T, m *fourm.Model, data fourm.Data) {
	t.Helper()
	broken := shelf{24, 7}
	for name, f := range map[string]func() (value any, err error){
		"Eval":     func() (any, error) { r := m.Eval(broken, "ink->far"); return r, r.Err },
		"Retrieve": func() (any, error) { s, _ := data.Sample(1); r := m.Retrieve(s, broken, 2); return r, r.Err },
		"TrainTokenizer": func() (any, error) {
			k := fourm.TrainTokenizer(broken, "ink", fourm.VQ{})
			if _, err := k.Encode(nil); !errors.Is(err, k.Err) {
				t.Errorf("a tokenizer that was not trained encodes: %v", err)
			}
			line(t, "the tokenizer of \"ink\" was not trained", func() { fourm.SetTokenizer("ink", k) })
			return k, k.Err
		},
		"TrainTokenizers": func() (any, error) { err := fourm.TrainTokenizers(broken, "ink"); return err, err },
		"TrainVocabulary": func() (any, error) { err := fourm.TrainVocabulary(broken); return err, err },
	} {
		value, err := f()
		if err == nil || !strings.Contains(err.Error(), "sample 7: cut off") || !strings.Contains(fmt.Sprint(value), "sample 7: cut off") {
			t.Errorf("%s: error %v, and it prints as %v", name, err, value)
		}
	}

	s, _ := data.Sample(2)
	plan := fourm.Chain("far").Then("ink", 2)
	was := modality.TokenizerOf("far")
	defer fourm.SetTokenizer("far", was)
	fourm.SetTokenizer("far", moody{was})
	mine := fourm.New(m.Config())
	for name, f := range map[string]func() (value any, err error){
		"Generate":  func() (any, error) { r := mine.Generate(s, plan, 0); return r, r.Err },
		"Vary":      func() (any, error) { r := mine.Vary(s, plan, 3); return r[0], r[len(r)-1].Err },
		"Grid":      func() (any, error) { r := mine.Grid(s); return r, r.Err },
		"Sweep":     func() (any, error) { r := mine.Sweep(s, plan, []float64{1}, []float64{1}); return r, r.Err },
		"Attention": func() (any, error) { r := mine.Attention(s, 0, 0); return r, r.Err },
	} {
		if value, err := f(); !errors.Is(err, errMoody) || !strings.Contains(fmt.Sprint(value), "on fire") {
			t.Errorf("%s: error %v, and it prints as %v", name, err, value)
		}
	}
}

// What a program wants to tell apart has a name.
func TestKindsOfErrors(t *testing.T) {
	dir := t.TempDir()
	put := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	load := func(path string) error { _, err := fourm.Load(path); return err }
	page := put("page.safetensors", "<!DOCTYPE html><html>log in</html>")
	other := put("other.safetensors", "\x42\x00\x00\x00\x00\x00\x00\x00{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}            \x00\x00\x00\x00")
	cut := put("cut.safetensors", "\x42\x00\x00\x00\x00\x00\x00\x00{\"w\":{\"dty")
	empty := filepath.Join(dir, "empty")
	if err := os.Mkdir(empty, 0o755); err != nil {
		t.Fatal(err)
	}
	_, noRun := fourm.OpenRun(empty)
	_, noSet := datasets.Open("no-such-set")
	_, noFolder := datasets.Open(filepath.Join(dir, "nowhere"))
	for _, c := range []struct {
		what string
		err  error
		is   error // nil: none of them
	}{
		{"a page", load(page), fourm.ErrForeignCheckpoint},
		{"another model", load(other), fourm.ErrForeignCheckpoint},
		{"a file that is cut off", load(cut), nil},
		{"no file", load(filepath.Join(dir, "x")), os.ErrNotExist},
		{"a folder without a run", noRun, fourm.ErrNoRun},
		{"no set", noSet, datasets.ErrNoSet},
		{"no folder", noFolder, datasets.ErrNoSet},
	} {
		if c.err == nil {
			t.Errorf("%s is no error", c.what)
		}
		for _, kind := range []error{fourm.ErrForeignCheckpoint, fourm.ErrForeignRun, fourm.ErrNoRun, datasets.ErrNoSet, os.ErrNotExist} {
			if errors.Is(c.err, kind) != (kind == c.is) {
				t.Errorf("%s: %q is %q: %v", c.what, c.err, kind, errors.Is(c.err, kind))
			}
		}
	}
}
