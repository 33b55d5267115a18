package scenes

// What stands where: the room, the camera, the light and the objects of a
// scene, drawn from its random numbers.

import (
	"math"
	"math/rand/v2"
)

// tone is a named sRGB colour.
type tone struct {
	name string
	rgb  [3]float64 // in [0, 1]
}

var tones = []tone{
	{"red", [3]float64{0.85, 0.14, 0.13}},
	{"green", [3]float64{0.15, 0.62, 0.22}},
	{"blue", [3]float64{0.13, 0.30, 0.85}},
	{"yellow", [3]float64{0.95, 0.83, 0.12}},
	{"purple", [3]float64{0.53, 0.20, 0.70}},
	{"orange", [3]float64{0.95, 0.50, 0.08}},
	{"cyan", [3]float64{0.15, 0.78, 0.82}},
	{"white", [3]float64{0.95, 0.95, 0.95}},
}

var floors = []tone{
	{"gray", [3]float64{0.58, 0.58, 0.58}},
	{"brown", [3]float64{0.54, 0.43, 0.34}},
	{"beige", [3]float64{0.76, 0.69, 0.57}},
	{"olive", [3]float64{0.50, 0.54, 0.40}},
}

var walls = []tone{
	{"gray", [3]float64{0.70, 0.71, 0.73}},
	{"rose", [3]float64{0.74, 0.61, 0.59}},
	{"sand", [3]float64{0.77, 0.73, 0.62}},
	{"slate", [3]float64{0.50, 0.56, 0.64}},
}

// world is a scene before it is seen.
type world struct {
	eye                vec
	right, up, forward vec     // unit vectors
	fov                float64 // tangent of half the angle of view
	light              vec     // unit vector to the light
	floor, wall        int     // tones
	back               float64 // z of the back wall
	side               float64 // x of the side wall; 0: none
	top                float64 // height of the walls
	objects            []object
}

// howMany objects there are to be, each entry as likely as any other.
var howMany = []int{1, 1, 2, 2, 2, 3, 3, 3, 4, 4}

func between(rng *rand.Rand, lo, hi float64) float64 { return lo + (hi-lo)*rng.Float64() }

// newWorld draws a scene with one to most objects.
func newWorld(rng *rand.Rand, most int) *world {
	w := &world{
		eye:   vec{between(rng, -0.3, 0.3), between(rng, 1.3, 1.9), 0},
		fov:   math.Tan(22 * math.Pi / 180),
		floor: rng.IntN(len(floors)),
		wall:  rng.IntN(len(walls)),
		back:  between(rng, 5.6, 7.8),
	}
	pitch, yaw := between(rng, 14, 20)*math.Pi/180, between(rng, -5, 5)*math.Pi/180
	sp, cp, sy, cy := math.Sin(pitch), math.Cos(pitch), math.Sin(yaw), math.Cos(yaw)
	w.right = vec{cy, 0, -sy}
	w.up = vec{sy * sp, cp, cy * sp}
	w.forward = vec{sy * cp, -sp, cy * cp}
	sign := float64(1 - 2*rng.IntN(2))
	w.light = vec{sign * between(rng, 0.35, 0.8), 1, -between(rng, 0.35, 0.8)}.unit()
	// A wall that ends below the eye would show the void behind it.
	w.top = 8
	if rng.Float64() < 0.5 {
		w.top = w.eye.y + between(rng, 0, 0.25)
	}
	if rng.Float64() < 0.4 {
		w.side = float64(1-2*rng.IntN(2)) * between(rng, 1.7, 2.5)
	}
	shades := rng.Perm(len(tones))
	n := min(most, howMany[rng.IntN(len(howMany))])
	for try := 0; try < 8 && len(w.objects) < n; try++ {
		w.put(rng, shades[len(w.objects)], n == 1)
	}
	return w
}

// put adds an object of the given colour where it is well in view and apart
// from the others, if it finds such a place. One that stands alone is large
// more often than not, so that there is something to see.
func (w *world) put(rng *rand.Rand, tone int, alone bool) {
	o := object{kind: ball + rng.IntN(ring-ball+1), tone: tone, large: rng.IntN(2) == 0 || alone && rng.IntN(2) == 0}
	size := between(rng, 0.36, 0.42)
	if o.large {
		size = between(rng, 0.66, 0.76)
	}
	turn := between(rng, -0.7, 0.7)
	switch o.kind {
	case ball:
		o.r, o.h = size, 2*size
	case box:
		o.r, o.h = 0.85*size, 1.7*size
		turn = between(rng, 0, math.Pi/2)
	case can:
		o.r, o.h = 0.75*size, 2*size
	case cone:
		o.r, o.h = 0.95*size, 2.2*size
	case ring:
		o.r, o.h = 0.78*size, 0.27*size
	}
	o.cos, o.sin = math.Cos(turn), math.Sin(turn)
	for range 80 {
		z := between(rng, 2.5, 4.6)
		o.base = vec{w.eye.x + z*w.fov*between(rng, -0.9, 0.9), 0, z}
		if o.place(); w.fits(&o) {
			w.objects = append(w.objects, o)
			return
		}
	}
	if len(w.objects) == 0 {
		o.base = vec{w.eye.x, 0, 3.6}
		o.place()
		w.objects = append(w.objects, o)
	}
}

func (w *world) fits(o *object) bool {
	if w.side != 0 && math.Abs(w.side)-math.Copysign(1, w.side)*o.base.x < o.bound+0.05 {
		return false
	}
	x, y, r := w.project(o)
	if math.Abs(x)+0.85*r > 1 || y+0.85*r > 1 || y-0.9*r < -1 {
		return false
	}
	for i := range w.objects {
		p := &w.objects[i]
		if math.Hypot(o.base.x-p.base.x, o.base.z-p.base.z) < 0.9*(o.bound+p.bound) {
			return false
		}
		px, py, pr := w.project(p)
		if math.Hypot(x-px, y-py) < 0.75*max(r, pr)+0.3*min(r, pr) {
			return false
		}
	}
	return true
}

// project gives the middle and radius of the object's bounding ball in the
// picture, whose sides are at -1 and 1 (x to the right, y up).
func (w *world) project(o *object) (x, y, r float64) {
	m := o.mid.sub(w.eye)
	z := m.dot(w.forward) * w.fov
	return m.dot(w.right) / z, m.dot(w.up) / z, o.bound / z
}

// depthOf gives the depth of the object's middle in metres.
func (w *world) depthOf(o *object) float64 { return o.mid.sub(w.eye).dot(w.forward) }
