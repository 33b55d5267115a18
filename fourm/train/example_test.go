package train_test

import (
	"fmt"
	"os"
	"path/filepath"

	"fourmlab/fourm/train"
)

// A run that others left as a table.
func ExampleOpen() {
	dir, err := os.MkdirTemp("", "runs")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "theirs.csv")
	if err := os.WriteFile(path, []byte("step,train/loss,val/loss\n10,3.5,\n20,2.5,2.75\n"), 0o644); err != nil {
		panic(err)
	}
	run, err := train.Open(path)
	if err != nil {
		panic(err)
	}
	fmt.Println(run.Name, len(run.Points), run.Last().Loss, run.LastVal().ValLoss)
	// Output: theirs 2 2.5 2.75
}
