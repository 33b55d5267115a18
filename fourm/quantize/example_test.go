package quantize_test

import (
	"fmt"

	"fourmlab/fourm/quantize"
)

// Two codes, of which the second points where the first latent does.
func Example() {
	q := quantize.NewCodebook(quantize.Codebook{Dim: 2, Codes: 2, Cosine: true})
	for _, t := range q.Tensors() {
		if t.Name == "_codebook.embed" {
			copy(t.Data, []float32{1, 0, 0, 0.5})
		}
	}
	ids, vectors := make([]int32, 2), make([]float32, 4)
	q.Assign(ids, []float32{0.1, 3, 4, 0.2})
	if err := q.Embed(vectors, ids); err != nil {
		panic(err)
	}
	fmt.Println(ids, vectors)
	// Output: [1 0] [0 0.5 1 0]
}
