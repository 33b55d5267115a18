package session

// What the checker sees at a cursor: the cell that is being typed, in the scope
// of what the session knows.

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
)

// sight is a draft with what the checker says of it.
type sight struct {
	*draft
	s     *Session
	words map[string]bool // of the cell
	info  *types.Info
	pkg   *types.Package
	scope *types.Scope // around the cursor
}

// see checks a cell as far as it goes, with a word in the place of bytes from
// to to.
func (s *Session) see(code string, from, to int, word string) *sight {
	d := draftOf(s.head(code), code, from, to, word)
	if d == nil {
		return nil
	}
	v := &sight{draft: d, s: s, words: identifiers(code)}
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
func (s *Session) head(code string) string {
	words := identifiers(code)
	for _, p := range cut(code) {
		if p.tok != token.IMPORT {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+p.text, parser.ImportsOnly)
		if err != nil {
			continue
		}
		for _, spec := range f.Imports {
			name, path := importName(spec)
			if name == "" {
				name = baseName(path)
			}
			delete(words, name)
		}
	}
	var b strings.Builder
	for name, e := range s.names {
		if e.kind == isPackage && words[name] {
			fmt.Fprintf(&b, "import %s %q\n", name, e.path)
		}
	}
	for _, e := range s.dots {
		if Always(e.path) && !s.free(e, words) {
			continue
		}
		fmt.Fprintf(&b, "import . %q\n", e.path)
	}
	return b.String()
}

// free tells whether a package that cells have with a dot has a name that is
// said and that cells have not declared.
func (s *Session) free(e *entity, words map[string]bool) bool {
	said := false
	for _, name := range e.pkg.Scope().Names() {
		if s.names[name] != nil {
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

// check runs the checker over the draft and gives the variables that its
// statements define at the top.
func (v *sight) check(tops []types.Object) (defined []types.Object) {
	known := v.s.learned()
	v.pkg = types.NewPackage("main", "main")
	v.info = NewInfo()
	own, aliases := map[string]bool{}, map[string]bool{}
	var fn *ast.FuncDecl
	for _, d := range v.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				own[d.Name.Name] = true
			}
			if d.Name.Name == "cell"+hidden {
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
					name, path := importName(spec)
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
		e := v.s.names[name]
		if e == nil || e.kind == isPackage || own[name] {
			continue
		}
		if o := known.objects[e.label()]; o != nil {
			v.pkg.Scope().Insert(o)
		}
	}
	detach(v.file, func(name string) bool { return own[name] && !aliases[name] })
	conf := types.Config{Importer: waiting{v.s}, DisableUnusedImportCheck: true, Error: func(error) {}}
	v.s.settle(v.file)
	types.NewChecker(&conf, v.fset, v.pkg, v.info).Files([]*ast.File{v.file})
	if fn == nil || fn.Body == nil {
		return nil
	}
	if scope := v.info.Scopes[fn.Type]; scope != nil {
		for _, name := range scope.Names() {
			if o, ok := scope.Lookup(name).(*types.Var); ok && o.Type() != types.Typ[types.Invalid] && !strings.Contains(name, hidden) {
				defined = append(defined, o)
			}
		}
	}
	return defined
}

// detach keeps the checker from looking for the declarations of what it was
// given ready: it makes functions of the methods whose receiver is none of the
// file's own types, and puts names of types that others are declared as into
// parentheses.
func detach(f *ast.File, own func(string) bool) {
	for _, d := range f.Decls {
		if g, ok := d.(*ast.GenDecl); ok {
			for _, spec := range g.Specs {
				if t, ok := spec.(*ast.TypeSpec); ok {
					if id, ok := t.Type.(*ast.Ident); ok {
						t.Type = &ast.ParenExpr{Lparen: id.Pos(), X: id, Rparen: id.End()}
					}
				}
			}
		}
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Recv == nil || len(fn.Recv.List) == 0 {
			continue
		}
		base, params := receiver(fn.Recv.List[0].Type)
		if base != nil && own(base.Name) {
			continue
		}
		fn.Name = &ast.Ident{NamePos: fn.Name.NamePos, Name: fn.Name.Name + hidden}
		fn.Type.Params.List = append(append([]*ast.Field{}, fn.Recv.List...), fn.Type.Params.List...)
		fn.Recv = nil
		if len(params) > 0 {
			list := &ast.Field{Type: &ast.Ident{NamePos: params[0].Pos(), Name: "any"}}
			for _, p := range params {
				list.Names = append(list.Names, &ast.Ident{NamePos: p.Pos(), Name: p.Name})
			}
			fn.Type.TypeParams = &ast.FieldList{Opening: params[0].Pos(), List: []*ast.Field{list}, Closing: params[0].Pos()}
		}
	}
}

// waiting imports after the builder has let go of the packages that exist.
type waiting struct{ s *Session }

func (i waiting) Import(path string) (*types.Package, error) {
	if e := i.s.pkgs[path]; e != nil {
		return e.pkg, nil
	}
	i.s.builders.Wait()
	return i.s.ctx.Importer.Import(path)
}

// node gives the i-th node around the word at the cursor, from the inside; 0
// is the word.
func (v *sight) node(i int) ast.Node {
	if i >= len(v.way) {
		return nil
	}
	return v.way[len(v.way)-1-i]
}

// object is what the word at the cursor means, if it means anything.
func (v *sight) object() types.Object {
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
	return v.s.packageName(id.Name)
}

// packageName gives a package that the session has imported as an object.
func (s *Session) packageName(name string) types.Object {
	if e := s.names[name]; e != nil && e.kind == isPackage {
		return types.NewPkgName(token.NoPos, nil, name, e.pkg)
	}
	return nil
}
