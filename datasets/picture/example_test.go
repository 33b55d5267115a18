package picture_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"

	"fourmlab/datasets/picture"
)

func Example() {
	var file bytes.Buffer
	if err := png.Encode(&file, image.NewGray(image.Rect(0, 0, 5, 3))); err != nil {
		panic(err)
	}
	p, err := picture.Decode(file.Bytes(), false)
	if err != nil {
		panic(err)
	}
	fmt.Println(p.Format, p.W, p.H, p.Lossy, p.Upright().Image.Bounds())
	// Output: png 5 3 false (0,0)-(5,3)
}
