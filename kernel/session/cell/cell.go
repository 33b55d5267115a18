package cell

// A cell is cut into its top-level pieces, declarations and statements in any
// order, and each piece keeps the place it was typed at.

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"regexp"
	"strings"

	"fourmlab/kernel/engine"
)

// Piece is one top-level declaration or statement.
type Piece struct {
	Text      string
	Line, Col int         // where it was typed, from 1
	Off       int         // the same in bytes
	Tok       token.Token // IMPORT, TYPE, CONST, VAR, FUNC, or ILLEGAL for a statement
}

// Cell is a parsed cell.
type Cell struct {
	N       int    // its number, which its positions carry
	Code    string // as it was typed
	Imports []*ast.ImportSpec
	Decls   []Piece // types, constants, functions, methods
	Stmts   []Piece // everything else, in order; VAR, FUNC for an init, or ILLEGAL

	program, main bool              // it has a package clause; it declares main
	Files         map[string]*Embed // what variables embed, by name
}

// packageClause is what a program starts with.
var packageClause = regexp.MustCompile(`^package\s+([\pL_][\pL\pN_]*)$`)

// openComment finds a comment that never ends, which would take the rest of
// the cell with it.
func openComment(code string) (pos token.Position, open bool) {
	fset := token.NewFileSet()
	var sc scanner.Scanner
	sc.Init(fset.AddFile("", -1, len(code)), []byte(code), func(at token.Position, msg string) {
		if !open && msg == "comment not terminated" {
			pos, open = token.Position{Line: at.Line, Column: at.Column, Offset: at.Offset}, true
		}
	}, 0)
	for {
		if _, tok, _ := sc.Scan(); tok == token.EOF {
			return pos, open
		}
	}
}

// end is the place behind the last character.
func end(code string) (line, col int) {
	return 1 + strings.Count(code, "\n"), len(code) - strings.LastIndexByte(code, '\n')
}

// Empty tells whether there is nothing to run or declare.
func (c *Cell) Empty() bool { return len(c.Imports)+len(c.Decls)+len(c.Stmts) == 0 }

// FileName is the name of cell n in positions.
func FileName(n int) string { return fmt.Sprintf("In [%d]", n) }

// Parse cuts cell n and reports what is not Go; sources has its text, if the
// error is to show it.
func Parse(n int, code string, sources Sources) (*Cell, *engine.Failure) {
	c := &Cell{N: n, Code: code}
	if pos, open := openComment(code); open {
		pos.Filename = FileName(n)
		return nil, sources.CompileError(pos, "comment not terminated")
	}
	names := map[string]map[string]bool{}
	for i, p := range Cut(code) {
		if m := packageClause.FindStringSubmatch(p.Text); m != nil && p.Tok == token.ILLEGAL {
			if i > 0 || m[1] != "main" {
				return nil, sources.CompileError(token.Position{Filename: FileName(n), Line: p.Line, Column: p.Col}, "a cell is part of package main: it needs no package clause, and can have none but package main, at its head")
			}
			c.program = true
			continue
		}
		switch p.Tok {
		case token.IMPORT:
			f, err := parser.ParseFile(token.NewFileSet(), "", c.headOf(p)+p.Text, parser.ImportsOnly)
			if err != nil {
				return nil, sources.SyntaxError(n, err)
			}
			c.Imports = append(c.Imports, f.Imports...)
		case token.VAR:
			ps, err := group(p)
			if err != nil {
				return nil, sources.SyntaxError(n, err)
			}
			c.Stmts = append(c.Stmts, ps...)
		case token.ILLEGAL:
			c.Stmts = append(c.Stmts, p)
		default:
			// Pieces are parsed one by one, for an error in one must not be
			// reported at the brace of the next.
			fset, head := token.NewFileSet(), c.headOf(p)
			f, err := parser.ParseFile(fset, "", head+p.Text, 0)
			if err != nil {
				return nil, sources.SyntaxError(n, err)
			}
			fn, ok := f.Decls[0].(*ast.FuncDecl)
			if ok && fn.Recv == nil && fn.Name.Name == "init" {
				c.Stmts = append(c.Stmts, p.called(fset.PositionFor(fn.Name.Pos(), false).Offset-len(head)))
				continue
			}
			if ok {
				mention(names, fn, p.Text)
				c.main = c.main || fn.Recv == nil && fn.Name.Name == "main"
			}
			c.Decls = append(c.Decls, p)
		}
	}
	var fault *embedFault
	if c.Files, fault = c.embeds(n, code); fault != nil {
		return nil, sources.CompileError(fault.pos, fault.msg)
	}
	c.order(names)
	if c.program && c.main {
		// A whole program was put into the cell: it runs.
		line, col := end(code)
		c.Stmts = append(c.Stmts, Piece{Text: "main()", Line: line, Col: col, Off: len(code)})
	}
	if len(c.Stmts) > 0 {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, "", "package main\nfunc _() {\n"+c.Body()+"\n}", 0)
		if err != nil {
			return nil, sources.SyntaxError(n, err)
		}
		for _, st := range f.Decls[0].(*ast.FuncDecl).Body.List {
			ids, _ := DefinedBy(st)
			for _, id := range ids {
				if id.Name == "main" || id.Name == "init" { // what a cell defines is the package's
					return nil, sources.CompileError(fset.Position(id.Pos()), fmt.Sprintf("cannot declare %s - must be func", id.Name))
				}
			}
		}
	}
	return c, nil
}

