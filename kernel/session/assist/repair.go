package assist

// A cell that is being typed is seldom Go. Here it is made into a file that
// parses around the cursor: what follows is cut off where it spoils it, what
// is open is closed.

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"strconv"
	"strings"

	"fourmlab/kernel/session/cell"
)

// placeholder is the name that stands where the person is about to type one.
const placeholder = "cursor" + cell.Hidden

// partial is a cell around a cursor as a file, and the way to the cursor in it.
type partial struct {
	fset *token.FileSet
	file *ast.File
	pos  token.Pos  // of the word at the cursor
	path []ast.Node // the nodes around it, the outermost first
	decl bool       // the cursor is in a declaration
}

// parsePartial parses the cell with a word at bytes from to to of it replaced. The
// head is what every file starts with.
func parsePartial(head, code string, from, to int, word string) *partial {
	text := code[:from] + word + code[to:]
	at := from + len(word)
	pieces := cell.Cut(text)
	var here *cell.Piece
	var before, after []cell.Piece
	for i, p := range pieces {
		switch {
		case here == nil && p.Off+len(p.Text) >= at && p.Off <= from:
			here = &pieces[i]
		case here == nil:
			before = append(before, p)
		default:
			after = append(after, p)
		}
	}
	if here == nil || here.Tok == token.IMPORT {
		return nil
	}
	b := outline(head, before, after)
	d, clean := b.with(*here, from, at)
	if clean {
		return d
	}
	// What stands before it in the same piece keeps it from parsing: a bracket
	// that was never closed, most often. Its lines are looked at one by one.
	line := strings.LastIndexByte(text[:from], '\n') + 1
	if line <= here.Off {
		return d
	}
	for l := range strings.SplitAfterSeq(text[here.Off:line], "\n") {
		before = append(before, cell.Cut(l)...)
	}
	rest := cell.Piece{Text: text[line:], Off: line, Tok: token.ILLEGAL}
	if ps := cell.Cut(rest.Text); len(ps) > 0 {
		rest.Tok = ps[0].Tok
		if end := ps[0].Off + len(ps[0].Text); end >= at-line {
			rest.Text = rest.Text[:end]
		}
	}
	if byLine, clean := outline(head, before, after).with(rest, from, at); clean || d == nil {
		return byLine
	}
	return d
}

// enclosing is what a cell holds beside the piece with the cursor.
type enclosing struct {
	head, decls, stmts, later string
}

// outline keeps the pieces that parse.
func outline(head string, before, after []cell.Piece) enclosing {
	b := enclosing{head: head}
	var decls, stmts, later, imports strings.Builder
	add := func(p cell.Piece, stmts *strings.Builder) {
		switch {
		case p.Tok == token.IMPORT:
			if _, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+p.Text, parser.ImportsOnly); err == nil {
				imports.WriteString(p.Text + "\n")
			}
		case p.Tok == token.ILLEGAL || p.Tok == token.VAR:
			if whole(p.Text) {
				stmts.WriteString(p.Text + "\n")
			}
		default:
			if _, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+p.Text, parser.SkipObjectResolution); err == nil {
				decls.WriteString(p.Text + "\n")
			}
		}
	}
	for _, p := range before {
		add(p, &stmts)
	}
	for _, p := range after {
		add(p, &later)
	}
	b.head += imports.String()
	b.decls, b.stmts, b.later = decls.String(), stmts.String(), later.String()
	return b
}

func whole(stmt string) bool {
	_, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc _() {\n"+stmt+"\n}", parser.SkipObjectResolution)
	return err == nil
}

// tails are tried behind the cursor when the rest of the piece does not help:
// a head of a statement needs its block, a case its colon, go and defer a call.
var tails = []string{"", " {}", ":", "()", " = 0", "; ; {}", ":= 0", " int", " = range 0 {}"}

// with puts the cursor's piece into the file, and tells whether the file is
// all Go; it gives nil when the word cannot be made a part of it.
func (b enclosing) with(p cell.Piece, from, at int) (loose *partial, clean bool) {
	stem := p.Text[:at-p.Off]
	rest := p.Text[len(stem):]
	// On a line of its own an element or argument lacks its comma.
	tries := []string{p.Text, stem + "," + rest}
	// The line of the cursor may be right, and what follows not.
	if end := strings.IndexByte(rest, '\n'); end >= 0 {
		line := p.Text[:len(stem)+end]
		tries = append(tries, line+closers(line))
	}
	for _, tail := range tails {
		tries = append(tries, stem+tail+closers(stem))
	}
	for _, text := range tries {
		d, clean := b.place(p, text, from-p.Off)
		if clean {
			return d, true
		}
		if loose == nil {
			loose = d
		}
	}
	return loose, false
}

// place writes the file with the cursor's piece at its end, where its faults
// harm nothing else.
func (b enclosing) place(p cell.Piece, text string, off int) (d *partial, clean bool) {
	d = &partial{fset: token.NewFileSet()}
	decl := p.Tok != token.ILLEGAL && p.Tok != token.VAR
	// Functions may name variables that come later; statements may not.
	later := ""
	if decl {
		later = b.later + "}\n"
	}
	src := "package main\n" + b.head + b.decls + "func cell" + cell.Hidden + "() {\n" + b.stmts + later
	start := len(src)
	src += text
	if !decl {
		src += "\n}\n"
	}
	f, err := parser.ParseFile(d.fset, "cell", src, parser.SkipObjectResolution|parser.AllErrors)
	if f == nil {
		return nil, false
	}
	d.file, d.decl = f, decl
	d.pos = d.fset.File(f.FileStart).Pos(start + off)
	d.path = pathTo(f, d.pos)
	if len(d.path) == 0 {
		return nil, false
	}
	return d, err == nil
}

// pathTo lists the nodes that lead to the name that starts at pos, or to the
// literal around it.
func pathTo(f *ast.File, pos token.Pos) (way []ast.Node) {
	var on []ast.Node
	ast.Inspect(f, func(n ast.Node) bool {
		if n == nil {
			on = on[:len(on)-1]
			return true
		}
		on = append(on, n)
		switch n := n.(type) {
		case *ast.Ident:
			if n.Pos() == pos && n.Name != "" && way == nil {
				way = append(way, on...)
			}
		case *ast.BasicLit:
			if n.Pos() <= pos && pos < n.End() && way == nil {
				way = append(way, on...)
			}
		}
		return true
	})
	return way
}

// closers gives the brackets that close what the code leaves open.
func closers(code string) string {
	var sc scanner.Scanner
	sc.Init(token.NewFileSet().AddFile("", -1, len(code)), []byte(code), func(token.Position, string) {}, 0)
	var open []byte
	for {
		_, tok, lit := sc.Scan()
		switch tok {
		case token.LPAREN:
			open = append(open, ')')
		case token.LBRACK:
			open = append(open, ']')
		case token.LBRACE:
			open = append(open, '}')
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		case token.STRING:
			if _, err := strconv.Unquote(lit); err != nil && lit != "" && lit[0] == '`' {
				return "`"
			}
		case token.EOF:
			var b strings.Builder
			for i := len(open) - 1; i >= 0; i-- {
				if open[i] == '}' {
					b.WriteByte('\n')
				}
				b.WriteByte(open[i])
			}
			return b.String()
		}
	}
}
