package yaegi

// The calls that yaegi is given: see admit.go.

import (
	"go/ast"
	"go/types"

	"fourmlab/kernel/session/cell"
)

// call admits calls of compiled functions and methods, of the program's own
// functions by their names, conversions between numbers, and some builtins.
func (a *admission) call(x *ast.CallExpr) {
	if tv := a.info.Types[x.Fun]; tv.IsType() {
		a.conversion(x, tv.Type)
		return
	}
	var id *ast.Ident
	switch f := ast.Unparen(x.Fun).(type) {
	case *ast.Ident:
		id = f
	case *ast.SelectorExpr:
		id = f.Sel
		if sel := a.info.Selections[f]; sel != nil {
			if sel.Kind() != types.MethodVal {
				a.refuse(f, "a call of a function in a field")
				return
			}
			a.expr(f.X)
		}
	default:
		a.refuse(x, "a call of a function that has no name")
		return
	}
	switch obj := a.info.Uses[id].(type) {
	case *types.Builtin:
		a.builtin(x, obj.Name())
	case *types.Func:
		own := obj.Pkg() != nil && obj.Pkg().Path() == "main"
		if !own && obj.FullName() == "errors.As" {
			a.refuse(x, "errors.As")
		}
		a.arguments(x, obj.Signature(), own && obj.Name() != "show"+cell.Hidden)
	case *types.Var:
		if !a.local[obj] {
			a.refuse(x, "a call of a function in a variable")
			return
		}
		a.arguments(x, obj.Type().(*types.Signature), true)
	default:
		a.refuse(x, "a call of %s", id.Name)
	}
}

// arguments admits those of a call; what the program's own functions get must
// have their parameters' types.
func (a *admission) arguments(x *ast.CallExpr, sig *types.Signature, own bool) {
	if len(x.Args) == 1 {
		if _, several := a.info.TypeOf(x.Args[0]).(*types.Tuple); several {
			a.refuse(x, "a call with what another call returns")
			return
		}
	}
	n := sig.Params().Len()
	if sig.Variadic() && len(x.Args) < n && !isPrint(a.info, x) {
		a.refuse(x, "a call without its optional arguments") // yaegi gives it a slice, Go gives none
	}
	for i, arg := range x.Args {
		if _, ok := arg.(*ast.FuncLit); ok {
			a.refuse(arg, "a function literal that is not just given a name")
			continue
		}
		a.expr(arg)
		if own && i < n {
			a.fits(arg, sig.Params().At(i).Type())
		}
	}
}

// isPrint tells whether a call is one of fmt's, to which no arguments and none
// at all are one.
func isPrint(info *types.Info, x *ast.CallExpr) bool {
	s, ok := x.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	f, ok := info.Uses[s.Sel].(*types.Func)
	return ok && f.Pkg() != nil && f.Pkg().Path() == "fmt"
}

func (a *admission) builtin(x *ast.CallExpr, name string) {
	for i, arg := range x.Args {
		if i > 0 || name != "make" {
			a.expr(arg)
		}
	}
	switch name {
	case "len":
		t := a.info.TypeOf(x.Args[0])
		switch types.Unalias(t).(type) {
		case *types.Slice, *types.Map:
			return
		}
		if isString(t) {
			return
		}
		a.refuse(x, "len of %s", types.TypeString(t, (*types.Package).Name))
	case "append":
		t, ok := types.Unalias(a.info.TypeOf(x)).(*types.Slice)
		if !ok || len(x.Args) < 2 || x.Ellipsis.IsValid() && isString(a.info.TypeOf(x.Args[1])) {
			a.refuse(x, "such an append")
			return
		}
		if !x.Ellipsis.IsValid() {
			for _, arg := range x.Args[1:] {
				a.fits(arg, t.Elem())
			}
		}
	case "make":
		a.typed(x, a.info.TypeOf(x))
		for _, arg := range x.Args[1:] {
			if !simple(a.info.TypeOf(arg)) {
				a.refuse(arg, "a size that is no int")
			}
		}
	case "panic":
		if t := a.info.TypeOf(x.Args[0]); !isString(t) && !types.IsInterface(t) {
			a.refuse(x, "a panic with the type %s", types.TypeString(t, (*types.Package).Name))
		}
	default:
		a.refuse(x, "the builtin %s", name)
	}
}

// conversion admits int(x) and float64(x) of a variable number.
func (a *admission) conversion(x *ast.CallExpr, to types.Type) {
	from := a.info.TypeOf(x.Args[0])
	if !simple(to) || !simple(from) {
		a.refuse(x, "a conversion of %s to %s", types.TypeString(from, (*types.Package).Name), types.TypeString(to, (*types.Package).Name))
	}
	a.expr(x.Args[0])
}
