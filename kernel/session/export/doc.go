// Package export reads cells as a program, without running them: all cells of a
// notebook as one Go file that a compiler takes (NewProgram), and what one cell
// defines at its top, for who sets parameters from outside (Definitions).
//
//	p, err := export.NewProgram(session.New(), []string{"x := 20", "x + 1"})
//	// p.Body is x := 20 and display.Show(x + 1)
//
// What a notebook may do and a program may not is put right where that keeps
// the meaning: a variable that is defined again becomes an assignment, or gets
// another name if its type is another one; variables that functions use become
// the package's; a cell that returns becomes a function; the last expression of
// a cell is shown by package display. What has no meaning in a program, such as
// a function declared twice, is an error that names the cell. The result is
// checked before it is given.
package export
