package notebook

// Markdown, as much of it as notebooks of this kind use: headings, paragraphs,
// lists, code, quotes, tables, rules; emphasis, code, links and pictures in a
// line. HTML in it is shown as text, pictures excepted.

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// markdown renders a text with the attachments of its cell. Code blocks marked
// go are highlighted.
func markdown(src string, attached map[string]string) string { return nested(src, attached, 0) }

// deepest is how deep quotes and lists may lie in one another; what lies deeper
// is text.
const deepest = 50

func nested(src string, attached map[string]string, depth int) string {
	m := &marked{attached: attached, depth: depth, lines: strings.Split(strings.ReplaceAll(src, "\r\n", "\n"), "\n")}
	for m.at < len(m.lines) {
		m.block()
	}
	return m.b.String()
}

type marked struct {
	attached map[string]string // addresses of data by name
	depth    int               // quotes and lists around it

	lines []string
	at    int
	b     strings.Builder
}

var (
	title   = regexp.MustCompile(`^(#{1,6})\s+(.*?)\s*#*$`)
	rule    = regexp.MustCompile(`^ {0,3}([-*_])(\s*[-*_]){2,}\s*$`)
	bullet  = regexp.MustCompile(`^(\s*)([-*+]|\d+[.)])\s+(.*)$`)
	divider = regexp.MustCompile(`^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$`)
)

// block renders what begins at the current line.
func (m *marked) block() {
	line := m.lines[m.at]
	trimmed := strings.TrimSpace(line)
	switch {
	case trimmed == "":
		m.at++
	case strings.HasPrefix(trimmed, "```") || strings.HasPrefix(trimmed, "~~~"):
		m.fence(trimmed)
	case title.MatchString(line):
		h := title.FindStringSubmatch(line)
		fmt.Fprintf(&m.b, "<h%d id=%q>%s</h%[1]d>\n", len(h[1]), slug(h[2]), m.inline(h[2]))
		m.at++
	case rule.MatchString(line):
		m.b.WriteString("<hr>\n")
		m.at++
	case strings.HasPrefix(trimmed, ">") && m.depth < deepest:
		var inner []string
		for ; m.at < len(m.lines) && strings.HasPrefix(strings.TrimSpace(m.lines[m.at]), ">"); m.at++ {
			inner = append(inner, strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(m.lines[m.at]), ">"), " "))
		}
		m.b.WriteString("<blockquote>\n" + nested(strings.Join(inner, "\n"), m.attached, m.depth+1) + "</blockquote>\n")
	case bullet.MatchString(line) && m.depth < deepest:
		m.list()
	case strings.Contains(line, "|") && m.at+1 < len(m.lines) && strings.Contains(m.lines[m.at+1], "-") && divider.MatchString(m.lines[m.at+1]):
		m.table()
	default:
		m.paragraph()
	}
}

func (m *marked) fence(open string) {
	mark := open[:3]
	lang := strings.TrimSpace(strings.TrimLeft(open, mark[:1]))
	var code []string
	for m.at++; m.at < len(m.lines) && !strings.HasPrefix(strings.TrimSpace(m.lines[m.at]), mark); m.at++ {
		code = append(code, m.lines[m.at])
	}
	m.at++
	text := html.EscapeString(strings.Join(code, "\n"))
	if lang == "go" {
		text = highlight(strings.Join(code, "\n"))
	}
	m.b.WriteString("<pre><code>" + text + "</code></pre>\n")
}

