package scenes_test

import (
	"fmt"

	"fourmlab/datasets/scenes"
)

func ExampleRender() {
	s := scenes.Render(7, 64)
	fmt.Println(s.Text("caption"))
	for _, b := range s.Boxes("box") {
		fmt.Println(b.Class)
	}
	fmt.Println(s.Names())
	// Output:
	// a large yellow box on an olive floor
	// box
	// [rgb depth normal semseg instance edge box caption palette]
}
