package cell

// What is done with the value of the last expression of a cell.

import (
	"go/ast"
	"go/token"
	"go/types"
)

// DisplayPath is the package that shows the last expression of a cell.
const DisplayPath = "fourmlab/kernel/display"

// printers are the functions of fmt whose results nobody wants to see.
var printers = map[string]bool{"Print": true, "Printf": true, "Println": true, "Fprint": true, "Fprintf": true, "Fprintln": true}

// Shows tells whether the last expression has a value worth showing: what
// fmt.Println returns has not.
func Shows(info *types.Info, x ast.Expr) bool {
	if info.Types[x].IsVoid() {
		return false
	}
	call, ok := x.(*ast.CallExpr)
	if !ok {
		return true
	}
	var id *ast.Ident
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		id = f.Sel
	case *ast.Ident:
		id = f
	default:
		return true
	}
	f, ok := info.Uses[id].(*types.Func)
	if ok && f.Pkg() != nil && f.Pkg().Path() == DisplayPath+"/bare" {
		return false // it has shown what there is
	}
	return !ok || f.Pkg() == nil || f.Pkg().Path() != "fmt" || !printers[f.Name()]
}

// Callable tells whether an expression may stand as a statement in Go.
func Callable(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.CallExpr:
		return true
	case *ast.ParenExpr:
		return Callable(x.X)
	case *ast.UnaryExpr:
		return x.Op == token.ARROW
	}
	return false
}
