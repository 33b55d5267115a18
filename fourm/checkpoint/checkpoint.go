// Package checkpoint reads and writes tensors in the safetensors format: a
// little-endian length, a JSON header of names, types, shapes and offsets,
// and the data (inventory 9).
//
//	err := checkpoint.Write("m.safetensors", tensors, meta)
//	f, err := checkpoint.Open("m.safetensors")
//	defer f.Close()
//	data, err := f.Floats("encoder.0.norm1.weight")
//
// A file is written whole or not at all: to a temporary name in the same
// folder, flushed, then renamed.
package checkpoint

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"sort"
)

// Tensor is a named array in row-major order.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float32
}

// maxHeader bounds what a header may claim before anything is allocated.
const maxHeader = 100 << 20

type entry struct {
	Dtype   string   `json:"dtype"`
	Shape   []int    `json:"shape"`
	Offsets [2]int64 `json:"data_offsets"`
}

// Write writes tensors as F32 and the metadata to path.
func Write(path string, tensors []Tensor, meta map[string]string) error {
	return Atomic(path, func(w io.Writer) error { return encode(w, tensors, meta) })
}

func encode(w io.Writer, tensors []Tensor, meta map[string]string) error {
	header := map[string]any{}
	if len(meta) > 0 {
		header["__metadata__"] = meta
	}
	at := int64(0)
	for _, t := range tensors {
		n := 1
		for _, s := range t.Shape {
			n *= s
		}
		if n != len(t.Data) {
			return fmt.Errorf("checkpoint: tensor %q has %d numbers, its shape %v says %d", t.Name, len(t.Data), t.Shape, n)
		}
		if _, ok := header[t.Name]; ok || t.Name == "" {
			return fmt.Errorf("checkpoint: tensor name %q is empty or stands twice", t.Name)
		}
		header[t.Name] = entry{"F32", t.Shape, [2]int64{at, at + 4*int64(n)}}
		at += 4 * int64(n)
	}
	h, err := json.Marshal(header)
	if err != nil {
		return err
	}
	for len(h)%8 != 0 {
		h = append(h, ' ')
	}
	b := bufio.NewWriterSize(w, 1<<20)
	if err := binary.Write(b, binary.LittleEndian, uint64(len(h))); err != nil {
		return err
	}
	if _, err := b.Write(h); err != nil {
		return err
	}
	var num [4]byte
	for _, t := range tensors {
		for _, v := range t.Data {
			binary.LittleEndian.PutUint32(num[:], math.Float32bits(v))
			if _, err := b.Write(num[:]); err != nil {
				return err
			}
		}
	}
	return b.Flush()
}

// Atomic calls write with a file that takes the place of path when all went
// well; otherwise what was at path stays as it was.
func Atomic(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err = write(f); err != nil {
		return fmt.Errorf("checkpoint: %s: %w", path, err)
	}
	if err = f.Chmod(0o644); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return fmt.Errorf("checkpoint: %s: %w", path, err)
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// File is an open checkpoint whose header has been read and checked.
type File struct {
	Meta map[string]string

	path    string
	f       *os.File
	data    int64 // where the data begin
	entries map[string]entry
}

// Open reads the header of a checkpoint and checks that it is consistent with
// the file: lengths, types, shapes, and data that do not overlap.
func Open(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	c, err := read(f)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("checkpoint: %s: %w", path, err)
	}
	c.path = path
	return c, nil
}

var sizes = map[string]int64{"F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "U8": 1, "BOOL": 1}

func read(f *os.File) (*File, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	var n uint64
	if err := binary.Read(f, binary.LittleEndian, &n); err != nil {
		return nil, fmt.Errorf("no header: the file has %d bytes", info.Size())
	}
	if n > maxHeader || int64(n) > info.Size()-8 {
		return nil, fmt.Errorf("header of %d bytes in a file of %d: not safetensors, or cut off", n, info.Size())
	}
	h := make([]byte, n)
	if _, err := io.ReadFull(f, h); err != nil {
		return nil, err
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(h, &raw); err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	c := &File{f: f, data: 8 + int64(n), entries: map[string]entry{}}
	room := info.Size() - c.data
	type span struct {
		name     string
		from, to int64
	}
	var spans []span
	for name, r := range raw {
		if name == "__metadata__" {
			if err := json.Unmarshal(r, &c.Meta); err != nil {
				return nil, fmt.Errorf("metadata: %w", err)
			}
			continue
		}
		var e entry
		if err := json.Unmarshal(r, &e); err != nil {
			return nil, fmt.Errorf("tensor %q: %w", name, err)
		}
		size, ok := sizes[e.Dtype]
		if !ok {
			return nil, fmt.Errorf("tensor %q: unknown type %q", name, e.Dtype)
		}
		for _, s := range e.Shape {
			if s < 0 || s > 0 && size > room/int64(s) {
				return nil, fmt.Errorf("tensor %q: shape %v does not fit into %d bytes of data", name, e.Shape, room)
			}
			size *= int64(s)
		}
		if e.Offsets[0] < 0 || e.Offsets[1] < e.Offsets[0] || e.Offsets[1] > room || e.Offsets[1]-e.Offsets[0] != size {
			return nil, fmt.Errorf("tensor %q: data at %v, expected %d bytes within %d", name, e.Offsets, size, room)
		}
		c.entries[name] = e
		spans = append(spans, span{name, e.Offsets[0], e.Offsets[1]})
	}
	sort.Slice(spans, func(i, j int) bool { return spans[i].from < spans[j].from })
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].to {
			return nil, fmt.Errorf("tensors %q and %q overlap", spans[i-1].name, spans[i].name)
		}
	}
	return c, nil
}

