package session

// Packages in their compiled form. A builder compiles what is imported while a
// person reads the last result, for the next cell.

import (
	"go/ast"
	"go/types"

	"github.com/goplus/ixgo"

	"fourmlab/kernel/session/packages"
)

// load gives the entity of a package, after the builder has let go of the
// packages that exist.
func (s *Session) load(path string) (*entity, error) {
	if e := s.pkgs[path]; e != nil {
		return e, nil
	}
	s.builders.Wait()
	if path != "unsafe" && path != packages.Nicknames && !packages.Linked(path) && !s.loader.Modules.Has(path) {
		if err := s.loader.Modules.Find(s.home(), path); err != nil {
			return nil, err
		}
	}
	pkg, err := s.ctx.Importer.Import(path)
	if err != nil {
		return nil, err
	}
	e := &entity{kind: isPackage, name: pkg.Name(), path: path, pkg: pkg}
	s.pkgs[path] = e
	return e, nil
}

// prepare readies, while the person reads the last result, the compiled form
// of all imported packages for the next cell.
func (s *Session) prepare() {
	if s.warming {
		return
	}
	s.warming = true
	var pkgs []*types.Package
	for path, e := range s.pkgs {
		if !s.loader.Modules.Has(path) { // those come as source, and are built for cells that reach them
			pkgs = append(pkgs, e.pkg)
		}
	}
	s.builders.Add(1)
	go func() {
		defer s.builders.Done()
		b := ixgo.NewSSABuilder(s.ctx)
		b.BuildPackages(pkgs)
		s.warm <- b
	}()
}

// waitFor waits until the packages that files import stay as they are: a builder
// adds to what they import, and a checker that words an error looks at that.
func (s *Session) waitFor(files ...*ast.File) {
	for _, f := range files {
		if len(f.Imports) > 0 {
			s.builders.Wait()
			return
		}
	}
}

// builder gives one that has compiled the imported packages, or an empty one
// where a program needs none of them.
func (s *Session) builder(imports int) *ixgo.SSABuilder {
	if imports == 0 {
		return ixgo.NewSSABuilder(s.ctx)
	}
	if s.loader.Grown() {
		// The one that waits knows less of a package than there is now.
		if s.warming {
			<-s.warm
		}
		s.warming = false
		return ixgo.NewSSABuilder(s.ctx)
	}
	s.warming = false
	return <-s.warm
}

// forget takes back packages that a cell brought and that cannot run, so that
// the next cell is built without them.
func (s *Session) forget(paths []string) {
	s.builders.Wait()
	for _, path := range paths {
		delete(s.pkgs, path)
	}
	if s.warming { // a builder has them already
		<-s.warm
		s.warming = false
	}
}
