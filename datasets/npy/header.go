package npy

// The header: a dictionary in Python's spelling, as NumPy and the many who
// imitate it write it.

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

type header struct {
	descr   string
	fortran bool
	shape   []int
}

// parseHeader reads the dictionary: its three keys in any order, in either kind
// of quotes, numbers with the L of Python 2.
func parseHeader(text string) (h header, err error) {
	s := &scanner{rest: text}
	if !s.take("{") {
		return h, errors.New("no dictionary")
	}
	seen := map[string]bool{}
	for !s.take("}") {
		key, ok := s.quoted()
		if !ok || !s.take(":") {
			return h, fmt.Errorf("no key before %.20q", s.rest)
		}
		if seen[key] {
			return h, fmt.Errorf("two keys %q", key)
		}
		seen[key] = true
		switch key {
		case "descr":
			if h.descr, ok = s.quoted(); !ok {
				return h, fmt.Errorf("descr is %.20q, which is no single type", s.rest)
			}
		case "fortran_order":
			if h.fortran = s.take("True"); !h.fortran && !s.take("False") {
				return h, fmt.Errorf("fortran_order is %.20q", s.rest)
			}
		case "shape":
			if h.shape, err = s.tuple(); err != nil {
				return h, err
			}
		default:
			return h, fmt.Errorf("a key %.20q", key)
		}
		if !s.take(",") && !strings.HasPrefix(s.rest, "}") {
			return h, fmt.Errorf("no comma before %.20q", s.rest)
		}
	}
	if s.blank(); s.rest != "" || len(seen) != 3 {
		return h, fmt.Errorf("%d keys and %.20q behind them", len(seen), s.rest)
	}
	return h, nil
}

type scanner struct{ rest string }

func (s *scanner) blank() { s.rest = strings.TrimLeft(s.rest, " \t\r\n\x00") }

// take steps over a word, and the blanks around it.
func (s *scanner) take(word string) bool {
	s.blank()
	rest, ok := strings.CutPrefix(s.rest, word)
	if ok {
		s.rest = rest
		s.blank()
	}
	return ok
}

// quoted reads a text in quotes, which has no escapes.
func (s *scanner) quoted() (string, bool) {
	for _, prefix := range []string{"u", "b"} { // of Python 2 and 3
		if len(s.rest) > 1 && strings.HasPrefix(s.rest, prefix) && strings.ContainsAny(s.rest[1:2], `'"`) {
			s.rest = s.rest[1:]
		}
	}
	for _, q := range []string{"'", `"`} {
		if rest, ok := strings.CutPrefix(s.rest, q); ok {
			text, after, whole := strings.Cut(rest, q)
			s.rest = after
			return text, whole
		}
	}
	return "", false
}

// tuple reads (1, 196), (196,) or ().
func (s *scanner) tuple() ([]int, error) {
	out := []int{}
	if !s.take("(") {
		return nil, fmt.Errorf("shape is %.20q", s.rest)
	}
	for !s.take(")") {
		n := strings.IndexFunc(s.rest, func(r rune) bool { return r < '0' || r > '9' })
		if n <= 0 {
			return nil, fmt.Errorf("shape has %.20q", s.rest)
		}
		d, err := strconv.Atoi(s.rest[:n])
		if err != nil {
			return nil, fmt.Errorf("shape has %.20q", s.rest)
		}
		out = append(out, d)
		if s.rest = s.rest[n:]; strings.HasPrefix(s.rest, "L") {
			s.rest = s.rest[1:]
		}
		if !s.take(",") && !strings.HasPrefix(strings.TrimLeft(s.rest, " "), ")") {
			return nil, fmt.Errorf("shape has %.20q", s.rest)
		}
	}
	return out, nil
}

// widths are the types that are read, and their bytes.
var widths = map[string]bool{"b1": true, "u1": true, "i1": true, "u2": true, "i2": true, "u4": true, "i4": true,
	"u8": true, "i8": true, "f2": true, "f4": true, "f8": true}

// named are NumPy's other words for the types.
var named = map[string]string{"bool": "b1", "?": "b1", "uint8": "u1", "int8": "i1", "uint16": "u2", "int16": "i2", "uint32": "u4", "int32": "i4",
	"uint64": "u8", "int64": "i8", "float16": "f2", "float32": "f4", "float64": "f8", "float": "f8", "int": "i8",
	"b": "i1", "B": "u1", "h": "i2", "H": "u2", "i": "i4", "I": "u4", "l": "i8", "L": "u8", "q": "i8", "Q": "u8", "e": "f2", "f": "f4", "d": "f8"}

// typeOf reads a descr such as "<f4", ">i2", "|u1" or "float32".
func typeOf(descr string) (kind string, big bool, err error) {
	kind = strings.TrimLeft(descr, "<>|=")
	if n, ok := named[kind]; ok {
		kind = n
	}
	if !widths[kind] || len(descr)-len(strings.TrimLeft(descr, "<>|=")) > 1 {
		return "", false, fmt.Errorf("numbers of type %.20q, expected whole numbers, booleans or real numbers of up to 64 bits", descr)
	}
	return kind, strings.HasPrefix(descr, ">"), nil
}
