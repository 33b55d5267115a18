package cell

// A cell may hold what a package holds, so its variables get their values in
// the order in which a package's do: each after those it needs, also through
// functions, and functions named init come after them.

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
)

// group takes a group of variables apart.
func group(p Piece) ([]Piece, error) {
	head := "package main\n"
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", head+p.Text, 0)
	if err != nil {
		// The same error, at the place it was typed.
		return nil, shift(err, p.Line-2, p.Col-1)
	}
	g, ok := f.Decls[0].(*ast.GenDecl)
	if !ok || !g.Lparen.IsValid() {
		return []Piece{p}, nil
	}
	offset := func(pos token.Pos) int { return fset.Position(pos).Offset - len(head) }
	var out []Piece
	for _, spec := range g.Specs {
		pos := fset.Position(spec.Pos())
		col := pos.Column
		if pos.Line == 2 {
			col += p.Col - 1
		}
		// "var " stands before the place, so that columns stay right.
		out = append(out, Piece{"var " + p.Text[offset(spec.Pos()):offset(spec.End())], p.Line + pos.Line - 2, max(col-4, 1), p.Off, token.VAR})
	}
	return out, nil
}

// called makes the function named init at offset at of the text a literal
// that is called; columns stay right.
func (p Piece) called(at int) Piece {
	const name = "init"
	p.Text = p.Text[:at] + strings.Repeat(" ", len(name)) + p.Text[at+len(name):] + "()"
	return p
}

// mention notes what a function's text names, under the function's name, with
// a dot before that of a method.
func mention(names map[string]map[string]bool, fn *ast.FuncDecl, text string) {
	key := fn.Name.Name
	if fn.Recv != nil {
		key = "." + key
	}
	if names[key] == nil {
		names[key] = map[string]bool{}
	}
	for word := range Identifiers(text) {
		names[key][word] = true
	}
}

// order sorts the variables that follow one another without a statement
// between them. The names are those that the cell's functions mention.
func (c *Cell) order(names map[string]map[string]bool) {
	for lo := 0; lo < len(c.Stmts); lo++ {
		hi := lo
		for hi < len(c.Stmts) && c.Stmts[hi].Tok != token.ILLEGAL {
			hi++
		}
		copy(c.Stmts[lo:hi], initialised(c.Stmts[lo:hi], names))
		lo = hi
	}
}

// initialised gives the variables in Go's order: the next one is the first
// that needs none of those left. Names are all that is known here, and a
// function's local name may look like a variable; where that leaves none,
// the first is next that needs no other by its own text.
func initialised(run []Piece, names map[string]map[string]bool) []Piece {
	index := map[string]int{}
	var vars, inits []int
	for i, p := range run {
		if p.Tok == token.FUNC {
			inits = append(inits, i)
			continue
		}
		vars = append(vars, i)
		for _, name := range Defined(p) {
			index[name] = i
		}
	}
	near, far := make([]map[int]bool, len(run)), make([]map[int]bool, len(run))
	for _, i := range vars {
		words := Identifiers(run[i].Text)
		near[i] = among(words, index)
		far[i] = among(reached(words, names), index)
	}
	var out []Piece
	done := map[int]bool{}
	ready := func(needs []map[int]bool) int {
		for _, i := range vars {
			waits := false
			for j := range needs[i] {
				waits = waits || j != i && !done[j]
			}
			if !done[i] && !waits {
				return i
			}
		}
		return -1
	}
	for len(out) < len(vars) {
		next := ready(far)
		if next < 0 {
			next = ready(near)
		}
		if next < 0 {
			next = ready(make([]map[int]bool, len(run))) // a cycle, which the checker reports
		}
		done[next] = true
		out = append(out, run[next])
	}
	for _, i := range inits {
		out = append(out, run[i])
	}
	return out
}

// reached are the words and all that the functions among them mention.
func reached(words map[string]bool, names map[string]map[string]bool) map[string]bool {
	out := map[string]bool{}
	var add func(words map[string]bool)
	add = func(words map[string]bool) {
		for w := range words {
			if !out[w] {
				out[w] = true
				add(names[w])
				add(names["."+w])
			}
		}
	}
	add(words)
	return out
}

func among(words map[string]bool, index map[string]int) map[int]bool {
	out := map[int]bool{}
	for w := range words {
		if i, ok := index[w]; ok {
			out[i] = true
		}
	}
	return out
}
