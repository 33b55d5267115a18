package viz

import (
	"image/color"
	"testing"

	"fourmlab/fourm/modality"
)

// Classes have the colours that their set's own tools give them, whether 0 is
// one of them or not; other classes have ours.
func TestLabelColors(t *testing.T) {
	if len(cocoColors) != 80 || len(modality.Things) != 81 || len(adeColors) != 150 || len(modality.ADE20K) != 151 {
		t.Fatalf("%d and %d colours for %d and %d classes", len(cocoColors), len(adeColors), len(modality.Things), len(modality.ADE20K))
	}
	for _, c := range []struct {
		labels []string
		id     int
		want   color.RGBA
	}{
		{modality.Things, 0, nothing},
		{modality.Things, 1, color.RGBA{220, 20, 60, 255}},    // person
		{modality.Things, 17, color.RGBA{0, 226, 252, 255}},   // dog
		{modality.Things, 80, color.RGBA{191, 162, 208, 255}}, // toothbrush
		{modality.Things[1:], 0, color.RGBA{220, 20, 60, 255}},
		{modality.ADE20K, 1, color.RGBA{120, 120, 120, 255}}, // wall
		{modality.ADE20K[1:], 2, color.RGBA{6, 230, 230, 255}},
		{modality.ADE20K, 150, color.RGBA{92, 0, 255, 255}}, // flag
		{modality.SceneClasses, 0, classes[0]},
		{modality.SceneClasses, 5, classes[5]},
		{[]string{"", "object"}, 0, nothing},
		{[]string{"", "object"}, 1, classes[1]},
		{modality.Things, 99, classColor(99)},
		{nil, 3, classes[3]},
	} {
		if got := labelColor(c.labels, c.id); got != c.want {
			t.Errorf("class %d of %d: %v, expected %v", c.id, len(c.labels), got, c.want)
		}
	}
}
