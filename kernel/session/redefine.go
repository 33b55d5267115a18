package session

// What happens to what is there when a cell declares a name again.

import (
	"go/types"
	"reflect"
)

// fallBack binds an old declaration that no longer fits to the former meaning
// of what it uses, and tells whether that changed anything. What was bound in
// this round is left alone: it has to be checked first.
func (w *compilation) fallBack(p *sourceFile, off int, bound map[*decl]bool) bool {
	sp, ok := p.spanAt(off)
	if !ok || bound[sp.decl] {
		return ok
	}
	for _, c := range w.changes {
		if c.froze && c.now == sp.owner && sp.decl != sp.owner.decl {
			w.dropMethod(sp.owner, sp.decl)
			bound[sp.decl] = true
			return true
		}
	}
	for _, c := range w.changes {
		if !links(sp.decl.text, c.now) {
			continue
		}
		if c.former == nil {
			c.former = w.former(c.now)
		}
		w.setText(sp.decl, relink(sp.decl.text, map[*entity]*entity{c.now: c.former}))
		bound[sp.decl] = true
		return true
	}
	return false
}

// former copies an entity as it was before the cell under a hidden name.
func (w *compilation) former(e *entity) *entity {
	f := &entity{kind: e.kind, name: e.name, layout: e.layout, meths: map[string]*decl{}}
	w.s.hide(f)
	f.decl = &decl{text: relink(e.decl.text, map[*entity]*entity{e: f}), defs: []*entity{f}}
	return f
}

func (w *compilation) dropMethod(e *entity, d *decl) {
	meths, order := e.meths, e.order
	e.meths, e.order = map[string]*decl{}, nil
	for _, m := range order {
		if meths[m] != d {
			e.meths[m] = meths[m]
			e.order = append(e.order, m)
		}
	}
	w.undo = append(w.undo, func() { e.meths, e.order = meths, order })
}

// freeze looks whether a redefined type looks different in memory. If so, the
// variables that hold it, and the types they hold it through, keep copies of
// the former declarations.
func (w *compilation) freeze() bool {
	froze := false
	for _, c := range w.changes {
		e := c.now
		if e.kind != isType || c.froze || c.former != nil || e.decl == nil {
			continue
		}
		obj, _ := w.pkg.Scope().Lookup(e.label()).(*types.TypeName)
		if obj == nil || layout(obj) == e.layout {
			continue
		}
		c.froze, froze = true, true
		w.freezeOne(c)
	}
	return froze
}

func (w *compilation) freezeOne(c *change) {
	s := w.s
	all := s.all()
	copies := map[*entity]*entity{}
	for _, e := range all {
		if e.kind == isType && e.decl != nil && e.needs(c.now) {
			f := &entity{kind: isType, name: e.name, layout: e.layout, meths: map[string]*decl{}, order: e.order}
			s.hide(f)
			copies[e] = f
		}
	}
	for e, f := range copies {
		f.decl = &decl{text: relink(e.decl.text, copies)}
		for _, d := range e.decl.defs {
			if n := copies[d]; n != nil {
				d = n
			}
			f.decl.defs = append(f.decl.defs, d)
		}
		for _, m := range e.order {
			f.meths[m] = &decl{text: relink(e.meths[m].text, copies)}
		}
		s.loader.Rename(e.label(), f.id)
	}
	c.former = copies[c.now]
	for _, e := range all {
		if e.kind == isVar {
			old := e.typ
			e.typ = relink(e.typ, copies)
			w.undo = append(w.undo, func() { e.typ = old })
		}
	}
	var labels []string
	for e := range copies {
		labels = append(labels, e.label())
	}
	s.loader.Forget(labels)
}

// layout describes a type in words: equal words, equal memory.
func layout(obj *types.TypeName) string {
	t := obj.Type()
	tail := ""
	if n, ok := t.(*types.Named); ok {
		for i := range n.TypeParams().Len() {
			tail += " " + n.TypeParams().At(i).String() + " " + n.TypeParams().At(i).Constraint().String()
		}
		t = n.Underlying()
	}
	if obj.IsAlias() {
		tail += " alias"
	}
	return types.TypeString(t, func(p *types.Package) string {
		if p.Path() == "main" {
			return ""
		}
		return p.Path()
	}) + tail
}

// move makes the program's variable live where the session keeps it. The type
// may be a newer version of what the memory was made as, of equal layout.
func move(old reflect.Value, t reflect.Type) reflect.Value {
	if old.Type() == t {
		return old
	}
	return reflect.NewAt(t.Elem(), old.UnsafePointer())
}
