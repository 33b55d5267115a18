package session

// Packages that come as source, from cell to cell.

import (
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

// sharePackages keeps the variables of interpreted packages from one program
// to the next.
func (s *Session) sharePackages(in *ixgo.Interp) error {
	vars, err := s.loader.Modules.Unshared(in)
	for name, addr := range vars {
		s.ctx.RegisterExternal(name, addr)
	}
	return err
}
