package yaegi

// The statements that yaegi is given: see admit.go.

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"fourmlab/kernel/session/cell"
)

// block admits statements; results are those of the function around them.
func (a *admission) block(b *ast.BlockStmt, results []types.Type) {
	for _, s := range b.List {
		a.statement(s, results)
	}
}

func (a *admission) statement(s ast.Stmt, results []types.Type) {
	switch s := s.(type) {
	case *ast.EmptyStmt:
	case *ast.BlockStmt:
		a.block(s, results)
	case *ast.ExprStmt:
		if call, ok := s.X.(*ast.CallExpr); ok {
			a.call(call)
		} else {
			a.refuse(s, "a statement that is no call")
		}
	case *ast.AssignStmt:
		a.assignment(s)
	case *ast.IncDecStmt:
		if !a.variable(s.X) || !simple(a.info.TypeOf(s.X)) {
			a.refuse(s, "%s of what is no int or float64 variable", s.Tok)
		}
	case *ast.DeclStmt:
		a.declaration(s.Decl.(*ast.GenDecl))
	case *ast.IfStmt:
		a.condition(s, results)
	case *ast.ForStmt:
		a.loop(s, results)
	case *ast.RangeStmt:
		a.ranges(s, results)
	case *ast.ReturnStmt:
		if len(s.Results) != len(results) {
			a.refuse(s, "a return of what another call returns")
			return
		}
		for i, x := range s.Results {
			a.expr(x)
			a.fits(x, results[i])
		}
	case *ast.BranchStmt:
		if s.Label != nil || s.Tok != token.BREAK && s.Tok != token.CONTINUE {
			a.refuse(s, "%s", s.Tok)
		}
	case *ast.DeferStmt:
		a.refuse(s, "defer")
	case *ast.GoStmt:
		a.refuse(s, "a go statement")
	case *ast.SwitchStmt, *ast.TypeSwitchStmt:
		a.refuse(s, "a switch")
	case *ast.SelectStmt, *ast.SendStmt:
		a.refuse(s, "a channel")
	case *ast.LabeledStmt:
		a.refuse(s, "a label")
	default:
		a.refuse(s, "%T", s)
	}
}

func (a *admission) condition(s *ast.IfStmt, results []types.Type) {
	if s.Init != nil {
		a.statement(s.Init, results)
	}
	a.expr(s.Cond)
	a.block(s.Body, results)
	if s.Else != nil {
		a.statement(s.Else, results)
	}
}

// loop admits for with a condition, and counting with one variable.
func (a *admission) loop(s *ast.ForStmt, results []types.Type) {
	if s.Init != nil {
		init, ok := s.Init.(*ast.AssignStmt)
		if !ok || init.Tok != token.DEFINE || len(init.Lhs) != 1 {
			a.refuse(s, "a loop that begins otherwise than with one variable")
			return
		}
		a.statement(s.Init, results)
	}
	if s.Cond == nil {
		a.refuse(s, "a loop without a condition")
	} else {
		a.expr(s.Cond)
	}
	if s.Post != nil {
		a.statement(s.Post, results)
	}
	a.loops++
	a.block(s.Body, results)
	a.loops--
}

// ranges admits those over slices, with variables of their own.
func (a *admission) ranges(s *ast.RangeStmt, results []types.Type) {
	t := a.info.TypeOf(s.X)
	if _, ok := types.Unalias(t).(*types.Slice); !ok {
		a.refuse(s, "a range over %s", types.TypeString(t, (*types.Package).Name))
	}
	if s.Key == nil || s.Tok != token.DEFINE {
		a.refuse(s, "a range without variables of its own")
	}
	a.expr(s.X)
	if s.Value != nil {
		a.typed(s.Value, a.info.TypeOf(s.Value))
	}
	a.loops++
	a.block(s.Body, results)
	a.loops--
}

// declaration admits var with one name and constants that are literals.
func (a *admission) declaration(d *ast.GenDecl) {
	if d.Tok == token.CONST {
		a.constants(d)
		return
	}
	if d.Tok != token.VAR {
		a.refuse(d, "a type of the program's own")
		return
	}
	for _, s := range d.Specs {
		vs := s.(*ast.ValueSpec)
		if len(vs.Names) != 1 || len(vs.Values) > 1 {
			a.refuse(vs, "several variables in one declaration")
			continue
		}
		a.typed(vs, a.info.TypeOf(vs.Names[0]))
		for _, v := range vs.Values {
			a.expr(v)
			a.fits(v, a.info.TypeOf(vs.Names[0]))
		}
	}
}

