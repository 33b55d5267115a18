package session

// From the text as typed to the text that runs.

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"sort"
	"strings"
)

// edit replaces the bytes from lo to hi of the cell's file.
type edit struct {
	lo, hi int
	put    []segment
}

// rewriter collects the edits of a cell.
type rewriter struct {
	*work
	tops     map[types.Object]*entity // variables of the top level
	fresh    map[string]*entity       // the same by name
	edits    []edit
	selected map[*ast.Ident]bool // names behind a dot
	inFn     bool                // inside the statements, not a declaration
}

func (r *rewriter) off(p token.Pos) int { return r.fset.PositionFor(p, false).Offset }

func (r *rewriter) insert(p token.Pos, text string) {
	r.edits = append(r.edits, edit{r.off(p), r.off(p), []segment{{text: text}}})
}

func (r *rewriter) replace(from, to token.Pos, put ...segment) {
	r.edits = append(r.edits, edit{r.off(from), r.off(to), put})
}

// asks is what loops and functions begin with.
const asks = " if stop" + hidden + " { halt" + hidden + "() }; "

// guard keeps a goroutine's panic from ending the process.
func (r *rewriter) guard(p token.Pos) string {
	return fmt.Sprintf(" defer func() { if r%[1]s := recover(); r%[1]s != nil { crash%[1]s(%[2]q, r%[1]s) } }(); ", hidden, placeOf(r.fset.Position(p)))
}

func placeOf(p token.Position) string { return fmt.Sprintf("%s:%d", p.Filename, p.Line) }

// rewrite finds all edits.
func (r *rewriter) rewrite() {
	for _, d := range r.file.Decls {
		r.inFn = d == ast.Decl(r.fn)
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			continue
		}
		ast.Inspect(d, r.node)
	}
	for _, st := range r.fn.Body.List {
		r.top(st)
	}
	if x := r.last(); x != nil && r.shows(x) {
		r.insert(x.Pos(), "show"+hidden+"(")
		r.insert(x.End(), ")")
	}
	// What is inserted at a place stands before what is replaced there.
	sort.SliceStable(r.edits, func(i, j int) bool {
		a, b := r.edits[i], r.edits[j]
		return a.lo < b.lo || a.lo == b.lo && a.hi == a.lo && b.hi > b.lo
	})
}

// shows tells whether the last expression has a value worth showing: what
// fmt.Println returns has not.
func (r *rewriter) shows(x ast.Expr) bool {
	if r.info.Types[x].IsVoid() {
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
	f, ok := r.info.Uses[id].(*types.Func)
	return !ok || f.Pkg() == nil || f.Pkg().Path() != "fmt" || !strings.Contains(f.Name(), "rint") || strings.HasPrefix(f.Name(), "S")
}

// node edits what is rewritten wherever it stands.
func (r *rewriter) node(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.Ident:
		if put := r.meaning(n); put != nil {
			r.replace(n.Pos(), n.End(), put...)
		}
	case *ast.FuncDecl:
		if n.Body != nil && n != r.fn {
			r.insert(n.Body.Lbrace+1, asks)
		}
	case *ast.FuncLit:
		r.insert(n.Body.Lbrace+1, asks)
	case *ast.ForStmt:
		r.insert(n.Body.Lbrace+1, asks)
	case *ast.RangeStmt:
		r.insert(n.Body.Lbrace+1, asks)
	case *ast.BranchStmt:
		if n.Tok == token.GOTO {
			r.insert(n.Pos(), asks)
		}
	case *ast.BlockStmt:
		r.list(n.List)
	case *ast.CaseClause:
		r.list(n.Body)
	case *ast.CommClause:
		r.list(n.Body)
	case *ast.SelectorExpr:
		r.selected[n.Sel] = true
	case *ast.GoStmt:
		r.goStmt(n)
	case *ast.CallExpr:
		r.spawns(n)
	}
	return true
}

