package modality_test

import (
	"fmt"

	"fourmlab/fourm/modality"
)

func ExampleRegister() {
	modality.Register(modality.Modality{Name: "thermal", Look: modality.Gray, Height: 48, Width: 64, Patch: 8, Vocab: 128})
	m := modality.Lookup("thermal")
	fmt.Println(m)
	fmt.Println(m.Domain(), m.Grid(), m.Cols())
	// Output:
	// thermal: image, 48x64x1, 6x8 tokens of 128 codes
	// tok_thermal 6 8
}