// assignment admits definitions, what a call gives to names, and one value to
// a name, field or element; several at once where they are constants, or calls
// for names that are new.
func (a *admission) assignment(s *ast.AssignStmt) {
	switch {
	case len(s.Rhs) == 1 && len(s.Lhs) == 1:
		a.single(s)
		return
	case len(s.Rhs) == 1:
		call, ok := ast.Unparen(s.Rhs[0]).(*ast.CallExpr)
		if !ok {
			a.refuse(s, "a value with a second one that says whether it was there")
			return
		}
		a.call(call)
		for i, l := range s.Lhs {
			if id, ok := l.(*ast.Ident); !ok {
				a.refuse(l, "several values at once to what is no plain name")
			} else if id.Name != "_" {
				a.typed(id, a.info.TypeOf(id))
				if tuple, ok := a.info.TypeOf(call).(*types.Tuple); ok && !types.Identical(tuple.At(i).Type(), a.info.TypeOf(id)) {
					a.refuse(l, "a value that becomes an interface")
				}
			}
		}
		return
	}
	for i, l := range s.Lhs {
		id, name := l.(*ast.Ident)
		fresh := name && s.Tok == token.DEFINE && a.info.Defs[id] != nil
		constant := a.info.Types[s.Rhs[i]].Value != nil
		call, isCall := s.Rhs[i].(*ast.CallExpr)
		if !(fresh && isCall && !a.info.Types[call.Fun].IsType()) && !(s.Tok == token.ASSIGN && a.variable(l) && constant) {
			a.refuse(s, "several assignments at once")
			return
		}
		a.expr(s.Rhs[i])
		a.fits(s.Rhs[i], a.info.TypeOf(l))
		a.typed(l, a.info.TypeOf(l))
	}
}

// single is an assignment of one value.
func (a *admission) single(s *ast.AssignStmt) {
	l, r := s.Lhs[0], s.Rhs[0]
	if lit, ok := r.(*ast.FuncLit); ok {
		a.named(s, l, lit)
		return
	}
	a.expr(r)
	if id, ok := l.(*ast.Ident); ok && s.Tok == token.DEFINE {
		a.typed(l, a.info.TypeOf(id))
		return
	}
	ok := a.variable(l) || a.element(l)
	switch {
	case !ok:
		a.refuse(l, "an assignment to what is no name, field or element")
	case s.Tok == token.ASSIGN:
		a.fits(r, a.info.TypeOf(l))
		if lit, ok := ast.Unparen(r).(*ast.CompositeLit); ok {
			if _, plain := a.info.TypeOf(lit).Underlying().(*types.Struct); plain {
				// Through a closure or a pointer it would change nothing.
				a.refuse(lit, "a struct's literal in a variable that was there")
			}
		}
	default:
		a.operation(s, assigned[s.Tok], a.info.TypeOf(l), l, r)
	}
}

// assigned are the operators of assignments that have one.
var assigned = map[token.Token]token.Token{
	token.ADD_ASSIGN: token.ADD, token.SUB_ASSIGN: token.SUB, token.MUL_ASSIGN: token.MUL, token.QUO_ASSIGN: token.QUO,
}

// named admits a function literal that gets a new name, by which alone it can
// be called.
func (a *admission) named(s *ast.AssignStmt, l ast.Expr, lit *ast.FuncLit) {
	id, ok := l.(*ast.Ident)
	if !ok || s.Tok != token.DEFINE || a.loops > 0 || a.lits > 0 {
		a.refuse(lit, "a function literal that is not just given a name")
		return
	}
	a.signature(lit.Type)
	a.lits++
	a.block(lit.Body, a.results(lit.Type))
	a.lits--
	a.local[a.info.Defs[id]] = true
}

// variable tells whether an expression is a variable, or a field of one of a
// compiled type.
func (a *admission) variable(x ast.Expr) bool {
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		v, ok := a.info.Uses[x].(*types.Var)
		return x.Name == "_" || ok && !v.IsField() && !a.local[v]
	case *ast.StarExpr:
		return sessions(x)
	case *ast.SelectorExpr:
		sel := a.info.Selections[x]
		return sel != nil && sel.Kind() == types.FieldVal && len(sel.Index()) == 1 && a.variable(x.X)
	}
	return false
}

// sessions tells whether a pointer is one to a variable of the session.
func sessions(x *ast.StarExpr) bool {
	id, ok := x.X.(*ast.Ident)
	return ok && strings.HasPrefix(id.Name, "p"+cell.Hidden)
}

// element admits a place in a slice or map that is a variable.
func (a *admission) element(x ast.Expr) bool {
	e, ok := ast.Unparen(x).(*ast.IndexExpr)
	if !ok || !a.variable(e.X) {
		return false
	}
	a.expr(e)
	return true
}
