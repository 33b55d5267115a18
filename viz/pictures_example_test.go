package viz_test

import (
	"testing"

	"fourmlab/datasets"
	"fourmlab/fourm"
	"fourmlab/viz"
)

// What becomes of a picture: the scene, and what two tokenizers keep of it.
//
//	viz.Pictures("rgb", []string{"the scene", "256 tokens", "64 tokens"}, scene, a, b)
func ExamplePictures() {
	scene := datasets.Scenes(1, 8).MustSample(0).Picture("rgb")
	coarse := func(n int) *fourm.Picture {
		q := fourm.NewPicture(scene.H, scene.W, scene.C)
		for y := range q.H {
			for x := range q.W {
				for c := range q.C {
					sum := float32(0)
					for k := range n * n {
						sum += scene.At(y/n*n+k/n, x/n*n+k%n, c) / float32(n*n)
					}
					q.Set(y, x, c, sum)
				}
			}
		}
		return q
	}
	save(viz.Pictures("rgb", []string{"the scene", "means of 2 x 2 pixels", "means of 4 x 4 pixels"}, scene, coarse(2), coarse(4)), "pictures")
}

func TestPictures(t *testing.T) { golden(t, ExamplePictures, "pictures") }
