package export

// The last expression of a cell as a statement of a program.

import (
	"go/ast"
	"go/types"

	"fourmlab/kernel/session/cell"
)

// expression makes a statement of an expression: the last of a cell is shown.
func (m *writer) expression(st ast.Stmt, last bool) {
	x, ok := st.(*ast.ExprStmt)
	if !ok {
		return
	}
	tv := m.info.Types[x.X]
	wrap := func(head, tail string) {
		// An edit of the first name, where there is one, goes with it.
		at := m.off(x.Pos())
		if p, ok := m.edits[at]; ok {
			head += p.text
			m.edits[at] = patch{p.hi, head}
		} else {
			m.put(x.Pos(), x.Pos(), head)
		}
		m.put(x.End(), x.End(), tail)
	}
	_, several := tv.Type.(*types.Tuple)
	switch {
	case tv.IsVoid() || tv.Type == nil:
	case last && several && cell.Shows(m.info, x.X):
		m.imports["fmt"], m.used["fmt"] = "fmt", true
		wrap("fmt.Println(", ")")
	case last && cell.Shows(m.info, x.X) && !onPage(tv.Type):
		m.imports["display"], m.used["display"] = cell.DisplayPath, true
		wrap("display.Show(", ")")
	case !cell.Callable(x.X):
		wrap("_ = ", "")
	}
}

// onPage tells whether a value is shown already, as what display.Show gives.
func onPage(t types.Type) bool {
	p, ok := t.(*types.Pointer)
	if !ok {
		return false
	}
	n, ok := p.Elem().(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == cell.DisplayPath && (n.Obj().Name() == "Handle" || n.Obj().Name() == "Bar")
}