// headOf is the head of a file in which a piece stands at its own place.
func (c *Cell) headOf(p Piece) string { return "package main\n" + Mark(c.N, p.Line, p.Col) }

// Mark is a comment that gives what follows its place in cell n: positions of the
// parser and the checker are those of the cell.
func Mark(n, line, col int) string { return fmt.Sprintf("/*line %s:%d:%d*/", FileName(n), line, col) }

// marks finds what Mark writes.
var marks = regexp.MustCompile(`/\*line In \[\d+\]:\d+:\d+\*/`)

// Unmark takes all marks out of a text.
func Unmark(text string) string { return marks.ReplaceAllString(text, "") }

// Body is the cell's statements with their places.
func (c *Cell) Body() string {
	var b strings.Builder
	for _, p := range c.Stmts {
		b.WriteString(Mark(c.N, p.Line, p.Col) + p.Text + "\n")
	}
	return b.String()
}

// Cut finds the top-level pieces by their tokens alone, so that it works on
// code with errors too.
func Cut(code string) []Piece {
	fset := token.NewFileSet()
	f := fset.AddFile("", -1, len(code))
	var sc scanner.Scanner
	sc.Init(f, []byte(code), func(token.Position, string) {}, 0)
	var out []Piece
	depth, start := 0, -1
	// In the head of a for, if or switch a semicolon ends no statement. The
	// head ends at its brace, which is none of a function or type within it.
	head, inner := false, false
	var toks []token.Token
	flush := func(end int) {
		if start >= 0 {
			pos := f.PositionFor(f.Pos(start), false)
			out = append(out, Piece{strings.TrimRight(code[start:end], " \t\r\n"), pos.Line, pos.Column, start, declares(toks)})
		}
		start, toks = -1, nil
	}
	for {
		pos, tok, _ := sc.Scan()
		off := f.Offset(pos)
		if tok == token.EOF {
			flush(len(code))
			return out
		}
		if start < 0 && tok != token.SEMICOLON {
			start = off
		}
		switch tok {
		case token.FOR, token.IF, token.SWITCH:
			head = head || depth == 0
		case token.FUNC, token.STRUCT, token.INTERFACE:
			inner = inner || depth == 0
		case token.LBRACE:
			if depth == 0 && !inner {
				head = false
			}
			inner = inner && depth > 0
			depth++
		case token.LPAREN, token.LBRACK:
			depth++
		case token.RPAREN, token.RBRACE, token.RBRACK:
			depth--
		case token.SEMICOLON:
			if depth <= 0 && !head {
				depth, inner = 0, false
				flush(off)
				continue
			}
		}
		toks = append(toks, tok)
	}
}

// declares gives the keyword of a declaration. A function literal that is
// called at once starts with func, too: it has no name after its parameters.
func declares(toks []token.Token) token.Token {
	if len(toks) == 0 {
		return token.ILLEGAL
	}
	switch t := toks[0]; t {
	case token.IMPORT, token.TYPE, token.CONST, token.VAR:
		return t
	case token.FUNC:
		if len(toks) > 1 && toks[1] == token.IDENT {
			return t
		}
		depth := 0
		for i := 1; i < len(toks); i++ {
			switch toks[i] {
			case token.LPAREN:
				depth++
			case token.RPAREN:
				if depth--; depth == 0 {
					if i+2 < len(toks) && toks[i+1] == token.IDENT && (toks[i+2] == token.LPAREN || toks[i+2] == token.LBRACK) {
						return t
					}
					return token.ILLEGAL
				}
			}
		}
	}
	return token.ILLEGAL
}

func shift(err error, lines, cols int) error {
	list, ok := err.(scanner.ErrorList)
	if !ok {
		return err
	}
	for _, e := range list {
		if e.Pos.Line == 2 {
			e.Pos.Column += cols
		}
		e.Pos.Line += lines
	}
	return list
}
