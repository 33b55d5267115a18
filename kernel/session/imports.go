package session

// What can be imported, and packages that come as source from cell to cell.

import (
	"go/types"

	"github.com/goplus/ixgo"

	"fourmlab/kernel/session/packages"
)

// Get fetches a module at a version ("" for the latest): packages that are
// imported from then on are those of that version.
func (s *Session) Get(module, version string) error { return s.loader.Modules.Get(module, version) }

// Close removes what the session has written to the disk.
func (s *Session) Close() error { return s.loader.Modules.Close() }

// Sweep removes what sessions have left in the folder of temporary files whose
// process was killed.
func Sweep() { packages.Sweep() }

// sharePackages keeps the variables of interpreted packages from one program
// to the next.
func (s *Session) sharePackages(in *ixgo.Interp) error {
	vars, err := s.loader.Modules.Unshared(in)
	for name, addr := range vars {
		s.ctx.RegisterExternal(name, addr)
	}
	return err
}

// Packages are those that a cell can name, their paths by their names.
func (s *Session) Packages() map[string]string {
	out := map[string]string{}
	for name, e := range s.names {
		if e.kind == isPackage {
			out[name] = e.path
		}
	}
	return out
}

// Dots are the paths of packages whose names need no package before them.
func (s *Session) Dots() (paths []string) {
	for _, e := range s.dots {
		paths = append(paths, e.path)
	}
	return paths
}

// Import gives a package that a cell may import, after it was fetched if need
// be. The error is one sentence for the person.
func (s *Session) Import(path string) (*types.Package, error) {
	e, err := s.load(path)
	if err != nil {
		return nil, err
	}
	return e.pkg, nil
}

// Importer is that for a checker: of packages that are there, until the next
// cell runs.
func (s *Session) Importer() types.Importer {
	s.builders.Wait()
	return s.ctx.Importer
}
