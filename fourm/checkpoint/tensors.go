package checkpoint

// Reading tensors.

import (
	"fmt"
	"math"
	"unsafe"
)

// block is how many bytes are read at once where they are converted.
const block = 1 << 20

// littleEndian tells whether numbers lie in memory as they do in a file.
var littleEndian = func() bool {
	x := uint16(1)
	return *(*byte)(unsafe.Pointer(&x)) == 1
}()

// Floats reads a tensor, in row-major order whatever the order in the file;
// F64 is rounded to float32, and so are whole numbers. The result is the
// caller's own.
func (c *File) Floats(name string) ([]float32, error) {
	e, err := c.entry(name)
	if err != nil {
		return nil, err
	}
	out := make([]float32, e.count)
	if e.dtype == "F32" && e.stride == nil && littleEndian {
		return out, c.bytes(name, e, asBytes(out), e.at)
	}
	return out, c.pieces(name, e, func(b []byte, from, n int) bool {
		decode(out[from:from+n], b, e.dtype)
		return true
	})
}

// Ints reads a tensor of whole numbers; booleans are 0 and 1.
func (c *File) Ints(name string) ([]int64, error) {
	e, err := c.entry(name)
	if err != nil {
		return nil, err
	}
	if !whole(e.dtype) {
		return nil, c.errorf(name, "has the type %s, expected whole numbers", e.dtype)
	}
	out := make([]int64, e.count)
	return out, c.pieces(name, e, func(b []byte, from, n int) bool {
		return decodeInts(out[from:from+n], b, e.dtype)
	})
}

// Into reads a tensor into dst, whose length must fit.
func (c *File) Into(name string, dst []float32) error {
	e, err := c.entry(name)
	if err != nil {
		return err
	}
	if e.count != len(dst) {
		return c.errorf(name, "has shape %v, expected %d numbers", clipInts(e.shape), len(dst))
	}
	if e.dtype == "F32" && e.stride == nil && littleEndian {
		return c.bytes(name, e, asBytes(dst), e.at)
	}
	return c.pieces(name, e, func(b []byte, from, n int) bool {
		decode(dst[from:from+n], b, e.dtype)
		return true
	})
}

// Shared gives a tensor without copying it where that can be: of type F32, in
// row-major order, at a multiple of four bytes in a file that the system can
// map into memory. Elsewhere it copies, as Floats does. Either way the numbers
// are for reading only, and only until Close: a write to mapped ones ends the
// program, and so does a read when another program cuts the file off.
func (c *File) Shared(name string) ([]float32, error) {
	e, err := c.entry(name)
	if err != nil {
		return nil, err
	}
	if e.dtype == "F32" && e.stride == nil && e.count > 0 && littleEndian {
		h := c.home(e)
		if all := h.mapped.of(h.file, h.size); all != nil {
			p := unsafe.Pointer(&all[e.at])
			if uintptr(p)%4 == 0 {
				return unsafe.Slice((*float32)(p), e.count), nil
			}
		}
	}
	return c.Floats(name)
}

// pieces reads a tensor piece by piece and calls use with the bytes of n
// numbers that follow the first from.
func (c *File) pieces(name string, e entry, use func(b []byte, from, n int) bool) error {
	size := sizes[e.dtype]
	fits := true
	if e.stride != nil {
		b, err := c.gather(name, e)
		if err != nil {
			return err
		}
		fits = use(b, 0, e.count)
	} else {
		buf := make([]byte, min(int64(block), e.size))
		for from := 0; from < e.count; from += block / size {
			n := min(block/size, e.count-from)
			if err := c.bytes(name, e, buf[:n*size], e.at+int64(from)*int64(size)); err != nil {
				return err
			}
			fits = use(buf, from, n) && fits
		}
	}
	if !fits {
		return c.errorf(name, "has numbers above %d", int64(math.MaxInt64))
	}
	return nil
}

// gather brings the numbers of a tensor with strides into row-major order.
func (c *File) gather(name string, e entry) ([]byte, error) {
	raw := make([]byte, e.size)
	if err := c.bytes(name, e, raw, e.at); err != nil {
		return nil, err
	}
	size := sizes[e.dtype]
	out := make([]byte, 0, e.count*size)
	index := make([]int, len(e.shape))
	at := 0
	for range e.count {
		out = append(out, raw[at*size:(at+1)*size]...)
		for d := len(index) - 1; d >= 0; d-- {
			index[d]++
			at += e.stride[d]
			if index[d] < e.shape[d] {
				break
			}
			at -= index[d] * e.stride[d]
			index[d] = 0
		}
	}
	return out, nil
}

// bytes reads from the file.
func (c *File) bytes(name string, e entry, b []byte, at int64) error {
	if len(b) == 0 {
		return nil
	}
	if _, err := c.home(e).f.ReadAt(b, at); err != nil {
		return c.errorf(name, "cannot be read: %w", err)
	}
	return nil
}

func (c *File) errorf(name, format string, args ...any) error {
	return fmt.Errorf("checkpoint: %s: tensor %q %w", c.path, clip(name), fmt.Errorf(format, args...))
}

// asBytes gives the memory of numbers.
func asBytes(v []float32) []byte {
	if len(v) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&v[0])), 4*len(v))
}
