package checkpoint

// Plain values that lie beside weights in people's files: devices and types of
// torch, NumPy's numbers and arrays, sets, paths. Each is a name on a list, and
// what the list says is made of its arguments; nothing is looked up or called.

import (
	"fmt"
	"math"
	"path"
	"strings"
)

// untypedBytes stands for the type of a storage whose tensors bring their own.
const untypedBytes = "bytes"

// pyArray is an array of NumPy's, of which only the shape is told.
type pyArray struct {
	kind  string
	shape []int
}

func (a *pyArray) text() string {
	return fmt.Sprintf("NumPy array of %s, shape %v", a.kind, clipInts(a.shape))
}

// plainClasses make a value of arguments, or say that they are of other kinds
// than Python writes.
var plainClasses = map[pyClass]func(a pyTuple) (any, bool){
	"torch.device": func(a pyTuple) (any, bool) {
		if len(a) == 0 || len(a) > 2 {
			return nil, false
		}
		kind, ok := a[0].(string)
		if len(kind) > longest {
			return nil, false
		}
		if len(a) == 2 {
			n, whole := a[1].(int)
			return fmt.Sprintf("%s:%d", kind, n), ok && whole
		}
		return kind, ok
	},
	"_codecs.encode":                      latin,
	"numpy.dtype":                         numberType,
	"numpy.core.multiarray.scalar":        numpyScalar,
	"numpy._core.multiarray.scalar":       numpyScalar,
	"numpy.core.multiarray._reconstruct":  numpyArray,
	"numpy._core.multiarray._reconstruct": numpyArray,
	"numpy.core.numeric._frombuffer":      bufferArray,
	"numpy._core.numeric._frombuffer":     bufferArray,
	"numpy.ndarray":                       func(pyTuple) (any, bool) { return nil, false },
	"__builtin__.set":                     asList,
	"__builtin__.frozenset":               asList,
	"builtins.set":                        asList,
	"builtins.frozenset":                  asList,
	"__builtin__.list":                    asList,
	"builtins.list":                       asList,
	"__builtin__.dict":                    emptyDict,
	"builtins.dict":                       emptyDict,
	"__builtin__.int":                     func(pyTuple) (any, bool) { return nil, false },
	"builtins.int":                        func(pyTuple) (any, bool) { return nil, false },
	"__builtin__.float":                   func(pyTuple) (any, bool) { return nil, false },
	"builtins.float":                      func(pyTuple) (any, bool) { return nil, false },
	"collections.defaultdict":             emptyDict,
	"collections.Counter":                 func(a pyTuple) (any, bool) { return dictOf(a) },
	"__builtin__.bytearray":               latin,
	"builtins.bytearray":                  latin,
	"__builtin__.bytes":                   latin,
	"pathlib.PosixPath":                   joined,
	"pathlib.WindowsPath":                 joined,
	"pathlib.PurePosixPath":               joined,
	"pathlib._local.PosixPath":            joined,
}

// longest is how many bytes a text may have that is made of others: what the
// memo shares must not be copied at length, again and again.
const longest = 4096

// joined is a path of its parts.
func joined(a pyTuple) (any, bool) {
	var parts []string
	n := 0
	for _, p := range a {
		s, ok := p.(string)
		if n += len(s) + 1; !ok || n > longest {
			return nil, false
		}
		parts = append(parts, s)
	}
	return path.Join(parts...), true
}

// latin is bytes as protocol 2 writes them: a text of characters below 256.
func latin(a pyTuple) (any, bool) {
	if len(a) == 0 {
		return pyBytes{}, true
	}
	if b, ok := a[0].(pyBytes); ok {
		return b, true
	}
	s, ok := a[0].(string)
	return pyBytes{text: s}, ok && (len(a) < 2 || a[1] == any("latin1") || a[1] == any("latin-1"))
}

