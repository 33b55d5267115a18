package assist

// What the checker sees at a cursor: the cell that is being typed, in the scope
// of what the session knows.

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"

	"fourmlab/kernel/session/cell"
)

// view is a partial cell with what the checker says of it.
type view struct {
	*partial
	session Scope
	library *Library
	words   map[string]bool // of the cell
	info    *types.Info
	pkg     *types.Package
	scope   *types.Scope // around the cursor
}

// newView checks a cell as far as it goes, with a word in the place of bytes from
// to to.
func newView(s Scope, l *Library, code string, from, to int, word string) *view {
	d := parsePartial(head(s, code), code, from, to, word)
	if d == nil {
		return nil
	}
	v := &view{partial: d, session: s, library: l, words: cell.Identifiers(code)}
	tops := v.check(nil)
	if d.decl && len(tops) > 0 {
		// A function of the cell sees the variables of its top.
		v.check(tops)
	}
	v.scope = v.pkg.Scope().Innermost(d.pos)
	if v.scope == nil {
		v.scope = v.pkg.Scope()
	}
	return v
}

// head imports what the session has imported and the cell says, unless the
// cell imports something of that name.
func head(s Scope, code string) string {
	words := cell.Identifiers(code)
	for _, p := range cell.Cut(code) {
		if p.Tok != token.IMPORT {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+p.Text, parser.ImportsOnly)
		if err != nil {
			continue
		}
		for _, spec := range f.Imports {
			name, path := cell.ImportName(spec)
			if name == "" {
				name = baseName(path)
			}
			delete(words, name)
		}
	}
	var b strings.Builder
	for name := range words {
		if m, _ := s.Lookup(name); m.Package != nil {
			fmt.Fprintf(&b, "import %s %q\n", name, m.Path)
		}
	}
	for _, m := range s.Dots() {
		if cell.DotImported(m.Path) && !free(s, m.Package, words) {
			continue
		}
		fmt.Fprintf(&b, "import . %q\n", m.Path)
	}
	return b.String()
}

// free tells whether a package that cells have with a dot has a name that is
// said and that cells have not declared.
func free(s Scope, pkg *types.Package, words map[string]bool) bool {
	said := false
	for _, name := range pkg.Scope().Names() {
		if _, taken := s.Lookup(name); taken {
			return false
		}
		said = said || words[name]
	}
	return said
}

// baseName guesses the name of a package from its path.
func baseName(path string) string {
	parts := strings.Split(path, "/")
	last := parts[len(parts)-1]
	if len(parts) > 1 && len(last) > 1 && last[0] == 'v' && strings.Trim(last[1:], "0123456789") == "" {
		last = parts[len(parts)-2]
	}
	return last
}

// check runs the checker over it and gives the variables that its
// statements define at the top.
func (v *view) check(tops []types.Object) (defined []types.Object) {
	v.pkg = types.NewPackage("main", "main")
	v.info = cell.NewInfo()
	own, aliases := map[string]bool{}, map[string]bool{}
	var fn *ast.FuncDecl
	for _, d := range v.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				own[d.Name.Name] = true
			}
			if d.Name.Name == "cell"+cell.Hidden {
				fn = d
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					own[spec.Name.Name] = true
					aliases[spec.Name.Name] = spec.Assign.IsValid()
				case *ast.ValueSpec:
					for _, n := range spec.Names {
						own[n.Name] = true
					}
				case *ast.ImportSpec:
					name, path := cell.ImportName(spec)
					if name == "" {
						name = baseName(path)
					}
					own[name] = true
				}
			}
		}
	}
	for _, o := range tops {
		if !own[o.Name()] {
			own[o.Name()] = true
			v.pkg.Scope().Insert(types.NewVar(token.NoPos, v.pkg, o.Name(), o.Type()))
		}
	}
	for name := range v.words {
		if own[name] {
			continue
		}
		if m, _ := v.session.Lookup(name); m.Object != nil {
			v.pkg.Scope().Insert(m.Object)
		}
	}
	cell.Detach(v.file, func(name string) bool { return own[name] && !aliases[name] })
	conf := types.Config{Importer: v.session, DisableUnusedImportCheck: true, Error: func(error) {}}
	v.session.WaitFor(v.file)
	types.NewChecker(&conf, v.fset, v.pkg, v.info).Files([]*ast.File{v.file})
	if fn == nil || fn.Body == nil {
		return nil
	}
	if scope := v.info.Scopes[fn.Type]; scope != nil {
		for _, name := range scope.Names() {
			if o, ok := scope.Lookup(name).(*types.Var); ok && o.Type() != types.Typ[types.Invalid] && !strings.Contains(name, cell.Hidden) {
				defined = append(defined, o)
			}
		}
	}
	return defined
}

// node gives the i-th node around the word at the cursor, from the inside; 0
// is the word.
func (v *view) node(i int) ast.Node {
	if i >= len(v.path) {
		return nil
	}
	return v.path[len(v.path)-1-i]
}

// object is what the word at the cursor means, if it means anything.
func (v *view) object() types.Object {
	id, ok := v.node(0).(*ast.Ident)
	if !ok {
		return nil
	}
	if o := v.info.ObjectOf(id); o != nil {
		return o
	}
	if sel, ok := v.node(1).(*ast.SelectorExpr); ok && sel.Sel == id {
		return nil
	}
	if _, o := v.scope.LookupParent(id.Name, v.pos); o != nil {
		return o
	}
	return packageName(v.session, id.Name)
}
