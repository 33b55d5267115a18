package inside_test

import (
	"fmt"
	"os"
	"path/filepath"

	"fourmlab/internal/inside"
)

func Example() {
	dir, err := os.MkdirTemp("", "inside")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	os.WriteFile(filepath.Join(dir, "run.json"), []byte("{}"), 0o644)
	d, err := inside.Open(dir)
	if err != nil {
		panic(err)
	}
	defer d.Close()
	b, err := d.Read("run.json", 1<<20)
	fmt.Println(string(b), err)
	_, err = d.Read("../../etc/passwd", 1<<20)
	fmt.Println(err != nil)
	// Output:
	// {} <nil>
	// true
}
