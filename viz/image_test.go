package viz_test

import (
	"bytes"
	"image"
	"image/color"
	"testing"

	"fourmlab/fourm"
	"fourmlab/fourm/modality"
	"fourmlab/viz"
)

// An image.Image among the values is drawn as the picture that it is.
func TestImagesAreDrawn(t *testing.T) {
	im := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	for i := range 64 * 64 {
		im.Set(i%64, i/64, color.NRGBA{uint8(4 * (i % 64)), uint8(i / 64 * 4), 9, 255})
	}
	boxes := []fourm.Box{{X0: 0.1, Y0: 0.1, X1: 0.5, Y1: 0.5, Class: "ball"}}
	a := fourm.Sample{Key: "k", Values: map[string]any{"rgb": im, "box": boxes}}
	b := fourm.Sample{Key: "k", Values: map[string]any{"rgb": modality.FromImage(im), "box": boxes}}
	if !bytes.Equal(viz.Sample(a).PNG(), viz.Sample(b).PNG()) {
		t.Error("an image is drawn otherwise than its picture")
	}
}
