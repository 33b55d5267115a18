package generate_test

import (
	"fmt"

	"fourmlab/fourm/generate"
)

// A plan, and what each step of its schedule will decide.
func Example() {
	plan := generate.Chain("caption").Then("depth", 4).Temp(2).Then("caption", 1)
	fmt.Println(plan)
	for _, s := range generate.Chain("rgb").Then("depth", 4).Temp(2).Schedule()[0] {
		fmt.Printf("%d tokens at temperature %.2f\n", s.Tokens, s.Temp)
	}
	// Output:
	// caption -> depth(4, T=2) -> caption(1)
	// 9 tokens at temperature 2.00
	// 23 tokens at temperature 1.72
	// 23 tokens at temperature 1.00
	// 9 tokens at temperature 0.28
}

// What may be drawn from logits: the likeliest two, the second half as likely.
func ExampleChoices() {
	ids, p := generate.Choices([]float32{0, 2, 1.307, -3}, 1, generate.Filter{K: 2})
	fmt.Printf("%d %.2f\n", ids, p)
	// Output: [1 2] [0.67 0.33]
}
