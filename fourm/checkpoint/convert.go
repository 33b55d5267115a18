package checkpoint

// Bytes to numbers and back, for every type of the format.

import (
	"encoding/binary"
	"fmt"
	"math"
)

// decode turns little-endian bytes into float32, rounding what is wider.
func decode(dst []float32, b []byte, dtype string) {
	le := binary.LittleEndian
	switch dtype {
	case "F64":
		for i := range dst {
			dst[i] = float32(math.Float64frombits(le.Uint64(b[8*i:])))
		}
	case "F32":
		for i := range dst {
			dst[i] = math.Float32frombits(le.Uint32(b[4*i:]))
		}
	case "F16":
		for i := range dst {
			dst[i] = fromHalf(le.Uint16(b[2*i:]))
		}
	case "BF16":
		for i := range dst {
			dst[i] = math.Float32frombits(uint32(le.Uint16(b[2*i:])) << 16)
		}
	case "F8_E4M3", "F8_E5M2", "F8_E8M0":
		table := &eights[eighth(dtype)]
		for i := range dst {
			dst[i] = table[b[i]]
		}
	case "U64":
		for i := range dst {
			dst[i] = float32(le.Uint64(b[8*i:]))
		}
	default:
		for i := range dst {
			dst[i] = float32(wholeAt(b, i, dtype))
		}
	}
}

// decodeInts turns little-endian bytes into whole numbers; false where one
// does not fit, as half of those of U64 do.
func decodeInts(dst []int64, b []byte, dtype string) bool {
	fits := true
	for i := range dst {
		dst[i] = wholeAt(b, i, dtype)
		fits = fits && (dtype != "U64" || dst[i] >= 0)
	}
	return fits
}

// wholeAt gives number i of a type of whole numbers.
func wholeAt(b []byte, i int, dtype string) int64 {
	le := binary.LittleEndian
	switch dtype {
	case "I64", "U64":
		return int64(le.Uint64(b[8*i:]))
	case "I32":
		return int64(int32(le.Uint32(b[4*i:])))
	case "U32":
		return int64(le.Uint32(b[4*i:]))
	case "I16":
		return int64(int16(le.Uint16(b[2*i:])))
	case "U16":
		return int64(le.Uint16(b[2*i:]))
	case "I8":
		return int64(int8(b[i]))
	case "BOOL":
		if b[i] != 0 {
			return 1
		}
		return 0
	}
	return int64(b[i])
}

// encode appends numbers in a type of real numbers; halves are rounded to the
// nearest, ties to even, and to infinity beyond their range.
func encode(b []byte, v []float32, dtype string) []byte {
	le := binary.LittleEndian
	for _, x := range v {
		switch dtype {
		case "F32":
			b = le.AppendUint32(b, math.Float32bits(x))
		case "F16":
			b = le.AppendUint16(b, toHalf(x))
		case "BF16":
			b = le.AppendUint16(b, toBrain(x))
		case "F64":
			b = le.AppendUint64(b, math.Float64bits(float64(x)))
		}
	}
	return b
}

// encodeInts appends numbers in a type of whole numbers, or says which of them
// the type cannot hold.
func encodeInts(b []byte, v []int64, dtype string) ([]byte, error) {
	le := binary.LittleEndian
	n := len(b)
	for i, x := range v {
		switch sizes[dtype] {
		case 8:
			b = le.AppendUint64(b, uint64(x))
		case 4:
			b = le.AppendUint32(b, uint32(x))
		case 2:
			b = le.AppendUint16(b, uint16(x))
		case 1:
			b = append(b, byte(x))
		}
		if wholeAt(b[n:], i, dtype) != x || dtype == "U64" && x < 0 {
			return nil, fmt.Errorf("%d at %d is no %s", x, i, dtype)
		}
	}
	return b, nil
}

// fromHalf widens an IEEE 754 half-precision number.
func fromHalf(h uint16) float32 {
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

// toHalf rounds to half precision, ties to even.
func toHalf(x float32) uint16 {
	b := math.Float32bits(x)
	sign, exp, frac := uint16(b>>16&0x8000), int(b>>23&0xff)-127, b&(1<<23-1)
	switch {
	case exp == 128 && frac != 0:
		return sign | 0x7e00 | uint16(frac>>13) // stays no number
	case exp > 15:
		return sign | 0x7c00
	case exp < -25:
		return sign
	}
	// a number of 11 bits and what is lost of it; denormal ones lose more
	drop := 13
	frac |= 1 << 23
	if exp < -14 {
		drop += -14 - exp
		exp = -15
	}
	h := frac >> drop
	half, rest := uint32(1)<<(drop-1), frac&(1<<drop-1)
	if rest > half || rest == half && h&1 == 1 {
		h++
	}
	if exp == -15 {
		return sign | uint16(h) // a carry makes it the smallest normal one
	}
	// the leading bit of h adds one to the exponent, and so does a carry
	return sign | uint16(uint32(exp+14)<<10+h)
}

// toBrain rounds to bfloat16, the upper half of a float32, ties to even.
func toBrain(x float32) uint16 {
	b := math.Float32bits(x)
	if x != x {
		return uint16(b>>16) | 0x40 // stays no number
	}
	return uint16((b + 0x7fff + b>>16&1) >> 16)
}
