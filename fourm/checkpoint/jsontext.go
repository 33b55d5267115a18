package checkpoint

// Strings of JSON: whole UTF-8, escapes that stand for characters.

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// text reads a string.
func (s *scanner) text() (string, error) {
	if err := s.take('"'); err != nil {
		return "", err
	}
	from := s.at
	var out []byte // nil as long as nothing was escaped
	for s.at < len(s.b) {
		switch c := s.b[s.at]; {
		case c == '"':
			v := s.b[from:s.at]
			if out != nil {
				v = append(out, v...)
			}
			s.at++
			if !utf8.Valid(v) {
				return "", s.fail("the text %.40q is no UTF-8", v)
			}
			return string(v), nil
		case c < ' ':
			return "", s.fail("a control character in a text")
		case c == '\\':
			out = append(out, s.b[from:s.at]...)
			r, err := s.escape()
			if err != nil {
				return "", err
			}
			out = utf8.AppendRune(out, r)
			from = s.at
		default:
			s.at++
		}
	}
	return "", s.fail("a text without end")
}

// escape reads what begins with a backslash; halves of a surrogate pair alone
// are no characters.
func (s *scanner) escape() (rune, error) {
	if s.at+1 >= len(s.b) {
		return 0, s.fail("a text without end")
	}
	c := s.b[s.at+1]
	if i := strings.IndexByte(`"\/bfnrt`, c); i >= 0 {
		s.at += 2
		return rune("\"\\/\b\f\n\r\t"[i]), nil
	}
	r, err := s.unit()
	if err != nil || !utf16.IsSurrogate(r) {
		return r, err
	}
	low, err := s.unit()
	if r = utf16.DecodeRune(r, low); err != nil || r == utf8.RuneError {
		return 0, s.fail("half of a surrogate pair")
	}
	return r, nil
}

// unit reads \uXXXX.
func (s *scanner) unit() (rune, error) {
	if s.at+6 > len(s.b) || s.b[s.at] != '\\' || s.b[s.at+1] != 'u' {
		return 0, s.fail("a broken escape, found %s", s.here())
	}
	v, err := strconv.ParseUint(string(s.b[s.at+2:s.at+6]), 16, 16)
	if err != nil {
		return 0, s.fail("a broken escape, found %s", s.here())
	}
	s.at += 6
	return rune(v), nil
}
