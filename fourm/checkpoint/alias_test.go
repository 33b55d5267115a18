package checkpoint_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm/checkpoint"
)

// aliased writes a file as save_model does it: "kept" is stored, the metadata
// name the others.
func aliased(t *testing.T) *checkpoint.File {
	path := filepath.Join(t.TempDir(), "m.safetensors")
	meta := map[string]string{
		"format": "pt", "dim": "8", "removed": "kept", "twice": "removed",
		"one": "two", "two": "one", "self": "self", "dangling": "gone", "kept": "other",
	}
	for i := range 20 {
		meta[fmt.Sprint("far", i)] = fmt.Sprint("far", i+1)
	}
	meta["far20"] = "kept"
	err := checkpoint.Write(path, []checkpoint.Tensor{
		{Name: "kept", Shape: []int{2}, Data: []float32{1, 2}},
		{Name: "other", Shape: []int{1}, Ints: []int64{3}},
	}, meta)
	if err != nil {
		t.Fatal(err)
	}
	return open(t, path)
}

func TestAliases(t *testing.T) {
	f := aliased(t)
	if got := f.Names(); !slices.Equal(got, []string{"kept", "other"}) {
		t.Errorf("stored are %v", got)
	}
	all := f.AllNames()
	for _, n := range []string{"kept", "other", "removed", "twice", "far20"} {
		if !slices.Contains(all, n) {
			t.Errorf("all names %v lack %s", all, n)
		}
	}
	for _, n := range []string{"format", "dim", "one", "self", "dangling", "far0"} {
		if slices.Contains(all, n) {
			t.Errorf("all names %v have %s, which is no tensor", all, n)
		}
	}
	if !slices.IsSorted(all) {
		t.Errorf("%v is in no order", all)
	}
	for name, want := range map[string]string{"kept": "kept", "removed": "kept", "twice": "kept", "far20": "kept", "other": "other"} {
		if got, err := f.Resolve(name); err != nil || got != want {
			t.Errorf("%s is %q, expected %q (%v)", name, got, want, err)
		}
	}
	if v, err := f.Floats("twice"); err != nil || !slices.Equal(v, []float32{1, 2}) || !slices.Equal(f.Shape("twice"), []int{2}) {
		t.Errorf("by an alias: %v of shape %v (%v)", v, f.Shape("twice"), err)
	}
	for name, want := range map[string]string{
		"none": `no tensor "none"`, "dangling": `"gone", which is no tensor either`, "one": "in a circle", "self": "in a circle", "far0": "more than 8 names",
	} {
		_, err := f.Resolve(name)
		_, err2 := f.Floats(name)
		if err == nil || !strings.Contains(err.Error(), want) || err2 == nil || f.Shape(name) != nil || f.Dtype(name) != "" {
			t.Errorf("%s: %v, expected an error with %q", name, err, want)
		}
	}
}

func TestCompare(t *testing.T) {
	f := aliased(t)
	if err := f.Compare(map[string][]int{"removed": {2}, "twice": {2}, "other": {1}}); err != nil {
		t.Errorf("all is there: %v", err)
	}
	err := f.Compare(map[string][]int{"kept": {1, 2}, "gone": {3}, "self": nil})
	var m *checkpoint.Mismatch
	if !errors.As(err, &m) {
		t.Fatalf("error %v", err)
	}
	if !slices.Equal(m.Missing, []string{"gone", "self"}) || !slices.Equal(m.Extra, []string{"other"}) ||
		!reflect.DeepEqual(m.Shapes, []checkpoint.WrongShape{{Name: "kept", Have: []int{2}, Want: []int{1, 2}}}) {
		t.Errorf("%+v", m)
	}
	for _, want := range []string{m.Path, "2 missing, 1 not wanted, 1 of another shape", "gone", "other", "kept is [2], expected [1 2]"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q lacks %q", err, want)
		}
	}
}

// However much is wrong, the error fits on a screen.
func TestMismatchIsShort(t *testing.T) {
	m := &checkpoint.Mismatch{Path: "m.safetensors"}
	for i := range 1000 {
		n := strings.Repeat("long.", 100) + fmt.Sprint(i)
		m.Missing, m.Extra = append(m.Missing, n), append(m.Extra, n)
		m.Shapes = append(m.Shapes, checkpoint.WrongShape{Name: n, Have: make([]int, 500), Want: []int{1}})
	}
	lines := strings.Split(m.Error(), "\n")
	if len(lines) > 24 {
		t.Errorf("%d lines", len(lines))
	}
	for _, l := range lines {
		if len(l) > 200 {
			t.Errorf("a line of %d characters", len(l))
		}
	}
	if !strings.Contains(m.Error(), "1000 missing") || !strings.Contains(m.Error(), "and 995 more") {
		t.Error(m)
	}
}
