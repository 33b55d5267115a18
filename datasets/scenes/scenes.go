// Package scenes draws small 3-D scenes from a seed, with everything that 4M
// calls a modality known exactly: colour, depth, surface normals, classes,
// instances, boxes, a caption, a palette and edges.
//
// A model of a few million parameters learns them in minutes, and what it
// predicts can be judged against the truth, which no collection of photographs
// offers. Nothing is stored: a sample is a function of its seed.
//
//	s := scenes.Render(1, 64)
//	fmt.Println(s.Text("caption"))
//
// # The scene
//
// A floor, a back wall and sometimes a side wall in muted tones, the sky above
// where the walls are low, and one to four objects in named colours and two
// sizes. The camera stands at x = z = 0 above the floor, looks along z and
// slightly down. World axes are x right, y up, z away from the camera, in
// metres.
//
// # The values
//
//   - rgb: (H, W, 3) in [0, 1], sRGB, a multiple of 1/255; 4 rays a pixel.
//   - depth: (H, W, 1) metres along the optical axis, not along the ray; 0 is sky.
//   - normal: (H, W, 3) unit vectors in camera axes, x right, y up, z to the
//     viewer; zero in the sky.
//   - semseg: (H, W, 1) ids in modality.SceneClasses.
//   - instance: (H, W, 1), 0 for the room, then 1, 2, ... from left to right.
//   - box: the tight box of each instance's visible pixels, from left to right.
//   - caption: a sentence that is true of what can be seen.
//   - palette: the dominant colours of rgb, the commonest first.
//   - edge: (H, W, 1), 1 on an edge of Canny's detector and 0 elsewhere.
//
// Depth, normal, semseg and instance come from the ray through the middle of
// the pixel. An object of which fewer than 12 pixels (at 64x64) can be seen
// has no box and is not spoken of.
//
// # The judge
//
// Read takes a caption apart, and Verify counts whether a picture shows what it says:
// kinds, colours, sizes, what lies where. Of true scenes it finds all things, of
// another scene's caption one in sixteen.
package scenes

import (
	"fmt"
	"math/rand/v2"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// Options say what is drawn. The zero value stands for 64x64 pixels and one
// to four objects.
type Options struct {
	Size    int // pixels a side
	Objects int // at most this many objects, 1 to 4
}

// Render draws the scene of a seed at size x size pixels. It panics with a
// *fault.Error when size is not within 8 to 1024.
func Render(seed int64, size int) modality.Sample {
	if size == 0 {
		fault.Panic("scenes.Render", "size 0, expected 8 to 1024 pixels")
	}
	return Options{Size: size}.Render(seed)
}

// Render draws the scene of a seed as the options say.
func (o Options) Render(seed int64) modality.Sample {
	o = o.Checked("scenes.Render")
	rng := rand.New(rand.NewPCG(uint64(seed), 0x4d34))
	w := newWorld(rng, o.Objects)
	v := w.cast(o.Size)
	v.order(len(w.objects))
	visible := v.visible(w)
	bytes := v.rgb8
	s := modality.Sample{Key: fmt.Sprintf("scene-%d", seed), Values: map[string]any{
		"rgb":      v.rgb,
		"depth":    v.depth,
		"normal":   v.normal,
		"semseg":   v.semseg,
		"instance": v.instance,
		"edge":     canny(bytes, o.Size),
		"box":      boxes(visible),
		"caption":  caption(rng, w, visible),
		"palette":  palette(bytes),
	}}
	return s
}

// Checked gives the options with their defaults filled in; it panics on behalf
// of the call op when they cannot be met.
func (o Options) Checked(op string) Options {
	if o.Size == 0 {
		o.Size = 64
	}
	if o.Objects == 0 {
		o.Objects = 4
	}
	if o.Size < 8 || o.Size > 1024 {
		fault.Panic(op, "size %d, expected 8 to 1024 pixels", o.Size)
	}
	if o.Objects < 1 || o.Objects > 4 {
		fault.Panic(op, "at most %d objects, expected 1 to 4", o.Objects)
	}
	return o
}
