package notebook

// The looks of printed text: colours, weights, links; and their HTML.

import (
	"fmt"
	"html"
	"strconv"
	"strings"
)

// look is how a character looks; colours are those of CSS, "" for none.
type look struct {
	ink, ground                                                 string
	bold, faint, italic, underline, inverse, hidden, struckOver bool
	link                                                        string
}

// changed is a look after the numbers of a sequence that ends in m.
func (l look) changed(args string) look {
	parts := strings.Split(args, ";")
	for len(parts) > 0 {
		word, sub, _ := strings.Cut(parts[0], ":")
		n, _ := strconv.Atoi(word) // nothing is 0
		used := 1
		switch {
		case n == 0:
			l = look{link: l.link}
		case n == 1:
			l.bold = true
		case n == 2:
			l.faint = true
		case n == 3:
			l.italic = true
		case n == 4 || n == 21:
			l.underline = sub != "0"
		case n == 7:
			l.inverse = true
		case n == 8:
			l.hidden = true
		case n == 9:
			l.struckOver = true
		case n == 22:
			l.bold, l.faint = false, false
		case n == 23:
			l.italic = false
		case n == 24:
			l.underline = false
		case n == 27:
			l.inverse = false
		case n == 28:
			l.hidden = false
		case n == 29:
			l.struckOver = false
		case n >= 30 && n <= 37:
			l.ink = basicColour(n - 30)
		case n >= 40 && n <= 47:
			l.ground = basicColour(n - 40)
		case n >= 90 && n <= 97:
			l.ink = basicColour(n - 90 + 8)
		case n >= 100 && n <= 107:
			l.ground = basicColour(n - 100 + 8)
		case n == 39:
			l.ink = ""
		case n == 49:
			l.ground = ""
		case n == 38 || n == 48 || n == 58:
			var colour string
			if colour, used = wideColour(parts, sub); n == 38 {
				l.ink = colour
			} else if n == 48 {
				l.ground = colour
			}
		}
		parts = parts[min(used, len(parts)):]
	}
	return l
}

// basicColour is one of the sixteen that a terminal's theme has.
func basicColour(n int) string { return fmt.Sprintf("var(--t%d)", n) }

// wideColour reads a colour of 256 or of all, behind 38 or 48: with semicolons
// (38;5;n, 38;2;r;g;b) or colons (38:5:n, 38:2::r:g:b). It gives how many parts
// it took.
func wideColour(parts []string, sub string) (string, int) {
	used := 1
	var list []string
	if sub != "" {
		list = strings.Split(sub, ":")
		if list[0] == "2" && len(list) > 4 { // the colour space stands between
			list = append(list[:1], list[2:]...)
		}
	} else if len(parts) > 1 {
		used = map[string]int{"5": 3, "2": 5}[parts[1]]
		list = parts[1:min(max(used, 1), len(parts))]
		used = max(used, 2)
	}
	n := func(i int) int {
		if i >= len(list) {
			return 0
		}
		v, _ := strconv.Atoi(list[i])
		return min(max(v, 0), 255)
	}
	switch {
	case len(list) > 1 && list[0] == "2":
		return fmt.Sprintf("#%02x%02x%02x", n(1), n(2), n(3)), used
	case len(list) > 1 && list[0] == "5":
		switch i := n(1); {
		case i < 16:
			return basicColour(i), used
		case i < 232:
			level := func(k int) int {
				if k == 0 {
					return 0
				}
				return 55 + 40*k
			}
			i -= 16
			return fmt.Sprintf("#%02x%02x%02x", level(i/36), level(i/6%6), level(i%6)), used
		default:
			grey := 8 + 10*(i-232)
			return fmt.Sprintf("#%02x%02x%02x", grey, grey, grey), used
		}
	}
	return "", used
}

// css is a look in the words of a page.
func (l look) css() string {
	ink, ground := l.ink, l.ground
	if l.inverse {
		ink, ground = ground, ink
		if ink == "" {
			ink = "var(--paper)"
		}
		if ground == "" {
			ground = "var(--ink)"
		}
	}
	var out []string
	for _, p := range []struct {
		on   bool
		text string
	}{
		{ink != "", "color:" + ink}, {ground != "", "background:" + ground}, {l.bold, "font-weight:600"}, {l.faint, "opacity:.7"}, {l.italic, "font-style:italic"},
		{l.underline && l.struckOver, "text-decoration:underline line-through"}, {l.underline != l.struckOver, "text-decoration:" + map[bool]string{true: "underline", false: "line-through"}[l.underline]},
		{l.hidden, "visibility:hidden"},
	} {
		if p.on {
			out = append(out, p.text)
		}
	}
	return strings.Join(out, ";")
}

// wrap puts a text into the elements of its look.
func (l look) wrap(text string) string {
	text = html.EscapeString(text)
	switch css := l.css(); {
	case l == look{ink: basicColour(1)}:
		text = `<span class="red">` + text + "</span>"
	case l == look{ink: basicColour(4)}:
		text = `<span class="blue">` + text + "</span>"
	case css != "":
		text = `<span style="` + html.EscapeString(css) + `">` + text + "</span>"
	}
	if l.link != "" {
		text = `<a href="` + html.EscapeString(safe(l.link)) + `">` + text + "</a>"
	}
	return text
}

// html is what stands on the screen, a line a line.
func (t *screen) html() string {
	var b strings.Builder
	for i, line := range t.lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		for at := 0; at < len(line); {
			var text strings.Builder
			begin := at
			for ; at < len(line) && line[at].look == line[begin].look; at++ {
				text.WriteString(line[at].text)
			}
			b.WriteString(t.looks[line[begin].look].wrap(text.String()))
		}
	}
	return b.String()
}
