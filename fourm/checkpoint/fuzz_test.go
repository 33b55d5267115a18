package checkpoint_test

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
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
	f.Add(raw(`{"":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4))
	f.Add(raw(`null`, 0))
	f.Add(raw(`{"__metadata__":null,"a":null}`, 0))
	f.Add(binary.LittleEndian.AppendUint64(nil, math.MaxUint64))
	f.Add([]byte{1, 2, 3})
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
			size := 1
			for _, s := range c.Shape(n) {
				size *= s
			}
			v, err := c.Floats(n)
			if err != nil {
				t.Fatalf("%q was opened, and cannot be read: %v", n, err)
			}
			if len(v) != size {
				t.Fatalf("%q of shape %v has %d numbers", n, c.Shape(n), len(v))
			}
			if n != "" {
				all = append(all, checkpoint.Tensor{Name: n, Shape: c.Shape(n), Data: v})
			}
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
			v, err := d.Floats(x.Name)
			if err != nil || len(v) != len(x.Data) {
				t.Fatalf("%q came back as %d numbers (%v)", x.Name, len(v), err)
			}
			for i := range v {
				if math.Float32bits(v[i]) != math.Float32bits(x.Data[i]) {
					t.Fatalf("%q[%d] came back as %g, was %g", x.Name, i, v[i], x.Data[i])
				}
			}
		}
	})
}
