package checkpoint_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"fourmlab/fourm/checkpoint"
)

// A model's tensors and configuration, written and read again.
func Example() {
	dir, err := os.MkdirTemp("", "checkpoint")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "m.safetensors")

	meta, err := checkpoint.Flatten(map[string]any{"dim": 2, "mlp_ratio": 4.0, "domains_in": []string{"rgb@224", "caption"}})
	if err != nil {
		panic(err)
	}
	tensors := []checkpoint.Tensor{
		{Name: "encoder_norm.weight", Shape: []int{2}, Data: []float32{1, 0.5}},
		{Name: "mask_token", Shape: []int{1, 1, 2}, Data: []float32{0.25, -1}, Dtype: "BF16"},
	}
	if err := checkpoint.Write(path, tensors, meta); err != nil {
		panic(err)
	}

	f, err := checkpoint.Open(path)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	data, err := f.Floats("mask_token")
	fmt.Println(f.Names(), data, err)

	info, err := checkpoint.Peek(path)
	if err != nil {
		panic(err)
	}
	fmt.Println(strings.ReplaceAll(info.String(), dir+"/", ""))
	// Output:
	// [encoder_norm.weight mask_token] [0.25 -1] <nil>
	// m.safetensors: safetensors, 2 tensors, 4 numbers, 12B (BF16 1, F32 1)
	// configuration of m.safetensors:
	//   dim: 2
	//   domains_in: [rgb@224 caption]
	//   mlp_ratio: 4
}
