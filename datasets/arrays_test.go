package datasets

// Arrays as values: depth, normals, labels and features as .npy files.

import (
	"encoding/binary"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fourmlab/datasets/npy"
	"fourmlab/fourm/modality"
)

// npyFile makes a file of version 1 with any header.
func npyFile(header string, data ...byte) []byte {
	b := binary.LittleEndian.AppendUint16([]byte(npy.Magic+"\x01\x00"), uint16(len(header)))
	return append(append(b, header...), data...)
}

func dict(descr, order, shape string) string {
	return fmt.Sprintf("{'descr': '%s', 'fortran_order': %s, 'shape': %s, }      \n", descr, order, shape)
}

// floats makes a file of float32.
func floats(shape string, v ...float32) []byte {
	var data []byte
	for _, x := range v {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(x))
	}
	return npyFile(dict("<f4", "False", shape), data...)
}

func TestArraysAsValues(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct {
		name string
		file []byte
		want []float32
		h, w int
		said string // to the notes
	}{
		{"depth", floats("(2, 2)", 1, 2.5, 3, 4), []float32{1, 2.5, 3, 4}, 2, 2, ""},
		{"depth", floats("(1, 2, 2)", 1, 2, 3, 4), []float32{1, 2, 3, 4}, 2, 2, ""},
		{"depth", floats("(1, 1, 1, 2)", 1, 2), []float32{1, 2}, 1, 2, ""},
		{"depth", floats("(2, 2, 1)", 1, nan, -3, inf), []float32{1, 0, 0, 0}, 2, 2, "taken for unknown"},
		{"depth", npyFile(dict("<u2", "False", "(1, 2)"), 0xe8, 3, 0, 0), []float32{1, 0}, 1, 2, ""},
		{"depth", npyFile(dict(">f8", "True", "(2, 1)"), 0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0), []float32{1, 2}, 2, 1, ""},
		{"normal", floats("(3, 1, 2)", 0, 0, 0, 1, 1, 0), []float32{0, 0, 1, 0, 1, 0}, 1, 2, ""},
		{"normal", floats("(1, 2, 3)", 0, 0, 1, nan, 1, 0), []float32{0, 0, 1, 0, 0, 0}, 1, 2, "taken for unknown"},
		{"semseg", npyFile(dict("|u1", "False", "(1, 2)"), 3, 200), []float32{3, 200}, 1, 2, ""},
		{"mask", npyFile(dict("|b1", "False", "(1, 1, 2, 1)"), 0, 1), []float32{0, 1}, 1, 2, ""},
		{"rgb", npyFile(dict("|u1", "False", "(1, 1, 3)"), 0, 255, 51), []float32{0, 1, 0.2}, 1, 1, ""},
	} {
		said := ""
		a := decoder{tell: func(kind string) { said += kind }}.sized(0)
		v, sh, err := a.decode(c.name, "npy", c.file)
		if err != nil {
			t.Errorf("%s %.70q: %v", c.name, c.file, err)
			continue
		}
		p := v.(*modality.Picture)
		if !slices.Equal(p.Pix, c.want) || sh != (shape{c.h, c.w}) || (said == "") != (c.said == "") || !strings.Contains(said, c.said) {
			t.Errorf("%s %.70q: %v of %v, said %q; expected %v", c.name, c.file, p.Pix, sh, said, c.want)
		}
	}
	for want, c := range map[string]struct {
		name string
		file []byte
	}{
		"expected (H, W)":               {"depth", floats("(2, 1, 2)", 1, 2, 3, 4)},
		"expected (H, W, 3)":            {"normal", floats("(1, 2)", 1, 2)},
		"class ids of f4":               {"semseg", floats("(1, 1)", 1)},
		"class id -1":                   {"semseg", npyFile(dict("|i1", "False", "(1, 1)"), 0xff)},
		"the number 200, expected 0 to": {"rgb", floats("(1, 1, 3)", 200, 0, 0)},
		"expected text":                 {"caption", floats("(1, 1)", 1)},
	} {
		_, _, err := decode(c.name, "npy", c.file, 0)
		says(t, err, want)
	}
}

// The columns of a set say where an array lies, and what is no number in it.
func TestArraysInASet(t *testing.T) {
	dir := t.TempDir()
	v := make([]float32, 64)
	v[9], v[10] = 2.5, float32(math.NaN())
	put(t, filepath.Join(dir, "depth", "a.npy"), floats("(8, 8)", v...))
	put(t, filepath.Join(dir, "line", "a.png"), pngOf(t, 8, 8, 3))
	if p := MustOpen(dir).MustSample(0).Picture("depth"); p.H != 8 || p.C != 1 || p.At(1, 1, 0) != 2.5 || p.At(1, 2, 0) != 0 {
		t.Errorf("depth %v", p)
	}
	if rep, err := Check(dir); err != nil || !rep.OK || !strings.Contains(rep.String(), "depth with values that are not finite or below 0, taken for unknown: 1 (depth/a.npy)") {
		t.Errorf("%v (%v)", rep, err)
	}
	put(t, filepath.Join(dir, "depth", "a.npy"), floats("(2, 2, 16)", v...))
	_, err := MustOpen(dir).Sample(0)
	says(t, err, "depth", `key "a"`, "expected (H, W)")
}
