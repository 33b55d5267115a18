package display_test

import (
	"fmt"

	"fourmlab/kernel/display"
)

// Where there is no notebook, what is shown is printed.
func ExampleShow() {
	h := display.Show("nothing yet")
	h.Update(display.HTML("<b>ready</b>"))
	// Output:
	// nothing yet
	// ready
}

func ExampleOf() {
	type Planet struct {
		Name  string
		Moons int
		rings bool
	}
	d := display.Of([]Planet{{"Mars", 2, false}, {"Saturn", 274, true}})
	fmt.Println(d)
	fmt.Println(len(d["text/html"].(string)) > 0)
	// Output:
	// []display_test.Planet, 2 rows
	//    Name    Moons  rings
	// 0  Mars        2  false
	// 1  Saturn    274  true
	// true
}
