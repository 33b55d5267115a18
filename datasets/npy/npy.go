// Package npy reads arrays in NumPy's .npy files, and .npz files of one.
//
//	a, err := npy.Parse(bytes)
//	fmt.Println(a.Shape, a.Type)
//	numbers := a.Floats()
//
// All that NumPy itself writes of whole numbers, booleans and real numbers of
// up to 64 bits is read: either byte order, C's or Fortran's order of the
// numbers, headers of versions 1 to 3 whoever wrote them. The header is read by
// hand: what it claims is checked against the file's length before anything is
// made of it.
package npy

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strings"
)

// Array is a .npy file of any number of dimensions.
type Array struct {
	Shape []int
	Type  string // "b1", "u1" to "u8", "i1" to "i8", "f2", "f4", "f8": kind, and bytes of a number
	data  []byte
	big   bool // the byte order
	turn  bool // the first index runs fastest (Fortran's order)
}

// maxHeader is the longest header that is read; NumPy has the same limit.
const maxHeader = 10_000

// Magic begins every file.
const Magic = "\x93NUMPY"

// Parse reads a file. The numbers stay where they are until they are asked for.
func Parse(b []byte) (Array, error) {
	if len(b) < 10 || !bytes.HasPrefix(b, []byte(Magic)) {
		return Array{}, fmt.Errorf("no .npy file of %d bytes", len(b))
	}
	head, size := b[8:], 2
	n := int(binary.LittleEndian.Uint16(head))
	if v := b[6]; v == 2 || v == 3 {
		if len(head) < 4 {
			return Array{}, fmt.Errorf("cut off in its header")
		}
		size = 4
		n = int(min(binary.LittleEndian.Uint32(head), math.MaxInt32))
	} else if v != 1 {
		return Array{}, fmt.Errorf("a .npy file of version %d, expected 1 to 3", v)
	}
	if head = head[size:]; n > len(head) {
		return Array{}, fmt.Errorf("cut off: a header of %d bytes in a file of %d", n, len(b))
	}
	if n > maxHeader {
		return Array{}, fmt.Errorf("a header of %d bytes, expected at most %d", n, maxHeader)
	}
	h, err := parseHeader(string(head[:n]))
	if err != nil {
		return Array{}, fmt.Errorf("the header %.60q: %w, expected descr, fortran_order and shape", head[:n], err)
	}
	a := Array{Shape: h.shape, data: head[n:], turn: h.fortran && len(h.shape) > 1}
	if a.Type, a.big, err = typeOf(h.descr); err != nil {
		return Array{}, err
	}
	width := a.width()
	count := 1
	for _, d := range a.Shape {
		if d > 0 && count > len(a.data)/d {
			return Array{}, fmt.Errorf("shape %v of %s in %d bytes of data", clip(a.Shape), a.Type, len(a.data))
		}
		count *= d
	}
	if count*width != len(a.data) {
		return Array{}, fmt.Errorf("%d bytes of data, expected %d for shape %v of %s", len(a.data), count*width, clip(a.Shape), a.Type)
	}
	return a, nil
}

// mostUnpacked is how many bytes an array in a .npz may have.
const mostUnpacked = 1 << 30

// Only reads the array of a .npz, a zip of .npy files, that holds just one.
func Only(b []byte) (Array, error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return Array{}, fmt.Errorf("no .npz file of %d bytes: %w", len(b), err)
	}
	if len(z.File) != 1 {
		var names []string
		for _, f := range z.File[:min(len(z.File), 8)] {
			names = append(names, f.Name)
		}
		return Array{}, fmt.Errorf("a .npz file of %d arrays (%s), expected one", len(z.File), strings.Join(names, ", "))
	}
	r, err := z.File[0].Open()
	if err != nil {
		return Array{}, err
	}
	defer r.Close()
	all, err := io.ReadAll(io.LimitReader(r, mostUnpacked+1))
	if err == nil && len(all) > mostUnpacked {
		err = fmt.Errorf("more than %d bytes", mostUnpacked)
	}
	if err != nil {
		return Array{}, fmt.Errorf("%s: %w", z.File[0].Name, err)
	}
	return Parse(all)
}

func clip(shape []int) []int { return shape[:min(len(shape), 8)] }

// width gives the bytes of a number.
func (a Array) width() int { return int(a.Type[1] - '0') }

