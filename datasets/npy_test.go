package datasets

import (
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// npyFile makes a file of version 1 with any header.
func npyFile(header string, data ...byte) []byte {
	b := binary.LittleEndian.AppendUint16([]byte("\x93NUMPY\x01\x00"), uint16(len(header)))
	return append(append(b, header...), data...)
}

func dict(descr, order, shape string) string {
	return fmt.Sprintf("{'descr': '%s', 'fortran_order': %s, 'shape': %s, }      \n", descr, order, shape)
}

func TestNPY(t *testing.T) {
	for descr, c := range map[string]struct {
		data []byte
		want []int
	}{
		"|u1": {[]byte{1, 255}, []int{1, 255}}, "|i1": {[]byte{1, 255}, []int{1, -1}},
		"<i2": {[]byte{1, 0, 0xff, 0xff}, []int{1, -1}}, "<u2": {[]byte{1, 0, 0xff, 0xff}, []int{1, 65535}},
		"<i4": {[]byte{1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff}, []int{1, -2}}, "<u4": {[]byte{1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}, []int{1, 1<<32 - 1}},
		"<i8": {append([]byte{1, 0, 0, 0, 0, 0, 0, 0}, slices.Repeat([]byte{0xff}, 8)...), []int{1, -1}},
	} {
		a, err := parseNPY(npyFile(dict(descr, "False", "(1, 2)"), c.data...))
		if err != nil {
			t.Errorf("%s: %v", descr, err)
			continue
		}
		rows, cols, v, err := a.table()
		if err != nil || rows != 1 || cols != 2 || !slices.Equal(v, c.want) {
			t.Errorf("%s: %d rows of %d, %v (%v)", descr, rows, cols, v, err)
		}
	}
	a, err := parseNPY(npyFile(dict("<f4", "False", "(1, 2, 1)"), 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0))
	if err != nil {
		t.Fatal(err)
	}
	if p, err := a.picture(); err != nil || p.H != 1 || p.W != 2 || p.C != 1 || !slices.Equal(p.Pix, []float32{1, -2}) {
		t.Errorf("%v (%v)", p, err)
	}
	if _, _, _, err := a.table(); err == nil {
		t.Error("numbers with a point as a table of whole ones")
	}
	for shape, n := range map[string]int{"()": 1, "(2,)": 2, "(1, 1, 1, 2)": 2} {
		a, err := parseNPY(npyFile(dict("|u1", "False", shape), make([]byte, n)...))
		if err != nil {
			t.Errorf("shape %s: %v", shape, err)
			continue
		}
		if _, _, _, err := a.table(); err == nil {
			t.Errorf("shape %s is a table", shape)
		}
	}
	v := []int{0, 5, 16383, 7}
	if a, err := parseNPY(npyOf(2, 2, v)); err != nil {
		t.Error(err)
	} else if rows, cols, got, err := a.table(); err != nil || rows != 2 || cols != 2 || !slices.Equal(got, v) {
		t.Errorf("%v came back as %v (%v)", v, got, err)
	}
}

func TestBrokenNPY(t *testing.T) {
	long := binary.LittleEndian.AppendUint32([]byte("\x93NUMPY\x02\x00"), 0xffffffff)
	for want, b := range map[string][]byte{
		"no .npy file of 0 bytes":         nil,
		"no .npy file of 20 bytes":        []byte("PK345678901234567890"),
		"version 9":                       []byte("\x93NUMPY\x09\x00\x00\x00"),
		"cut off: a header of 65535":      append([]byte("\x93NUMPY\x01\x00\xff\xff"), make([]byte, 9)...),
		"cut off: a header of 2147483647": long,
		"expected at most 4096":           npyFile(strings.Repeat(" ", 5000)),
		"expected descr":                  npyFile("{'shape': (1,), }"),
		"numbers of type \"<f8\"":         npyFile(dict("<f8", "False", "(1, 1)"), 0, 0, 0, 0, 0, 0, 0, 0),
		"numbers of type \">i2\"":         npyFile(dict(">i2", "False", "(1, 1)"), 0, 0),
		"numbers of type \"|O\"":          npyFile(dict("|O", "False", "(1,)"), 0x80, 4),
		"Fortran":                         npyFile(dict("<i2", "True", "(1, 1)"), 0, 0),
		"2 bytes of data, expected 4":     npyFile(dict("<i2", "False", "(1, 2)"), 0, 0),
		"3 bytes of data, expected 2":     npyFile(dict("<i2", "False", "(1, 1)"), 0, 0, 0),
		"shape (9999999999, 9999999999)":  npyFile(dict("<i2", "False", "(9999999999, 9999999999)"), 0, 0),
		"shape (99999999999999999999999)": npyFile(dict("<i2", "False", "(99999999999999999999999)"), 0, 0),
		"expected descr, fortran":         npyFile(dict("<i2", "False", "(-1, 2)"), 0, 0),
	} {
		_, err := parseNPY(b)
		says(t, err, want)
	}
}

// What NumPy itself writes, where there is one.
func TestRealNumPy(t *testing.T) {
	if err := exec.Command("python3", "-c", "import numpy").Run(); err != nil {
		t.Skipf("no NumPy to compare with: %v", err)
	}
	dir := t.TempDir()
	const script = `
import sys, numpy as np
for k in "int16 uint16 int32 int64 uint8 float32".split():
    np.save(sys.argv[1] + "/" + k, (np.arange(12) * 7).reshape(3, 4).astype(k))
`
	if out, err := exec.Command("python3", "-c", script, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, k := range strings.Fields("int16 uint16 int32 int64 uint8 float32") {
		b, err := os.ReadFile(filepath.Join(dir, k+".npy"))
		if err != nil {
			t.Fatal(err)
		}
		a, err := parseNPY(b)
		if err != nil || !reflect.DeepEqual(a.shape, []int{3, 4}) {
			t.Errorf("%s: %v (%v)", k, a.shape, err)
			continue
		}
		if k == "float32" {
			if p, err := a.picture(); err != nil || p.At(2, 3, 0) != 77 {
				t.Errorf("%v (%v)", p, err)
			}
		} else if _, _, v, err := a.table(); err != nil || v[11] != 77 {
			t.Errorf("%s: %v (%v)", k, v, err)
		}
	}
}

// Depth may be an array of metres; what an array cannot be is told.
func TestArraysAsPictures(t *testing.T) {
	dir := t.TempDir()
	data := make([]byte, 4*64)
	binary.LittleEndian.PutUint32(data[4*9:], 0x40200000) // 2.5
	put(t, filepath.Join(dir, "depth", "a.npy"), npyFile(dict("<f4", "False", "(8, 8)"), data...))
	put(t, filepath.Join(dir, "line", "a.png"), pngOf(t, 8, 8, 3))
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if p := s.MustSample(0).Picture("depth"); p.H != 8 || p.C != 1 || p.At(1, 1, 0) != 2.5 {
		t.Errorf("depth %v", p)
	}
	put(t, filepath.Join(dir, "depth", "a.npy"), npyOf(8, 8, make([]int, 64)))
	_, err = MustOpen(dir).Sample(0)
	says(t, err, "depth", `key "a"`, "expected (H, W) or (H, W, C) of float32")
}
