package notebook

// A Go program as a notebook: what Script wrote, and any other program too.

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// FromScript makes a notebook of a program of package main. Marks ("// %%",
// "// %% [markdown]") bound its cells, at the top of the file and in main; a
// number behind the mark gathers what belongs to one cell. A program without
// marks gives a cell of imports, one for each declaration, and one for main.
// What Script added for the compiler's sake goes again.
//
// The error is the compiler's where the file is no program.
func FromScript(name string, src []byte) (*File, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, src, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	if f.Name.Name != "main" {
		return nil, fmt.Errorf("%s: package %s, expected main", name, f.Name.Name)
	}
	r := &reader{fset: fset, src: string(src), vars: map[string]bool{}}
	r.file(f)
	nb := &File{}
	for _, c := range r.cells {
		source := strings.Trim(strings.Join(c.parts, "\n\n"), "\n")
		if source == "" {
			continue
		}
		nb.Cells = append(nb.Cells, &Cell{Kind: c.kind, ID: fmt.Sprintf("cell-%d", len(nb.Cells)+1), Source: source})
	}
	return nb, nil
}

// part is a cell in the making.
type part struct {
	kind   string
	number int // behind its mark, 0 for none
	parts  []string
}

type reader struct {
	fset  *token.FileSet
	src   string
	cells []*part
	vars  map[string]bool // variables that main assigns for functions' sake
}

var mark = regexp.MustCompile(`(?m)^[ \t]*// %%[ \t]*(\[(\w+)\])?[ \t]*([^\n]*)$`)

// file reads the top of the file, then main. Cells with a number are put in
// their order.
func (r *reader) file(f *ast.File) {
	off := func(p token.Pos) int { return r.fset.PositionFor(p, false).Offset }
	var main *ast.FuncDecl
	at := off(f.Name.End())
	imports := &part{kind: "code"}
	marked := strings.Contains(r.src, "\n"+bound) || strings.Contains(r.src, "\t"+bound)
	for _, d := range f.Decls {
		begin, end := off(documented(d)), off(d.End())
		gap := r.src[at:begin]
		at = end
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			imports.parts = append(imports.parts, r.imports(g))
			continue
		}
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "main" {
			main = fn
			r.text(gap)
			continue
		}
		if g, ok := d.(*ast.GenDecl); ok && strings.Contains(gap, variables) {
			for _, s := range g.Specs {
				for _, n := range s.(*ast.ValueSpec).Names {
					r.vars[n.Name] = true
				}
			}
			continue
		}
		if !marked {
			r.cells = append(r.cells, &part{kind: "code"})
		}
		r.text(gap)
		r.current().parts = append(r.current().parts, r.src[begin:end])
	}
	r.text(r.src[at:])
	if main != nil {
		if !marked {
			r.cells = append(r.cells, &part{kind: "code"})
		}
		r.body(r.src[off(main.Body.Lbrace)+1 : off(main.Body.Rbrace)])
	}
	r.gather()
	if len(imports.parts) > 0 && strings.Join(imports.parts, "") != "" {
		at := 0
		if len(r.cells) > 0 && r.cells[0].kind == "markdown" {
			at = 1 // a title stays first
		}
		r.cells = slices.Insert(r.cells, at, imports)
	}
}

// documented is where a declaration begins, with the comment above it.
func documented(d ast.Decl) token.Pos {
	doc := (*ast.CommentGroup)(nil)
	switch d := d.(type) {
	case *ast.FuncDecl:
		doc = d.Doc
	case *ast.GenDecl:
		doc = d.Doc
	}
	if doc == nil || slices.ContainsFunc(doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, bound) }) {
		return d.Pos()
	}
	return doc.Pos()
}

// imports writes an import without what every cell has by itself.
func (r *reader) imports(g *ast.GenDecl) string {
	var lines []string
	for _, s := range g.Specs {
		spec := s.(*ast.ImportSpec)
		path, _ := strconv.Unquote(spec.Path.Value)
		if strings.HasSuffix(path, "kernel/display") {
			continue
		}
		line := spec.Path.Value
		if spec.Name != nil {
			line = spec.Name.Name + " " + line
		}
		lines = append(lines, line)
	}
	switch len(lines) {
	case 0:
		return ""
	case 1:
		return "import " + lines[0]
	}
	return "import (\n\t" + strings.Join(lines, "\n\t") + "\n)"
}

func (r *reader) current() *part {
	if len(r.cells) == 0 {
		r.cells = append(r.cells, &part{kind: "code"})
	}
	return r.cells[len(r.cells)-1]
}

// open begins the cell of a mark.
func (r *reader) open(kind, behind string) {
	if kind == "" {
		kind = "code"
	}
	number, _ := strconv.Atoi(strings.TrimSpace(behind))
	r.cells = append(r.cells, &part{kind: kind, number: number})
}

// text reads comments and marks between declarations.
func (r *reader) text(gap string) {
	r.chunks(gap, func(s string) string { return strings.TrimSpace(s) })
}

// body reads main.
func (r *reader) body(src string) {
	r.chunks(src, func(s string) string { return r.statements(outdent(s)) })
}

