package jupyter_test

import (
	"fmt"
	"os"
	"path/filepath"

	"fourmlab/kernel/jupyter"
)

// A kernelspec is a folder below a prefix, and goes again.
func ExampleInstall() {
	prefix, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(prefix)
	written, err := jupyter.Install(prefix, "lab")
	for _, dir := range written {
		rel, _ := filepath.Rel(prefix, dir)
		fmt.Println(filepath.ToSlash(rel), err)
	}
	gone, err := jupyter.Uninstall(prefix, "lab")
	fmt.Println(len(gone), err)
	fmt.Println(jupyter.CheckName("my lab"))
	// Output:
	// share/jupyter/kernels/lab <nil>
	// 1 <nil>
	// kernel name "my lab", expected letters, digits, '.', '-' and '_'
}
