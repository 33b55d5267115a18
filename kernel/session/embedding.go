package session

// Files that the cell which runs embeds into its variables.

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/session/cell"
)

// embedInto checks the variable that a line stands above and reads its files.
func (r *rewriter) embedInto(e *cell.Embed, t types.Type) *engine.Failure {
	whole, tree := cell.Embeddable(t)
	if r.s.pkgs["embed"] == nil {
		return r.s.sources.CompileError(e.Pos, `go:embed only allowed in cells after import "embed"`)
	}
	if !whole && !tree {
		return r.s.sources.CompileError(e.Pos, fmt.Sprintf("go:embed cannot apply to var of type %s", t))
	}
	if err := e.Read(r.s.home()); err != nil {
		return r.s.sources.CompileError(e.Pos, err.Error())
	}
	if files := slices.DeleteFunc(e.Names(), func(n string) bool { return strings.HasSuffix(n, "/") }); whole && len(files) != 1 {
		return r.s.sources.CompileError(e.Pos, fmt.Sprintf("invalid go:embed: multiple files for type %s", t))
	}
	return nil
}

// embedded gives a variable of a program what its line embeds.
func (s *Session) embedded(n int, to any) { s.embedding[n].Into(to) }
