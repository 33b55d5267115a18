package notebook

// What a program printed, as a terminal shows it: a carriage return goes back,
// lines are erased and written over, text has colours and links. Only what
// stands there in the end is on the page.

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

const (
	farColumn = 4096 // the last one that a sequence may go to
	farRow    = 500  // beyond what is written
	tabStop   = 8
)

// glyph is what stands in one column; the second column of a wide character
// holds none.
type glyph struct {
	text string
	look int // among the screen's
}

// screen is a terminal without a size.
type screen struct {
	lines    [][]glyph
	row, col int
	saved    [2]int
	looks    []look
	known    map[look]int
	look     int
}

// shown gives the lines of a text as a terminal shows it, as HTML.
func shown(s string) string {
	t := &screen{lines: make([][]glyph, 1), looks: []look{{}}, known: map[look]int{{}: 0}}
	for len(s) > 0 {
		if s[0] == '\x1b' {
			s = t.escape(s[1:])
			continue
		}
		r, n := utf8.DecodeRuneInString(s)
		t.take(r, s[:n])
		s = s[n:]
	}
	return t.html()
}

// take writes one character, or does what a control character says.
func (t *screen) take(r rune, text string) {
	switch {
	case r == '\n' || r == '\v' || r == '\f':
		t.move(t.row+1, t.col)
		if r == '\n' { // a terminal's driver adds the return
			t.col = 0
		}
	case r == '\r':
		t.col = 0
	case r == '\b':
		t.col = max(t.col-1, 0)
	case r == '\t':
		t.col = (t.col/tabStop + 1) * tabStop
	case unicode.IsControl(r):
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		if line := t.lines[t.row]; t.col > 0 && t.col <= len(line) {
			at := t.col - 1
			if line[at].text == "" && at > 0 {
				at--
			}
			line[at].text += text
		}
	default:
		t.put(text)
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			t.put("")
		}
	}
}

// put writes into the column of the cursor.
func (t *screen) put(text string) {
	line := t.lines[t.row]
	for len(line) < t.col {
		line = append(line, glyph{text: " "})
	}
	g := glyph{text, t.look}
	if t.col < len(line) {
		if text != "" && line[t.col].text == "" && t.col > 0 { // half of a wide one is left
			line[t.col-1].text = " "
		}
		line[t.col] = g
		if next := t.col + 1; next < len(line) && line[next].text == "" && text != "" {
			line[next].text = " "
		}
	} else {
		line = append(line, g)
	}
	t.lines[t.row] = line
	t.col++
}

// move puts the cursor somewhere, and makes the lines down to there.
func (t *screen) move(row, col int) {
	t.row, t.col = max(row, 0), min(max(col, 0), max(farColumn, t.col))
	for len(t.lines) <= t.row {
		t.lines = append(t.lines, nil)
	}
}

// escape does what a sequence says, and gives what stands behind it.
func (t *screen) escape(s string) string {
	if s == "" {
		return ""
	}
	switch s[0] {
	case '[':
		end := 1
		for end < len(s) && (s[end] < 0x40 || s[end] > 0x7e) {
			if s[end] < 0x20 { // it was broken off
				return s[end:]
			}
			end++
		}
		if end == len(s) {
			return ""
		}
		t.control(s[1:end], s[end])
		return s[end+1:]
	case ']', 'P', '_', '^', 'X':
		text, rest := untilTerminator(s[1:])
		if s[0] == ']' {
			t.command(text)
		}
		return rest
	case '(', ')', '*', '+', '#', '%', ' ':
		return s[min(2, len(s)):]
	case '7':
		t.saved = [2]int{t.row, t.col}
	case '8':
		t.move(t.saved[0], t.saved[1])
	case 'D':
		t.move(t.row+1, t.col)
	case 'E':
		t.move(t.row+1, 0)
	case 'M':
		t.move(t.row-1, t.col)
	case 'c':
		t.lines, t.look = make([][]glyph, 1), 0
		t.move(0, 0)
	}
	return s[1:]
}

