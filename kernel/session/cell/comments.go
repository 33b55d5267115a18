package cell

// What stands between the pieces of a cell: comments, which Go's own scanner
// steps over and a person wants to keep.

import (
	"go/scanner"
	"go/token"
	"slices"
	"strings"
	"unicode"
)

// Remark is what belongs to a piece: the lines above it and the rest of its own.
type Remark struct{ Before, After string }

// Comments holds the comments of a cell around its pieces as they were cut.
type Comments struct {
	code   string
	lines  []int   // where they begin
	Pieces []Piece // those they stand around
	begin  []int
	end    []int
	taken  []bool
	words  []comment // those outside the pieces
}

// comment is one, by where it begins and ends.
type comment struct{ lo, hi int }

// CommentsOf finds the comments around the pieces of the code, which Cut or
// Parts gave.
func CommentsOf(code string, pieces []Piece) *Comments {
	n := &Comments{code: code, lines: LineStarts(code), Pieces: pieces}
	for _, p := range pieces {
		at, text := n.lines[p.Line-1]+p.Col-1, p.Text
		if !strings.HasPrefix(code[at:], text) {
			// a part of a group, whose "var " does not stand before it
			text = strings.TrimPrefix(text, "var ")
			at += max(strings.Index(code[at:], text), 0)
		}
		n.begin = append(n.begin, at)
		n.end = append(n.end, min(at+len(text), len(code)))
	}
	n.taken = make([]bool, len(n.Pieces))
	f := token.NewFileSet().AddFile("", -1, len(code))
	var sc scanner.Scanner
	sc.Init(f, []byte(code), func(token.Position, string) {}, scanner.ScanComments)
	i := 0
	for {
		pos, tok, lit := sc.Scan()
		if tok == token.EOF {
			return n
		}
		off := f.Offset(pos)
		for i < len(n.end) && n.end[i] <= off {
			i++
		}
		if tok == token.COMMENT && (i == len(n.begin) || off < n.begin[i]) {
			n.words = append(n.words, comment{off, min(off+len(lit), len(code))})
		}
	}
}

// Parts are pieces with the groups of variables taken apart.
func Parts(pieces []Piece) (out []Piece) {
	for _, p := range pieces {
		if ps, err := group(p); p.Tok == token.VAR && err == nil {
			out = append(out, ps...)
		} else {
			out = append(out, p)
		}
	}
	return out
}

// LineStarts are the offsets at which lines begin.
func LineStarts(code string) []int {
	out := []int{0}
	for i := range len(code) {
		if code[i] == '\n' {
			out = append(out, i+1)
		}
	}
	return out
}

// Around gives what surrounds the piece that p is or came from.
func (n *Comments) Around(p Piece) Remark {
	i := slices.Index(n.Pieces, p)
	if at := n.lines[p.Line-1] + p.Col - 1; i < 0 {
		i = slices.IndexFunc(n.begin, func(begin int) bool { return begin == at })
	}
	if i < 0 || n.taken[i] {
		return Remark{}
	}
	n.taken[i] = true
	return Remark{n.above(i), n.beside(i)}
}

// gap gives the comments between piece i and the one before it, and where the
// latter ends.
func (n *Comments) gap(i int) (from int, list []comment) {
	to := len(n.code)
	if i < len(n.begin) {
		to = n.begin[i]
	}
	if i > 0 {
		from = n.end[i-1]
	}
	for _, c := range n.words {
		if from <= c.lo && c.lo < to {
			list = append(list, c)
		}
	}
	return from, list
}

// besides counts the comments of a gap that stand on the line of the piece
// before it.
func (n *Comments) besides(i, from int, list []comment) (k int) {
	for i > 0 && k < len(list) && !strings.Contains(n.code[from:list[k].lo], "\n") {
		k++
	}
	return k
}

// above is the comment lines between a piece and the one before it, and a
// blank line where there is one.
func (n *Comments) above(i int) string {
	from, list := n.gap(i)
	k := n.besides(i, from, list)
	if k > 0 {
		from = list[k-1].hi
	}
	list = list[k:]
	at := len(n.code)
	if i < len(n.begin) {
		at = n.begin[i]
	}
	if len(list) == 0 {
		if i > 0 && strings.Count(n.code[from:at], "\n") > 1 {
			return "\n"
		}
		return ""
	}
	text := ""
	if i > 0 && strings.Count(n.code[from:list[0].lo], "\n") > 1 {
		text = "\n"
	}
	text += n.kept(list)
	behind, _, _ := strings.Cut(n.code[list[len(list)-1].hi:at], "(") // of a group
	switch strings.Count(behind, "\n") {
	case 0:
		return text + " "
	case 1:
		return text + "\n"
	}
	return text + "\n\n"
}

// beside is the comments on a piece's last line.
func (n *Comments) beside(i int) string {
	from, list := n.gap(i + 1)
	k := n.besides(i+1, from, list)
	if k == 0 {
		return ""
	}
	return " " + n.kept(list[:k])
}

// Rest is what stands behind the last piece, or is all there is.
func (n *Comments) Rest() string {
	return strings.TrimRight(n.above(len(n.Pieces)), "\n ")
}

// kept is comments and the space between them, at the left margin; the
// brackets of a group are no part of it.
func (n *Comments) kept(list []comment) string {
	var b strings.Builder
	for i, c := range list {
		if i > 0 {
			b.WriteString(strings.Map(func(r rune) rune {
				if unicode.IsSpace(r) {
					return r
				}
				return -1
			}, n.code[list[i-1].hi:c.lo]))
		}
		b.WriteString(n.code[c.lo:c.hi])
	}
	lines := strings.Split(b.String(), "\n")
	for i, l := range lines {
		if t := strings.TrimSpace(l); t == "" || strings.HasPrefix(t, "//") {
			lines[i] = t
		}
	}
	return strings.Join(lines, "\n")
}
