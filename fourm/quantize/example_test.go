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

// Levels make a code: 8 times 8 times 8 times 5 of them, and no codebook.
func ExampleParse() {
	q := quantize.Parse("fsq:8,8,8,5", 0)
	ids, vectors := make([]int32, 1), make([]float32, 4)
	q.Assign(ids, []float32{0, 9, -9, 0.6})
	if err := q.Embed(vectors, ids); err != nil {
		panic(err)
	}
	fmt.Println(q, q.Dim(), q.Codes(), ids, vectors)
	// Output: fsq:8,8,8,5 4 2560 [1596] [0 0.75 -1 0.5]
}

// Where values are many, bins are narrow; what lies beyond the ends is held there.
func ExampleQuantiles() {
	bins, err := quantize.Quantiles([]float64{0, 1, 2, 3, 4, 40, 400, 4000, 40000}, 4)
	if err != nil {
		panic(err)
	}
	ids, err := bins.Encode([]float64{-7, 0.8, 3, 500, 1e9})
	if err != nil {
		panic(err)
	}
	values, err := bins.Decode(ids)
	fmt.Println(bins.Edges, ids, values, err)
	// Output: [0 2 4 400 40000] [0 0 1 3 3] [1 1 3 20200 20200] <nil>
}

// Two of four codes are used, one three times as often as the other.
func ExampleCount() {
	use, err := quantize.Count([]int32{0, 0, 3, 0}, 1, 4)
	fmt.Printf("%d used, %d dead, %.2f of %.0f bits, %v\n", use[0].Used, use[0].Dead, use[0].Entropy, use[0].Bits, err)
	// Output: 2 used, 2 dead, 0.81 of 2 bits, <nil>
}
