package optim_test

import (
	"fmt"

	"fourmlab/fourm/optim"
)

// The minimum of (w - 3)², by AdamW under a rate that warms up and falls.
func Example() {
	const steps = 400
	w := []float32{0}
	var o optim.AdamW
	for step := range steps {
		grads := optim.Dense([][]float32{{2 * (w[0] - 3)}})
		lr := optim.Warm(0.1, step, 20, steps)
		o.Apply([][]float32{w}, grads, []bool{false}, lr, optim.Norm(grads), 0)
	}
	fmt.Printf("%.3f\n", w[0])
	// Output: 3.000
}

// The rates of a published schedule: 1,000 steps, 100 of them warm-up.
func ExampleRates() {
	r := optim.Rates{Peak: 1e-4, Last: 1e-6, Total: 1000, Warm: 100}
	for _, step := range []int{0, 50, 99, 550, 999} {
		fmt.Printf("%3d %.3g\n", step, r.At(step))
	}
	// Output:
	//   0 0
	//  50 5.05e-05
	//  99 0.0001
	// 550 5.05e-05
	// 999 1e-06
}
