package assist

// What can stand behind a dot, and in the braces of a struct literal.

import (
	"go/ast"
	"go/token"
	"go/types"
)

// members offers what can stand behind the dot of the selector.
func (v *view) members(x ast.Expr, offer func(types.Object)) {
	x = ast.Unparen(x)
	if id, ok := x.(*ast.Ident); ok {
		o := v.info.Uses[id]
		if o == nil {
			o = packageName(v.session, id.Name)
		}
		if p, ok := o.(*types.PkgName); ok {
			exports(p.Imported(), offer)
			return
		}
	}
	tv, ok := v.info.Types[x]
	if !ok || tv.Type == nil || tv.Type == types.Typ[types.Invalid] || tv.IsVoid() {
		return
	}
	if _, tuple := tv.Type.(*types.Tuple); tuple {
		return
	}
	if tv.IsType() {
		for m := range types.NewMethodSet(tv.Type).Methods() {
			if v.visible(m.Obj()) {
				offer(m.Obj())
			}
		}
		return
	}
	seen := map[string]bool{}
	walkMembers(tv.Type, map[types.Type]bool{}, func(name string, pkg *types.Package) {
		if seen[name] {
			return
		}
		seen[name] = true
		o, _, _ := types.LookupFieldOrMethod(tv.Type, tv.Addressable(), pkg, name)
		if o != nil && v.visible(o) {
			offer(o)
		}
	})
}

// exports offers what a package offers.
func exports(p *types.Package, offer func(types.Object)) {
	scope := p.Scope()
	for _, name := range scope.Names() {
		if token.IsExported(name) {
			offer(scope.Lookup(name))
		}
	}
}

// visible tells whether a cell may name a field or method.
func (v *view) visible(o types.Object) bool {
	return o.Exported() || o.Pkg() != nil && o.Pkg().Path() == "main"
}

// walkMembers lists the names of all fields and methods of a type and of what
// it embeds, hidden ones too.
func walkMembers(t types.Type, seen map[types.Type]bool, add func(string, *types.Package)) {
	t = types.Unalias(t)
	if seen[t] {
		return
	}
	seen[t] = true
	for m := range types.NewMethodSet(t).Methods() {
		add(m.Obj().Name(), m.Obj().Pkg())
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	} else if !types.IsInterface(t) {
		for m := range types.NewMethodSet(types.NewPointer(t)).Methods() {
			add(m.Obj().Name(), m.Obj().Pkg())
		}
	}
	if st, ok := t.Underlying().(*types.Struct); ok {
		for f := range st.Fields() {
			add(f.Name(), f.Pkg())
			if f.Embedded() {
				walkMembers(f.Type(), seen, add)
			}
		}
	}
}

// literal gives the struct literal whose key or value the word may be, and
// whether it can only be a key.
func (v *view) literal() (st *types.Struct, used map[string]bool, keyed bool) {
	id := v.node(0)
	lit, ok := v.node(1).(*ast.CompositeLit)
	if kv, is := v.node(1).(*ast.KeyValueExpr); is && kv.Key == id {
		lit, ok = v.node(2).(*ast.CompositeLit)
		keyed = true
	}
	if !ok || lit.Type == id {
		return nil, nil, false
	}
	t := v.info.TypeOf(lit)
	if t == nil {
		return nil, nil, false
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, _ = t.Underlying().(*types.Struct)
	if st == nil {
		return nil, nil, false
	}
	used = map[string]bool{}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			keyed = true
			if k, ok := kv.Key.(*ast.Ident); ok && k != id {
				used[k.Name] = true
			}
		}
	}
	return st, used, keyed
}
