package session

// What stands between the pieces of a cell: comments, which Go's own scanner
// steps over and a person wants to keep.

import "strings"

// remark is what belongs to a piece: the lines above it and the rest of its own.
type remark struct{ before, after string }

// notes holds the gaps of a cell, by the pieces as they were cut.
type notes struct {
	code   string
	lines  []int // where they begin
	pieces []piece
	begin  []int
	end    []int
	taken  []bool
}

func comments(code string) *notes {
	n := &notes{code: code, lines: lineStarts(code), pieces: cut(code)}
	for _, p := range n.pieces {
		at := n.lines[p.line-1] + p.col - 1
		n.begin = append(n.begin, at)
		n.end = append(n.end, min(at+len(p.text), len(code)))
	}
	n.taken = make([]bool, len(n.pieces))
	return n
}

func lineStarts(code string) []int {
	out := []int{0}
	for i := range len(code) {
		if code[i] == '\n' {
			out = append(out, i+1)
		}
	}
	return out
}

// of gives what surrounds the piece that p came from; of a group of variables
// the first part gets all.
func (n *notes) of(p piece) remark {
	at := n.lines[p.line-1] + p.col - 1
	for i := range n.pieces {
		if n.begin[i] <= at && at < max(n.end[i], n.begin[i]+1) {
			if n.taken[i] {
				return remark{}
			}
			n.taken[i] = true
			return remark{n.above(i), n.beside(i)}
		}
	}
	return remark{}
}

// above is the comment lines between a piece and the one before it, and a
// blank line where there is one.
func (n *notes) above(i int) string {
	from := 0
	if i > 0 {
		from = n.end[i-1]
		nl := strings.IndexByte(n.code[from:n.begin[i]], '\n')
		if nl < 0 {
			return ""
		}
		from += nl + 1
	}
	gap := n.code[from:n.begin[i]]
	if first, _, more := strings.Cut(gap, "\n"); i > 0 && more && strings.TrimSpace(first) == "" {
		return "\n" + kept(gap)
	}
	return kept(gap)
}

// beside is the comment on a piece's last line.
func (n *notes) beside(i int) string {
	to := len(n.code)
	if i+1 < len(n.pieces) {
		to = n.begin[i+1]
	}
	line, _, _ := strings.Cut(n.code[n.end[i]:to], "\n")
	if at := strings.Index(line, "//"); at >= 0 {
		return " " + strings.TrimSpace(line[at:])
	}
	return ""
}

// rest is what stands behind the last piece.
func (n *notes) rest() string {
	if len(n.pieces) == 0 {
		return kept(n.code)
	}
	_, tail, _ := strings.Cut(n.code[n.end[len(n.end)-1]:], "\n")
	return kept(tail)
}

// kept is a gap without the blank lines at its ends, or nothing.
func kept(gap string) string {
	if strings.TrimSpace(gap) == "" {
		return ""
	}
	var lines []string
	for _, l := range strings.Split(strings.TrimSpace(gap), "\n") {
		lines = append(lines, strings.TrimSpace(l))
	}
	return strings.Join(lines, "\n") + "\n"
}
