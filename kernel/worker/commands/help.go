package commands

// What a person asks while typing. Half a cell is more than any checker is made
// for: should it fail, the person sees nothing, and keeps their variables.

import "fourmlab/kernel/engine"

// Complete lists what fits at byte offset at of a cell: commands and files in a
// line of commands, names of Go elsewhere.
func (r *Runner) Complete(code string, at int) (c engine.Completion) {
	defer func() {
		if recover() != nil {
			c = engine.Completion{From: at, To: at}
		}
	}()
	if c, ok := complete(code, at); ok {
		return c
	}
	return r.Engine().Complete(code, at)
}

// Inspect describes what stands at byte offset at of a cell, by media type, or
// gives nil.
func (r *Runner) Inspect(code string, at int, detail bool) (data map[string]string) {
	defer func() {
		if recover() != nil {
			data = nil
		}
	}()
	return r.Engine().Inspect(code, at, detail)
}