// few gives bytes of which there are at most eight.
func (p pyBytes) few() ([]byte, bool) {
	if p.text == "" {
		return p.b, len(p.b) <= 8
	}
	var b []byte
	for _, r := range p.text {
		if r > 255 || len(b) == 8 {
			return nil, false
		}
		b = append(b, byte(r))
	}
	return b, true
}

// asList is a set: its members in the order of the file.
func asList(a pyTuple) (any, bool) {
	if len(a) == 0 {
		return &pyList{}, true
	}
	l, ok := a[0].(*pyList)
	return l, ok && len(a) == 1
}

func emptyDict(a pyTuple) (any, bool) { return &pyDict{}, len(a) < 2 }

func dictOf(a pyTuple) (any, bool) {
	if len(a) == 0 {
		return &pyDict{}, true
	}
	d, ok := a[0].(*pyDict)
	return d, ok
}

// numberType is numpy.dtype("f8", False, True).
func numberType(a pyTuple) (any, bool) {
	if len(a) == 0 {
		return nil, false
	}
	kind, ok := a[0].(string)
	return &pyNumber{kind: kind}, ok && len(kind) < 16
}

// numpyScalar is one number: its type, and its bytes.
func numpyScalar(a pyTuple) (any, bool) {
	if len(a) != 2 {
		return nil, false
	}
	t, ok := a[0].(*pyNumber)
	p, isBytes := a[1].(pyBytes)
	b, few := p.few()
	if !ok || !isBytes || !few || len(b) == 0 || len(t.kind) < 2 || t.kind[1:] != fmt.Sprint(len(b)) {
		return nil, false
	}
	v := uint64(0)
	for i := range b {
		k := len(b) - 1 - i // the lowest byte comes first
		if t.big {
			k = i
		}
		v = v<<8 | uint64(b[k])
	}
	switch t.kind {
	case "f8":
		return math.Float64frombits(v), true
	case "f4":
		return float64(math.Float32frombits(uint32(v))), true
	case "f2":
		return float64(fromHalf(uint16(v))), true
	case "b1":
		return v != 0, true
	case "i8":
		return int(int64(v)), true
	case "i4":
		return int(int32(v)), true
	case "i2":
		return int(int16(v)), true
	case "i1":
		return int(int8(v)), true
	case "u8":
		if v > math.MaxInt64 {
			return float64(v), true
		}
		return int(v), true
	case "u4", "u2", "u1":
		return int(v), true
	}
	return nil, false
}

// numpyArray is an array that attributes will fill.
func numpyArray(a pyTuple) (any, bool) { return &pyArray{}, len(a) == 3 }

// bufferArray is an array of bytes, a type, a shape and an order.
func bufferArray(a pyTuple) (any, bool) {
	if len(a) != 4 {
		return nil, false
	}
	t, ok := a[1].(*pyNumber)
	dims, isTuple := a[2].(pyTuple)
	if !ok || !isTuple || len(dims) > 64 {
		return nil, false
	}
	shape, err := ints(dims)
	return &pyArray{t.kind, shape}, err == nil
}

// attributes sets what BUILD gives a value of NumPy's; known is false of others.
func attributes(of, state any) (known bool, err error) {
	s, _ := state.(pyTuple)
	switch of := of.(type) {
	case *pyNumber: // version, byte order, ...
		if len(s) > 1 {
			order, ok := s[1].(string)
			of.big = order == ">"
			if ok && len(order) == 1 && strings.Contains("<>|=", order) {
				return true, nil
			}
		}
	case *pyArray: // version, shape, type, order, bytes
		if len(s) == 5 {
			dims, _ := s[1].(pyTuple)
			if len(dims) > 64 {
				break
			}
			shape, err := ints(dims)
			if t, ok := s[2].(*pyNumber); ok && err == nil {
				of.kind, of.shape = t.kind, shape
				return true, nil
			}
		}
	default:
		return false, nil
	}
	return true, fmt.Errorf("%s of other attributes than NumPy writes", kindOf(of))
}
