package checkpoint_test

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"fourmlab/fourm/checkpoint"
)

// Whatever a file holds, it is opened or refused with an error; what was
// opened can be read and written, and comes back the same.
func FuzzOpen(f *testing.F) {
	f.Add(raw(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"__metadata__":{"k":"v"}}`, 8))
	f.Add(raw(`{"h":{"dtype":"F16","shape":[2,1],"data_offsets":[0,4]},"b":{"dtype":"BF16","shape":[],"data_offsets":[4,6]}}`, 6))
	f.Add(raw(`{"e":{"dtype":"F32","shape":[0,9223372036854775807],"data_offsets":[0,0]}}`, 0))
	f.Add(raw(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 8))
	f.Add(raw(`{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}`, 4))
	f.Add(raw(`{"a":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}`, 4))
	f.Add(raw(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}`, 4))
	f.Add(raw(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[9223372036854775804,-9223372036854775808]}}`, 4))
	f.Add(raw(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\u0061":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4))
	f.Add(raw(`{"":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4))
	f.Add(raw(`{"u":{"dtype":"U64","shape":[1],"data_offsets":[0,8]},"i":{"dtype":"I8","shape":[3],"data_offsets":[8,11]},"o":{"dtype":"BOOL","shape":[1],"data_offsets":[11,12],"x":[{}]}}`, 12))
	f.Add(raw(`{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"__metadata__":{"b":"a","c":"b","d":"d","e":"[1, {a: None}]"}}`, 8))
	f.Add(raw(`null`, 0))
	f.Add(raw(`{"__metadata__":null,"a":null}`, 0))
	f.Add(binary.LittleEndian.AppendUint64(nil, math.MaxUint64))
	f.Add([]byte{1, 2, 3})
	f.Add(raw(`{"e":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]},"f":{"dtype":"F8_E5M2","shape":[1],"data_offsets":[2,3]},"g":{"dtype":"F8_E8M0","shape":[1],"data_offsets":[3,4]}}`, 4))
	f.Add(saved(f, dict{"x", tensor("FloatStorage", "0", 6, 0, tuple{2, 3}, tuple{1, 2})}, "archive/data/0", six))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(dir, "x")
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		c, err := checkpoint.Open(path)
		if err != nil {
			return
		}
		defer c.Close()
		var all []checkpoint.Tensor
		for _, n := range c.Names() {
			v := readAll(t, c, n)
			if n != "" {
				all = append(all, checkpoint.Tensor{Name: n, Shape: c.Shape(n), Data: v})
			}
		}
		for _, n := range c.AllNames() {
			if _, err := c.Resolve(n); err != nil {
				t.Fatal(err)
			}
		}
		if i, err := checkpoint.Peek(path); err != nil || i.Tensors != len(c.Names()) || i.String() == "" {
			t.Fatalf("%+v (%v)", i, err)
		}
		again := filepath.Join(dir, "y")
		if err := checkpoint.Write(again, all, c.Meta); err != nil {
			t.Fatal(err)
		}
		d, err := checkpoint.Open(again)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		for _, x := range all {
			if v := readAll(t, d, x.Name); !same(v, x.Data) {
				t.Fatalf("%q came back as other numbers", x.Name)
			}
		}
	})
}

// readAll reads a tensor in every way and checks that they agree.
func readAll(t *testing.T, c *checkpoint.File, name string) []float32 {
	t.Helper()
	size := 1
	for _, s := range c.Shape(name) {
		size *= s
	}
	v, err := c.Floats(name)
	if err != nil || len(v) != size {
		t.Fatalf("%q of shape %v was opened, and is %d numbers (%v)", name, c.Shape(name), len(v), err)
	}
	shared, err := c.Shared(name)
	if err != nil || !same(shared, v) {
		t.Fatalf("%q is shared as other numbers (%v)", name, err)
	}
	if i, err := c.Ints(name); c.Whole(name) && c.Dtype(name) != "U64" {
		if err != nil || len(i) != size {
			t.Fatalf("%q is %d whole numbers (%v)", name, len(i), err)
		}
	} else if err == nil && !c.Whole(name) {
		t.Fatalf("%q of %s was read as whole numbers", name, c.Dtype(name))
	}
	return v
}

func same(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) || x != x && y != y })
}

// Whatever a pickle says, nothing is run, little memory is used, and what was
// opened can be read.
func FuzzPickle(f *testing.F) {
	x := tensor("FloatStorage", "0", 6, 1, tuple{2, 2}, tuple{2, 1})
	f.Add(pickle(dict{"model", ordered("x", x), "args", object{class: "argparse Namespace", state: dict{"a", list{1, nil, tuple{true}, -2.5}}}}))
	f.Add(pickle(dict{"x", call{"torch._utils _rebuild_parameter", tuple{x, true, ordered()}}, "s", call{"torch Size", tuple{tuple{1, 1 << 40}}}}))
	f.Add(pickle(dict{"x", tensor("FloatStorage", "0", 6, 0, tuple{1 << 19}, tuple{0}), "l", tensor("LongStorage", "0", 3, 0, tuple{1, 3}, tuple{9, 1})}))
	f.Add(pickle(call{"posix system", tuple{"true"}}))
	f.Add(pickle(dict{"d", call{"torch device", tuple{"cuda", 1}}, "t", global("torch float32"), "s", call{"__builtin__ set", tuple{list{1}}}, "p", call{"pathlib PosixPath", tuple{"/", "a"}}}))
	f.Add([]byte("\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x01a\x94\x8f\x94(K\x01\x90s."))
	f.Add([]byte("\x80\x03cnumpy\ndtype\nX\x02\x00\x00\x00f8\x89\x88\x87R(K\x03X\x01\x00\x00\x00<NNNK\x00K\x00K\x00tbC\x08\x00\x00\x00\x00\x00\x00\xf8?\x86."))
	f.Add(pickle(opcodes("]q\x00(h\x00h\x00eq\x01h\x01a}(h\x00Nu")))
	f.Add([]byte("\x80\x02}(X\x01\x00\x00\x00a\x8a\x09\xff\xff\xff\xff\xff\xff\xff\xff\x00u."))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(dir, "x.pth")
		if err := os.WriteFile(path, zipped(t, "a/data.pkl", b, "a/data/0", six), 0o644); err != nil {
			t.Fatal(err)
		}
		c, err := checkpoint.Open(path)
		if err != nil {
			return
		}
		defer c.Close()
		for _, n := range c.Names() {
			readAll(t, c, n)
		}
		if _, err := checkpoint.Peek(path); err != nil {
			t.Fatal(err)
		}
	})
}
