// Package headless runs notebooks and scripts without a front end.
//
//	nb, err := notebook.Read("01_tour.ipynb")
//	err = headless.Execute(ctx, nb, headless.Options{Progress: os.Stderr})
//	err = nb.Write("out/01_tour.ipynb")
//
// Execute runs the code cells of a notebook in a worker (package link) and puts
// what they show where a front end would: it is what nbclient and papermill do
// for Jupyter's kernels. A notebook that fails keeps what there is so far.
//
// A Script is a Go program that is not compiled. It runs in this process, in
// yaegi where all of it stands in the list of what yaegi runs as Go does, else on
// the engine of the cells:
//
//	err := headless.Script{Path: "train.go", Args: args}.Run()
//
// Both tell what takes long on a terminal in one line that is written over, into
// a file or a pipe in whole lines every so often.
package headless
