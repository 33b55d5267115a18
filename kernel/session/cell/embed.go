package cell

// Files that a cell embeds: //go:embed above a variable of type string, []byte
// or embed.FS. They are found from the folder in which the notebook lies, by
// the rules of the go command, and read before the cell runs.

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// Embed is a line //go:embed and the files it names.
type Embed struct {
	Pos      token.Position // in the cell
	patterns []string
	files    map[string][]byte // by path from the notebook's folder; "" for a folder's content
}

const directive = "//go:embed"

// embeds finds the lines above variables, by the variables' names.
func (c *Cell) embeds(n int, code string) (map[string]*Embed, *embedFault) {
	if !strings.Contains(code, directive) {
		return nil, nil
	}
	out, taken := map[string]*Embed{}, map[int]bool{}
	notes := CommentsOf(code, Cut(code))
	for i, p := range notes.Pieces {
		above := ""
		if p.Tok == token.VAR {
			from := 0
			if i > 0 {
				from = notes.end[i-1]
			}
			above = code[from:notes.begin[i]]
		}
		line := p.Line - strings.Count(above, "\n")
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, "", "package main\n\n"+above+p.Text, parser.ParseComments)
		if err != nil {
			continue // it is told elsewhere
		}
		at := func(pos token.Pos) token.Position {
			q := fset.PositionFor(pos, false)
			return token.Position{Filename: FileName(n), Line: q.Line + line - 3, Column: q.Column}
		}
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, spec := range g.Specs {
				vs := spec.(*ast.ValueSpec)
				doc := vs.Doc
				if !g.Lparen.IsValid() {
					doc = g.Doc
				}
				if doc == nil {
					continue
				}
				for _, com := range doc.List {
					patterns, ok := Directive(com.Text)
					if !ok {
						continue
					}
					taken[at(com.Pos()).Line] = true
					switch {
					case len(vs.Names) > 1:
						return nil, &embedFault{at(com.Pos()), "go:embed cannot apply to multiple vars"}
					case len(vs.Values) > 0:
						return nil, &embedFault{at(com.Pos()), "go:embed cannot apply to var with initializer"}
					case len(patterns) == 0:
						return nil, &embedFault{at(com.Pos()), "usage: //go:embed pattern..."}
					}
					e := out[vs.Names[0].Name]
					if e == nil {
						e = &Embed{Pos: at(com.Pos())}
						out[vs.Names[0].Name] = e
					}
					e.patterns = append(e.patterns, patterns...)
				}
			}
		}
	}
	for _, at := range directives(code) {
		if !taken[at.Line] {
			at.Filename = FileName(n)
			return nil, &embedFault{at, "misplaced go:embed directive"}
		}
	}
	return out, nil
}

// directives are the places of all such lines in a cell.
func directives(code string) (out []token.Position) {
	fset := token.NewFileSet()
	f := fset.AddFile("", -1, len(code))
	var sc scanner.Scanner
	sc.Init(f, []byte(code), func(token.Position, string) {}, scanner.ScanComments)
	for {
		pos, tok, lit := sc.Scan()
		if tok == token.EOF {
			return out
		}
		if _, ok := Directive(lit); ok && tok == token.COMMENT {
			at := f.PositionFor(pos, false)
			out = append(out, token.Position{Line: at.Line, Column: at.Column})
		}
	}
}

// embedFault is what is wrong with such a line.
type embedFault struct {
	pos token.Position
	msg string
}

// Directive reads a line //go:embed, whose patterns may be quoted.
func Directive(text string) (patterns []string, ok bool) {
	rest, ok := strings.CutPrefix(text, directive)
	if !ok || rest != "" && rest[0] != ' ' && rest[0] != '\t' {
		return nil, false
	}
	for rest = strings.TrimSpace(rest); rest != ""; rest = strings.TrimSpace(rest) {
		if rest[0] == '"' || rest[0] == '`' {
			if q, err := strconv.QuotedPrefix(rest); err == nil {
				p, _ := strconv.Unquote(q)
				patterns, rest = append(patterns, p), rest[len(q):]
				continue
			}
		}
		end := strings.IndexAny(rest, " \t")
		if end < 0 {
			end = len(rest)
		}
		patterns, rest = append(patterns, rest[:end]), rest[end:]
	}
	return patterns, true
}

// Embeddable tells whether a variable of the type takes the text of one file,
// or a tree of files.
func Embeddable(t types.Type) (whole, tree bool) {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		whole = u.Kind() == types.String
	case *types.Slice:
		b, ok := u.Elem().Underlying().(*types.Basic)
		whole = ok && b.Kind() == types.Byte
	}
	named, _ := types.Unalias(t).(*types.Named)
	return whole, named != nil && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "embed" && named.Obj().Name() == "FS"
}
