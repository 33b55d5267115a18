package session

// The second program: what runs.

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"
	"reflect"

	"github.com/goplus/ixgo"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/session/cell"
	patched "fourmlab/kernel/session/ixgo"
)

// evaluate takes a parsed cell all the way.
func (s *Session) evaluate(ctx context.Context, c *cell.Cell, r *patched.Run) *engine.Failure {
	defer s.prepare()
	w, failure := s.newCompilation(c)
	if failure == nil {
		failure = w.check()
	}
	if failure != nil {
		w.rollback()
		return failure
	}
	p, failure := w.build(r)
	if failure != nil {
		w.rollback()
		if w.fetched != nil {
			s.forget(w.fetched)
		}
		return failure
	}
	p.commit()
	if failure = p.runs(ctx, r); failure != nil && !r.Abandoned() {
		w.withdraw()
	}
	return failure
}

// withdraw takes back the variables that a failed cell never came to give a
// value: "undefined" says more than a nil that fails later. A cell that was
// left behind may give them one yet.
func (w *compilation) withdraw() {
	for name, c := range w.created {
		if w.s.names[name] != c.now || !c.now.ptr.Elem().IsZero() {
			continue
		}
		switch {
		case c.former == nil:
			delete(w.s.names, name)
		case c.former.kind == isVar:
			w.s.hide(c.now)
			c.former.id = ""
			w.s.names[name] = c.former
		}
	}
}

// executable is a cell that is ready to run.
type executable struct {
	*compilation
	in      *ixgo.Interp
	order   []*entity
	pkg     *types.Package
	program *ast.File
	body    []segment // of the cell's function
}

// build writes, checks and compiles the second program.
func (w *compilation) build(running *patched.Run) (*executable, *engine.Failure) {
	r := &rewriter{compilation: w, tops: map[types.Object]*entity{}, fresh: map[string]*entity{}, selected: map[*ast.Ident]bool{}}
	if failure := r.variables(); failure != nil {
		return nil, failure
	}
	r.rewrite()
	roots := w.declare(r)
	body := r.text(r.off(w.fn.Body.Lbrace)+1, r.off(w.fn.Body.Rbrace))
	for _, seg := range body {
		if seg.ref != nil {
			roots = append(roots, seg.ref)
		}
	}
	set, order := map[*entity]bool{}, []*entity{}
	reach(set, &order, roots...)

	p := &sourceFile{}
	p.body.WriteString(runtimeNames)
	p.add(order, nil, nil, true)
	p.body.WriteString("func cell" + cell.Hidden + "() {")
	write(&p.body, body, true)
	p.body.WriteString("}\n")
	p.keep(w.pkg, order)
	src, _ := p.source()
	ready, failure := w.compile(src, order, running)
	if ready != nil {
		ready.body = body
	}
	return ready, failure
}

// declare turns the cell's declarations into entities, and lists those.
func (w *compilation) declare(r *rewriter) (roots []*entity) {
	made := map[int]*decl{}
	for _, d := range w.defs {
		p := made[d.piece]
		if p == nil {
			piece := w.c.Decls[d.piece]
			lo := w.begin[d.piece]
			head := cell.Mark(w.c.N, piece.Line, piece.Col)
			p = &decl{text: append([]segment{{text: head}}, r.text(lo, lo+len(piece.Text))...), cell: w.c.N, line: piece.Line, source: piece.Text}
			made[d.piece] = p
		}
		e := d.entity
		roots = append(roots, e)
		if d.method != "" {
			w.setMethod(e, d.method, p)
			continue
		}
		p.defs = append(p.defs, e)
		old, oldLayout := e.decl, e.layout
		w.undo = append(w.undo, func() { e.decl, e.layout = old, oldLayout })
		e.decl = p
		if obj, ok := w.pkg.Scope().Lookup(e.label()).(*types.TypeName); ok {
			e.layout = layout(obj)
		}
	}
	return roots
}

func (w *compilation) setMethod(e *entity, name string, d *decl) {
	meths, order := e.meths, e.order
	w.undo = append(w.undo, func() { e.meths, e.order = meths, order })
	e.meths, e.order = map[string]*decl{}, append([]string(nil), order...)
	for n, m := range meths {
		e.meths[n] = m
	}
	if e.meths[name] == nil {
		e.order = append(e.order, name)
	}
	e.meths[name] = d
}

