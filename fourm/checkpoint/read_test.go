package checkpoint_test

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm/checkpoint"
)

// raw makes a file of a header and as many zeros of data.
func raw(header string, data int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, data)...)
}

// put writes a file of the test.
func put(t testing.TB, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// open opens a file until the test ends.
func open(t testing.TB, path string) *checkpoint.File {
	t.Helper()
	f, err := checkpoint.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// Every lie of a header is an error that names it, and the file.
func TestBrokenFiles(t *testing.T) {
	one := `{"dtype":"F32","shape":[1],"data_offsets":[0,4]}`
	deep := strings.Repeat("[", 100_000)
	for _, c := range []struct {
		what, want string
		file       []byte
	}{
		{"empty", "no header: the file has 0 bytes", nil},
		{"short", "no header: the file has 7 bytes", make([]byte, 7)},
		{"cut in the header", "cut off", raw(`{"a":`+one+`}`, 4)[:20]},
		{"cut in the data", `tensor "a" ends at byte 4 of the data, which has 3: cut off`, raw(`{"a":`+one+`}`, 3)},
		{"huge header", "expected at most 104857600", binary.LittleEndian.AppendUint64(nil, 1<<60)},
		{"header over 100 MB", "expected at most 104857600", binary.LittleEndian.AppendUint64(nil, 100<<20+1)},
		{"negative header", "not safetensors", binary.LittleEndian.AppendUint64(nil, math.MaxUint64)},
		{"no header", "expected {", raw(``, 0)},
		{"blank first", "expected {", raw(` {}`, 0)},
		{"no object", "expected {", raw(`[]`, 0)},
		{"no JSON", "expected", raw(`{"a":`, 0)},
		{"more JSON", "expected the end", raw(`{}{}`, 0)},
		{"nul padding", "expected the end", raw("{}\x00\x00", 0)},
		{"trailing comma", "expected", raw(`{"a":`+one+`,}`, 4)},
		{"same tensor twice", `the key "a" stands twice`, raw(`{"a":`+one+`,"a":`+one+`}`, 4)},
		{"same name escaped", `the key "a" stands twice`, raw(`{"a":`+one+`,"\u0061":`+one+`}`, 4)},
		{"same key twice", `the key "dtype" stands twice`, raw(`{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4)},
		{"deep in what is passed over", "levels deep", raw(`{"a":{"more":`+deep+`}}`, 0)},
		{"name no UTF-8", "is no UTF-8", raw("{\"\xff\":"+one+"}", 4)},
		{"half a surrogate", "surrogate", raw(`{"\ud800":`+one+`}`, 4)},
		{"no type", `tensor "a": no "dtype"`, raw(`{"a":{"shape":[1],"data_offsets":[0,4]}}`, 4)},
		{"no shape", `no "shape"`, raw(`{"a":{"dtype":"F32","data_offsets":[0,4]}}`, 4)},
		{"no offsets", `no "data_offsets"`, raw(`{"a":{"dtype":"F32","shape":[1]}}`, 4)},
		{"one offset", "data_offsets are [0]", raw(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}`, 4)},
		{"type", `unknown type "F33", expected one of F64`, raw(`{"a":{"dtype":"F33","shape":[1],"data_offsets":[0,8]}}`, 8)},
		{"shape", "does not fit", raw(`{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}`, 4)},
		{"shape beyond 64 bits", "too large", raw(`{"a":{"dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,4]}}`, 4)},
		{"negative", "negative length", raw(`{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`, 4)},
		{"two negative", "negative length", raw(`{"a":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}`, 4)},
		{"negative beside none", "negative length", raw(`{"a":{"dtype":"F32","shape":[0,-1],"data_offsets":[0,0]}}`, 0)},
		{"fraction", "whole number", raw(`{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}`, 4)},
		{"shape of text", "expected a number", raw(`{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}`, 4)},
		{"length and shape", "8 bytes of data at [0 8], expected 4 for [1] of F32", raw(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}`, 8)},
		{"outside", "ends at byte 8 of the data, which has 4", raw(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 4)},
		{"far outside", "cut off", raw(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[9223372036854775803,9223372036854775807]}}`, 4)},
		{"backwards", "expected begin and end", raw(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}`, 4)},
		{"overlap", `"a" and "b" overlap`, raw(`{"a":`+one+`,"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}`, 8)},
		{"the same data twice", "overlap", raw(`{"a":`+one+`,"b":`+one+`}`, 4)},
		{"hole", `4 bytes before tensor "b" belong to no tensor`, raw(`{"a":`+one+`,"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}`, 12)},
		{"rest", "4 bytes after the last tensor belong to none", raw(`{"a":`+one+`}`, 8)},
		{"metadata of numbers", `metadata "k" is`, raw(`{"__metadata__":{"k":1}}`, 0)},
		{"metadata of lists", `metadata "k" is`, raw(`{"__metadata__":{"k":["a"]}}`, 0)},
		{"metadata no object", "expected", raw(`{"__metadata__":"k"}`, 0)},
		{"metadata twice", "stands twice", raw(`{"__metadata__":{},"__metadata__":{}}`, 0)},
		{"a web page", "a web page, not the file itself", []byte("\n<!DOCTYPE html>\n<html><title>Sign in</title></html>")},
		{"LFS", "git lfs pull", []byte("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n")},
	} {
		path := put(t, "x.safetensors", c.file)
		if _, err := checkpoint.Open(path); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v, expected one with %q", c.what, err, c.want)
		} else if len(err.Error()) > 600 {
			t.Errorf("%s: an error of %d characters", c.what, len(err.Error()))
		}
	}
	if _, err := checkpoint.Open("/dev/null"); err == nil {
		t.Error("a device was opened")
	}
	if _, err := checkpoint.Open(filepath.Join(t.TempDir(), "none")); !os.IsNotExist(err) {
		t.Errorf("no file: %v", err)
	}
}

// What the format allows is read: padding, scalars, empty tensors, tensors in
// any order, keys of a later version, no metadata.
func TestAllowed(t *testing.T) {
	path := put(t, "x.safetensors", raw(`{"z":{"dtype":"F32","shape":[],"data_offsets":[4,8],"later":[{"a":null}]},"a\u00e9":{"data_offsets":[0,4],"shape":[1],"dtype":"F32"},"e":{"dtype":"I64","shape":[0,9223372036854775807],"data_offsets":[4,4]}, "__metadata__" : null }   `, 8))
	f := open(t, path)
	if got := f.Names(); !slices.Equal(got, []string{"aé", "e", "z"}) {
		t.Errorf("names %q", got)
	}
	for name, want := range map[string][]int{"z": {}, "aé": {1}, "e": {0, math.MaxInt}, "none": nil} {
		if got := f.Shape(name); !reflect.DeepEqual(got, want) {
			t.Errorf("%s has shape %v, expected %v", name, got, want)
		}
	}
	if v, err := f.Ints("e"); err != nil || len(v) != 0 {
		t.Errorf("the empty one is %v (%v)", v, err)
	}
	if _, err := f.Floats("none"); err == nil || !strings.Contains(err.Error(), `no tensor "none"`) || !strings.Contains(err.Error(), path) {
		t.Errorf("a tensor that is not there: %v", err)
	}
	if _, err := f.Ints("z"); err == nil || !strings.Contains(err.Error(), "F32, expected whole") {
		t.Errorf("whole numbers of F32: %v", err)
	}
	if err := f.Into("z", make([]float32, 2)); err == nil || !strings.Contains(err.Error(), "expected 2 numbers") {
		t.Errorf("into another length: %v", err)
	}
	f.Shape("aé")[0] = 7
	if f.Shape("aé")[0] != 1 {
		t.Error("a shape that was given out can be changed from outside")
	}
}

// Shared gives the numbers of Floats, from the file's own memory where it can.
func TestShared(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.safetensors")
	data := []float32{1, -2, 3.5}
	if err := checkpoint.Write(path, []checkpoint.Tensor{{Name: "a", Shape: []int{3}, Data: data}, {Name: "h", Shape: []int{3}, Data: data, Dtype: "F16"}, {Name: "e", Shape: []int{0}}}, nil); err != nil {
		t.Fatal(err)
	}
	f := open(t, path)
	for _, n := range []string{"a", "h"} {
		one, err := f.Shared(n)
		two, err2 := f.Shared(n)
		if err != nil || err2 != nil || !slices.Equal(one, data) || !slices.Equal(two, data) {
			t.Fatalf("%s is %v and %v (%v, %v)", n, one, two, err, err2)
		}
		if shared := &one[0] == &two[0]; shared != (n == "a") {
			t.Errorf("%s is shared: %v", n, shared)
		}
	}
	if v, err := f.Shared("e"); err != nil || len(v) != 0 {
		t.Errorf("the empty one is %v (%v)", v, err)
	}
	// F32 at an odd place is copied
	b := raw(`{"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}}`, 1)
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(2.5))
	if v, err := open(t, put(t, "odd.safetensors", b)).Shared("a"); err != nil || !slices.Equal(v, []float32{2.5}) {
		t.Errorf("at an odd place: %v (%v)", v, err)
	}
}

// A file in memory is read as the same file on disk is, and refused alike.
func TestOpenBytes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.safetensors")
	if err := checkpoint.Write(path, []checkpoint.Tensor{{Name: "a", Shape: []int{3}, Data: []float32{1, 2, 3}}, {Name: "b", Shape: []int{2}, Data: []float32{0.5, -1}, Dtype: "F16"}}, map[string]string{"k": "v"}); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := checkpoint.OpenBytes("shipped", b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, read := range []func(string) ([]float32, error){f.Floats, f.Shared} {
		x, err := read("a")
		y, err2 := read("b")
		if err != nil || err2 != nil || !slices.Equal(x, []float32{1, 2, 3}) || !slices.Equal(y, []float32{0.5, -1}) || f.Meta["k"] != "v" {
			t.Errorf("read %v, %v, %v, %v, %v", x, y, f.Meta, err, err2)
		}
	}
	if _, err := checkpoint.OpenBytes("shipped", b[:len(b)-2]); err == nil || !strings.Contains(err.Error(), "checkpoint: shipped:") {
		t.Errorf("a file that is cut off: %v", err)
	}
}
