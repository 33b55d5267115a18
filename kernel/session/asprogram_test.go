package session

// A snippet's cells as one Go file: what the top of its cells defines becomes
// variables of the package, and its statements a function that gives the
// values of the last expression. All snippets are files of one package, for a
// compiler takes as long for a small package as for a large one; so what a
// snippet declares carries its number.

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"slices"
	"sort"
	"strings"
	"testing"

	"fourmlab/kernel/session/cell"
)

// together is a snippet's cells, one after another, with nothing changed.
type together struct {
	s       *Session          // has what cells import
	imports map[string]string // paths by name; with a dot, by a dot and the path
	decls   string
	body    string
	words   map[string]bool // that the cells say
}

func assemble(t *testing.T, s *Session, c snippet) *together {
	t.Helper()
	p := &together{s: s, imports: map[string]string{}, words: cell.Identifiers(strings.Join(c.cells, "\n"))}
	for _, known := range std {
		p.imports[path.Base(known)] = known
	}
	for i, code := range c.cells {
		parsed, failure := cell.Parse(i+1, code, p.s.sources)
		if failure != nil {
			t.Fatalf("%s: %v", c.name, failure)
		}
		for _, spec := range parsed.Imports {
			name, path := cell.ImportName(spec)
			pkg, err := p.s.ctx.Importer.Import(path)
			switch {
			case err != nil:
				t.Fatalf("%s: %v", c.name, err)
			case name == "":
				name = pkg.Name()
			case name == ".":
				name += path
			}
			p.imports[name] = path
		}
		for _, d := range parsed.Decls {
			p.decls += cell.Mark(parsed.N, d.Line, d.Col) + d.Text + "\n"
		}
		p.body += parsed.Body()
	}
	return p
}

// file writes the file with the imports that keep holds.
func (p *together) file(keep map[string]bool, vars, decls, body string) string {
	var b strings.Builder
	b.WriteString("package main\n")
	var names []string
	for name := range p.imports {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		switch {
		case strings.HasPrefix(name, "."):
			fmt.Fprintf(&b, "import . %q\n", p.imports[name])
		case keep[name]:
			fmt.Fprintf(&b, "import %s %q\n", name, p.imports[name])
		}
	}
	b.WriteString(vars + decls + "func cells() []any {\n" + body + "}\n")
	return b.String()
}

// asTyped is the program as the cells say it: what is wrong with it stays.
func asTyped(t *testing.T, s *Session, c snippet) string {
	p := assemble(t, s, c)
	return p.file(p.words, "", p.decls, p.body+"return nil\n") + "func main() { cells() }\n"
}

// asProgram is the file that a compiler takes.
func asProgram(t *testing.T, s *Session, c snippet, suffix string) string {
	p := assemble(t, s, c)
	// Functions that use variables of cells are wrong as long as those are
	// local; what the variables' types are is known all the same.
	text := p.file(p.words, "", p.decls, p.body)
	fset, f, info, self := p.check(t, c, text)
	keep := map[string]bool{}
	for _, obj := range info.Uses {
		if name, ok := obj.(*types.PkgName); ok {
			keep[name.Name()] = true
		}
	}
	qualify := func(of *types.Package) string {
		if of == self {
			return ""
		}
		for name, path := range p.imports {
			if path == of.Path() {
				keep[name] = true
				return name
			}
		}
		p.imports[of.Name()], keep[of.Name()] = of.Path(), true
		return of.Name()
	}
	fn := f.Decls[len(f.Decls)-1].(*ast.FuncDecl)
	off := func(pos token.Pos) int { return fset.PositionFor(pos, false).Offset }
	begin, end := off(fn.Body.Lbrace)+2, off(fn.Body.Rbrace)
	var vars, body strings.Builder
	define := func(id *ast.Ident) {
		if obj := info.Defs[id]; obj != nil && id.Name != "_" {
			fmt.Fprintf(&vars, "var %s %s\n", id.Name, types.TypeString(obj.Type(), qualify))
		}
	}
	at := begin
	put := func(from, to token.Pos, s string) {
		body.WriteString(text[at:off(from)] + s)
		at = off(to)
	}
	returned := false
	for i, st := range fn.Body.List {
		switch st := st.(type) {
		case *ast.AssignStmt:
			if st.Tok == token.DEFINE {
				for _, l := range st.Lhs {
					define(l.(*ast.Ident))
				}
				put(st.TokPos, st.TokPos+2, "=")
			}
		case *ast.DeclStmt:
			spec := st.Decl.(*ast.GenDecl).Specs[0].(*ast.ValueSpec)
			var names []string
			for _, n := range spec.Names {
				define(n)
				names = append(names, n.Name)
			}
			switch {
			case len(spec.Values) > 0 && slices.ContainsFunc(names, func(n string) bool { return n != "_" }):
				put(st.Pos(), spec.Values[0].Pos(), strings.Join(names, ", ")+" = ")
			case len(spec.Values) == 0:
				put(st.Pos(), st.End(), "")
			}
		case *ast.ExprStmt:
			last := i == len(fn.Body.List)-1
			switch tv := info.Types[st.X]; {
			case tv.IsVoid():
			case last && !prints(info, st.X):
				put(st.Pos(), st.Pos(), "return values(")
				put(st.End(), st.End(), ")")
				returned = true
			case !cell.Callable(st.X):
				put(st.Pos(), st.Pos(), "_ = ")
			}
		}
	}
	body.WriteString(text[at:end])
	if !returned {
		body.WriteString("return nil\n")
	}
	return p.number(t, c, p.file(keep, vars.String(), p.decls, body.String()), suffix)
}

// check reads and checks a file as far as it goes.
func (p *together) check(t *testing.T, c snippet, text string) (*token.FileSet, *ast.File, *types.Info, *types.Package) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatalf("%s: %v\n%s", c.name, err, text)
	}
	info := cell.NewInfo()
	conf := types.Config{Importer: p.s.ctx.Importer, Error: func(error) {}}
	self, _ := conf.Check("main", fset, []*ast.File{f}, info)
	return fset, f, info, self
}

// number adds the suffix to the names of what the file declares.
func (p *together) number(t *testing.T, c snippet, text, suffix string) string {
	fset, f, info, self := p.check(t, c, text)
	ours := func(obj types.Object) bool { return obj != nil && obj.Parent() == self.Scope() }
	var ends []int
	ast.Inspect(f, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		obj := info.ObjectOf(id)
		if v, ok := obj.(*types.Var); ok && v.Embedded() {
			// The field is named after its type.
			of := v.Type()
			if ptr, ok := of.(*types.Pointer); ok {
				of = ptr.Elem()
			}
			switch of := of.(type) {
			case *types.Named:
				obj = of.Obj()
			case *types.Alias:
				obj = of.Obj()
			}
		}
		if ours(obj) && id.Name != "_" {
			ends = append(ends, fset.PositionFor(id.End(), false).Offset)
		}
		return true
	})
	sort.Ints(ends)
	var b strings.Builder
	at := 0
	for _, end := range slices.Compact(ends) {
		b.WriteString(text[at:end] + suffix)
		at = end
	}
	return b.String() + text[at:]
}

// prints tells whether an expression is a call that prints, the value of which
// a notebook does not show.
func prints(info *types.Info, x ast.Expr) bool {
	call, ok := x.(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	f := info.Uses[sel.Sel]
	if f == nil || f.Pkg() == nil || f.Pkg().Path() != "fmt" {
		return false
	}
	name := strings.ToLower(f.Name())
	return strings.HasPrefix(name, "print") || strings.HasPrefix(name, "fprint")
}
