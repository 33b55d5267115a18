// Package display shows values in a notebook: what a cell ends in, and what a
// cell puts on the page while it runs. Every cell knows it without an import.
//
//	display.Show(points)                    // a table, now
//	h := display.Show("nothing yet")        // a place on the page
//	h.Update(display.HTML("<b>ready</b>"))  // something else in it
//
// # What a value looks like
//
// A value shows itself by its methods, as gophernotes has it: PNG, JPEG and PDF
// give []byte; SVG, HTML, Markdown, Latex and JavaScript a string; JSON and
// SimpleRender (mime types and contents) a map[string]any; Render a Data. Each
// may give an error as well. Several are offered together, and a front end takes
// the one it likes best. A method that fails, or is not done in ten seconds, is
// told of in the text.
//
// Pictures of package image and plots of gonum are drawn. Slices of structs,
// maps, matrices (Dims and At) and tensors (Shape and Data) are tables, with
// small pictures of their numbers. What is large is cut: a table has its
// first and last rows and says how many there are, a picture of many pixels is
// made smaller, one without bounds is shown in a piece.
//
// There is always a text beside, for where nothing else can be shown. Of
// gives all forms of a value.
//
// # While a cell runs
//
//	p := display.Progress("reading", len(files))
//	for _, f := range files {
//		read(f)
//		p.Step()
//	}
//	name := display.Input("Your name: ")
//
// A script has the same calls: what is shown is printed, input is read from
// the terminal.
package display
