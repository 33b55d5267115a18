package notebook_test

import (
	"fmt"
	"os"
	"path/filepath"

	"fourmlab/kernel/notebook"
)

// A notebook from a program, with another value for one of its parameters.
func Example() {
	nb, err := notebook.FromScript("main.go", []byte("package main\n\nfunc main() {\n\t// %% [markdown]\n\t// # Steps\n\t// %%\n\tprintln(steps)\n}\n"))
	if err != nil {
		panic(err)
	}
	if err := nb.Set(map[string]string{"steps": "200"}); err != nil {
		panic(err)
	}
	dir, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "steps.ipynb")
	if err := nb.Write(path); err != nil {
		panic(err)
	}
	again, err := notebook.Read(path)
	if err != nil {
		panic(err)
	}
	for _, c := range again.Cells {
		fmt.Printf("%s %q\n", c.Kind, c.Source)
	}
	// Output:
	// code "// Parameters\nsteps := 200"
	// markdown "# Steps"
	// code "println(steps)"
}
