package checkpoint

// JSON as a file from elsewhere may hold it: strict, with a limit on its
// depth. encoding/json takes the last of two equal keys and mends text that is
// no UTF-8; in a header either would let two readers see two files.

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxDepth is how far arrays and objects may lie in one another.
const maxDepth = 64

// scanner walks over a JSON text.
type scanner struct {
	b     []byte
	at    int
	depth int
}

func (s *scanner) fail(format string, args ...any) error {
	return fmt.Errorf("at byte %d: %s", s.at, fmt.Sprintf(format, args...))
}

// peek gives the next byte that is no blank, 0 at the end.
func (s *scanner) peek() byte {
	for s.at < len(s.b) {
		switch c := s.b[s.at]; c {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return c
		}
	}
	return 0
}

// take steps over the byte c.
func (s *scanner) take(c byte) error {
	if got := s.peek(); got != c || s.at == len(s.b) {
		return s.fail("expected %q, found %s", c, s.here())
	}
	s.at++
	return nil
}

// here quotes what stands at this place.
func (s *scanner) here() string {
	if s.at >= len(s.b) {
		return "the end"
	}
	return fmt.Sprintf("%.20q", s.b[s.at:min(len(s.b), s.at+20)])
}

// end tells that nothing follows but blanks.
func (s *scanner) end() error {
	if s.peek(); s.at < len(s.b) {
		return s.fail("expected the end, found %s", s.here())
	}
	return nil
}

func (s *scanner) enter(open byte) error {
	if err := s.take(open); err != nil {
		return err
	}
	if s.depth++; s.depth > maxDepth {
		return s.fail("more than %d levels deep", maxDepth)
	}
	return nil
}

// object calls each for every key, which reads the value. Keys must differ.
func (s *scanner) object(each func(key string) error) error {
	if err := s.enter('{'); err != nil {
		return err
	}
	var few []string // a set costs more than it saves for the keys of a tensor
	var many map[string]bool
	for first := true; ; first = false {
		if s.peek() == '}' && first {
			break
		}
		key, err := s.text()
		if err != nil {
			return err
		}
		if slices.Contains(few, key) || many[key] {
			return s.fail("the key %q stands twice", clip(key))
		}
		if len(few) < 8 {
			few = append(few, key)
		} else {
			if many == nil {
				many = map[string]bool{}
			}
			many[key] = true
		}
		if err := s.take(':'); err != nil {
			return err
		}
		if err := each(key); err != nil {
			return err
		}
		if s.peek() != ',' {
			break
		}
		s.at++
	}
	s.depth--
	return s.take('}')
}

// array calls each for every element, which reads it.
func (s *scanner) array(each func() error) error {
	if err := s.enter('['); err != nil {
		return err
	}
	for first := true; ; first = false {
		if s.peek() == ']' && first {
			break
		}
		if err := each(); err != nil {
			return err
		}
		if s.peek() != ',' {
			break
		}
		s.at++
	}
	s.depth--
	return s.take(']')
}

// number reads a number as it is written.
func (s *scanner) number() (string, error) {
	s.peek()
	from := s.at
	digits := func() bool {
		n := s.at
		for s.at < len(s.b) && s.b[s.at] >= '0' && s.b[s.at] <= '9' {
			s.at++
		}
		return s.at > n
	}
	is := func(set string) bool {
		ok := s.at < len(s.b) && strings.IndexByte(set, s.b[s.at]) >= 0
		if ok {
			s.at++
		}
		return ok
	}
	is("-")
	whole := s.at
	ok := digits() && (s.b[whole] != '0' || s.at == whole+1)
	if ok && is(".") {
		ok = digits()
	}
	if ok && is("eE") {
		is("+-")
		ok = digits()
	}
	if !ok {
		s.at = from
		return "", s.fail("expected a number, found %s", s.here())
	}
	return string(s.b[from:s.at]), nil
}

// whole reads a whole number of 64 bits.
func (s *scanner) whole() (int64, error) {
	t, err := s.number()
	if err != nil {
		return 0, err
	}
	v, err := strconv.ParseInt(t, 10, 64)
	if errors.Is(err, strconv.ErrRange) {
		return 0, s.fail("%.40s is too large", t)
	} else if err != nil {
		return 0, s.fail("expected a whole number, found %.40s", t)
	}
	return v, nil
}

// word steps over true, false or null.
func (s *scanner) word(w string) error {
	if !strings.HasPrefix(string(s.b[s.at:min(len(s.b), s.at+len(w))]), w) {
		return s.fail("expected a value, found %s", s.here())
	}
	s.at += len(w)
	return nil
}

// value reads anything: nil, bool, int, float64, string, []any or
// map[string]any.
func (s *scanner) value() (any, error) {
	switch s.peek() {
	case '{':
		out := map[string]any{}
		return out, s.object(func(key string) (err error) {
			out[key], err = s.value()
			return err
		})
	case '[':
		out := []any{}
		return out, s.array(func() error {
			v, err := s.value()
			out = append(out, v)
			return err
		})
	case '"':
		return s.text()
	case 't':
		return true, s.word("true")
	case 'f':
		return false, s.word("false")
	case 'n':
		return nil, s.word("null")
	}
	t, err := s.number()
	if err != nil {
		return nil, err
	}
	if v, err := strconv.Atoi(t); err == nil {
		return v, nil
	}
	v, err := strconv.ParseFloat(t, 64)
	if err != nil {
		return nil, s.fail("the number %.40s is too large", t)
	}
	return v, nil
}

// clip shortens what a file says for an error.
func clip(s string) string {
	if len(s) <= 120 {
		return s
	}
	return strings.ToValidUTF8(s[:117], "") + "..."
}