// Names lists the tensors in alphabetical order.
func (c *File) Names() []string {
	var out []string
	for n := range c.entries {
		out = append(out, n)
	}
	sort.Strings(out)
	return out
}

// Shape gives the shape of a tensor, or nil where there is none.
func (c *File) Shape(name string) []int { return c.entries[name].Shape }

// Floats reads a tensor.
func (c *File) Floats(name string) ([]float32, error) {
	e, ok := c.entries[name]
	if !ok {
		return nil, fmt.Errorf("checkpoint: %s has no tensor %q", c.path, name)
	}
	raw := make([]byte, e.Offsets[1]-e.Offsets[0])
	if _, err := c.f.ReadAt(raw, c.data+e.Offsets[0]); err != nil {
		return nil, fmt.Errorf("checkpoint: %s: tensor %q: %w", c.path, name, err)
	}
	out := make([]float32, len(raw)/int(sizes[e.Dtype]))
	for i := range out {
		switch e.Dtype {
		case "F32":
			out[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		case "BF16":
			out[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(raw[2*i:])) << 16)
		case "F16":
			out[i] = half(binary.LittleEndian.Uint16(raw[2*i:]))
		}
	}
	return out, nil
}

// half widens an IEEE 754 half-precision number.
func half(h uint16) float32 {
	sign := uint32(h>>15) << 31
	exp, frac := uint32(h>>10&31), uint32(h&1023)
	switch {
	case exp == 31:
		return math.Float32frombits(sign | 0xff<<23 | frac<<13)
	case exp == 0:
		v := float32(frac) / (1 << 24)
		if sign != 0 {
			return -v
		}
		return v
	}
	return math.Float32frombits(sign | (exp+112)<<23 | frac<<13)
}

// Whole tells whether a tensor holds whole numbers or booleans.
func (c *File) Whole(name string) bool {
	switch c.entries[name].Dtype {
	case "I64", "I32", "I16", "U8", "BOOL":
		return true
	}
	return false
}

// Ints reads a tensor of whole numbers; booleans are 0 and 1.
func (c *File) Ints(name string) ([]int64, error) {
	e, ok := c.entries[name]
	if !ok || !c.Whole(name) {
		return nil, fmt.Errorf("checkpoint: %s has no tensor %q of whole numbers", c.path, name)
	}
	raw := make([]byte, e.Offsets[1]-e.Offsets[0])
	if _, err := c.f.ReadAt(raw, c.data+e.Offsets[0]); err != nil {
		return nil, fmt.Errorf("checkpoint: %s: tensor %q: %w", c.path, name, err)
	}
	size := int(sizes[e.Dtype])
	out := make([]int64, len(raw)/size)
	for i := range out {
		b := raw[i*size:]
		switch e.Dtype {
		case "I64":
			out[i] = int64(binary.LittleEndian.Uint64(b))
		case "I32":
			out[i] = int64(int32(binary.LittleEndian.Uint32(b)))
		case "I16":
			out[i] = int64(int16(binary.LittleEndian.Uint16(b)))
		default:
			out[i] = int64(b[0])
		}
	}
	return out, nil
}

// Into reads a tensor into dst, whose length must fit.
func (c *File) Into(name string, dst []float32) error {
	v, err := c.Floats(name)
	if err != nil {
		return err
	}
	if len(v) != len(dst) {
		return fmt.Errorf("checkpoint: %s: tensor %q has shape %v, expected %d numbers", c.path, name, c.entries[name].Shape, len(dst))
	}
	copy(dst, v)
	return nil
}

// Close closes the file.
func (c *File) Close() error { return c.f.Close() }
