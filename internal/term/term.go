// Package term is what is known of terminals: whether a stream is one, how
// wide it is, and how a line of progress takes another's place.
//
//	if term.Is(os.Stderr) {
//		fmt.Fprint(os.Stderr, term.Redraw(line)) // the next one is drawn over it
//	}
package term

import (
	"strings"
	"unicode"

	"golang.org/x/term"
)

// opened is what an *os.File has and a buffer has not.
type opened interface{ Fd() uintptr }

// Is tells whether a stream is a terminal; what is no file is none.
func Is(stream any) bool {
	f, ok := stream.(opened)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Width gives the columns of a terminal, 0 for what is none.
func Width(stream any) int {
	f, ok := stream.(opened)
	if !ok {
		return 0
	}
	w, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return w
}

// Redraw is what draws a line over the one that the cursor stands in, which has
// no line end.
func Redraw(line string) string { return "\r\x1b[2K" + line }

// Replace is what writes a line over the one that was written, line end and
// all, just before.
func Replace(line string) string { return "\r\x1b[1A\x1b[2K" + line + "\n" }

// Line is a text in one line of at most the given number of characters, without
// what a terminal would act upon. A text that is cut ends with an ellipsis.
func Line(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	if r := []rune(s); len(r) > most {
		s = string(r[:max(most-1, 0)]) + "…"
	}
	return strings.TrimSpace(s)
}
