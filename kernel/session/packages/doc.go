// Package packages finds what cells and scripts import: packages that are linked
// into the process, and those that come as source, from the module in which a
// notebook lies or fetched by the go command.
//
//	ctx := ixgo.NewContext(0)
//	l := packages.Use(ctx)
//	defer l.Modules.Close()
//	err := l.Modules.Find(".", "example.org/shapes") // fetched, if need be
//	pkg, err := ctx.Importer.Import("example.org/shapes")
//
// # Types twice
//
// A type is a types.Type to the checker and a reflect.Type to a running program.
// Each cell is a program of its own, so a type that cells have declared would be
// another one in each: the Loader answers for it with what the first program
// made (Learn), until it is declared anew (Forget, Rename).
//
// # Packages that are not linked in
//
// Modules asks the go command: nothing in the module around a notebook is
// changed; what has to be fetched is listed in a module in the folder of
// temporary files, which is owned by the process and removed by Close, or by
// Sweep after a process was killed. Packages of which a part is assembly or C
// are refused in a sentence.
package packages