// Whole tells whether the numbers are whole or booleans.
func (a Array) Whole() bool { return a.Type[0] != 'f' }

// Len gives how many numbers there are.
func (a Array) Len() int { return len(a.data) / a.width() }

// Floats gives the numbers, the last index fastest; what float32 cannot hold is
// rounded.
func (a Array) Floats() []float32 {
	out := make([]float32, a.Len())
	a.each(func(to, from int) {
		switch a.Type {
		case "f2":
			out[to] = half(uint16(a.bits(from)))
		case "f4":
			out[to] = math.Float32frombits(uint32(a.bits(from)))
		case "f8":
			out[to] = float32(math.Float64frombits(a.bits(from)))
		case "u8":
			out[to] = float32(a.bits(from))
		default:
			out[to] = float32(a.whole(from))
		}
	})
	return out
}

// Ints gives whole numbers, the last index fastest; booleans are 0 and 1. It is
// an error where the numbers are real ones, or do not fit.
func (a Array) Ints() ([]int, error) {
	if !a.Whole() {
		return nil, fmt.Errorf("an array of shape %v of %s, expected whole numbers", clip(a.Shape), a.Type)
	}
	out := make([]int, a.Len())
	var err error
	a.each(func(to, from int) {
		if a.Type == "u8" && a.bits(from) > math.MaxInt64 {
			err = fmt.Errorf("the number %d, expected at most %d", a.bits(from), math.MaxInt64)
		}
		out[to] = a.whole(from)
	})
	return out, err
}

// each calls f with every number's place in C's order and in the file.
func (a Array) each(f func(to, from int)) {
	n := a.Len()
	if !a.turn {
		for i := range n {
			f(i, i)
		}
		return
	}
	stride := make([]int, len(a.Shape))
	s := 1
	for d, k := range a.Shape {
		stride[d] = s
		s *= k
	}
	index := make([]int, len(a.Shape))
	from := 0
	for to := range n {
		f(to, from)
		for d := len(index) - 1; d >= 0; d-- {
			index[d]++
			from += stride[d]
			if index[d] < a.Shape[d] {
				break
			}
			from -= index[d] * stride[d]
			index[d] = 0
		}
	}
}

// bits gives the bytes of number i as one.
func (a Array) bits(i int) uint64 {
	w := a.width()
	b := a.data[i*w : (i+1)*w]
	v := uint64(0)
	for k := range b {
		if a.big {
			v = v<<8 | uint64(b[k])
		} else {
			v |= uint64(b[k]) << (8 * k)
		}
	}
	return v
}

func (a Array) whole(i int) int {
	v := a.bits(i)
	switch a.Type {
	case "i1":
		return int(int8(v))
	case "i2":
		return int(int16(v))
	case "i4":
		return int(int32(v))
	case "b1":
		return int(min(v, 1))
	}
	return int(v)
}

// half widens a half-precision number.
func half(h uint16) float32 {
	sign, exp, frac := 1-2*float64(h>>15), int(h>>10&31), float64(h&1023)
	switch exp {
	case 0:
		return float32(math.Ldexp(sign*frac, -24))
	case 31:
		if frac != 0 {
			return float32(math.NaN())
		}
		return float32(math.Inf(int(sign)))
	}
	return float32(math.Ldexp(sign*(1024+frac), exp-25))
}

// Table writes rows and columns of int16, as ml-4m does for tokens.
func Table(rows, cols int, v []int) []byte {
	b := begin("<i2", fmt.Sprintf("(%d, %d)", rows, cols))
	for _, x := range v {
		b = binary.LittleEndian.AppendUint16(b, uint16(x))
	}
	return b
}

// Grid writes h rows of w pixels of c float32 each; of one channel the array has
// two dimensions.
func Grid(h, w, c int, v []float32) []byte {
	shape := fmt.Sprintf("(%d, %d)", h, w)
	if c != 1 {
		shape = fmt.Sprintf("(%d, %d, %d)", h, w, c)
	}
	b := begin("<f4", shape)
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

// begin writes the header of an array.
func begin(kind, shape string) []byte {
	head := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': %s, }", kind, shape)
	for (10+len(head)+1)%64 != 0 {
		head += " "
	}
	head += "\n"
	b := []byte(Magic + "\x01\x00")
	b = binary.LittleEndian.AppendUint16(b, uint16(len(head)))
	return append(b, head...)
}
