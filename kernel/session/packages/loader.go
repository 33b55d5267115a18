package packages

// Types as the checker sees them, and types as the running program has them.

import (
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"reflect"
	"regexp"
	"strings"
	"sync"

	"github.com/goplus/ixgo"

	"fourmlab/kernel/session/cell"
)

// Loader gives a type that cells declared the same identity in every cell: it
// answers for a named type with what the first cell made of it. It also is
// the importer, and knows linked packages and those that its modules have
// found, so that no cell makes the kernel compile other source from disk.
// Goroutines of earlier cells use it while the next cell is built: hence the
// lock. Use makes one.
type Loader struct {
	// Modules has the packages that are not linked in.
	Modules Modules

	mu sync.Mutex
	ixgo.Loader
	importer types.Importer
	depth    int                     // of imports in imports
	own      *types.Package          // names of types that have none
	known    map[string]reflect.Type // by "main.T" or "main.Stack[int]"
	others   map[string]reflect.Type // of packages that are interpreted as well
	filled   map[string]*ixgo.Package
	grown    bool // something was filled since builders were made
}

// Use makes a loader and has the context take its packages from there.
func Use(ctx *ixgo.Context) *Loader {
	l := &Loader{Loader: ctx.Loader, importer: ctx.Importer, known: map[string]reflect.Type{}, others: map[string]reflect.Type{}, filled: map[string]*ixgo.Package{}}
	ctx.Loader = l
	ctx.Importer = imports{l}
	ctx.Lookup = func(_, path string) (string, bool) {
		dir, ok := l.Modules.dirs[path]
		return dir, ok
	}
	ctx.BuildContext.CgoEnabled = false
	ctx.BuildContext.BuildTags = tags
	return l
}

// Nicknames is the path of a package of the loader's own, in which types that
// have no name get one.
const Nicknames = "types" + cell.Hidden

// Nickname names a type in the package of that path, which it makes if need be.
func (l *Loader) Nickname(t types.Type) *types.TypeName {
	if l.own == nil {
		l.own = types.NewPackage(Nicknames, Nicknames)
		l.own.MarkComplete()
	}
	name := types.NewTypeName(token.NoPos, l.own, fmt.Sprintf("T%d", l.own.Scope().Len()), t)
	l.own.Scope().Insert(name)
	return name
}

// LookupReflect gives the running type of a checked one.
func (l *Loader) LookupReflect(t types.Type) (reflect.Type, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n, ok := t.(*types.Named); ok && ofCell(n) {
		rt, ok := l.known[types.TypeString(n, nil)]
		return rt, ok
	}
	rt, ok := l.Loader.LookupReflect(t)
	if n, named := t.(*types.Named); named && !ok && n.Obj().Pkg() != nil && n.Obj().Parent() == n.Obj().Pkg().Scope() {
		rt, ok = l.others[types.TypeString(n, nil)]
	}
	return rt, ok
}

// Share keeps a type that a program made for a package that comes as source:
// making it again for every cell would use up the places for its methods. An
// instance with a type of a cell is not kept, for that may be redefined.
func (l *Loader) Share(rt reflect.Type) {
	if rt.Name() == "" || rt.PkgPath() == "main" || strings.Contains(rt.Name(), "main.") {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shareAll(rt)
}

// shareAll keeps the types of its fields as well, which may be instances that
// no program lists.
func (l *Loader) shareAll(rt reflect.Type) {
	if rt.Name() == "" || rt.PkgPath() == "" || strings.Contains(rt.Name(), "main.") {
		return
	}
	key := rt.PkgPath() + "." + rt.Name()
	if l.others[key] != nil {
		return
	}
	l.others[key] = rt
	if rt.Kind() == reflect.Struct {
		for i := range rt.NumField() {
			l.shareAll(rt.Field(i).Type)
		}
	}
}

// LookupTypes is the other direction.
func (l *Loader) LookupTypes(rt reflect.Type) (types.Type, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Loader.LookupTypes(rt)
}

// ofCell tells whether a type was declared at the top of a cell.
func ofCell(n *types.Named) bool {
	o := n.Obj()
	return o.Pkg() != nil && o.Pkg().Path() == "main" && o.Parent() == o.Pkg().Scope()
}

// Known notes which types of cells are known, for restore to take back what is
// learnt and forgotten after it.
func (l *Loader) Known() (restore func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	known := maps.Clone(l.known)
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.known = known
	}
}

// Grown tells whether a package has more in it than when this was asked last.
func (l *Loader) Grown() bool {
	grown := l.grown
	l.grown = false
	return grown
}

// Learn remembers the running types of a program's named types.
func (l *Loader) Learn(t types.Type, rt reflect.Type) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.walk(t, rt, map[types.Type]bool{})
}

func (l *Loader) walk(t types.Type, rt reflect.Type, seen map[types.Type]bool) {
	t = types.Unalias(t)
	if seen[t] {
		return
	}
	seen[t] = true
	if n, ok := t.(*types.Named); ok {
		if !ofCell(n) {
			return
		}
		l.known[types.TypeString(n, nil)] = rt
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		l.walk(u.Elem(), rt.Elem(), seen)
	case *types.Slice:
		l.walk(u.Elem(), rt.Elem(), seen)
	case *types.Array:
		l.walk(u.Elem(), rt.Elem(), seen)
	case *types.Chan:
		l.walk(u.Elem(), rt.Elem(), seen)
	case *types.Map:
		l.walk(u.Key(), rt.Key(), seen)
		l.walk(u.Elem(), rt.Elem(), seen)
	case *types.Struct:
		for i := range u.NumFields() {
			l.walk(u.Field(i).Type(), rt.Field(i).Type, seen)
		}
	case *types.Signature:
		for i := range u.Params().Len() {
			l.walk(u.Params().At(i).Type(), rt.In(i), seen)
		}
		for i := range u.Results().Len() {
			l.walk(u.Results().At(i).Type(), rt.Out(i), seen)
		}
	}
}

// Forget makes the next program build the types anew: their methods changed.
func (l *Loader) Forget(labels []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for key := range l.known {
		for _, label := range labels {
			if mentions(key, label) {
				delete(l.known, key)
			}
		}
	}
}

// Rename copies what is known of a type to its hidden name.
func (l *Loader) Rename(from, to string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for key, rt := range l.known {
		if mentions(key, from) {
			l.known[word(from).ReplaceAllString(key, "main."+to+"$1")] = rt
		}
	}
}

func mentions(key, label string) bool {
	return strings.Contains(key, "main."+label) && word(label).MatchString(key)
}

// word matches a label of package main where it is not the start of a longer
// name.
func word(label string) *regexp.Regexp {
	return regexp.MustCompile(`main\.` + regexp.QuoteMeta(label) + `($|[^\pL\pN_])`)
}