// list renders a list; lines indented deeper belong to its last item.
func (m *marked) list() {
	first := bullet.FindStringSubmatch(m.lines[m.at])
	indent := len(first[1])
	tag := "ul"
	if first[2][0] >= '0' && first[2][0] <= '9' {
		tag = "ol"
	}
	m.b.WriteString("<" + tag + ">\n")
	for m.at < len(m.lines) {
		b := bullet.FindStringSubmatch(m.lines[m.at])
		if b == nil || len(b[1]) < indent {
			break
		}
		item := []string{b[3]}
		for m.at++; m.at < len(m.lines); m.at++ {
			l := m.lines[m.at]
			deep := len(l) - len(strings.TrimLeft(l, " \t"))
			if strings.TrimSpace(l) == "" || deep <= indent && bullet.MatchString(l) || deep == 0 {
				break
			}
			item = append(item, strings.TrimPrefix(l, strings.Repeat(" ", min(deep, indent+2))))
		}
		text := nested(strings.Join(item, "\n"), m.attached, m.depth+1)
		if strings.Count(text, "<p>") == 1 {
			text = strings.Replace(strings.Replace(text, "<p>", "", 1), "</p>", "", 1)
		}
		m.b.WriteString("<li>" + strings.TrimSpace(text) + "</li>\n")
		if m.at+1 < len(m.lines) && strings.TrimSpace(m.lines[m.at]) == "" && bullet.MatchString(m.lines[m.at+1]) {
			m.at++
		}
	}
	m.b.WriteString("</" + tag + ">\n")
}

func (m *marked) table() {
	row := func(l, tag string) {
		m.b.WriteString("<tr>")
		for _, c := range strings.Split(strings.Trim(strings.TrimSpace(l), "|"), "|") {
			m.b.WriteString("<" + tag + ">" + m.inline(strings.TrimSpace(c)) + "</" + tag + ">")
		}
		m.b.WriteString("</tr>\n")
	}
	m.b.WriteString("<table>\n<thead>\n")
	row(m.lines[m.at], "th")
	m.b.WriteString("</thead>\n<tbody>\n")
	for m.at += 2; m.at < len(m.lines) && strings.Contains(m.lines[m.at], "|"); m.at++ {
		row(m.lines[m.at], "td")
	}
	m.b.WriteString("</tbody>\n</table>\n")
}

func (m *marked) paragraph() {
	var text []string
	for ; m.at < len(m.lines); m.at++ {
		l := m.lines[m.at]
		t := strings.TrimSpace(l)
		if t == "" || title.MatchString(l) || strings.HasPrefix(t, "```") || len(text) > 0 && (bullet.MatchString(l) || strings.HasPrefix(t, ">")) {
			break
		}
		if strings.HasSuffix(l, "  ") {
			t += "<br>"
		}
		text = append(text, t)
	}
	s := m.inline(strings.ReplaceAll(strings.Join(text, "\n"), "<br>", "\x00"))
	m.b.WriteString("<p>" + strings.ReplaceAll(s, "\x00", "<br>") + "</p>\n")
}

var (
	codeSpan = regexp.MustCompile("(`+)(.+?)`+")
	picture  = regexp.MustCompile(`!\[([^\]]*)\]\((?:&lt;(.*?)&gt;|((?:[^()\s]|\([^()\s]*\))+))[^)]*\)`)
	link     = regexp.MustCompile(`\[([^\]]+)\]\((?:&lt;(.*?)&gt;|((?:[^()\s]|\([^()\s]*\))+))[^)]*\)`)
	bare     = regexp.MustCompile(`&lt;(https?://[^\s&]+)&gt;`)
	strong   = regexp.MustCompile(`\*\*(\S(?:.*?\S)?)\*\*|__(\S(?:.*?\S)?)__`)
	emphasis = regexp.MustCompile(`\*(\S(?:.*?\S)?)\*`)
	under    = regexp.MustCompile(`(^|[\s(])_(\S(?:.*?\S)?)_($|[\s).,;:!?])`)
)

