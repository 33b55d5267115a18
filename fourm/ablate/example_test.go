package ablate_test

import (
	"fmt"
	"os"
	"path/filepath"

	"fourmlab/fourm/ablate"
)

// An experiment in a file, and one of its settings changed from outside.
func ExampleLoad() {
	dir, err := os.MkdirTemp("", "ablations")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "input_alpha.yaml")
	if err := os.WriteFile(path, []byte(`
data: {name: scenes, n: 1000, seed: 1}
modalities: [rgb, depth, caption]
mask: {in: 32, out: 32}
train: {steps: 300, batch: 16}
vary:
  mask.in_alpha: [0.1, 1, 10]
seeds: [1, 2]
`), 0o644); err != nil {
		panic(err)
	}
	e, err := ablate.Load(path, "train.steps=50")
	if err != nil {
		panic(err)
	}
	fmt.Println(e.Name, e.Train.Steps, e.Vary[0].Key, e.Vary[0].Values, e.Seeds)
	_, err = ablate.Load(path, "train.stepps=50")
	fmt.Println(err != nil)
	// Output:
	// input_alpha 50 mask.in_alpha [0.1 1 10] [1 2]
	// true
}
