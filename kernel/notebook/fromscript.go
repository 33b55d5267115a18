package notebook

// A Go program as a notebook: what Script wrote, and any other program too.

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// MostSource is how many bytes a program may have.
const MostSource = 64 << 20

// FromScript makes a notebook of a program of package main. Marks ("// %%",
// "// %% [markdown]") bound its cells, at the top of the file and in main; a
// number behind the mark gathers what belongs to one cell, and name=value (a
// value of JSON) is the cell's metadata. A program without marks gives a cell
// of imports, one for each declaration, and one for main. What Script added for
// the compiler's sake goes again.
//
// The error is the compiler's where the file is no program.
func FromScript(name string, src []byte) (*File, error) {
	src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, src, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	if f.Name.Name != "main" {
		return nil, fmt.Errorf("%s: package %s, expected main", name, f.Name.Name)
	}
	r := &reader{fset: fset, src: string(src), vars: map[string]string{}, typed: map[string]bool{}}
	r.file(f)
	nb := &File{}
	for _, c := range r.cells {
		source := c.source()
		if source == "" && c.number == 0 {
			continue
		}
		nb.Cells = append(nb.Cells, c.cell(source))
	}
	nb.identify()
	return nb, nil
}

// part is a cell in the making.
type part struct {
	heading
	head  []string // commands and imports as typed
	parts []string

	asWritten bool // what stood in comments, each letter of it
}

// source is the text of the cell.
func (p *part) source() string {
	if p.kind != "code" || p.asWritten {
		return strings.Join(p.parts, "\n")
	}
	for i := range p.parts {
		if i > 0 {
			p.parts[i] = strings.TrimLeft(p.parts[i], "\n")
		}
	}
	code := strings.Trim(strings.Join(p.parts, "\n\n"), "\n")
	if len(p.head) == 0 {
		return code
	}
	if len(p.parts) > 0 && strings.HasPrefix(p.parts[0], "\n") {
		code = "\n" + code
	}
	return strings.TrimSuffix(strings.Join(p.head, "\n")+"\n"+code, "\n")
}

// verbatim tells whether the cell's code may stand in comments, for it is not
// run, or is none that compiles.
func (p *part) verbatim() bool {
	tags := tagsOf(p.meta)
	return p.kind == "code" && (slices.Contains(tags, "skip-execution") || slices.Contains(tags, "raises-exception"))
}

type reader struct {
	fset  *token.FileSet
	src   string
	cells []*part
	vars  map[string]string // types of the variables that main assigns for functions' sake
	typed map[string]bool   // paths in quotes that cells have imported themselves
	ours  bool              // all marks have numbers: Script wrote it
}

// file reads the top of the file, then main. Cells with a number are put in
// their order.
func (r *reader) file(f *ast.File) {
	off := func(p token.Pos) int { return r.fset.PositionFor(p, false).Offset }
	var main *ast.FuncDecl
	at := off(f.Name.End())
	imports := &part{heading: heading{kind: "code"}}
	marked := r.marked()
	var groups []*ast.GenDecl
	for _, d := range f.Decls {
		begin, end := off(documented(d)), off(d.End())
		gap := r.src[at:begin]
		if line, _, _ := strings.Cut(r.src[end:], "\n"); strings.HasPrefix(strings.TrimSpace(line), "//") {
			end += len(line)
		}
		at = end
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			groups = append(groups, g)
			continue
		}
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "main" && fn.Body != nil {
			main = fn
			r.text(gap)
			continue
		}
		if g, ok := d.(*ast.GenDecl); ok && strings.Contains(gap, variables) {
			r.hoisted(g)
			continue
		}
		if !marked {
			r.cells = append(r.cells, &part{heading: heading{kind: "code"}})
		}
		r.text(gap)
		r.current().parts = append(r.current().parts, unguarded(r.src[begin:end]))
	}
	r.text(r.src[at:])
	if main != nil {
		if !marked {
			r.cells = append(r.cells, &part{heading: heading{kind: "code"}})
		}
		r.body(r.src[off(main.Body.Lbrace)+1 : off(main.Body.Rbrace)])
	}
	for _, g := range groups {
		imports.parts = append(imports.parts, r.imports(g))
	}
	r.gather()
	if len(r.vars) > 0 { // assigned where no definition can stand
		r.cells = slices.Insert(r.cells, 0, &part{heading: heading{kind: "code"}, parts: []string{declarations(r.vars)}})
	}
	if strings.Join(imports.parts, "") != "" {
		at := 0
		if len(r.cells) > 0 && r.cells[0].kind == "markdown" {
			at = 1 // a title stays first
		}
		r.cells = slices.Insert(r.cells, at, imports)
	}
}

