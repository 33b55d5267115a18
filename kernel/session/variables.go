package session

// What the top of a cell defines becomes memory that the session keeps.

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"strings"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/session/cell"
	"fourmlab/kernel/session/packages"
)

// variables finds what the top level defines, and whether a variable of the
// same name and type exists, which then goes on.
func (r *rewriter) variables() *engine.Failure {
	for _, st := range r.fn.Body.List {
		ids, _ := cell.DefinedBy(st)
		for _, id := range ids {
			obj := r.info.Defs[id]
			if obj == nil || id.Name == "_" {
				continue
			}
			e, failure := r.variable(id, obj.Type())
			if failure != nil {
				return failure
			}
			r.tops[obj], r.fresh[id.Name] = e, e
			if f := r.c.Files[id.Name]; f != nil {
				if failure := r.embedInto(f, obj.Type()); failure != nil {
					return failure
				}
			}
		}
	}
	return nil
}

func (r *rewriter) variable(id *ast.Ident, t types.Type) (*entity, *engine.Failure) {
	old := r.s.names[id.Name]
	if old != nil && old.kind == isVar {
		if o, ok := r.pkg.Scope().Lookup(old.label()).(*types.Var); ok && types.Identical(o.Type(), t) {
			return old, nil
		}
	}
	text, ok := r.typeText(t)
	if !ok {
		return nil, r.s.sources.CompileError(r.fset.Position(id.Pos()), fmt.Sprintf("%s has type %s, which has no name outside its function", id.Name, t))
	}
	e := &entity{kind: isVar, name: id.Name, typ: text, cell: r.c.N}
	if old != nil {
		r.hideOld(old)
	}
	r.setName(id.Name, e)
	r.created[id.Name] = change{now: e, former: old}
	return e, nil
}

var named = regexp.MustCompile("\x01([^\x02]*)\x02\\.([\\pL\\pN_]+)")

// typeText writes a type as text with links. A type of a linked package that
// cells cannot name (it is not exported, or its package is internal) gets a
// name in a package of the session's own.
func (w *compilation) typeText(t types.Type) ([]segment, bool) {
	text := types.TypeString(t, func(p *types.Package) string { return "\x01" + p.Path() + "\x02" })
	var out []segment
	at := 0
	foreign, cells := false, false
	for _, m := range named.FindAllStringSubmatchIndex(text, -1) {
		// What ixgo adds to a package (generic types) is found in the package.
		path, name := strings.TrimSuffix(text[m[2]:m[3]], "@patch"), text[m[4]:m[5]]
		out = append(out, segment{text: text[at:m[0]]})
		at = m[1]
		if path == "main" {
			cells = true
			e := w.labels[name]
			if e == nil {
				return nil, false
			}
			out = append(out, segment{ref: e})
			continue
		}
		e, err := w.s.load(path)
		if err != nil || !token.IsExported(name) || e.pkg.Scope().Lookup(name) == nil {
			foreign = true
			continue
		}
		out = append(out, segment{ref: e}, segment{text: "." + name})
	}
	out = append(out, segment{text: text[at:]})
	if foreign {
		if cells {
			return nil, false
		}
		return w.s.nickname(t), true
	}
	return out, true
}

// nickname names a type in the session's own package.
func (s *Session) nickname(t types.Type) []segment {
	name := s.loader.Nickname(t)
	e := s.pkgs[packages.Nicknames]
	if e == nil {
		e = &entity{kind: isPackage, name: packages.Nicknames, path: packages.Nicknames, pkg: name.Pkg()}
		s.pkgs[packages.Nicknames] = e
	}
	return []segment{{ref: e}, {text: "." + name.Name()}}
}