// untilTerminator cuts a text where BEL or ESC \ end it; one that nothing ends
// is no text.
func untilTerminator(s string) (text, rest string) {
	for i := range len(s) {
		switch {
		case s[i] == '\a':
			return s[:i], s[i+1:]
		case s[i] == '\x1b' && i+1 < len(s) && s[i+1] == '\\':
			return s[:i], s[i+2:]
		case s[i] == '\n':
			return "", s[i:]
		}
	}
	return "", ""
}

// command is one of the operating system's: 8 begins and ends a link.
func (t *screen) command(s string) {
	parts := strings.SplitN(s, ";", 3)
	if len(parts) == 3 && parts[0] == "8" {
		l := t.looks[t.look]
		l.link = parts[2]
		t.wear(l)
	}
}

// wear makes a look that of what is written next.
func (t *screen) wear(l look) {
	at, ok := t.known[l]
	if !ok {
		at = len(t.looks)
		t.looks, t.known[l] = append(t.looks, l), at
	}
	t.look = at
}

// control is a sequence with numbers and a letter.
func (t *screen) control(args string, letter byte) {
	if args != "" && args[0] >= '<' && args[0] <= '?' {
		return // a mode of the terminal
	}
	n := func(i, otherwise int) int {
		parts := strings.Split(args, ";")
		if i < len(parts) {
			if v, err := strconv.Atoi(parts[i]); err == nil {
				return min(v, 1<<20)
			}
		}
		return otherwise
	}
	line := t.lines[t.row]
	one := max(n(0, 1), 1)
	switch letter {
	case 'm':
		t.wear(t.looks[t.look].changed(args))
	case 'A':
		t.move(t.row-one, t.col)
	case 'B':
		t.move(min(t.row+one, len(t.lines)+farRow), t.col)
	case 'C':
		t.move(t.row, t.col+one)
	case 'D':
		t.move(t.row, t.col-one)
	case 'E':
		t.move(min(t.row+one, len(t.lines)+farRow), 0)
	case 'F':
		t.move(t.row-one, 0)
	case 'G', '`':
		t.move(t.row, one-1)
	case 'd':
		t.move(min(one-1, len(t.lines)+farRow), t.col)
	case 'H', 'f':
		t.move(min(one-1, len(t.lines)+farRow), max(n(1, 1), 1)-1)
	case 's':
		t.saved = [2]int{t.row, t.col}
	case 'u':
		t.move(t.saved[0], t.saved[1])
	case 'K':
		t.lines[t.row] = erased(line, t.col, n(0, 0))
	case 'J':
		t.lines[t.row] = erased(line, t.col, n(0, 0))
		for i := range t.lines {
			if how := n(0, 0); i > t.row && how == 0 || i < t.row && how == 1 || how >= 2 {
				t.lines[i] = nil
			}
		}
	case 'X':
		for i := t.col; i < min(t.col+one, len(line)); i++ {
			line[i] = glyph{" ", t.look}
		}
	case 'P':
		if t.col < len(line) {
			t.lines[t.row] = append(line[:t.col], line[min(t.col+one, len(line)):]...)
		}
	case '@':
		if t.col < len(line) {
			blanks := make([]glyph, min(one, farColumn))
			for i := range blanks {
				blanks[i].text = " "
			}
			t.lines[t.row] = append(line[:t.col:t.col], append(blanks, line[t.col:]...)...)
		}
	}
}

// erased is a line without what stands behind the cursor (0), before it (1),
// or anywhere (2).
func erased(line []glyph, col, how int) []glyph {
	switch how {
	case 0:
		return line[:min(col, len(line))]
	case 1:
		for i := range min(col+1, len(line)) {
			line[i] = glyph{text: " "}
		}
		return line
	case 2, 3:
		return nil
	}
	return line
}