// inline renders what stands in a line. Code comes first, for nothing in it
// means anything.
func (m *marked) inline(s string) string {
	var codes []string
	s = codeSpan.ReplaceAllStringFunc(s, func(c string) string {
		codes = append(codes, "<code>"+html.EscapeString(strings.TrimSpace(strings.Trim(c, "`")))+"</code>")
		return fmt.Sprintf("\x01%d\x02", len(codes)-1)
	})
	s = imgTag.ReplaceAllStringFunc(s, func(tag string) string {
		img := m.img(tag)
		if img == "" {
			return tag
		}
		codes = append(codes, img)
		return fmt.Sprintf("\x01%d\x02", len(codes)-1)
	})
	s = html.EscapeString(s)
	s = picture.ReplaceAllStringFunc(s, func(p string) string {
		g := picture.FindStringSubmatch(p)
		return fmt.Sprintf(`<img alt="%s" src="%s">`, g[1], m.address(g[2]+g[3]))
	})
	s = link.ReplaceAllStringFunc(s, func(p string) string {
		g := link.FindStringSubmatch(p)
		return fmt.Sprintf(`<a href="%s">%s</a>`, m.address(g[2]+g[3]), g[1])
	})
	s = bare.ReplaceAllString(s, `<a href="$1">$1</a>`)
	s = strong.ReplaceAllString(s, "<strong>$1$2</strong>")
	s = emphasis.ReplaceAllString(s, "<em>$1</em>")
	s = under.ReplaceAllString(s, "$1<em>$2</em>$3")
	return kept.ReplaceAllStringFunc(s, func(p string) string {
		if i, err := strconv.Atoi(p[1 : len(p)-1]); err == nil && i < len(codes) {
			return codes[i]
		}
		return p
	})
}

// kept stands for what is put in again at the end.
var kept = regexp.MustCompile("\x01[0-9]+\x02")

var (
	imgTag    = regexp.MustCompile(`(?i)<img\s[^<>]*>`)
	attribute = regexp.MustCompile(`([A-Za-z]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`)
	length    = regexp.MustCompile(`^\d{1,5}(%|px)?$`)
)

// img is a picture that was written as HTML, with what of its attributes says
// where it is and how large; "" where it is nowhere.
func (m *marked) img(tag string) string {
	has := map[string]string{}
	for _, a := range attribute.FindAllStringSubmatch(tag, -1) {
		has[strings.ToLower(a[1])] = html.UnescapeString(a[2] + a[3] + strings.TrimSuffix(a[4], "/"))
	}
	if has["src"] == "" {
		return ""
	}
	size := ""
	for _, name := range []string{"width", "height"} {
		if length.MatchString(has[name]) {
			size += fmt.Sprintf(` %s="%s"`, name, has[name])
		}
	}
	return fmt.Sprintf(`<img alt="%s" src="%s"%s>`, html.EscapeString(has["alt"]), m.address(html.EscapeString(has["src"])), size)
}

// address is where a picture or a link leads to, as it stands in HTML: into the
// page itself for an attachment.
func (m *marked) address(escaped string) string {
	name, ok := strings.CutPrefix(html.UnescapeString(escaped), "attachment:")
	if !ok {
		return safe(escaped)
	}
	if data, ok := m.attached[name]; ok {
		return data
	}
	if plain, err := url.PathUnescape(name); err == nil && m.attached[plain] != "" {
		return m.attached[plain]
	}
	return "#"
}

// attached gives the attachments of a cell as addresses of data, by name. Only
// what a browser shows and does not run is among them.
func (c *Cell) attached() map[string]string {
	var list map[string]map[string]any
	if json.Unmarshal(c.rest["attachments"], &list) != nil {
		return nil
	}
	out := map[string]string{}
	for name, forms := range list {
		for _, mime := range slices.Sorted(maps.Keys(forms)) {
			kind, _, _ := strings.Cut(mime, "/")
			s, ok := whole(forms[mime])
			if !ok || out[name] != "" || !slices.Contains([]string{"image", "audio", "video"}, kind) && mime != "application/pdf" && mime != "text/plain" {
				continue
			}
			s = strings.Join(strings.Fields(s), "")
			if _, err := base64.StdEncoding.DecodeString(s); err != nil { // text, as SVG may be
				s, _ = whole(forms[mime])
				s = base64.StdEncoding.EncodeToString([]byte(s))
			}
			out[name] = "data:" + html.EscapeString(mime) + ";base64," + s
		}
	}
	return out
}

// safe keeps addresses that run no script.
func safe(address string) string {
	if i := strings.IndexByte(address, ':'); i >= 0 && !strings.ContainsAny(address[:i], "/?#") {
		switch strings.ToLower(address[:i]) {
		case "http", "https", "mailto", "data":
		default:
			return "#"
		}
	}
	return address
}

// slug is a heading's anchor.
func slug(s string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, s), "-")
}
