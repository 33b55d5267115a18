// Package viz draws what fourm computes: samples, tokens, masks, generations,
// training curves and ablations. It never runs a model: where a picture needs
// one, a method of the model gives the value that is drawn here.
//
// Every function takes a value and gives a *Figure, which a notebook shows by
// its PNG method and a program saves:
//
//	s := datasets.Scenes(100, 1).MustSample(0)
//	viz.Sample(s)                                      // the last value of a cell is shown
//	err := viz.Sample(s).Titled("One scene").Save("scene.png")
//
// A figure has a heading that says what it is (Titled gives it another), and is
// saved as PNG, SVG, PDF or HTML by the name of the file. Lines and bars stay
// vectors in SVG and PDF, pictures are embedded; equal figures are equal bytes.
// docs/gallery.md shows every plot.
//
// # What is drawn how
//
// A value is drawn by the Look of its modality and not by its name, so that a
// modality registered in a cell is drawn like any other. Depth is turbo from
// the nearest (blue) to the farthest (red) point, with its metres below, gray
// where nothing is known; a prediction has the range of the truth beside it.
// Normals n are shown as (n+1)/2: x right, y up, z to the viewer. Numbers of a
// look of one's own (fourm.RegisterLook) have its colour map, their range in its
// unit below, and its legend. Classes have
// fixed colours and their names written on them. Pixels are enlarged as
// squares, never smoothed, when the size is a whole multiple. A modality has
// the same colour in every figure.
//
// # What is missing or wrong
//
// A value that is empty (a run without a step, a result without a trace) makes
// a small figure that says so. An argument that cannot be right, such as nil
// or ids that do not fill their grid, panics with a one-line *fourm.Error.
//
// Importing the package makes fourm's values show themselves: a Sample, a
// Masked or a Run at the end of a cell appears as its figure.
package viz
