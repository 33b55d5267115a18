package checkpoint_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fourmlab/fourm/checkpoint"
)

// sparse makes a file of so many tensors and bytes of data, none of which take
// room on the disk.
func sparse(t testing.TB, tensors int, data int64) string {
	t.Helper()
	var h strings.Builder
	per := data / int64(tensors) / 4096 * 4096
	for i := range int64(tensors) {
		if i > 0 {
			h.WriteByte(',')
		}
		fmt.Fprintf(&h, `"encoder.%d.mlp.fc%d.weight":{"dtype":"F32","shape":[1024,%d],"data_offsets":[%d,%d]}`, i/3, i%3, per/4096, i*per, (i+1)*per)
	}
	header := "{" + h.String() + "}"
	path := filepath.Join(t.TempDir(), "huge.safetensors")
	b := append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...)
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, int64(len(b))+per*int64(tensors)); err != nil {
		t.Skipf("no file of %d bytes here: %v", data, err)
	}
	return path
}

// A file of many gigabytes is open at once, whatever it holds.
func BenchmarkOpen18GB(b *testing.B) {
	path := sparse(b, 800, 18<<30)
	for b.Loop() {
		f, err := checkpoint.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		f.Close()
	}
}

func BenchmarkPeek18GB(b *testing.B) {
	path := sparse(b, 800, 18<<30)
	for b.Loop() {
		if _, err := checkpoint.Peek(path); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFloats(b *testing.B) {
	path := filepath.Join(b.TempDir(), "m.safetensors")
	data := make([]float32, 1<<22)
	err := checkpoint.Write(path, []checkpoint.Tensor{{Name: "F32", Shape: []int{len(data)}, Data: data}, {Name: "F16", Shape: []int{len(data)}, Data: data, Dtype: "F16"}}, nil)
	if err != nil {
		b.Fatal(err)
	}
	f := open(b, path)
	for _, n := range f.Names() {
		b.Run(n, func(b *testing.B) {
			b.SetBytes(int64(4 * len(data)))
			for b.Loop() {
				if err := f.Into(n, data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// The same file, in a test: its size and the last of its tensors.
func TestHugeFile(t *testing.T) {
	path := sparse(t, 800, 18<<30)
	i, err := checkpoint.Peek(path)
	if err != nil || i.Tensors != 800 || i.Bytes < 17<<30 || i.Dtypes["F32"] != 800 || i.Config != nil {
		t.Fatalf("%+v (%v)", i, err)
	}
	if !strings.Contains(i.String(), "800 tensors") || !strings.Contains(i.String(), "19.3GB") {
		t.Error(i)
	}
	f := open(t, path)
	name := "encoder.266.mlp.fc1.weight"
	v, err := f.Shared(name)
	if err != nil || len(v) != f.Shape(name)[0]*f.Shape(name)[1] || v[len(v)-1] != 0 {
		t.Errorf("%d numbers (%v)", len(v), err)
	}
}
