package session

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
)

// blankName is the name that stands where the person is about to type one.
const blankName = "cursor" + hidden

// draft is a cell around a cursor as a file, and the way to the cursor in it.
type draft struct {
	fset *token.FileSet
	file *ast.File
	pos  token.Pos  // of the word at the cursor
	way  []ast.Node // the nodes around it, the outermost first
	decl bool       // the cursor is in a declaration
}

// draftOf parses the cell with a word at bytes from to to of it replaced. The
// head is what every file starts with.
func draftOf(head, code string, from, to int, word string) *draft {
	text := code[:from] + word + code[to:]
	at := from + len(word)
	pieces := cut(text)
	var here *piece
	var before, after []piece
	for i, p := range pieces {
		switch {
		case here == nil && p.off+len(p.text) >= at && p.off <= from:
			here = &pieces[i]
		case here == nil:
			before = append(before, p)
		default:
			after = append(after, p)
		}
	}
	if here == nil || here.tok == token.IMPORT {
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
	if line <= here.off {
		return d
	}
	for l := range strings.SplitAfterSeq(text[here.off:line], "\n") {
		before = append(before, cut(l)...)
	}
	rest := piece{text: text[line:], off: line, tok: token.ILLEGAL}
	if ps := cut(rest.text); len(ps) > 0 {
		rest.tok = ps[0].tok
		if end := ps[0].off + len(ps[0].text); end >= at-line {
			rest.text = rest.text[:end]
		}
	}
	if byLine, clean := outline(head, before, after).with(rest, from, at); clean || d == nil {
		return byLine
	}
	return d
}

// sketch is what a cell holds beside the piece with the cursor.
type sketch struct {
	head, decls, stmts, later string
}

// outline keeps the pieces that parse.
func outline(head string, before, after []piece) sketch {
	b := sketch{head: head}
	var decls, stmts, later, imports strings.Builder
	add := func(p piece, stmts *strings.Builder) {
		switch {
		case p.tok == token.IMPORT:
			if _, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+p.text, parser.ImportsOnly); err == nil {
				imports.WriteString(p.text + "\n")
			}
		case p.tok == token.ILLEGAL || p.tok == token.VAR:
			if whole(p.text) {
				stmts.WriteString(p.text + "\n")
			}
		default:
			if _, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+p.text, parser.SkipObjectResolution); err == nil {
				decls.WriteString(p.text + "\n")
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
func (b sketch) with(p piece, from, at int) (loose *draft, clean bool) {
	stem := p.text[:at-p.off]
	rest := p.text[len(stem):]
	// On a line of its own an element or argument lacks its comma.
	tries := []string{p.text, stem + "," + rest}
	// The line of the cursor may be right, and what follows not.
	if end := strings.IndexByte(rest, '\n'); end >= 0 {
		line := p.text[:len(stem)+end]
		tries = append(tries, line+closers(line))
	}
	for _, tail := range tails {
		tries = append(tries, stem+tail+closers(stem))
	}
	for _, text := range tries {
		d, clean := b.place(p, text, from-p.off)
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
func (b sketch) place(p piece, text string, off int) (d *draft, clean bool) {
	d = &draft{fset: token.NewFileSet()}
	decl := p.tok != token.ILLEGAL && p.tok != token.VAR
	// Functions may name variables that come later; statements may not.
	later := ""
	if decl {
		later = b.later + "}\n"
	}
	src := "package main\n" + b.head + b.decls + "func cell" + hidden + "() {\n" + b.stmts + later
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
	d.way = wayTo(f, d.pos)
	if len(d.way) == 0 {
		return nil, false
	}
	return d, err == nil
}

// wayTo lists the nodes that lead to the name that starts at pos, or to the
// literal around it.
func wayTo(f *ast.File, pos token.Pos) (way []ast.Node) {
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
