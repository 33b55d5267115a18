package export

// What one cell defines at its top, without running it: for who sets
// parameters from outside.

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"

	"fourmlab/kernel/session"
	"fourmlab/kernel/session/cell"
	"fourmlab/kernel/session/packages"
)

// Definition is a variable or a constant that a cell defines.
type Definition struct {
	Name  string
	Const bool
	Type  types.Type // nil where the cell alone does not tell it
	Typed bool       // of a constant: its declaration names the type
}

// Definitions lists the variables and constants of a cell, which may import,
// declare types and call functions, and of which only the syntax has to be
// right. Of packages it looks at those that are linked in.
func Definitions(s *session.Session, code string) ([]Definition, error) {
	c, failure := cell.Parse(1, code, cell.Sources{1: code})
	if failure != nil {
		return nil, located(failure)
	}
	words := cell.Identifiers(code)
	var b strings.Builder
	b.WriteString("package main\n")
	names := map[string]string{}
	for name, path := range s.Packages() {
		if words[name] {
			names[name] = path
		}
	}
	for _, spec := range c.Imports {
		name, path := cell.ImportName(spec)
		if !packages.Linked(path) {
			continue
		}
		if pkg, err := s.Import(path); err == nil && name == "" {
			name = pkg.Name()
		}
		if name == "." {
			fmt.Fprintf(&b, "import . %q\n", path)
		} else if name != "" && name != "_" {
			names[name] = path
		}
	}
	for name, path := range names {
		fmt.Fprintf(&b, "import %s %q\n", name, path)
	}
	for _, d := range c.Decls {
		b.WriteString(d.Text + "\n")
	}
	b.WriteString("func main() {\n" + c.Body() + "}\n")
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", b.String(), parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	info := cell.NewInfo()
	conf := types.Config{Importer: s.Importer(), Error: func(error) {}, DisableUnusedImportCheck: true}
	conf.Check("main", fset, []*ast.File{f}, info) // what it cannot know stays open
	var out []Definition
	add := func(ids []*ast.Ident, isConst, typed bool) {
		for _, id := range ids {
			d := Definition{Name: id.Name, Const: isConst, Typed: typed}
			if obj := info.Defs[id]; obj != nil && obj.Type() != types.Typ[types.Invalid] {
				d.Type = obj.Type()
			}
			if id.Name != "_" {
				out = append(out, d)
			}
		}
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok && d.Tok == token.CONST {
					add(v.Names, true, v.Type != nil)
				}
			}
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.Name == "main" {
				for _, st := range d.Body.List {
					ids, _ := cell.DefinedBy(st)
					add(ids, false, false)
				}
			}
		}
	}
	return out, nil
}
