// Package notebook reads, changes, compares and writes notebook files without
// running them; packages server and headless run them. It reads nbformat 4, 3
// and 2, and writes 4.5.
//
//	nb, err := notebook.Read("tour.ipynb")
//	err = nb.Set(map[string]string{"steps": "200"}) // the cell tagged "parameters"
//	page, err := nb.Page()                          // one HTML page
//	err = nb.Write("tour.200.ipynb")
//
// What a file holds beyond the fields this package knows is kept as it came;
// what nbformat does not allow is made right as nbformat does it.
// Files are written as Jupyter writes them: the same order, one line of text a
// line, so that a change of one cell is a change of a few lines.
//
// # Tags
//
// The first cell tagged "parameters" holds values that Set replaces, as papermill
// has it. One tagged "raises-exception" may fail; "skip-execution" keeps a cell
// from running; "nbval-ignore-output" keeps its outputs out of comparisons.
//
// # Scripts
//
// A notebook and a Go program are two forms of one thing: Script writes cells
// as parts of a program between marks ("// %% 3"), FromScript reads them back:
// code as gofmt has it, texts, tags, attachments and cells that are not run to
// the letter.
package notebook