// chunks cuts a text at its marks and gives each chunk to the cell it is of.
func (r *reader) chunks(src string, code func(string) string) {
	at := 0
	put := func(s string) {
		c := r.current()
		if c.kind != "code" {
			s = uncommented(s)
		} else {
			s = code(s)
		}
		if s != "" {
			c.parts = append(c.parts, s)
		}
	}
	drop := false
	for _, m := range mark.FindAllStringSubmatchIndex(src, -1) {
		if s := src[at:m[0]]; strings.TrimSpace(s) != "" && !drop {
			put(s)
		}
		at = m[1]
		group := func(i int) string {
			if m[i] < 0 {
				return ""
			}
			return src[m[i]:m[i+1]]
		}
		line := strings.TrimSpace(src[m[0]:m[1]])
		drop = line == unused || line == variables
		if !drop {
			r.open(group(4), group(6))
		}
	}
	if s := src[at:]; strings.TrimSpace(s) != "" && !drop {
		put(s)
	}
}

// gather puts what has one number into one cell, and cells with numbers in
// order where all have one.
func (r *reader) gather() {
	byNumber := map[int]*part{}
	var out []*part
	for _, c := range r.cells {
		if first := byNumber[c.number]; c.number > 0 && first != nil && first.kind == c.kind {
			first.parts = append(first.parts, c.parts...)
			continue
		}
		byNumber[c.number] = c
		out = append(out, c)
	}
	if !slices.ContainsFunc(out, func(c *part) bool { return c.number == 0 && len(c.parts) > 0 }) {
		slices.SortStableFunc(out, func(a, b *part) int { return a.number - b.number })
	}
	r.cells = out
}

// statements undoes what Script did for the compiler: a value is shown by
// standing last, a variable of the top is defined where it gets its value, and
// commands are commands.
func (r *reader) statements(s string) string {
	const head = "package p\nfunc _() {\n"
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", head+s+"\n}", parser.SkipObjectResolution)
	if err != nil {
		return s // main as a whole was fine: a chunk cut through a statement
	}
	type edit struct {
		lo, hi int
		text   string
	}
	var edits []edit
	off := func(p token.Pos) int { return fset.PositionFor(p, false).Offset - len(head) }
	list := f.Decls[0].(*ast.FuncDecl).Body.List
	for i, st := range list {
		switch st := st.(type) {
		case *ast.AssignStmt:
			if st.Tok == token.ASSIGN && r.defines(st.Lhs) {
				edits = append(edits, edit{off(st.TokPos), off(st.TokPos) + 1, ":="})
			}
		case *ast.ExprStmt:
			if call, ok := st.X.(*ast.CallExpr); ok && i+1 == len(list) && isShow(call) {
				edits = append(edits, edit{off(call.Pos()), off(call.Lparen) + 1, ""}, edit{off(call.Rparen), off(call.Rparen) + 1, ""})
			}
		}
	}
	for _, e := range slices.Backward(edits) {
		s = s[:e.lo] + e.text + s[e.hi:]
	}
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimPrefix(l, command)
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// defines tells whether an assignment is the first to variables of the top.
func (r *reader) defines(left []ast.Expr) bool {
	any := false
	for _, l := range left {
		id, ok := l.(*ast.Ident)
		if !ok || id.Name != "_" && !r.vars[id.Name] {
			return false
		}
		any = any || id.Name != "_"
	}
	for _, l := range left {
		delete(r.vars, l.(*ast.Ident).Name)
	}
	return any
}

func isShow(call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) != 1 {
		return false
	}
	pkg, ok := sel.X.(*ast.Ident)
	return ok && pkg.Name == "display" && sel.Sel.Name == "Show"
}

// outdent takes one level of indent from the statements of main; gofmt knows
// which lines of a raw string are none.
func outdent(s string) string {
	const head = "package p\n\nfunc _() {\n"
	out, err := format.Source([]byte(head + s + "\n}\n"))
	if err != nil {
		return strings.TrimSpace(s)
	}
	body := strings.TrimSuffix(strings.TrimPrefix(string(out), head), "}\n")
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", out, parser.SkipObjectResolution)
	if err != nil {
		return strings.TrimSpace(s)
	}
	raw := map[int]bool{} // lines that begin inside a raw string
	ast.Inspect(f, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && strings.HasPrefix(lit.Value, "`") {
			first := fset.Position(lit.Pos()).Line
			for i := range strings.Count(lit.Value, "\n") {
				raw[first+i+1] = true
			}
		}
		return true
	})
	lines := strings.Split(body, "\n")
	for i, l := range lines {
		if !raw[i+4] {
			lines[i] = strings.TrimPrefix(l, "\t")
		}
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// uncommented is the text that comment lines hold.
func uncommented(s string) string {
	var out []string
	for _, l := range strings.Split(strings.TrimSpace(s), "\n") {
		l = strings.TrimPrefix(strings.TrimSpace(l), "//")
		out = append(out, strings.TrimPrefix(l, " "))
	}
	return strings.Join(out, "\n")
}
