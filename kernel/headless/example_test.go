package headless_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/headless"
	"fourmlab/kernel/notebook"
)

// What cells show stands in the notebook, also that of one which fails.
func ExampleExecute() {
	nb := &notebook.File{Cells: []*notebook.Cell{
		{Kind: "code", Source: "fmt.Println(\"hello\")\n6 * 7"},
		{Kind: "code", Source: "panic(\"oh\")"},
		{Kind: "code", Source: "is not reached"},
	}}
	err := headless.Execute(context.Background(), nb, headless.Options{})
	fmt.Println(err)
	var failure *engine.Failure
	fmt.Println(errors.As(err, &failure), errors.Is(err, headless.ErrTimeout))
	for _, o := range nb.Cells[0].Outputs {
		fmt.Printf("%s: %q\n", o.Kind(), o.Text())
	}
	// Output:
	// cell 2 of 3 (panic("oh")): panic: oh
	// true false
	// stream: "hello\n"
	// execute_result: "42"
}

// A script is run in one of two interpreters.
func ExampleScript() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "hello.go")
	for _, src := range []string{
		"package main\n\nimport \"fmt\"\n\nfunc main() {\n\tfmt.Println(\"hello\")\n}\n",
		"package main\n\nfunc main() {\n\tpanic(\"oh\")\n}\n",
	} {
		if err := os.WriteFile(path, []byte(src), 0o644); err != nil {
			fmt.Println(err)
			return
		}
		err := headless.Script{Path: path}.Run()
		var panicked headless.Panicked
		if errors.As(err, &panicked) {
			fmt.Println("a panic:", panicked.Text)
		} else {
			fmt.Println("ended with", err)
		}
	}
	// Output:
	// hello
	// ended with <nil>
	// a panic: oh
}
