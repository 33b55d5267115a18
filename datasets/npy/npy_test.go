package npy

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourmlab/internal/fixture"
)

// file makes a file of version 1 with any header.
func file(header string, data ...byte) []byte {
	b := binary.LittleEndian.AppendUint16([]byte(Magic+"\x01\x00"), uint16(len(header)))
	return append(append(b, header...), data...)
}

func dict(descr, order, shape string) string {
	return fmt.Sprintf("{'descr': '%s', 'fortran_order': %s, 'shape': %s, }      \n", descr, order, shape)
}

func TestHeaders(t *testing.T) {
	for _, header := range []string{
		dict("<i2", "False", "(2, 3)"),
		"{'shape': (2, 3), 'fortran_order': False, 'descr': '<i2'}",
		`{"descr": "<i2", "fortran_order": False, "shape": (2, 3), }` + "\n",
		"{'descr': '<i2', 'fortran_order': False, 'shape': (2L, 3L), }",
		"{ 'descr' : u'<i2',\n 'fortran_order':False,'shape':(2,3,) }   ",
		"{'descr': 'int16', 'fortran_order': False, 'shape': (2, 3), }",
	} {
		a, err := Parse(file(header, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 0xff, 0xff))
		if err != nil {
			t.Errorf("%q: %v", header, err)
			continue
		}
		if v, err := a.Ints(); err != nil || !slices.Equal(v, []int{1, 2, 3, 4, 5, -1}) || !slices.Equal(a.Shape, []int{2, 3}) {
			t.Errorf("%q: %v of shape %v (%v)", header, v, a.Shape, err)
		}
	}
}

func TestBroken(t *testing.T) {
	long := binary.LittleEndian.AppendUint32([]byte(Magic+"\x02\x00"), 0xffffffff)
	for want, b := range map[string][]byte{
		"no .npy file of 0 bytes":         nil,
		"no .npy file of 20 bytes":        []byte("PK345678901234567890"),
		"version 9":                       []byte(Magic + "\x09\x00\x00\x00"),
		"cut off: a header of 65535":      append([]byte(Magic+"\x01\x00\xff\xff"), make([]byte, 9)...),
		"cut off: a header of 2147483647": long,
		"expected at most 10000":          file(strings.Repeat(" ", 10_001)),
		"1 keys":                          file("{'shape': (1,), }"),
		"two keys":                        file("{'shape': (1,), 'shape': (1,)}"),
		"a key \"more\"":                  file("{'more': 1}"),
		"no single type":                  file("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1,)}"),
		"numbers of type \"<f16\"":        file(dict("<f16", "False", "(1, 1)"), make([]byte, 16)...),
		"numbers of type \"|O\"":          file(dict("|O", "False", "(1,)"), 0x80, 4),
		"2 bytes of data, expected 4":     file(dict("<i2", "False", "(1, 2)"), 0, 0),
		"3 bytes of data, expected 2":     file(dict("<i2", "False", "(1, 1)"), 0, 0, 0),
		"shape [9999999999 9999999999]":   file(dict("<i2", "False", "(9999999999, 9999999999)"), 0, 0),
		"shape has \"999":                 file(dict("<i2", "False", "(99999999999999999999999)"), 0, 0),
		"shape has \"-1":                  file(dict("<i2", "False", "(-1, 2)"), 0, 0),
	} {
		if _, err := Parse(b); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, expected %q", b, err, want)
		}
	}
}

func TestTable(t *testing.T) {
	v := []int{0, 5, 16383, 7}
	a, err := Parse(Table(2, 2, v))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := a.Ints(); err != nil || !slices.Equal(got, v) || !slices.Equal(a.Shape, []int{2, 2}) {
		t.Errorf("%v came back as %v of %v (%v)", v, got, a.Shape, err)
	}
}

