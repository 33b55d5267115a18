package session

// What yaegi, the other interpreter, is known to run wrongly or not at all.

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// BeyondYaegi finds the first thing in the program that yaegi does not run as
// Go does, or gives "".
func (p *Program) BeyondYaegi() (at token.Pos, what string) { return beyondYaegi(p.File, p.Info) }

// beyondYaegi finds the first thing in a file that yaegi does not run as Go
// does, or gives "".
func beyondYaegi(file *ast.File, info *types.Info) (at token.Pos, what string) {
	found := func(pos token.Pos, text string) {
		if what == "" || pos < at {
			at, what = pos, text
		}
	}
	for id := range info.Instances {
		found(id.Pos(), "a generic call or type")
	}
	for id, obj := range info.Defs {
		if obj != nil && types.Universe.Lookup(id.Name) != nil {
			if v, field := obj.(*types.Var); !field || !v.IsField() {
				found(id.Pos(), "another meaning of "+id.Name)
			}
		}
	}
	for x, tv := range info.Types {
		if b, ok := tv.Type.(*types.Basic); ok && b.Info()&types.IsComplex != 0 {
			found(x.Pos(), "a complex number")
		}
	}
	called := map[ast.Expr]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			called[ast.Unparen(c.Fun)] = true
		}
		return true
	})
	for sel, s := range info.Selections {
		if s.Kind() != types.FieldVal && !called[sel] {
			found(sel.Pos(), "a method that is not called")
		}
	}
	for id, obj := range info.Uses {
		if b, ok := obj.(*types.Builtin); ok && b.Name() == "recover" {
			found(id.Pos(), "recover")
		}
		if b, ok := obj.(*types.Builtin); ok && strings.Contains(" min max clear ", " "+b.Name()+" ") {
			found(id.Pos(), "the builtin "+b.Name())
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Type.TypeParams != nil {
				found(n.Pos(), "a generic function")
			}
		case *ast.TypeSpec:
			found(n.Pos(), "a type of the program's own")
		case *ast.SendStmt:
			if _, ok := ast.Unparen(n.Chan).(*ast.IndexExpr); ok {
				found(n.Pos(), "a send to an element")
			}
		case *ast.DeferStmt:
			if len(n.Call.Args) > 0 {
				found(n.Pos(), "defer of a call with arguments")
			}
		case *ast.GoStmt:
			if id, ok := n.Call.Fun.(*ast.Ident); ok {
				if _, ok := info.Uses[id].(*types.Builtin); ok {
					found(n.Pos(), "go with a builtin")
				}
			}
		case *ast.RangeStmt:
			switch info.TypeOf(n.X).Underlying().(type) {
			case *types.Basic:
				if t := info.TypeOf(n.X).Underlying().(*types.Basic); t.Info()&types.IsInteger != 0 {
					found(n.Pos(), "range over an integer")
				}
			case *types.Signature:
				found(n.Pos(), "range over a function")
			}
			loop(info, n.Body, found, n.Key, n.Value)
		case *ast.ForStmt:
			if a, ok := n.Init.(*ast.AssignStmt); ok && a.Tok == token.DEFINE {
				loop(info, n.Body, found, a.Lhs...)
			} else {
				loop(info, n.Body, found)
			}
		case *ast.TypeAssertExpr:
			if n.Type == nil {
				break
			}
			t := types.Unalias(info.TypeOf(n.Type))
			if named, ok := t.(*types.Named); ok && types.IsInterface(named) && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "main" {
				found(n.Pos(), "an assertion to an interface of the program")
			}
		case *ast.CallExpr:
			if s, ok := n.Fun.(*ast.SelectorExpr); ok {
				if f, ok := info.Uses[s.Sel].(*types.Func); ok && f.FullName() == "errors.As" {
					found(n.Pos(), "errors.As")
				}
			}
		}
		return true
	})
	return at, what
}

// loop looks into a loop's body for what depends on each turn having its own
// variables, and for defer.
func loop(info *types.Info, body *ast.BlockStmt, found func(token.Pos, string), vars ...ast.Expr) {
	own := map[types.Object]bool{}
	for _, v := range vars {
		if id, ok := v.(*ast.Ident); ok && info.Defs[id] != nil {
			own[info.Defs[id]] = true
		}
	}
	depth := 0
	var stack []ast.Node
	ast.Inspect(body, func(n ast.Node) bool {
		if n == nil {
			if _, ok := stack[len(stack)-1].(*ast.FuncLit); ok {
				depth--
			}
			stack = stack[:len(stack)-1]
			return true
		}
		stack = append(stack, n)
		switch n := n.(type) {
		case *ast.FuncLit:
			depth++
		case *ast.SendStmt:
			if _, ok := ast.Unparen(n.Chan).(*ast.IndexExpr); ok {
				found(n.Pos(), "a send to an element")
			}
		case *ast.DeferStmt:
			if depth == 0 {
				found(n.Pos(), "defer in a loop")
			}
		case *ast.UnaryExpr:
			if id, ok := n.X.(*ast.Ident); ok && n.Op == token.AND && own[info.Uses[id]] {
				found(n.Pos(), "the address of a loop's variable")
			}
		case *ast.Ident:
			if depth > 0 && own[info.Uses[n]] {
				found(n.Pos(), "a closure over a loop's variable")
			}
		}
		return true
	})
}
