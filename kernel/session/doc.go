// Package session runs Go cells one after another, as a notebook does, on the
// ixgo interpreter.
//
// Every cell is today's Go: declarations and statements in any order, the last
// expression being the value shown. A cell is checked by go/types before
// anything of it runs; unused variables and imports are allowed, everything
// may be declared again.
//
//	s := session.New()
//	s.Run(ctx, 1, "x := 20")
//	r := s.Run(ctx, 2, "x + 1") // r.Values is [21]
//
// # How it works
//
// What a session knows is a set of entities: imported packages, types,
// functions, constants and variables, each with the text that declares it and
// links to the entities this text names. For a cell the session writes two
// programs of one package main:
//
//   - The first holds the cell as typed, in a function, with the entities it
//     reaches around it. go/types checks it and says what every name means.
//   - The second is what runs. Variables that the cell defines at its top have
//     become memory of the session that the program reaches through pointers,
//     and the last expression is handed to the session. The steps that the
//     interpreter makes of it ask whether to stop, and goroutines catch their
//     panics.
//
// Only what the cell reaches is compiled, so a small cell takes well under a
// millisecond in a session of any size.
//
// # Redefinition
//
// A function, type or method declared again replaces the old one for all who
// use it. Where an old user no longer fits (a function that reads a field that
// is gone), that user keeps the old one. Variables move to a type's new
// version when its layout is unchanged, and keep the old type when not.
//
// # Rooms
//
// This package turns cells into running code: their names and what changes when
// one is declared again (entity, stage, redefine), the check (check), the text
// that runs (rewrite), the program (build) and its end (run, trace). Around it,
// each in a package below, or above in the case of export:
//
//   - cell: a cell as text; packages: what can be imported
//   - ixgo: what is corrected in the interpreter; fastpath: the closure compiler
//   - assist: completion and inspection
//   - export: cells as a program of one file
//   - script: programs; yaegi: what the other interpreter may run
package session
