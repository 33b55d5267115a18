package checkpoint_test

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"fourmlab/fourm/checkpoint"
)

func TestRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.safetensors")
	want := []checkpoint.Tensor{{"a", []int{2, 3}, []float32{1, 2, 3, 4, 5, 6}}, {"b.weight", []int{1}, []float32{-0.5}}, {"empty", []int{0, 4}, nil}}
	if err := checkpoint.Write(path, want, map[string]string{"dim": "8"}); err != nil {
		t.Fatal(err)
	}
	f, err := checkpoint.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if !reflect.DeepEqual(f.Names(), []string{"a", "b.weight", "empty"}) || f.Meta["dim"] != "8" {
		t.Errorf("names %v, metadata %v", f.Names(), f.Meta)
	}
	for _, w := range want {
		got, err := f.Floats(w.Name)
		if err != nil || len(got) != len(w.Data) || len(got) > 0 && !reflect.DeepEqual(got, w.Data) || !reflect.DeepEqual(f.Shape(w.Name), w.Shape) {
			t.Errorf("%s came back as %v %v (%v)", w.Name, f.Shape(w.Name), got, err)
		}
	}
}

// What was there stays whole when writing fails, as on a full disk.
func TestFailedWriteKeepsTheOld(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "m.safetensors")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	full := errors.New("no space left on device")
	err := checkpoint.Atomic(path, func(w io.Writer) error {
		w.Write([]byte("half of the new"))
		return full
	})
	if !errors.Is(err, full) {
		t.Errorf("error %v", err)
	}
	got, _ := os.ReadFile(path)
	left, _ := os.ReadDir(dir)
	if string(got) != "old" || len(left) != 1 {
		t.Errorf("file holds %q, folder %d files", got, len(left))
	}
}

func raw(header string, data int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, data)...)
}

// Every lie of a header is an error that names it.
func TestBrokenFiles(t *testing.T) {
	for _, c := range []struct {
		what, want string
		file       []byte
	}{
		{"empty", "no header", nil},
		{"cut", "cut off", raw(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4)[:20]},
		{"huge header", "not safetensors", binary.LittleEndian.AppendUint64(nil, 1<<60)},
		{"no json", "header", raw(`{"a":`, 0)},
		{"type", `"a": type "F64"`, raw(`{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}`, 8)},
		{"shape", "does not fit", raw(`{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}`, 4)},
		{"negative", "does not fit", raw(`{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`, 4)},
		{"offsets", "expected 4 bytes", raw(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}`, 8)},
		{"outside", "within 4", raw(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 4)},
		{"overlap", "overlap", raw(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}`, 8)},
	} {
		path := filepath.Join(t.TempDir(), "x.safetensors")
		if err := os.WriteFile(path, c.file, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := checkpoint.Open(path); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v, expected one with %q", c.what, err, c.want)
		}
	}
}

func TestHalfPrecision(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.safetensors")
	b := raw(`{"h":{"dtype":"F16","shape":[4],"data_offsets":[0,8]},"b":{"dtype":"BF16","shape":[1],"data_offsets":[8,10]}}`, 0)
	for _, v := range []uint16{0x3C00, 0xC000, 0x0001, 0x7BFF, 0x3F80} {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := checkpoint.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	h, _ := f.Floats("h")
	bf, _ := f.Floats("b")
	if !reflect.DeepEqual(h, []float32{1, -2, 5.9604645e-08, 65504}) || bf[0] != 1 {
		t.Errorf("got %v and %v", h, bf)
	}
}
