package ixgo

// A correction in the text: Go does not look at an array of which a range needs
// only the length. It may be where a nil pointer points to.

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// LengthOnly tells whether a range needs only the length of an array, and gives it.
func LengthOnly(info *types.Info, n *ast.RangeStmt) (length string, ok bool) {
	t := info.Types[n.X].Type
	if t == nil || n.Value != nil || n.Key != nil && n.Tok != token.DEFINE {
		return "", false
	}
	a, ok := t.Underlying().(*types.Array)
	if _, plain := ast.Unparen(n.X).(*ast.Ident); !ok || plain {
		return "", false
	}
	fixed := true
	ast.Inspect(n.X, func(x ast.Node) bool {
		switch x := x.(type) {
		case *ast.CallExpr, *ast.CompositeLit:
			fixed = false
		case *ast.UnaryExpr:
			fixed = fixed && x.Op != token.ARROW
		}
		return fixed
	})
	return strconv.FormatInt(a.Len(), 10), fixed
}