// list puts a check behind statements that may have waited: a goroutine that
// an interrupt left behind goes no further.
func (r *rewriter) list(stmts []ast.Stmt) {
	for i := 1; i < len(stmts); i++ {
		switch stmts[i].(type) {
		case *ast.CaseClause, *ast.CommClause:
			return
		}
		if waits(stmts[i-1]) {
			r.insert(stmts[i].Pos(), asks)
		}
	}
}

func waits(s ast.Stmt) bool {
	found := false
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			if _, ok := n.Fun.(*ast.SelectorExpr); ok {
				found = true
			}
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		case *ast.SendStmt, *ast.SelectStmt:
			found = true
		}
		return !found
	})
	return found
}

// spawns guards function literals that compiled code runs as goroutines.
func (r *rewriter) spawns(call *ast.CallExpr) {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	f, ok := r.info.Uses[sel.Sel].(*types.Func)
	if !ok || f.FullName() != "time.AfterFunc" && f.FullName() != "(*sync.WaitGroup).Go" {
		return
	}
	for _, a := range call.Args {
		if lit, ok := a.(*ast.FuncLit); ok {
			r.insert(lit.Body.Lbrace+1, r.guard(lit.Pos()))
		}
	}
}

// goStmt guards a goroutine. A call of anything but a literal becomes one of
// a literal that is given the function and its arguments, which Go evaluates
// before the goroutine starts.
func (r *rewriter) goStmt(g *ast.GoStmt) {
	if lit, ok := g.Call.Fun.(*ast.FuncLit); ok {
		r.insert(lit.Body.Lbrace+1, r.guard(g.Pos()))
		return
	}
	tv := r.info.Types[g.Call.Fun]
	sig, ok := tv.Type.(*types.Signature)
	if !ok || tv.IsType() || tv.IsBuiltin() {
		return
	}
	args := len(g.Call.Args)
	spread := g.Call.Ellipsis.IsValid()
	if args == 1 && sig.Params().Len() > 1 {
		return // f(g()), which needs no literal to be legal and cannot be given one
	}
	fnType, ok := r.typeText(tv.Type)
	if !ok {
		return
	}
	head := append([]segment{{text: "func(f" + hidden + " "}}, fnType...)
	call := "f" + hidden + "("
	for i := range args {
		t := sig.Params().At(min(i, sig.Params().Len()-1)).Type()
		if sig.Variadic() && i >= sig.Params().Len()-1 && !spread {
			t = t.(*types.Slice).Elem()
		}
		text, ok := r.typeText(t)
		if !ok {
			return
		}
		name := fmt.Sprintf("a%d%s", i, hidden)
		head = append(head, segment{text: ", " + name + " "})
		head = append(head, text...)
		call += name + ", "
	}
	call = strings.TrimSuffix(call, ", ")
	if spread {
		call += "..."
	}
	head = append(head, segment{text: ") {" + r.guard(g.Pos()) + call + ") }("})
	r.replace(g.Call.Fun.Pos(), g.Call.Fun.Pos(), head...)
	if args == 0 {
		r.replace(g.Call.Lparen, g.Call.Lparen+1)
	} else {
		r.replace(g.Call.Lparen, g.Call.Lparen+1, segment{text: ", "})
	}
	if spread {
		r.replace(g.Call.Ellipsis, g.Call.Ellipsis+3)
	}
}

