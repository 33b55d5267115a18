package notebook

// How a program says which part of it is which cell: marks, what stands behind
// them, and texts as comment lines. What is written here is read here, so that
// every text comes back as it was.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/scanner"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	bound     = "// %%"
	variables = bound + " variables"
	unused    = bound + " unused"
	command   = "// kernel:" // before a line that is the notebook's, not the program's
	lineEnd   = "¶"          // behind a comment line that ends in blanks, which gofmt takes away
)

// heading is a mark: the kind of a cell, its number (0 for none), and its
// metadata.
type heading struct {
	kind   string
	number int
	meta   fields
}

var (
	markLine = regexp.MustCompile(`^// %%[ \t]*(?:\[(\w+)\])?[ \t]*(\d*)[ \t]*(.*)$`)
	metaName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)
)

// markOf writes a cell's mark.
func markOf(c *Cell, number int) string {
	var b strings.Builder
	b.WriteString(bound)
	if c.Kind != "code" {
		b.WriteString(" [" + c.Kind + "]")
	}
	fmt.Fprintf(&b, " %d", number)
	meta, err := object(c.rest, "metadata")
	if err != nil {
		meta = fields{}
	}
	if c.tags != nil && meta["tags"] == nil {
		meta["tags"] = encoded(c.tags)
	}
	if raw := c.rest["attachments"]; raw != nil {
		meta["attachments"] = raw
	}
	for _, name := range slices.Sorted(maps.Keys(meta)) {
		var line bytes.Buffer
		if metaName.MatchString(name) && json.Compact(&line, meta[name]) == nil {
			fmt.Fprintf(&b, " %s=%s", name, line.Bytes())
			delete(meta, name)
		}
	}
	if len(meta) > 0 { // names that are no words
		b.WriteString(" metadata=" + string(encoded(meta)))
	}
	return b.String()
}

// readMark reads a line that is a mark; what stands behind the number and is no
// metadata is a title for people.
func readMark(line string) heading {
	m := markLine.FindStringSubmatch(line)
	h := heading{kind: m[1], meta: fields{}}
	switch h.kind {
	case "code", "markdown", "raw":
	case "md":
		h.kind = "markdown"
	default:
		h.kind = "code"
	}
	h.number, _ = strconv.Atoi(m[2])
	for rest := strings.TrimSpace(m[3]); rest != ""; {
		name, value, ok := strings.Cut(rest, "=")
		if !ok || !metaName.MatchString(name) {
			return h
		}
		d := json.NewDecoder(strings.NewReader(value))
		var raw json.RawMessage
		if d.Decode(&raw) != nil {
			return h
		}
		if name == "metadata" {
			json.Unmarshal(raw, &h.meta)
		} else {
			h.meta[name] = raw
		}
		rest = strings.TrimSpace(value[d.InputOffset():])
	}
	return h
}

// cell makes the cell of a mark.
func (h heading) cell(source string) *Cell {
	c := &Cell{Kind: h.kind, Source: source}
	if len(h.meta) == 0 {
		return c
	}
	c.rest = fields{}
	if raw := h.meta["attachments"]; raw != nil {
		c.rest["attachments"] = raw
		delete(h.meta, "attachments")
	}
	mendMeta(h.meta)
	c.tags = tagsOf(h.meta)
	c.rest["metadata"] = encoded(h.meta)
	return c
}

// meant finds what would be taken for a mark or for a line of the notebook, and
// the backslashes that say that it is not.
var reserved = regexp.MustCompile(`^(//[ \t]*)(\\*)(%%|kernel:)`)

// commented makes comment lines of a text.
func commented(s string) string {
	var b strings.Builder
	for _, l := range strings.Split(s, "\n") {
		if t := strings.TrimRight(l, " \t\r"); t != l || strings.HasSuffix(l, lineEnd) {
			l += lineEnd
		}
		l = strings.TrimRight("// "+l, " ")
		b.WriteString(reserved.ReplaceAllString(l, `$1\$2$3`) + "\n")
	}
	return b.String()
}

// uncommented is the text that comment lines hold.
func uncommented(s string) string {
	var out []string
	for _, l := range strings.Split(strings.Trim(s, "\n"), "\n") {
		l = unguardedLine(strings.TrimLeft(l, " \t"))
		l = strings.TrimPrefix(strings.TrimPrefix(l, "//"), " ")
		out = append(out, strings.TrimSuffix(l, lineEnd))
	}
	return strings.Join(out, "\n")
}

func unguardedLine(l string) string {
	if m := reserved.FindStringSubmatchIndex(l); m != nil && m[5] > m[4] {
		return l[:m[4]] + l[m[4]+1:]
	}
	return l
}

// guarded is code in which no comment is taken for a mark, and unguarded takes
// that back.
func guarded(code string) string {
	return recommented(code, func(l string) string { return reserved.ReplaceAllString(l, `$1\$2$3`) })
}

func unguarded(code string) string { return recommented(code, unguardedLine) }

// recommented changes the line comments of code.
func recommented(code string, f func(string) string) string {
	var b strings.Builder
	at := 0
	for _, c := range lineComments(code) {
		b.WriteString(code[at:c[0]] + f(code[c[0]:c[1]]))
		at = c[1]
	}
	return b.String() + code[at:]
}

// lineComments finds the comments of code that run to the end of their line.
func lineComments(code string) (out [][2]int) {
	f := token.NewFileSet().AddFile("", -1, len(code))
	var sc scanner.Scanner
	sc.Init(f, []byte(code), func(token.Position, string) {}, scanner.ScanComments)
	for {
		pos, tok, lit := sc.Scan()
		switch {
		case tok == token.EOF:
			return out
		case tok == token.COMMENT && strings.HasPrefix(lit, "//"):
			off := f.Offset(pos)
			end := len(code)
			if n := strings.IndexByte(code[off:], '\n'); n >= 0 {
				end = off + n
			}
			out = append(out, [2]int{off, end})
		}
	}
}

// isMark tells whether a line comment is a mark: alone on its line. What stands
// before the first line's end is behind something else.
func isMark(code string, lo, hi int) bool {
	begin := strings.LastIndexByte(code[:lo], '\n') + 1
	return begin > 0 && strings.TrimSpace(code[begin:lo]) == "" && strings.HasPrefix(code[lo:hi], bound)
}