// marked looks at the marks of the file: whether there are any, and whether
// all have numbers.
func (r *reader) marked() (any bool) {
	r.ours = true
	for _, c := range lineComments(r.src) {
		if line := r.src[c[0]:c[1]]; isMark(r.src, c[0], c[1]) {
			any = true
			line = strings.TrimSpace(line)
			r.ours = r.ours && (line == unused || line == variables || readMark(line).number > 0)
		}
	}
	r.ours = r.ours && any
	return any
}

// hoisted notes the variables that Script declared at the top.
func (r *reader) hoisted(g *ast.GenDecl) {
	for _, s := range g.Specs {
		v, ok := s.(*ast.ValueSpec)
		if !ok || v.Type == nil {
			continue
		}
		lo, hi := r.fset.PositionFor(v.Type.Pos(), false).Offset, r.fset.PositionFor(v.Type.End(), false).Offset
		for _, n := range v.Names {
			r.vars[n.Name] = r.src[lo:hi]
		}
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

// known are the packages that every cell has by itself.
var known = []string{"fmt", "image", "math", "os", "sort", "strings", "time", "fourmlab/fourm", "fourmlab/viz", "fourmlab/datasets"}

// imports writes an import without what every cell has by itself, and without
// what a cell has typed.
func (r *reader) imports(g *ast.GenDecl) string {
	var lines []string
	for _, s := range g.Specs {
		spec := s.(*ast.ImportSpec)
		path, _ := strconv.Unquote(spec.Path.Value)
		line := spec.Path.Value
		if spec.Name != nil {
			line = spec.Name.Name + " " + line
		}
		if strings.Contains(path, "kernel/display") || r.typed[spec.Path.Value] || r.ours && spec.Name == nil && slices.Contains(known, path) {
			continue
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
		r.cells = append(r.cells, &part{heading: heading{kind: "code"}})
	}
	return r.cells[len(r.cells)-1]
}

// text reads comments and marks between declarations.
func (r *reader) text(gap string) {
	r.chunks(gap, func(_ *part, s string) string { return unguarded(strings.TrimSpace(s)) })
}

// body reads main.
func (r *reader) body(src string) {
	r.chunks(src, func(c *part, s string) string { return r.statements(c, outdent(s)) })
}

// chunks cuts a text at its marks and gives each chunk to the cell it is of.
func (r *reader) chunks(src string, code func(*part, string) string) {
	at, drop := 0, false
	put := func(s string) {
		if drop || strings.TrimSpace(s) == "" {
			return
		}
		c := r.current()
		if c.kind != "code" || c.verbatim() && onlyComments(s) {
			text, rest := commentsFirst(s)
			c.asWritten = true
			c.parts = append(c.parts, uncommented(text))
			if s = rest; s == "" {
				return
			}
			c = &part{heading: heading{kind: "code"}}
			r.cells = append(r.cells, c)
			if s = code(c, s); s != "" {
				c.parts = append(c.parts, s)
			}
		} else if s = code(c, s); s != "" {
			c.parts = append(c.parts, s)
		}
	}
	for _, m := range lineComments(src) {
		if !isMark(src, m[0], m[1]) {
			continue
		}
		begin := strings.LastIndexByte(src[:m[0]], '\n') + 1
		put(src[at:begin])
		at = m[1]
		line := strings.TrimSpace(src[m[0]:m[1]])
		if drop = line == unused || line == variables; !drop {
			r.cells = append(r.cells, &part{heading: readMark(line)})
		}
	}
	put(src[at:])
}

// commentsFirst parts the comment lines at the beginning from what follows.
func commentsFirst(s string) (text, rest string) {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "//") {
			return strings.Join(lines[:i], "\n"), strings.Join(lines[i:], "\n")
		}
	}
	return s, ""
}

// onlyComments tells whether all lines are comments.
func onlyComments(s string) bool {
	for _, l := range strings.Split(s, "\n") {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "//") {
			return false
		}
	}
	return true
}

// gather puts what has one number into one cell, and cells with numbers in
// order where all have one.
func (r *reader) gather() {
	byNumber := map[int]*part{}
	var out []*part
	for _, c := range r.cells {
		if first := byNumber[c.number]; c.number > 0 && first != nil && first.kind == c.kind {
			first.head = append(first.head, c.head...)
			first.parts = append(first.parts, c.parts...)
			if len(first.meta) == 0 {
				first.meta = c.meta
			}
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
