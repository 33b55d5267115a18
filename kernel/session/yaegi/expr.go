package yaegi

// The expressions that yaegi is given: see admit.go.

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

// expr admits an expression that is a value.
func (a *admission) expr(x ast.Expr) {
	tv := a.info.Types[x]
	if tv.Value != nil {
		a.constant(x, tv)
		return
	}
	if tv.Type != nil {
		if _, several := tv.Type.(*types.Tuple); !several {
			a.typed(x, tv.Type)
		}
	}
	switch x := x.(type) {
	case *ast.ParenExpr:
		a.expr(x.X)
	case *ast.Ident:
		if a.local[a.info.Uses[x]] {
			a.refuse(x, "a function that is not called")
		} else if _, function := a.info.Uses[x].(*types.Func); function {
			a.refuse(x, "a function that is not called")
		}
	case *ast.StarExpr:
		if !sessions(x) {
			a.refuse(x, "what a pointer points to")
		}
	case *ast.SelectorExpr:
		a.selector(x)
	case *ast.IndexExpr:
		a.index(x)
	case *ast.SliceExpr:
		a.slice(x)
	case *ast.CompositeLit:
		a.composite(x)
	case *ast.CallExpr:
		a.call(x)
	case *ast.UnaryExpr:
		a.unary(x)
	case *ast.BinaryExpr:
		a.binary(x)
	case *ast.FuncLit:
		a.refuse(x, "a function literal that is not just given a name")
	default:
		a.refuse(x, "%s", kinds(x))
	}
}

// kinds names what no case admits.
func kinds(x ast.Expr) string {
	switch x.(type) {
	case *ast.TypeAssertExpr:
		return "an assertion of a type"
	case *ast.IndexListExpr:
		return "a generic call or type"
	}
	return fmt.Sprintf("%T", x)
}

// constant admits literals and names of constants where the type that they get
// is the one they are written as: yaegi reckons 7/2 as what the place wants.
func (a *admission) constant(x ast.Expr, tv types.TypeAndValue) {
	a.typed(x, tv.Type)
	if id, ok := ast.Unparen(x).(*ast.Ident); ok && a.info.Uses[id].Parent() == types.Universe && id.Name != "iota" {
		return // true or false
	}
	b, basic := types.Unalias(tv.Type).Underlying().(*types.Basic)
	if !basic {
		a.refuse(x, "a constant that becomes an interface")
		return
	}
	switch e := ast.Unparen(x).(type) {
	case *ast.BasicLit, *ast.UnaryExpr:
		if !literal(e) {
			a.refuse(x, "reckoning with constants")
			return
		}
		kind := token.INT
		if u, ok := e.(*ast.UnaryExpr); ok {
			kind = u.X.(*ast.BasicLit).Kind
		} else {
			kind = e.(*ast.BasicLit).Kind
		}
		if kind == token.FLOAT && b.Info()&types.IsFloat == 0 {
			a.refuse(x, "a number with a point where an integer is wanted")
		}
		if kind == token.INT && b.Info()&types.IsInteger != 0 && b.Kind() != types.Int {
			if v, exact := constant.Int64Val(tv.Value); !exact || v != int64(int32(v)) {
				a.refuse(x, "a large number of the type %s", b)
			}
		}
	case *ast.Ident, *ast.SelectorExpr:
		a.constantName(e, b)
	default:
		a.refuse(x, "reckoning with constants")
	}
}

// constantName admits a constant where it is wanted as what it is by itself.
func (a *admission) constantName(x ast.Expr, as *types.Basic) {
	id, ok := x.(*ast.Ident)
	if s, selected := x.(*ast.SelectorExpr); selected {
		id, ok = s.Sel, true
	}
	c, isConst := a.info.Uses[id].(*types.Const)
	if !ok || !isConst {
		a.refuse(x, "reckoning with constants")
		return
	}
	own, ok := types.Default(c.Type()).Underlying().(*types.Basic)
	if !ok || own.Kind() != as.Kind() {
		a.refuse(x, "a constant that becomes %s", as)
	}
	if c.Val().Kind() == constant.Int && as.Info()&types.IsInteger != 0 {
		if v, exact := constant.Int64Val(c.Val()); !exact || as.Kind() != types.Int && v != int64(int32(v)) && !declared(c.Type()) {
			a.refuse(x, "a large number of the type %s", as)
		}
	}
}

// declared tells whether a type has a name that a compiled package gave it.
func declared(t types.Type) bool {
	_, ok := types.Unalias(t).(*types.Named)
	return ok
}

// selector admits variables of packages and fields that are not promoted.
func (a *admission) selector(x *ast.SelectorExpr) {
	sel := a.info.Selections[x]
	switch {
	case sel == nil:
		if _, function := a.info.Uses[x.Sel].(*types.Func); function {
			a.refuse(x, "a function that is not called")
		}
	case sel.Kind() != types.FieldVal:
		a.refuse(x, "a method that is not called")
	case len(sel.Index()) != 1:
		a.refuse(x, "a field of an embedded struct")
	default:
		a.expr(x.X)
	}
}

