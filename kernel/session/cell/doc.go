// Package cell reads the text of a cell: what of it is a declaration and what a
// statement, what it imports, defines and embeds, where its comments belong, and
// whether it is finished. It knows Go's grammar and no session; nothing is run
// or looked up.
//
//	c, failure := cell.Parse(3, "import \"os\"\nx := 20\nfunc f() int { return x }\nf()", nil)
//	// c.Imports is os, c.Decls is f, c.Stmts are x := 20 and f()
//
// # Pieces
//
// A cell is today's Go: declarations and statements in any order. Cut takes it
// apart at its top level by tokens alone, so that it works on code with errors,
// and each Piece keeps the line and column at which it was typed; Mark writes
// that place before a piece wherever it goes, so that positions, errors and
// tracebacks of any program made of pieces are those of the cell. Parse sorts
// the pieces: variables that follow one another get their values in Go's order,
// functions named init come after them, groups are taken apart.
//
// # Errors
//
// What is wrong with a cell is an engine.Failure with the compiler's words, the
// line as it was typed and a caret. The lines come from Sources. Names that the
// session made itself carry the letter Hidden; Clean takes them out of a text.
package cell
