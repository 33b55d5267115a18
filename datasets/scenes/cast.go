package scenes

// Ray casting: what each pixel sees, and how it is lit.

import (
	"math"
	"sort"

	"fourmlab/fourm/modality"
)

// view is what the camera records.
type view struct {
	size                                 int
	rgb, depth, normal, semseg, instance *modality.Picture
	rgb8                                 []uint8 // rgb in bytes
	seen                                 []int   // objects by instance id less one
}

// ray gives the direction through a point of the picture, whose sides are at
// 0 and 1 (x to the right, y down). Its component along the optical axis is 1,
// so that the distance t along it is depth.
func (w *world) ray(x, y float64) vec {
	u, v := (2*x-1)*w.fov, (1-2*y)*w.fov
	return vec{
		w.forward.x + u*w.right.x + v*w.up.x,
		w.forward.y + u*w.right.y + v*w.up.y,
		w.forward.z + u*w.right.z + v*w.up.z,
	}
}

// meet gives what a ray meets first: the class, the number of the object (-1
// for the room) and the distance, +Inf in the sky.
func (w *world) meet(from, d vec) (class, which int, t float64) {
	class, which, t = sky, -1, math.Inf(1)
	if d.y < 0 {
		s := -from.y / d.y
		if at := from.along(d, s); s > near && at.z < w.back && (w.side == 0 || (w.side-at.x)*w.side > 0) {
			class, t = floor, s
		}
	}
	if d.z > 0 {
		if s := (w.back - from.z) / d.z; s > near && s < t && from.y+s*d.y < w.top && from.y+s*d.y >= 0 {
			class, t = wall, s
		}
	}
	if w.side*d.x > 0 {
		s := (w.side - from.x) / d.x
		if at := from.along(d, s); s > near && s < t && at.y < w.top && at.y >= 0 && at.z < w.back {
			class, t = wall, s
		}
	}
	for i := range w.objects {
		if s := w.objects[i].hit(from, d); s < t {
			class, which, t = w.objects[i].kind, i, s
		}
	}
	return class, which, t
}

// facing gives the unit normal where a ray met the scene.
func (w *world) facing(class, which int, at vec) vec {
	switch {
	case which >= 0:
		return w.objects[which].normal(at)
	case class == floor:
		return vec{0, 1, 0}
	case w.side != 0 && math.Abs(at.x-w.side) < 1e-9:
		return vec{-math.Copysign(1, w.side), 0, 0}
	}
	return vec{0, 0, -1}
}

// shaded tells whether an object stands between a point and the light.
func (w *world) shaded(at vec) bool {
	for i := range w.objects {
		if !math.IsInf(w.objects[i].hit(at, w.light), 1) {
			return true
		}
	}
	return false
}

// color gives the light, (r, g, b) linear, that comes along a ray.
func (w *world) color(d vec) [3]float64 {
	class, which, t := w.meet(w.eye, d)
	if class == sky {
		h := math.Min(1, math.Max(0, 3*d.y/math.Sqrt(d.dot(d))))
		return [3]float64{0.62 - 0.36*h, 0.76 - 0.26*h, 0.90 - 0.06*h}
	}
	at := w.eye.along(d, t)
	n := w.facing(class, which, at)
	albedo := &floorLight[w.floor]
	if class == wall {
		albedo = &wallLight[w.wall]
	}
	shine := 0.0
	if which >= 0 {
		albedo = &objectLight[w.objects[which].tone]
		shine = 0.22
	}
	// Light from all around, a little more from above, and the key light.
	fill := 0.36 + 0.12*n.y
	key := 0.0
	if cos := n.dot(w.light); cos > 0 && !w.shaded(at.along(n, 1e-3)) {
		key = 0.72 * cos
		if shine > 0 {
			half := w.light.sub(d.unit()).unit()
			shine *= math.Pow(math.Max(0, n.dot(half)), 40)
		}
	} else {
		shine = 0
	}
	var out [3]float64
	for c := range out {
		out[c] = albedo[c]*(fill+key) + shine
	}
	return out
}

// cast sends 4 rays a pixel for colour and one through its middle for the
// rest.
func (w *world) cast(size int) *view {
	pic := func(c int) *modality.Picture { return modality.NewPicture(size, size, c) }
	v := &view{size: size, rgb: pic(3), depth: pic(1), normal: pic(3), semseg: pic(1), instance: pic(1), rgb8: make([]uint8, size*size*3)}
	step := 1 / float64(size)
	for y := range size {
		for x := range size {
			i := y*size + x
			var sum [3]float64
			for k := range 4 {
				d := w.ray((float64(x)+0.25+0.5*float64(k&1))*step, (float64(y)+0.25+0.5*float64(k>>1))*step)
				c := w.color(d)
				sum[0], sum[1], sum[2] = sum[0]+c[0], sum[1]+c[1], sum[2]+c[2]
			}
			for c := range sum {
				b := encode(sum[c] / 4)
				v.rgb8[3*i+c] = b
				v.rgb.Pix[3*i+c] = float32(b) / 255
			}
			d := w.ray((float64(x)+0.5)*step, (float64(y)+0.5)*step)
			class, which, t := w.meet(w.eye, d)
			if class == sky {
				continue
			}
			n := w.facing(class, which, w.eye.along(d, t))
			v.depth.Pix[i] = float32(t)
			v.normal.Pix[3*i] = float32(n.dot(w.right))
			v.normal.Pix[3*i+1] = float32(n.dot(w.up))
			v.normal.Pix[3*i+2] = float32(-n.dot(w.forward))
			v.semseg.Pix[i] = float32(class)
			v.instance.Pix[i] = float32(which + 1)
		}
	}
	return v
}

// order renumbers the instances from left to right, by the mean column of
// their visible pixels; an object that is not seen has no number.
func (v *view) order(objects int) {
	sum, n := make([]float64, objects), make([]float64, objects)
	for i, id := range v.instance.Pix {
		if id > 0 {
			sum[int(id)-1] += float64(i % v.size)
			n[int(id)-1]++
		}
	}
	for o := range objects {
		if n[o] > 0 {
			sum[o] /= n[o]
			v.seen = append(v.seen, o)
		}
	}
	sort.SliceStable(v.seen, func(a, b int) bool { return sum[v.seen[a]] < sum[v.seen[b]] })
	rank := make([]float32, objects+1)
	for k, o := range v.seen {
		rank[o+1] = float32(k + 1)
	}
	for i, id := range v.instance.Pix {
		v.instance.Pix[i] = rank[int(id)]
	}
}

var objectLight, wallLight, floorLight = linear(tones), linear(walls), linear(floors)

func linear(t []tone) [][3]float64 {
	out := make([][3]float64, len(t))
	for i := range t {
		for c, v := range t[i].rgb {
			out[i][c] = math.Pow((v+0.055)/1.055, 2.4) // all are beyond the toe of sRGB
		}
	}
	return out
}

// srgb is the sRGB curve at k/4096, in bytes.
var srgb = func() (t [4097]uint8) {
	for k := range t {
		v := float64(k) / 4096
		if v <= 0.0031308 {
			v *= 12.92
		} else {
			v = 1.055*math.Pow(v, 1/2.4) - 0.055
		}
		t[k] = uint8(v*255 + 0.5)
	}
	return t
}()

func encode(v float64) uint8 { return srgb[int(math.Min(math.Max(v, 0), 1)*4096+0.5)] }
