package packages

// Packages that are linked in. The interpreter has a table of each, from which it
// makes the package when it is first imported.

import (
	"errors"
	"fmt"
	"go/types"

	"github.com/goplus/ixgo"

	"fourmlab/kernel/engine"
)

// Linked tells whether a package is a part of this process.
func Linked(path string) bool {
	_, ok := ixgo.LookupPackage(path)
	return ok
}

// Import gives a linked package.
func (l *Loader) Import(path string) (*types.Package, error) {
	switch {
	case path == "unsafe":
		return types.Unsafe, nil
	case path == Nicknames && l.own != nil:
		return l.own, nil
	}
	if _, ok := ixgo.LookupPackage(path); !ok && l.Modules.Has(path) {
		// What linked packages mention ixgo has made, with nothing in it or a
		// few types. The source would make those again, as others.
		if t, ok := l.Loader.(*ixgo.TypesLoader); ok {
			if p, named := t.LookupPackage(path); named && p.Scope().Len() > 0 {
				return nil, fmt.Errorf("package %s is linked into this kernel as a part of others, without its names", path)
			}
		}
		return nil, errSource
	} else if !ok {
		has := engine.Current().Has
		if has != "" {
			has = " (have " + has + ")"
		}
		return nil, fmt.Errorf("package %s is not linked into this kernel%s", path, has)
	}
	// A package that comes as source imports others while it is loaded; only
	// the goroutine that builds cells gets here.
	if l.depth == 0 {
		l.mu.Lock()
		defer l.mu.Unlock()
	}
	l.depth++
	defer func() { l.depth-- }()
	if t, ok := l.Loader.(*ixgo.TypesLoader); ok {
		l.fill(t, path)
	}
	return l.Loader.Import(path)
}

// errSource tells the importer to look for the source.
var errSource = errors.New("the package comes as source")

// Installed gives a package's table to the interpreter.
func (l *Loader) Installed(path string) (*ixgo.Package, bool) {
	if p := l.filled[path]; p != nil {
		return p, true
	}
	return l.Loader.Installed(path)
}

// fill loads a package that so far was only named, in a type of another one:
// ixgo has made it with just that type, and would leave it at that. It is not
// one that is just being loaded, for those are what imports this one.
func (l *Loader) fill(t *ixgo.TypesLoader, path string) {
	p, named := t.LookupPackage(path)
	table, linked := ixgo.LookupPackage(path)
	if !named || !linked || table.Source != "" || l.filled[path] != nil || holds(p, table) {
		return
	}
	l.filled[path], l.grown = table, true
	var imports []*types.Package
	for dep := range table.Deps {
		if d, err := t.Import(dep); err == nil {
			imports = append(imports, d)
		}
	}
	p.SetName(table.Name)
	for name, rt := range table.Interfaces {
		t.InsertInterface(p, name, rt)
	}
	for name, rt := range table.NamedTypes {
		t.InsertNamedType(p, name, rt)
	}
	for name, rt := range table.AliasTypes {
		t.InsertAlias(p, name, rt)
	}
	for name, f := range table.Funcs {
		t.InsertFunc(p, name, f)
	}
	for name, v := range table.Vars {
		t.InsertVar(p, name, v.Elem())
	}
	for name, c := range table.TypedConsts {
		t.InsertTypedConst(p, name, c)
	}
	for name, c := range table.UntypedConsts {
		t.InsertUntypedConst(p, name, c)
	}
	p.SetImports(imports)
	p.MarkComplete()
}

// imports makes a loader ixgo's importer, which applies its patches to what
// the loader gives.
type imports struct{ l *Loader }

func (i imports) Import(path string) (*types.Package, error) {
	if _, ok := ixgo.LookupPackage(path); !ok && !i.l.Modules.Has(path) {
		return i.l.Import(path)
	}
	return i.l.importer.Import(path)
}

// holds tells whether a package has what its table has. ixgo does not know: it
// takes those for loaded that another one depends on.
func holds(p *types.Package, table *ixgo.Package) bool {
	for name := range table.Funcs {
		if p.Scope().Lookup(name) == nil {
			return false
		}
	}
	for name := range table.Vars {
		if p.Scope().Lookup(name) == nil {
			return false
		}
	}
	for name := range table.NamedTypes {
		if p.Scope().Lookup(name) == nil {
			return false
		}
	}
	return true
}
