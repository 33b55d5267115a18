package tfevents

// Protocol buffers' wire form, by hand: a message is a row of fields, each
// with a number, a kind of four, and a value
// (protobuf.dev/programming-guides/encoding).

import (
	"encoding/binary"
	"errors"
	"math"
)

// The kinds of field.
const (
	varint  = 0
	fixed64 = 1
	chunk   = 2
	fixed32 = 5
)

var errWire = errors.New("no protocol buffer message: a field is cut off or of no known kind")

// field is one field of a message: its bytes, or its number.
type field struct {
	number int
	kind   int
	n      uint64
	b      []byte
}

// nextField takes the first field off a message.
func nextField(b []byte) (f field, rest []byte, err error) {
	key, k := binary.Uvarint(b)
	if k <= 0 || key>>3 == 0 || key>>3 > 1<<29 {
		return f, nil, errWire
	}
	f.number, f.kind, b = int(key>>3), int(key&7), b[k:]
	switch f.kind {
	case varint:
		if f.n, k = binary.Uvarint(b); k <= 0 {
			return f, nil, errWire
		}
		return f, b[k:], nil
	case fixed64:
		if len(b) < 8 {
			return f, nil, errWire
		}
		f.n = binary.LittleEndian.Uint64(b)
		return f, b[8:], nil
	case fixed32:
		if len(b) < 4 {
			return f, nil, errWire
		}
		f.n = uint64(binary.LittleEndian.Uint32(b))
		return f, b[4:], nil
	case chunk:
		n, k := binary.Uvarint(b)
		if k <= 0 || n > uint64(len(b)-k) {
			return f, nil, errWire
		}
		f.b = b[k : k+int(n)]
		return f, b[k+int(n):], nil
	}
	return f, nil, errWire
}

// each calls f with the fields of a message.
func each(b []byte, f func(field) error) error {
	for len(b) > 0 {
		x, rest, err := nextField(b)
		if err != nil {
			return err
		}
		if err := f(x); err != nil {
			return err
		}
		b = rest
	}
	return nil
}

func appendVarint(b []byte, number int, v uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(b, uint64(number)<<3|varint), v)
}

func appendDouble(b []byte, number int, v float64) []byte {
	return binary.LittleEndian.AppendUint64(binary.AppendUvarint(b, uint64(number)<<3|fixed64), math.Float64bits(v))
}

func appendFloat(b []byte, number int, v float32) []byte {
	return binary.LittleEndian.AppendUint32(binary.AppendUvarint(b, uint64(number)<<3|fixed32), math.Float32bits(v))
}

func appendBytes(b []byte, number int, v []byte) []byte {
	b = binary.AppendUvarint(b, uint64(number)<<3|chunk)
	return append(binary.AppendUvarint(b, uint64(len(v))), v...)
}
