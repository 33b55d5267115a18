package checkpoint

// Writing a safetensors file.

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"fourmlab/internal/disk"
)

// Tensor is a named array in row-major order: real numbers in Data or whole
// ones in Ints.
type Tensor struct {
	Name  string
	Shape []int // nil or empty: one number
	Data  []float32
	Ints  []int64
	Dtype string // how it is stored; "" stands for F32, or I64 where there are Ints
}

// Write writes tensors and metadata to path, whole or not at all. Real numbers
// are stored as F32, F16, BF16 (both rounded to the nearest, ties to even; what
// is beyond F16 becomes infinite) or F64, whole ones in any type that holds
// them. The bytes do not depend on the order of the tensors: the widest types
// come first, so that every number lies at a multiple of its size, and within
// them names in alphabetical order.
func Write(path string, tensors []Tensor, meta map[string]string) error {
	if err := disk.Write(path, func(w io.Writer) error { return write(w, tensors, meta) }); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return nil
}

func write(w io.Writer, tensors []Tensor, meta map[string]string) error {
	tensors = slices.Clone(tensors)
	for i := range tensors {
		if err := tensors[i].settle(); err != nil {
			return err
		}
	}
	slices.SortFunc(tensors, func(a, b Tensor) int {
		return cmp.Or(cmp.Compare(sizes[b.Dtype], sizes[a.Dtype]), cmp.Compare(a.Name, b.Name))
	})
	h, err := encodeHeader(tensors, meta)
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(w, 1<<20)
	if _, err := b.Write(h); err != nil {
		return err
	}
	var buf []byte
	for _, t := range tensors {
		data := t.Data
		if t.Dtype == "F32" && littleEndian {
			if _, err := b.Write(asBytes(data)); err != nil {
				return err
			}
			data = nil
		}
		for len(data) > 0 {
			n := min(len(data), block/8)
			buf = encode(buf[:0], data[:n], t.Dtype)
			if _, err := b.Write(buf); err != nil {
				return err
			}
			data = data[n:]
		}
		for ints := t.Ints; len(ints) > 0; {
			n := min(len(ints), block/8)
			if buf, err = encodeInts(buf[:0], ints[:n], t.Dtype); err != nil {
				return fmt.Errorf("tensor %q: %w", clip(t.Name), err)
			}
			if _, err := b.Write(buf); err != nil {
				return err
			}
			ints = ints[n:]
		}
	}
	return b.Flush()
}

// settle fills in the type and checks that the tensor can be written.
func (t *Tensor) settle() error {
	if t.Name == "" || t.Name == metaKey || !utf8.ValidString(t.Name) {
		return fmt.Errorf("a tensor cannot be called %q", clip(t.Name))
	}
	if t.Data != nil && t.Ints != nil {
		return fmt.Errorf("tensor %q has both Data and Ints", clip(t.Name))
	}
	if t.Dtype == "" {
		t.Dtype = "F32"
		if t.Ints != nil {
			t.Dtype = "I64"
		}
	}
	if _, ok := sizes[t.Dtype]; !ok || strings.HasPrefix(t.Dtype, "F8") {
		return fmt.Errorf("tensor %q: unknown type %q", clip(t.Name), clip(t.Dtype))
	}
	have := len(t.Data) + len(t.Ints)
	if have > 0 && whole(t.Dtype) != (t.Ints != nil) {
		return fmt.Errorf("tensor %q: the type %s does not go with its numbers: Data are real, Ints whole", clip(t.Name), t.Dtype)
	}
	if n, ok := numbers(t.Shape); !ok || n != have {
		return fmt.Errorf("tensor %q has %d numbers, its shape %v says %d", clip(t.Name), have, clipInts(t.Shape), n)
	}
	return nil
}

// encodeHeader gives the length and the JSON, padded so that the data begin at
// a multiple of eight.
func encodeHeader(tensors []Tensor, meta map[string]string) ([]byte, error) {
	h := bytes.NewBuffer(make([]byte, 8, 1<<12))
	text := json.NewEncoder(h)
	text.SetEscapeHTML(false)
	put := func(v any) error {
		err := text.Encode(v)
		h.Truncate(h.Len() - 1) // the line's end that an Encoder adds
		return err
	}
	h.WriteByte('{')
	if len(meta) > 0 {
		for k, v := range meta {
			if !utf8.ValidString(k) || !utf8.ValidString(v) {
				return nil, fmt.Errorf("metadata %.40q: %.40q is no UTF-8", k, v)
			}
		}
		h.WriteString(`"` + metaKey + `":`)
		if err := put(meta); err != nil {
			return nil, err
		}
	}
	at := int64(0)
	seen := map[string]bool{}
	for _, t := range tensors {
		if seen[t.Name] {
			return nil, fmt.Errorf("two tensors are called %q", clip(t.Name))
		}
		seen[t.Name] = true
		if h.Len() > 9 {
			h.WriteByte(',')
		}
		n := int64(len(t.Data)+len(t.Ints)) * int64(sizes[t.Dtype])
		if err := put(t.Name); err != nil {
			return nil, err
		}
		h.WriteByte(':')
		shape := t.Shape
		if shape == nil {
			shape = []int{}
		}
		if err := put(struct {
			Dtype   string   `json:"dtype"`
			Shape   []int    `json:"shape"`
			Offsets [2]int64 `json:"data_offsets"`
		}{t.Dtype, shape, [2]int64{at, at + n}}); err != nil {
			return nil, err
		}
		at += n
	}
	h.WriteByte('}')
	for h.Len()%8 != 0 {
		h.WriteByte(' ')
	}
	b := h.Bytes()
	if len(b)-8 > maxHeader {
		return nil, errors.New("the header is longer than 100 MB, which no reader takes")
	}
	binary.LittleEndian.PutUint64(b, uint64(len(b)-8))
	return b, nil
}
