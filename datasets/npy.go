package datasets

// Arrays in NumPy's .npy files, as ml-4m keeps tokens and windows. The header
// is read by hand: what it claims is checked against the file's length before
// anything is made of it.

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"fourmlab/fourm/modality"
)

// array is a .npy file of at most a few dimensions.
type array struct {
	shape []int
	kind  string // "i2", "u1", "f4", ...
	data  []byte
}

// npyKinds are the types that are read, and their bytes.
var npyKinds = map[string]int{"u1": 1, "i1": 1, "u2": 2, "i2": 2, "i4": 4, "u4": 4, "i8": 8, "f4": 4}

// npyHeader is the dictionary that opens a file, as NumPy writes it.
var npyHeader = regexp.MustCompile(`^\{\s*'descr':\s*'([^']*)',\s*'fortran_order':\s*(True|False),\s*'shape':\s*\(([0-9, ]*)\),?\s*\}\s*$`)

// parseNPY reads a .npy file of versions 1 to 3: little-endian whole numbers
// or float32 in C order.
func parseNPY(b []byte) (array, error) {
	if len(b) < 10 || !bytes.HasPrefix(b, []byte("\x93NUMPY")) {
		return array{}, fmt.Errorf("no .npy file of %d bytes", len(b))
	}
	head, size := b[8:], 2
	n := int(binary.LittleEndian.Uint16(head))
	if v := b[6]; v == 2 || v == 3 {
		if len(head) < 4 {
			return array{}, fmt.Errorf("cut off in its header")
		}
		size = 4
		n = int(min(binary.LittleEndian.Uint32(head), math.MaxInt32))
	} else if v != 1 {
		return array{}, fmt.Errorf("a .npy file of version %d, expected 1 to 3", v)
	}
	if head = head[size:]; n > len(head) {
		return array{}, fmt.Errorf("cut off: a header of %d bytes in a file of %d", n, len(b))
	}
	if n > 1<<12 {
		return array{}, fmt.Errorf("a header of %d bytes, expected at most %d", n, 1<<12)
	}
	m := npyHeader.FindSubmatch(head[:n])
	if m == nil {
		return array{}, fmt.Errorf("the header %.60q, expected descr, fortran_order and shape", head[:n])
	}
	a := array{data: head[n:]}
	descr := string(m[1])
	a.kind = strings.TrimLeft(descr, "<|=")
	width, ok := npyKinds[a.kind]
	if !ok || width > 1 && descr[0] != '<' || descr == "" {
		return array{}, fmt.Errorf("numbers of type %.20q, expected little-endian whole numbers or float32", descr)
	}
	if string(m[2]) == "True" {
		return array{}, fmt.Errorf("its order is Fortran's, expected C's")
	}
	count := 1
	for _, t := range strings.Split(string(m[3]), ",") {
		if t = strings.TrimSpace(t); t == "" {
			continue
		}
		d, err := strconv.Atoi(t)
		if err != nil || d > 0 && count > len(a.data)/d {
			return array{}, fmt.Errorf("shape (%.40s) of %s in %d bytes of data", m[3], a.kind, len(a.data))
		}
		a.shape = append(a.shape, d)
		count *= d
	}
	if count*width != len(a.data) {
		return array{}, fmt.Errorf("%d bytes of data, expected %d for shape (%.40s) of %s", len(a.data), count*width, m[3], a.kind)
	}
	return a, nil
}

// table gives a two-dimensional array of whole numbers.
func (a array) table() (rows, cols int, v []int, err error) {
	if len(a.shape) != 2 || a.kind == "f4" {
		return 0, 0, nil, fmt.Errorf("an array of shape %v of %s, expected rows and columns of whole numbers", a.shape, a.kind)
	}
	v = make([]int, a.shape[0]*a.shape[1])
	le := binary.LittleEndian
	for i := range v {
		switch a.kind {
		case "u1":
			v[i] = int(a.data[i])
		case "i1":
			v[i] = int(int8(a.data[i]))
		case "u2":
			v[i] = int(le.Uint16(a.data[2*i:]))
		case "i2":
			v[i] = int(int16(le.Uint16(a.data[2*i:])))
		case "u4":
			v[i] = int(le.Uint32(a.data[4*i:]))
		case "i4":
			v[i] = int(int32(le.Uint32(a.data[4*i:])))
		case "i8":
			v[i] = int(int64(le.Uint64(a.data[8*i:])))
		}
	}
	return a.shape[0], a.shape[1], v, nil
}

// picture gives an array (H, W) or (H, W, C) of float32: depth in metres, or
// the features of a network.
func (a array) picture() (*modality.Picture, error) {
	shape := a.shape
	if len(shape) == 2 {
		shape = append(slices.Clone(shape), 1)
	}
	if len(shape) != 3 || a.kind != "f4" || len(a.data) == 0 {
		return nil, fmt.Errorf("an array of shape %v of %s, expected (H, W) or (H, W, C) of float32", a.shape, a.kind)
	}
	p := modality.NewPicture(shape[0], shape[1], shape[2])
	for i := range p.Pix {
		p.Pix[i] = math.Float32frombits(binary.LittleEndian.Uint32(a.data[4*i:]))
	}
	return p, nil
}

// npyOf writes a table of int16, as ml-4m does for tokens.
func npyOf(rows, cols int, v []int) []byte {
	head := fmt.Sprintf("{'descr': '<i2', 'fortran_order': False, 'shape': (%d, %d), }", rows, cols)
	for (10+len(head)+1)%64 != 0 {
		head += " "
	}
	head += "\n"
	b := []byte("\x93NUMPY\x01\x00")
	b = binary.LittleEndian.AppendUint16(b, uint16(len(head)))
	b = append(b, head...)
	for _, x := range v {
		b = binary.LittleEndian.AppendUint16(b, uint16(x))
	}
	return b
}