// compile makes the text a program.
func (w *compilation) compile(src string, order []*entity, r *patched.Run) (p *executable, failure *engine.Failure) {
	s := w.s
	w.fset = s.ctx.FileSet
	f, err := parser.ParseFile(w.fset, "program", src, parser.SkipObjectResolution)
	if err != nil {
		return nil, s.sources.SyntaxError(w.c.N, err)
	}
	for _, e := range w.types(f) {
		if !unused(e) {
			failure := s.sources.CompileError(w.fset.Position(e.Pos), e.Msg)
			failure.Trace = failure.Trace[:min(len(failure.Trace), 2)] // columns are not those typed
			return nil, failure
		}
	}
	w.outdate()
	if failure := w.crowded(); failure != nil {
		return nil, failure
	}
	sp := &ixgo.SourcePackage{Context: s.ctx, Package: w.pkg, Info: w.info, Importer: s.ctx.Importer, Files: []*ast.File{f}}
	defer func() {
		if e := recover(); e != nil {
			failure = &engine.Failure{Name: "compile error", Value: fmt.Sprintf("%s: the interpreter cannot run this: %v", cell.FileName(w.c.N), e)}
		}
	}()
	pkg, err := s.builder(len(w.pkg.Imports())).BuildMain(sp)
	if err != nil {
		return nil, &engine.Failure{Name: "compile error", Value: err.Error()}
	}
	if err := patched.CorrectSSA(pkg.Prog); err != nil {
		return nil, &engine.Failure{Name: "compile error", Value: err.Error()}
	}
	patched.NumberLocals(s.ctx, w.info)
	in, err := s.ctx.NewInterp(pkg)
	if err != nil {
		return nil, &engine.Failure{Name: "compile error", Value: cell.Clean(err.Error())}
	}
	own, err := patched.ShareMethods(in, s.made)
	if err != nil {
		return nil, &engine.Failure{Name: "compile error", Value: err.Error()}
	}
	for _, t := range own {
		s.made[t] = true
		s.loader.Share(t)
	}
	patched.NameTypes(s.ctx, in)
	s.machine.Watch(in, r, func(funcs patched.Functions, stop *patched.Stopper) { s.quick.Compile(in, funcs, stop) })
	if err := in.RunInit(); err != nil {
		return nil, s.failure(err, r)
	}
	if err := s.sharePackages(in); err != nil {
		return nil, &engine.Failure{Name: "compile error", Value: err.Error()}
	}
	return &executable{compilation: w, in: in, order: order, pkg: w.pkg, program: f}, nil
}

// outdate makes types whose methods changed, or that lead to what changed, be
// built anew: compiled code that holds their values must find the new methods.
func (w *compilation) outdate() {
	touched := map[*entity]bool{}
	for _, c := range w.changes {
		if !c.froze {
			touched[c.now] = true
		}
	}
	for _, d := range w.defs {
		if d.method != "" {
			touched[d.entity] = true
		}
	}
	if len(touched) == 0 {
		return
	}
	var labels []string
	for _, e := range w.s.all() {
		if e.kind != isType {
			continue
		}
		for t := range touched {
			if e == t || e.needs(t) {
				labels = append(labels, e.label())
				break
			}
		}
	}
	w.s.loader.Forget(labels)
}

// commit ties the program to the session's memory and remembers its types.
func (p *executable) commit() {
	for _, e := range p.order {
		switch e.kind {
		case isVar:
			addr, ok := p.in.GetVarAddr(e.pointer())
			if !ok {
				continue
			}
			slot := reflect.ValueOf(addr).Elem()
			if !e.ptr.IsValid() {
				e.ptr = reflect.New(slot.Type().Elem())
			}
			e.ptr = move(e.ptr, slot.Type())
			slot.Set(e.ptr)
			if o := p.pkg.Scope().Lookup(e.pointer()); o != nil {
				p.s.loader.Learn(o.Type(), slot.Type())
			}
		case isType:
			obj, ok := p.pkg.Scope().Lookup(e.label()).(*types.TypeName)
			if !ok || obj.IsAlias() {
				continue
			}
			if n, ok := obj.Type().(*types.Named); ok && n.TypeParams().Len() == 0 {
				if rt, ok := p.in.GetType(e.label()); ok {
					p.s.loader.Learn(n, rt)
				}
			}
		}
	}
}
