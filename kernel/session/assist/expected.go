package assist

// What type the place at the cursor wants.

import (
	"go/ast"
	"go/token"
	"go/types"
)

// expectedType gives the type of what has to stand at the cursor, or nil.
func (v *view) expectedType() types.Type {
	at := 0
	x, _ := v.node(0).(ast.Expr)
	for {
		switch n := v.node(at + 1).(type) {
		case *ast.SelectorExpr:
			if n.Sel != x {
				return nil
			}
			x = n
			at++
			continue
		case *ast.ParenExpr:
			x = n
			at++
			continue
		}
		break
	}
	switch n := v.node(at + 1).(type) {
	case *ast.CallExpr:
		return v.argument(n, x)
	case *ast.AssignStmt:
		for i, r := range n.Rhs {
			if r == x && len(n.Lhs) == len(n.Rhs) && n.Tok != token.DEFINE {
				return v.info.TypeOf(n.Lhs[i])
			}
		}
	case *ast.ValueSpec:
		if n.Type != nil && n.Type != x {
			return v.info.TypeOf(n.Type)
		}
	case *ast.ReturnStmt:
		return v.result(n, x)
	case *ast.SendStmt:
		if c, ok := under(v.info.TypeOf(n.Chan)).(*types.Chan); ok && n.Value == x {
			return c.Elem()
		}
	case *ast.BinaryExpr:
		if n.Op != token.SHL && n.Op != token.SHR {
			other := n.X
			if other == x {
				other = n.Y
			}
			return typed(v.info.TypeOf(other))
		}
	case *ast.IndexExpr:
		switch t := under(v.info.TypeOf(n.X)).(type) {
		case *types.Map:
			return t.Key()
		case *types.Slice, *types.Array, *types.Pointer, *types.Basic:
			return types.Typ[types.Int]
		}
	case *ast.IfStmt, *ast.ForStmt:
		return types.Typ[types.Bool]
	case *ast.CaseClause:
		for i := at + 2; i < len(v.path); i++ {
			if sw, ok := v.node(i).(*ast.SwitchStmt); ok && sw.Tag != nil {
				return typed(v.info.TypeOf(sw.Tag))
			}
		}
	case *ast.KeyValueExpr:
		if lit, ok := v.node(at + 2).(*ast.CompositeLit); ok {
			return v.element(lit, n, x)
		}
	case *ast.CompositeLit:
		return v.element(n, nil, x)
	}
	return nil
}

func under(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	return t.Underlying()
}

// typed drops what says nothing: the types of constants without one.
func typed(t types.Type) types.Type {
	if t == nil || t == types.Typ[types.Invalid] || t == types.Typ[types.UntypedNil] {
		return nil
	}
	return types.Default(t)
}

func (v *view) argument(call *ast.CallExpr, x ast.Expr) types.Type {
	sig, ok := under(v.info.TypeOf(call.Fun)).(*types.Signature)
	if !ok || call.Fun == x || v.info.Types[call.Fun].IsType() {
		return nil
	}
	for i, a := range call.Args {
		if a != x {
			continue
		}
		n := sig.Params().Len()
		switch {
		case sig.Variadic() && i >= n-1:
			if s, ok := sig.Params().At(n - 1).Type().(*types.Slice); ok {
				return s.Elem()
			}
		case i < n:
			return sig.Params().At(i).Type()
		}
	}
	return nil
}

func (v *view) result(ret *ast.ReturnStmt, x ast.Expr) types.Type {
	for i := range v.path {
		var t types.Type
		switch f := v.node(i).(type) {
		case *ast.FuncLit:
			t = v.info.TypeOf(f)
		case *ast.FuncDecl:
			if o := v.info.Defs[f.Name]; o != nil {
				t = o.Type()
			}
		}
		sig, ok := t.(*types.Signature)
		if !ok {
			continue
		}
		for k, r := range ret.Results {
			if r == x && k < sig.Results().Len() {
				return sig.Results().At(k).Type()
			}
		}
		return nil
	}
	return nil
}

func (v *view) element(lit *ast.CompositeLit, kv *ast.KeyValueExpr, x ast.Expr) types.Type {
	t := under(v.info.TypeOf(lit))
	if p, ok := t.(*types.Pointer); ok {
		t = under(p.Elem())
	}
	switch t := t.(type) {
	case *types.Slice:
		return t.Elem()
	case *types.Array:
		return t.Elem()
	case *types.Map:
		if kv != nil && kv.Value == x {
			return t.Elem()
		}
		return t.Key()
	case *types.Struct:
		if kv != nil && kv.Value == x {
			if k, ok := kv.Key.(*ast.Ident); ok {
				for f := range t.Fields() {
					if f.Name() == k.Name {
						return f.Type()
					}
				}
			}
			return nil
		}
		for i, e := range lit.Elts {
			if e == x && i < t.NumFields() {
				return t.Field(i).Type()
			}
		}
	}
	return nil
}

// fit tells how well something goes where a type is wanted: 0 as it is, 1
// when it is called, 2 not at all or nobody knows.
func fit(o types.Object, want types.Type) int {
	if want == nil || o == nil || o.Type() == nil {
		return 2
	}
	if i, ok := want.Underlying().(*types.Interface); ok && i.NumMethods() == 0 {
		return 2 // everything goes
	}
	if _, ok := want.(*types.TypeParam); ok {
		return 2
	}
	switch o := o.(type) {
	case *types.Var, *types.Const, *types.Nil:
		if types.AssignableTo(o.Type(), want) && o.Type() != types.Typ[types.Invalid] {
			return 0
		}
	case *types.Func:
		sig := o.Signature()
		if _, call := want.Underlying().(*types.Signature); call && types.AssignableTo(types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic()), want) {
			return 0
		}
		if sig.Results().Len() == 1 && types.AssignableTo(sig.Results().At(0).Type(), want) {
			return 1
		}
	}
	return 2
}
