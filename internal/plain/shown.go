package plain

// Names and texts of strangers, where they are shown: on a page, in a
// terminal, in an error.

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Shown gives a text in one line that does nothing but be read: control
// characters (the escape sequences of terminals begin with one), marks that
// turn the direction of what follows, invisible signs, line ends and bytes that
// are no UTF-8 become escapes as Go writes them. Joiners stay, which scripts and
// emoji are written with. All other texts stay as they are.
func Shown(s string) string {
	if harmless(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case active(r):
			q := fmt.Sprintf("%+q", r)
			b.WriteString(q[1 : len(q)-1])
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

// ShownLines is Shown with the line ends and tabs of the text.
func ShownLines(s string) string {
	if harmless(s) {
		return s
	}
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		parts := strings.Split(l, "\t")
		for k := range parts {
			parts[k] = Shown(parts[k])
		}
		lines[i] = strings.Join(parts, "\t")
	}
	return strings.Join(lines, "\n")
}

func harmless(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// active tells whether a character does something beside being seen.
func active(r rune) bool {
	const nonJoiner, joiner = '\u200c', '\u200d'
	switch {
	case r == nonJoiner || r == joiner || r >= 0xe0020 && r <= 0xe007f: // the last spell the flags of regions
		return false
	}
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}
