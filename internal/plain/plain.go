// Package plain turns the bytes of a text file into UTF-8, or says where they
// are none.
//
//	b, err := plain.UTF8(bytes)   // line 2: byte 9 of it (19 of the file) is 0xe9, which is not UTF-8 ...
//
// A mark at the beginning (BOM) is taken off, UTF-16 that has one is converted.
// Nothing is guessed: of an old code page no byte tells which one it is, so
// such a text is an error that names line and byte.
package plain

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// Mark is the byte order mark of UTF-8, which some programs write first.
var Mark = []byte("\ufeff")

// Fault is a byte that is no part of UTF-8. Both counts begin with 1; Offset is
// of the byte in what was read.
type Fault struct {
	Line, Byte int // the line, and the byte in it
	Offset     int
	Value      byte
}

func (f *Fault) Error() string {
	return fmt.Sprintf("line %d: byte %d of it (%d of the file) is %#02x, which is not UTF-8; save the file as UTF-8 (it may be Latin-1 or Windows-1252)", f.Line, f.Byte, f.Offset+1, f.Value)
}

// UTF8 gives a text without its mark. UTF-16 is told by its mark.
func UTF8(b []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(b, Mark):
		return plainly(b, len(Mark))
	case bytes.HasPrefix(b, []byte{0xff, 0xfe, 0, 0}), bytes.HasPrefix(b, []byte{0, 0, 0xfe, 0xff}):
		return nil, fmt.Errorf("the text is UTF-32, expected UTF-8")
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}):
		return wide(b[2:], binary.LittleEndian)
	case bytes.HasPrefix(b, []byte{0xfe, 0xff}):
		return wide(b[2:], binary.BigEndian)
	case Wide(b):
		return nil, fmt.Errorf("every second byte is 0, as in UTF-16 without its mark, expected UTF-8")
	}
	return plainly(b, 0)
}

// plainly checks what comes after a mark of so many bytes.
func plainly(b []byte, mark int) ([]byte, error) {
	if f := Invalid(b); f != nil {
		if f.Line == 1 {
			f.Byte -= mark
		}
		return nil, f
	}
	return b[mark:], nil
}

// Wide tells whether a text looks like UTF-16: two zeros or more among its
// first bytes, all of them at even or all at odd places.
func Wide(b []byte) bool {
	var zeros [2]int
	for i, c := range b[:min(len(b), 256)] {
		if c == 0 {
			zeros[i%2]++
		}
	}
	return min(zeros[0], zeros[1]) == 0 && max(zeros[0], zeros[1]) > 1 && len(b)%2 == 0
}

// Marked tells whether a text begins as UTF-16 with its mark does.
func Marked(b []byte) bool {
	return bytes.HasPrefix(b, []byte{0xff, 0xfe}) || bytes.HasPrefix(b, []byte{0xfe, 0xff})
}

// Invalid finds the first byte of a text that is no UTF-8; nil where all is.
func Invalid(b []byte) *Fault {
	if utf8.Valid(b) {
		return nil
	}
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n < 2 {
			line := b[:i]
			at := bytes.LastIndexByte(line, '\n')
			return &Fault{Line: 1 + bytes.Count(line, []byte("\n")), Byte: i - at, Offset: i, Value: b[i]}
		}
		i += n
	}
	return nil
}

// wide converts UTF-16.
func wide(b []byte, order binary.ByteOrder) ([]byte, error) {
	if len(b)%2 != 0 {
		return nil, fmt.Errorf("UTF-16 of %d bytes, expected an even number", len(b)+2)
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = order.Uint16(b[2*i:])
	}
	out := make([]byte, 0, len(units))
	line := 1
	for i := 0; i < len(units); i++ {
		r := rune(units[i])
		if utf16.IsSurrogate(r) {
			next := rune(0)
			if i+1 < len(units) {
				next = rune(units[i+1])
			}
			if r = utf16.DecodeRune(r, next); r == utf8.RuneError {
				return nil, fmt.Errorf("line %d: byte %d of the file begins half a character of UTF-16", line, 2*i+3)
			}
			i++
		}
		if r == '\n' {
			line++
		}
		out = utf8.AppendRune(out, r)
	}
	return out, nil
}

// JSON gives a text of JSON in which the numbers that JSON has not, and Python
// writes all the same (NaN, Infinity, -Infinity), are null. A text without them
// is given back as it is.
func JSON(b []byte) []byte {
	if !bytes.Contains(b, []byte("NaN")) && !bytes.Contains(b, []byte("Infinity")) {
		return b
	}
	var out []byte
	quoted := false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\' && i+1 < len(b):
			out = append(out, c, b[i+1])
			i++
			continue
		case c == '"':
			quoted = !quoted
		}
		if !quoted {
			if n := odd(b[i:]); n > 0 {
				out = append(out, "null"...)
				i += n - 1
				continue
			}
		}
		out = append(out, b[i])
	}
	return out
}

// odd gives the length of a number that JSON has not; 0: there is none.
func odd(b []byte) int {
	for _, w := range []string{"NaN", "Infinity", "-Infinity"} {
		if bytes.HasPrefix(b, []byte(w)) {
			return len(w)
		}
	}
	return 0
}
