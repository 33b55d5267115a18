package augment_test

import (
	"fmt"
	"image"
	"math/rand/v2"

	"fourmlab/datasets/augment"
)

// A window of a photograph, as the pixels that a model is given.
func Example() {
	photo := image.NewRGBA(image.Rect(0, 0, 640, 480))
	r := rand.New(rand.NewPCG(1, 0))
	c := augment.RandomCrop(r, 480, 640, augment.Ranges{})
	img := augment.FromImage(photo).Cut(c).Resize(224, 224, augment.Bicubic).Mirror(c.Flip)
	x := img.Tensor(augment.ImageNet)
	fmt.Println(c.Within(480, 640), img.H, img.W, img.C, len(x))
	// Output: true 224 224 3 150528
}
