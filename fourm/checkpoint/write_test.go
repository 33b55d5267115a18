package checkpoint_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm/checkpoint"
)

func TestRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.safetensors")
	long := make([]float32, 400_000) // over one block, of halves
	for i := range long {
		long[i] = float32(i%1000) / 8
	}
	want := []checkpoint.Tensor{
		{Name: "a", Shape: []int{2, 3}, Data: []float32{1, 2, 3, 4, 5, 6}},
		{Name: "b.weight", Shape: []int{1}, Data: []float32{-0.5}},
		{Name: "scalar", Data: []float32{7}},
		{Name: "empty", Shape: []int{0, 4}},
		{Name: "<é\"\n>", Shape: []int{1}, Data: []float32{1}},
		{Name: "half", Shape: []int{400, 1000}, Data: long, Dtype: "F16"},
		{Name: "brain", Shape: []int{2}, Data: []float32{1.5, -3}, Dtype: "BF16"},
		{Name: "double", Shape: []int{2}, Data: []float32{0.1, 2}, Dtype: "F64"},
	}
	meta := map[string]string{"dim": "8", "text": "<&> é\n"}
	if err := checkpoint.Write(path, want, meta); err != nil {
		t.Fatal(err)
	}
	f := open(t, path)
	if !slices.Equal(f.Names(), []string{"<é\"\n>", "a", "b.weight", "brain", "double", "empty", "half", "scalar"}) || !reflect.DeepEqual(f.Meta, meta) {
		t.Errorf("names %q, metadata %v", f.Names(), f.Meta)
	}
	for _, w := range want {
		got, err := f.Floats(w.Name)
		if err != nil || !slices.Equal(got, w.Data) || !slices.Equal(f.Shape(w.Name), w.Shape) {
			t.Errorf("%s came back as %v of %d numbers (%v)", w.Name, f.Shape(w.Name), len(got), err)
		}
		into := make([]float32, len(w.Data))
		if err := f.Into(w.Name, into); err != nil || !slices.Equal(into, w.Data) {
			t.Errorf("%s came into other memory as other numbers (%v)", w.Name, err)
		}
		if d := f.Dtype(w.Name); d != w.Dtype && !(w.Dtype == "" && d == "F32") {
			t.Errorf("%s is stored as %s", w.Name, d)
		}
	}
}

// Whole numbers of every type, with the ends of their ranges.
func TestWholeNumbers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.safetensors")
	ends := map[string][]int64{
		"I64": {-1 << 63, 1<<63 - 1}, "I32": {-1 << 31, 1<<31 - 1}, "I16": {-1 << 15, 1<<15 - 1}, "I8": {-128, 127},
		"U64": {0, 1<<63 - 1}, "U32": {0, 1<<32 - 1}, "U16": {0, 1<<16 - 1}, "U8": {0, 255}, "BOOL": {0, 1},
	}
	var all []checkpoint.Tensor
	for d, v := range ends {
		all = append(all, checkpoint.Tensor{Name: d, Shape: []int{2}, Ints: v, Dtype: d})
	}
	all = append(all, checkpoint.Tensor{Name: "plain", Shape: []int{1}, Ints: []int64{5}})
	if err := checkpoint.Write(path, all, nil); err != nil {
		t.Fatal(err)
	}
	f := open(t, path)
	for d, v := range ends {
		got, err := f.Ints(d)
		if err != nil || !slices.Equal(got, v) || !f.Whole(d) || f.Dtype(d) != d {
			t.Errorf("%s came back as %v of %s (%v)", d, got, f.Dtype(d), err)
		}
		if x, err := f.Floats(d); err != nil || x[1] != float32(v[1]) {
			t.Errorf("%s as real numbers: %v (%v)", d, x, err)
		}
		wrong := []int64{v[1] + 1} // of I64 and U64 it wraps around
		if d == "U64" {
			wrong[0] = -1
		}
		err = checkpoint.Write(path+"2", []checkpoint.Tensor{{Name: "x", Shape: []int{1}, Ints: wrong, Dtype: d}}, nil)
		if d != "I64" && (err == nil || !strings.Contains(err.Error(), `tensor "x": `)) {
			t.Errorf("%d as %s: %v", wrong[0], d, err)
		}
	}
	if f.Dtype("plain") != "I64" {
		t.Errorf("whole numbers are stored as %s", f.Dtype("plain"))
	}
	b := binary.LittleEndian.AppendUint64(raw(`{"u":{"dtype":"U64","shape":[1],"data_offsets":[0,8]}}`, 0), 1<<63)
	g := open(t, put(t, "u.safetensors", b))
	if _, err := g.Ints("u"); err == nil || !strings.Contains(err.Error(), "above") {
		t.Errorf("a number beyond int64: %v", err)
	}
	if v, err := g.Floats("u"); err != nil || v[0] != 1<<63 {
		t.Errorf("a number beyond int64 as a real one: %v (%v)", v, err)
	}
}

