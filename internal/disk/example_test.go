package disk_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"fourmlab/internal/disk"
)

// A file is there whole, or as it was.
func ExampleWrite() {
	dir, err := os.MkdirTemp("", "disk")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "notes.txt")
	if err := disk.WriteBytes(path, []byte("first")); err != nil {
		panic(err)
	}
	err = disk.Write(path, func(w io.Writer) error {
		io.WriteString(w, "half of the sec")
		return fmt.Errorf("the rest is missing")
	})
	b, _ := disk.Read(path, 100)
	fmt.Println(string(b), err != nil)
	// Output: first true
}
