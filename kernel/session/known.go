package session

// What the checker says of all that a session has declared. It is the scope of
// every cell that is being typed, so it is kept from one to the next; what
// cells have added since is checked when somebody asks.

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"slices"

	"fourmlab/kernel/session/cell"
)

// knowledge holds objects by the labels of their entities.
type knowledge struct {
	objects map[string]types.Object
	stamps  map[*entity]stamp
}

// stamp tells whether an entity is still declared as it was.
type stamp struct {
	decl    *decl
	text    *segment
	typ     *segment
	methods uintptr // the map, which is another one when a method changes
}

func (e *entity) stamp() stamp {
	t := stamp{decl: e.decl, methods: reflect.ValueOf(e.meths).Pointer()}
	if e.decl != nil && len(e.decl.text) > 0 {
		t.text = &e.decl.text[0]
	}
	if len(e.typ) > 0 {
		t.typ = &e.typ[0]
	}
	return t
}

// learned brings the knowledge up to date. Where something is declared anew,
// others may mean something else, and all is checked again.
func (s *Session) learned() *knowledge {
	k := s.known
	if k != nil {
		for e, was := range k.stamps {
			if e.stamp() != was {
				k = nil
				break
			}
		}
	}
	if k == nil {
		k = &knowledge{objects: map[string]types.Object{}, stamps: map[*entity]stamp{}}
		s.known = k
	}
	var fresh []string
	for name, e := range s.names {
		if _, ok := k.stamps[e]; !ok && e.kind != isPackage {
			fresh = append(fresh, name)
		}
	}
	if len(fresh) == 0 {
		return k
	}
	slices.Sort(fresh)
	set, order := make(map[*entity]bool, len(k.stamps)), []*entity{}
	for e := range k.stamps {
		set[e] = true
	}
	for _, name := range fresh {
		reach(set, &order, s.names[name])
	}
	s.learn(k, order)
	return k
}

// learn checks entities, the bodies of functions excepted, among those that
// are known.
func (s *Session) learn(k *knowledge, order []*entity) {
	p := &sourceFile{}
	p.add(order, nil, nil, false)
	src, _ := p.source()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "session", src, parser.SkipObjectResolution)
	if err != nil {
		return
	}
	pkg := types.NewPackage("main", "main")
	words := cell.Identifiers(src)
	fresh := map[string]bool{}
	for _, e := range order {
		fresh[e.label()] = true
	}
	for label, o := range k.objects {
		if words[label] && !fresh[label] {
			pkg.Scope().Insert(o)
		}
	}
	cell.Detach(f, func(string) bool { return true })
	conf := types.Config{Importer: waiting{s}, DisableUnusedImportCheck: true, IgnoreFuncBodies: true, Error: func(error) {}}
	s.waitFor(f)
	types.NewChecker(&conf, fset, pkg, nil).Files([]*ast.File{f})
	for _, e := range order {
		if e.kind == isPackage {
			continue
		}
		k.stamps[e] = e.stamp()
		if o := pkg.Scope().Lookup(e.label()); o != nil {
			k.objects[e.label()] = o
		}
	}
}

// waiting imports after the builder has let go of the packages that exist.
type waiting struct{ s *Session }

func (i waiting) Import(path string) (*types.Package, error) {
	if e := i.s.pkgs[path]; e != nil {
		return e.pkg, nil
	}
	i.s.builders.Wait()
	return i.s.ctx.Importer.Import(path)
}