// index admits elements of slices and maps.
func (a *admission) index(x *ast.IndexExpr) {
	switch t := types.Unalias(a.info.TypeOf(x.X)).(type) {
	case *types.Slice:
	case *types.Map:
		a.fits(x.Index, t.Key())
	default:
		a.refuse(x, "an element of %s", types.TypeString(t, (*types.Package).Name))
	}
	a.expr(x.X)
	a.expr(x.Index)
	if t := a.info.TypeOf(x.Index); t != nil && !simple(t) && !isString(t) {
		a.refuse(x.Index, "an index of the type %s", types.TypeString(t, (*types.Package).Name))
	}
}

func isString(t types.Type) bool {
	b, ok := types.Unalias(t).(*types.Basic)
	return ok && b.Kind() == types.String
}

func (a *admission) slice(x *ast.SliceExpr) {
	t := a.info.TypeOf(x.X)
	if _, ok := types.Unalias(t).(*types.Slice); !ok && !isString(t) || x.Slice3 {
		a.refuse(x, "a slice of %s", types.TypeString(t, (*types.Package).Name))
	}
	for _, e := range []ast.Expr{x.X, x.Low, x.High} {
		if e != nil {
			a.expr(e)
		}
	}
}

// composite admits literals of compiled structs by the names of fields, and
// of slices and maps.
func (a *admission) composite(x *ast.CompositeLit) {
	if x.Type == nil {
		a.refuse(x, "a literal without its type")
		return
	}
	switch t := types.Unalias(a.info.TypeOf(x)).Underlying().(type) {
	case *types.Struct:
		for _, e := range x.Elts {
			kv, ok := e.(*ast.KeyValueExpr)
			if !ok {
				a.refuse(e, "a struct's literal without the names of its fields")
				continue
			}
			a.expr(kv.Value)
			if f := field(t, kv.Key.(*ast.Ident).Name); f != nil && types.IsInterface(f.Type()) && !a.compiled(kv.Value) {
				a.fits(kv.Value, f.Type())
			}
		}
	case *types.Slice:
		if declared(a.info.TypeOf(x)) {
			a.refuse(x, "a literal of the type %s", types.TypeString(a.info.TypeOf(x), (*types.Package).Name))
		}
		for _, e := range x.Elts {
			if _, ok := e.(*ast.KeyValueExpr); ok {
				a.refuse(e, "a slice's literal with indices")
				continue
			}
			a.expr(e)
			a.fits(e, t.Elem())
		}
	case *types.Map:
		for _, e := range x.Elts {
			kv := e.(*ast.KeyValueExpr)
			a.expr(kv.Key)
			a.expr(kv.Value)
			a.fits(kv.Value, t.Elem())
		}
	default:
		a.refuse(x, "a literal of the type %s", types.TypeString(a.info.TypeOf(x), (*types.Package).Name))
	}
}

func field(t *types.Struct, name string) *types.Var {
	for f := range t.Fields() {
		if f.Name() == name {
			return f
		}
	}
	return nil
}

// compiled tells whether a value has a type that a compiled package declares:
// it becomes an interface as compiled code makes it one.
func (a *admission) compiled(x ast.Expr) bool {
	t := types.Unalias(a.info.TypeOf(x))
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, ok := t.(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() != "main"
}

func (a *admission) unary(x *ast.UnaryExpr) {
	t := a.info.TypeOf(x)
	switch {
	case x.Op == token.NOT:
	case x.Op == token.SUB && simple(t):
	case x.Op == token.AND:
		lit, ok := x.X.(*ast.CompositeLit)
		if _, structure := a.info.TypeOf(x.X).Underlying().(*types.Struct); !ok || !structure {
			a.refuse(x, "the address of a variable")
		} else {
			a.composite(lit)
		}
		return
	default:
		a.refuse(x, "%s of the type %s", x.Op, types.TypeString(t, (*types.Package).Name))
	}
	a.expr(x.X)
}

func (a *admission) binary(x *ast.BinaryExpr) {
	t := a.info.TypeOf(x.X)
	if a.info.Types[x.X].Value != nil {
		t = a.info.TypeOf(x.Y)
	}
	a.operation(x, x.Op, t, x.X, x.Y)
	a.expr(x.X)
	a.expr(x.Y)
}

// operation admits arithmetic with int and float64, the joining of strings,
// comparisons of those, and of anything with nil.
func (a *admission) operation(n ast.Node, op token.Token, t types.Type, x, y ast.Expr) {
	nothing := func(x ast.Expr) bool { return a.info.Types[x].IsNil() }
	float := simple(t) && types.Unalias(t).(*types.Basic).Kind() == types.Float64
	switch op {
	case token.LAND, token.LOR:
		return
	case token.EQL, token.NEQ:
		if nothing(x) || nothing(y) || simple(t) || isString(t) {
			return
		}
	case token.LSS, token.LEQ, token.GTR, token.GEQ, token.ADD:
		if simple(t) || isString(t) {
			return
		}
	case token.SUB, token.MUL, token.QUO:
		if simple(t) {
			return
		}
	case token.REM:
		if simple(t) && !float {
			return
		}
	}
	a.refuse(n, "%s with the type %s", op, types.TypeString(t, (*types.Package).Name))
}
