package session

// What a cell imports and declares is staged before anything is checked: every
// name gets its entity, in a way that can be taken back.

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/session/cell"
)

// newCompilation stages the cell's imports and the names it declares.
func (s *Session) newCompilation(c *cell.Cell) (*compilation, *engine.Failure) {
	w := &compilation{s: s, c: c, drop: map[*decl]bool{}, vars: map[string]bool{}, created: map[string]change{}}
	restore := s.loader.Known()
	dots := len(s.dots)
	w.undo = append(w.undo, func() { restore(); s.dots = s.dots[:dots] })
	for _, spec := range c.Imports {
		name, path := cell.ImportName(spec)
		_, known := s.pkgs[path]
		e, err := s.load(path)
		if err == nil && !known && s.loader.Modules.Has(path) {
			w.fetched = append(w.fetched, path)
		}
		if err != nil {
			return w, &engine.Failure{Name: "compile error", Value: fmt.Sprintf("%s: %v", cell.FileName(c.N), err)}
		}
		switch name {
		case "_":
		case ".":
			if !slices.Contains(s.dots, e) {
				s.dots = append(s.dots, e)
			}
		default:
			if name == "" {
				name = e.name
			}
			if old := s.names[name]; old != nil {
				w.hideOld(old)
			}
			w.setName(name, e)
		}
	}
	for i, p := range c.Decls {
		f, err := parser.ParseFile(token.NewFileSet(), "", "package main\n"+p.Text, 0)
		if err != nil || len(f.Decls) == 0 {
			return w, s.sources.SyntaxError(c.N, err)
		}
		w.stage(i, f.Decls[0])
	}
	return w, nil
}

// stage notes what a declaration defines.
func (w *compilation) stage(piece int, d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv != nil {
			w.stageMethod(piece, d)
			return
		}
		if d.Name.Name != "init" && d.Name.Name != "_" {
			w.define(piece, d.Name.Name, isFunc, true)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				w.define(piece, spec.Name.Name, isType, len(d.Specs) == 1)
			case *ast.ValueSpec:
				for _, n := range spec.Names {
					w.define(piece, n.Name, isConst, len(d.Specs) == 1 && len(spec.Names) == 1)
				}
			}
		}
	}
}

func (w *compilation) stageMethod(piece int, d *ast.FuncDecl) {
	if len(d.Recv.List) == 0 {
		return
	}
	t, _ := cell.Receiver(d.Recv.List[0].Type)
	if t == nil {
		return
	}
	e := w.s.names[t.Name]
	if e == nil || e.kind != isType {
		return
	}
	if old := e.meths[d.Name.Name]; old != nil {
		w.drop[old] = true
	}
	w.defs = append(w.defs, def{piece, e, d.Name.Name})
}

// define gives the name its entity: the one it had, when that is of the same
// kind and stands alone, so that all who use it see the new declaration.
func (w *compilation) define(piece int, name string, k kind, alone bool) {
	if name == "_" {
		return
	}
	old := w.s.names[name]
	if old != nil && old.kind == k && alone && old.decl != nil && len(old.decl.defs) == 1 {
		w.defs = append(w.defs, def{piece, old, ""})
		w.changes = append(w.changes, &change{now: old})
		return
	}
	now := &entity{kind: k, name: name, meths: map[string]*decl{}}
	if old != nil {
		if old.kind == k && old.decl != nil {
			w.changes = append(w.changes, &change{now: now, former: old})
			users := w.s.all()
			w.hideOld(old)
			for _, u := range users {
				for _, d := range u.decls() {
					if d != old.decl && links(d.text, old) {
						w.setText(d, relink(d.text, map[*entity]*entity{old: now}))
					}
				}
			}
		} else {
			w.hideOld(old)
		}
	}
	w.setName(name, now)
	w.defs = append(w.defs, def{piece, now, ""})
}

// all lists everything the session knows, always in the same order.
func (s *Session) all() []*entity {
	set, order := map[*entity]bool{}, []*entity{}
	for _, name := range slices.Sorted(maps.Keys(s.names)) {
		reach(set, &order, s.names[name])
	}
	return order
}

func (e *entity) decls() []*decl {
	var out []*decl
	if e.decl != nil {
		out = append(out, e.decl)
	}
	for _, m := range e.order {
		out = append(out, e.meths[m])
	}
	return out
}

func links(text []segment, e *entity) bool {
	for _, s := range text {
		if s.ref == e {
			return true
		}
	}
	return false
}