// meaning gives what stands for a name, or nil when the name itself does.
func (r *rewriter) meaning(id *ast.Ident) []segment {
	obj := r.info.Uses[id]
	if e := r.fresh[id.Name]; e != nil && !r.inFn && !r.selected[id] && r.info.Defs[id] == nil && outermost(obj) {
		// A declaration that names a variable which the cell defines.
		return []segment{{ref: e}}
	}
	if obj == nil {
		obj = r.info.Defs[id]
	}
	if obj == nil {
		return nil
	}
	if e := r.tops[obj]; e != nil {
		return []segment{{ref: e}}
	}
	if p, ok := obj.(*types.PkgName); ok {
		if e := r.s.pkgs[p.Imported().Path()]; e != nil {
			return []segment{{ref: e}}
		}
		return nil
	}
	switch {
	case obj.Pkg() == nil || obj.Parent() != obj.Pkg().Scope():
		return nil
	case obj.Pkg() != r.pkg:
		if r.selected[id] {
			return nil
		}
		if e := r.s.pkgs[obj.Pkg().Path()]; e != nil {
			return []segment{{ref: e}, {text: "." + id.Name}}
		}
		return nil
	}
	if e := r.labels[obj.Name()]; e != nil {
		return []segment{{ref: e}}
	}
	return nil
}

// outermost tells whether a name means something that a variable of the
// package would hide, or nothing yet.
func outermost(obj types.Object) bool {
	if obj == nil || obj.Pkg() == nil {
		return true
	}
	_, imported := obj.(*types.PkgName)
	return imported || obj.Parent() == obj.Pkg().Scope()
}

// top turns definitions at the top level into assignments to memory that the
// session keeps.
func (r *rewriter) top(st ast.Stmt) {
	switch st := st.(type) {
	case *ast.AssignStmt:
		if st.Tok == token.DEFINE {
			r.replace(st.TokPos, st.TokPos+2, segment{text: "="})
		}
	case *ast.DeclStmt:
		g, ok := st.Decl.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR || len(g.Specs) != 1 {
			return
		}
		r.topVar(g, g.Specs[0].(*ast.ValueSpec))
	}
}

func (r *rewriter) topVar(g *ast.GenDecl, vs *ast.ValueSpec) {
	if !slices.ContainsFunc(vs.Names, func(n *ast.Ident) bool { return n.Name != "_" }) {
		return // it defines nothing, and its type may be what gives the value one
	}
	left := func(n *ast.Ident) []segment {
		if e := r.tops[r.info.Defs[n]]; e != nil {
			return []segment{{ref: e}}
		}
		return []segment{{text: "_"}}
	}
	// The names' own edits give way to those of the whole.
	from, to := r.off(vs.Names[0].Pos()), r.off(vs.Names[len(vs.Names)-1].End())
	kept := r.edits[:0]
	for _, e := range r.edits {
		if e.lo < from || e.lo >= to {
			kept = append(kept, e)
		}
	}
	r.edits = kept
	if len(vs.Values) > 0 {
		var put []segment
		for i, n := range vs.Names {
			if i > 0 {
				put = append(put, segment{text: ", "})
			}
			put = append(put, left(n)...)
		}
		// A type in between goes with its edits.
		from, to := r.off(g.Pos()), r.off(vs.Values[0].Pos())
		kept := r.edits[:0]
		for _, e := range r.edits {
			if e.lo < from || e.lo >= to {
				kept = append(kept, e)
			}
		}
		r.edits = append(kept, edit{from, to, append(put, segment{text: " = "})})
		return
	}
	zero := "z" + hidden
	r.replace(g.Pos(), vs.Type.Pos(), segment{text: "{ var " + zero + " "})
	put := []segment{{text: "; _ = " + zero}}
	for _, n := range vs.Names {
		if n.Name != "_" {
			put = append(put, segment{text: "; "})
			put = append(append(put, left(n)...), segment{text: " = " + zero})
		}
	}
	r.replace(vs.Type.End(), vs.Type.End(), append(put, segment{text: " }"})...)
}

// text gives the bytes from lo to hi of the cell's file with their edits.
func (r *rewriter) text(lo, hi int) []segment {
	var out []segment
	at := lo
	for _, e := range r.edits {
		if e.lo < lo || e.hi > hi || e.lo < at {
			continue
		}
		if e.lo > at {
			out = append(out, segment{text: r.src[at:e.lo]})
		}
		out = append(out, e.put...)
		at = e.hi
	}
	return append(out, segment{text: r.src[at:hi]})
}
