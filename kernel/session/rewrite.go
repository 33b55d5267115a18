package session

// From the text as typed to the text that runs.

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"sort"

	"fourmlab/kernel/session/cell"
	patched "fourmlab/kernel/session/ixgo"
)

// edit replaces the bytes from lo to hi of the cell's file.
type edit struct {
	lo, hi int
	put    []segment
}

// rewriter collects the edits of a cell.
type rewriter struct {
	*compilation
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
	if x := r.last(); x != nil && cell.Shows(r.info, x) {
		r.insert(x.Pos(), "show"+cell.Hidden+"(")
		r.insert(x.End(), ")")
	}
	// What is inserted at a place stands before what is replaced there.
	sort.SliceStable(r.edits, func(i, j int) bool {
		a, b := r.edits[i], r.edits[j]
		return a.lo < b.lo || a.lo == b.lo && a.hi == a.lo && b.hi > b.lo
	})
}

// node edits what is rewritten wherever it stands.
func (r *rewriter) node(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.Ident:
		if put := r.meaning(n); put != nil {
			r.replace(n.Pos(), n.End(), put...)
		}
	case *ast.SelectorExpr:
		r.selected[n.Sel] = true
	case *ast.RangeStmt:
		r.count(n)
	}
	return true
}

// count makes a range over an array of which only the length is needed one
// over that number: Go does not look at the array then, which may be where a
// nil pointer points to.
func (r *rewriter) count(n *ast.RangeStmt) {
	if length, ok := patched.LengthOnly(r.info, n); ok {
		r.replace(n.X.Pos(), n.X.End(), segment{text: length})
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
	zero := "z" + cell.Hidden
	r.replace(g.Pos(), vs.Type.Pos(), segment{text: "{ var " + zero + " "})
	put := []segment{{text: "; _ = " + zero}}
	if e := r.c.Files[vs.Names[0].Name]; e != nil {
		put = append(put, segment{text: fmt.Sprintf("; embedded%s(%d, &%s)", cell.Hidden, len(r.s.embedding), zero)})
		r.s.embedding = append(r.s.embedding, e)
	}
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