// The same tensors give the same bytes, laid out as the format's own library
// lays them out: padded header, widest types first, no holes.
func TestBytes(t *testing.T) {
	a := checkpoint.Tensor{Name: "a", Shape: []int{1}, Data: []float32{1}, Dtype: "F16"}
	b := checkpoint.Tensor{Name: "b", Shape: []int{1}, Data: []float32{1}}
	c := checkpoint.Tensor{Name: "c", Shape: []int{1}, Ints: []int64{1}}
	files := [][]byte{}
	for _, list := range [][]checkpoint.Tensor{{a, b, c}, {c, b, a}} {
		path := filepath.Join(t.TempDir(), "m.safetensors")
		if err := checkpoint.Write(path, list, map[string]string{"z": "1", "a": "2"}); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, got)
		if list[1].Name != "b" || list[0].Dtype != map[string]string{"a": "F16"}[list[0].Name] {
			t.Error("Write changed its argument")
		}
	}
	want := `{"__metadata__":{"a":"2","z":"1"},"c":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},"a":{"dtype":"F16","shape":[1],"data_offsets":[12,14]}}`
	for len(want)%8 != 0 {
		want += " "
	}
	full := append(raw(want, 0), 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3f, 0, 0x3c)
	for _, f := range files {
		if !bytes.Equal(f, full) {
			t.Errorf("wrote %q\nexpected %q", f, full)
		}
	}
}

func TestCannotBeWritten(t *testing.T) {
	one := []float32{1}
	for want, list := range map[string][]checkpoint.Tensor{
		`cannot be called ""`:             {{Shape: []int{1}, Data: one}},
		`cannot be called "__metadata__"`: {{Name: "__metadata__", Shape: []int{1}, Data: one}},
		`cannot be called "\xff"`:         {{Name: "\xff", Shape: []int{1}, Data: one}},
		`two tensors are called "a"`:      {{Name: "a", Shape: []int{1}, Data: one}, {Name: "a", Shape: []int{1}, Data: one}},
		"has 1 numbers, its shape [2]":    {{Name: "a", Shape: []int{2}, Data: one}},
		"its shape [-1 -1]":               {{Name: "a", Shape: []int{-1, -1}, Data: one}},
		`unknown type "F31"`:              {{Name: "a", Shape: []int{1}, Data: one, Dtype: "F31"}},
		"does not go with":                {{Name: "a", Shape: []int{1}, Data: one, Dtype: "I8"}},
		"type F32 does not go with":       {{Name: "a", Shape: []int{1}, Ints: []int64{1}, Dtype: "F32"}},
		"both Data and Ints":              {{Name: "a", Shape: []int{2}, Data: one, Ints: []int64{1}}},
	} {
		path := filepath.Join(t.TempDir(), "m.safetensors")
		if err := checkpoint.Write(path, list, nil); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("error %v, expected one with %q", err, want)
		}
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s: something was written", want)
		}
	}
	path := filepath.Join(t.TempDir(), "m.safetensors")
	if err := checkpoint.Write(path, nil, map[string]string{"a": "\xff"}); err == nil || !strings.Contains(err.Error(), "no UTF-8") {
		t.Errorf("metadata that are no UTF-8: %v", err)
	}
}

// What was there stays whole when writing fails in its middle.
func TestFailedWriteKeepsTheOld(t *testing.T) {
	path := put(t, "m.safetensors", []byte("old"))
	err := checkpoint.Write(path, []checkpoint.Tensor{{Name: "a", Shape: []int{1 << 20}, Data: make([]float32, 1<<20)}, {Name: "b", Shape: []int{1}, Ints: []int64{300}, Dtype: "I8"}}, nil)
	if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "300") {
		t.Errorf("error %v", err)
	}
	got, _ := os.ReadFile(path)
	left, _ := os.ReadDir(filepath.Dir(path))
	if string(got) != "old" || len(left) != 1 {
		t.Errorf("file holds %q, folder %d files", got, len(left))
	}
}