// What NumPy itself writes, in every type, byte order, order of the numbers and
// version of the header.
func TestAsNumPy(t *testing.T) {
	dir := t.TempDir()
	fixture.Python(t, `
import sys, json, numpy as np
index = {}
rng = np.random.default_rng(1)
for k in "bool uint8 int8 uint16 int16 uint32 int32 uint64 int64 float16 float32 float64".split():
    for order in "<>":
        for how in "CF":
            for shape in [(), (3,), (2, 3), (1, 4, 2), (3, 2, 2, 2), (0, 4)]:
                for version in [(1, 0), (2, 0), (3, 0)]:
                    a = rng.standard_normal(shape) * 50
                    a = (np.abs(a) if k[0] == "u" else a).astype(k)
                    a = np.asarray(a, dtype=np.dtype(k).newbyteorder(order), order=how)
                    n = f"{len(index)}"
                    with open(f"{sys.argv[1]}/{n}.npy", "wb") as f:
                        np.lib.format.write_array(f, a, version=version)
                    index[n] = {"shape": list(shape), "type": str(a.dtype), "v": a.astype(float).ravel().tolist()}
json.dump(index, open(sys.argv[1] + "/index.json", "w"))
`, []string{dir}, "numpy")
	var index map[string]struct {
		Shape []int
		Type  string
		V     []float64
	}
	b, err := os.ReadFile(filepath.Join(dir, "index.json"))
	if err == nil {
		err = json.Unmarshal(b, &index)
	}
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range index {
		b, err := os.ReadFile(filepath.Join(dir, n+".npy"))
		if err != nil {
			t.Fatal(err)
		}
		a, err := Parse(b)
		if err != nil || !reflect.DeepEqual(a.Shape, want.Shape) {
			t.Errorf("%v: shape %v (%v)", want, a.Shape, err)
			continue
		}
		got := a.Floats()
		for i, v := range want.V {
			if got[i] != float32(v) && math.Abs(v) < 1e300 {
				t.Errorf("%v: number %d is %g", want, i, got[i])
				break
			}
		}
		v, err := a.Ints()
		if whole := !strings.Contains(want.Type, "f"); whole != (err == nil) && len(want.V) > 0 {
			t.Errorf("%v: whole numbers %v (%v)", want, v, err)
		}
	}
	t.Logf("%d files compared", len(index))
}

func TestNPZ(t *testing.T) {
	dir := t.TempDir()
	fixture.Python(t, `
import sys, numpy as np
np.savez(sys.argv[1] + "/one.npz", depth=np.arange(6.0).reshape(2, 3))
np.savez_compressed(sys.argv[1] + "/packed.npz", np.arange(6.0).reshape(2, 3))
np.savez(sys.argv[1] + "/two.npz", a=np.ones(2), b=np.ones(2))
`, []string{dir}, "numpy")
	for name, want := range map[string]string{"one": "", "packed": "", "two": "2 arrays (a.npy, b.npy)"} {
		b, err := os.ReadFile(filepath.Join(dir, name+".npz"))
		if err != nil {
			t.Fatal(err)
		}
		a, err := Only(b)
		if want == "" && (err != nil || !slices.Equal(a.Floats(), []float32{0, 1, 2, 3, 4, 5})) || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v (%v)", name, a, err)
		}
	}
	if _, err := Only([]byte("rubbish")); err == nil {
		t.Error("rubbish is a .npz")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(Table(1, 3, []int{1, 2, 3}))
	f.Add(file(dict(">f8", "True", "(1, 1)"), make([]byte, 8)...))
	f.Add(file("{'shape': (2L, 1), 'fortran_order': True, 'descr': '|b1'}", 0, 1))
	f.Add(file(dict("<i8", "False", "(0, 9999999999)")))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := Parse(b)
		if err != nil {
			return
		}
		n := 1
		for _, d := range a.Shape {
			n *= d
		}
		if got := len(a.Floats()); got != n || a.Len() != n {
			t.Errorf("%d numbers of shape %v", got, a.Shape)
		}
	})
}
