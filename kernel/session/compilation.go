package session

// A cell on its way, and how what it has changed is taken back.

import (
	"go/ast"
	"go/token"
	"go/types"

	"fourmlab/kernel/session/cell"
)

// compilation is a cell on its way from text to a running program.
type compilation struct {
	s       *Session
	c       *cell.Cell
	undo    []func()
	defs    []def
	changes []*change
	drop    map[*decl]bool     // methods that the cell declares again
	vars    map[string]bool    // names that the cell's top level defines as variables
	created map[string]change  // variables that are new, with what the name meant
	labels  map[string]*entity // entities by their name in the checked program
	fetched []string           // packages that the cell brought, as source

	fset  *token.FileSet
	src   string // the cell's file
	file  *ast.File
	fn    *ast.FuncDecl // the function that holds the statements
	info  *types.Info
	pkg   *types.Package
	begin []int // where the declarations stand in src
}

// def is one name that a declaration of the cell defines.
type def struct {
	piece  int
	entity *entity // for a method, of its type
	method string
}

// change is a name that had a meaning of the same kind before.
type change struct {
	now    *entity
	former *entity // what old users keep when the new one does not fit them
	froze  bool    // a type: its layout changed, variables keep the former
}

// rollback takes back what was staged.
func (w *compilation) rollback() {
	for i := len(w.undo) - 1; i >= 0; i-- {
		w.undo[i]()
	}
}

func (w *compilation) setName(name string, e *entity) {
	old, had := w.s.names[name]
	w.s.names[name] = e
	w.undo = append(w.undo, func() {
		if had {
			w.s.names[name] = old
		} else {
			delete(w.s.names, name)
		}
	})
}

func (w *compilation) hideOld(e *entity) {
	if e.kind == isPackage || e.id != "" {
		return
	}
	w.s.hide(e)
	w.undo = append(w.undo, func() { e.id = "" })
	if e.kind == isType {
		w.s.loader.Rename(e.name, e.id)
		w.s.loader.Forget([]string{e.name})
	}
}

func (w *compilation) setText(d *decl, text []segment) {
	old := d.text
	d.text = text
	w.undo = append(w.undo, func() { d.text = old })
}
