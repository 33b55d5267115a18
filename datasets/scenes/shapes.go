package scenes

// Where a ray meets each kind of object, and which way the surface faces.

import "math"

// vec is a point or direction, in metres.
type vec struct{ x, y, z float64 }

func (a vec) add(b vec) vec              { return vec{a.x + b.x, a.y + b.y, a.z + b.z} }
func (a vec) sub(b vec) vec              { return vec{a.x - b.x, a.y - b.y, a.z - b.z} }
func (a vec) mul(s float64) vec          { return vec{a.x * s, a.y * s, a.z * s} }
func (a vec) dot(b vec) float64          { return a.x*b.x + a.y*b.y + a.z*b.z }
func (a vec) unit() vec                  { return a.mul(1 / math.Sqrt(a.dot(a))) }
func (a vec) along(d vec, t float64) vec { return vec{a.x + d.x*t, a.y + d.y*t, a.z + d.z*t} }

// The kinds of object are their ids in modality.SceneClasses.
const (
	sky = iota
	floor
	wall
	ball
	box
	can
	cone
	ring
)

// near is the smallest distance along a ray that counts as a hit, so that a
// shadow ray does not meet the surface it starts on.
const near = 1e-4

// object stands on the floor at base, turned by the angle whose cosine and
// sine are cos and sin.
type object struct {
	kind     int
	tone     int     // index in tones
	large    bool    // else small
	base     vec     // middle of the underside, on the floor
	r        float64 // radius; half the side of a box; from the middle to the tube's middle of a ring
	h        float64 // height; of a ring, the radius of the tube
	cos, sin float64
	mid      vec     // middle of the bounding ball
	bound    float64 // radius of the bounding ball
}

// place fills in the bounding ball.
func (o *object) place() {
	half := o.h / 2
	switch o.kind {
	case ball:
		half, o.bound = o.r, o.r
	case box:
		o.bound = math.Sqrt(2*o.r*o.r + half*half)
	case ring:
		half = o.r + o.h
		o.bound = half
	default:
		o.bound = math.Hypot(o.r, half)
	}
	o.mid = o.base.add(vec{0, half, 0})
}

// local turns a direction into the object's own axes, world turns it back.
func (o *object) local(v vec) vec { return vec{o.cos*v.x - o.sin*v.z, v.y, o.sin*v.x + o.cos*v.z} }
func (o *object) world(v vec) vec { return vec{o.cos*v.x + o.sin*v.z, v.y, -o.sin*v.x + o.cos*v.z} }

// hit gives the first t > near at which from + t*d meets the object, or +Inf.
func (o *object) hit(from, d vec) float64 {
	// The bounding ball first: most rays miss it.
	m := from.sub(o.mid)
	dd, b := d.dot(d), m.dot(d)
	if b*b < dd*(m.dot(m)-o.bound*o.bound*1.0001) {
		return math.Inf(1)
	}
	if o.kind == ball {
		return firstRoot(dd, b, m.dot(m)-o.r*o.r)
	}
	p, d := o.local(from.sub(o.base)), o.local(d)
	switch o.kind {
	case box:
		return hitBox(p, d, o.r, o.h)
	case can:
		return hitCan(p, d, o.r, o.h)
	case cone:
		return hitCone(p, d, o.r, o.h)
	default:
		return hitRing(p.sub(vec{0, o.r + o.h, 0}), d, o.r, o.h, o.bound)
	}
}

// normal gives the unit normal at a point of the surface.
func (o *object) normal(at vec) vec {
	if o.kind == ball {
		return at.sub(o.mid).unit()
	}
	p := o.local(at.sub(o.base))
	const eps = 1e-6
	var n vec
	switch o.kind {
	case box:
		// The face whose plane is nearest.
		best := math.Inf(1)
		for _, f := range [...]struct {
			n    vec
			away float64
		}{{vec{0, 1, 0}, o.h - p.y}, {vec{1, 0, 0}, o.r - p.x}, {vec{-1, 0, 0}, o.r + p.x}, {vec{0, 0, 1}, o.r - p.z}, {vec{0, 0, -1}, o.r + p.z}, {vec{0, -1, 0}, p.y}} {
			if a := math.Abs(f.away); a < best-eps {
				n, best = f.n, a
			}
		}
	case can:
		switch {
		case p.y > o.h-eps:
			n = vec{0, 1, 0}
		case p.y < eps:
			n = vec{0, -1, 0}
		default:
			n = vec{p.x, 0, p.z}.unit()
		}
	case cone:
		if p.y < eps {
			n = vec{0, -1, 0}
			break
		}
		q := math.Hypot(p.x, p.z) + 1e-12
		n = vec{p.x / q * o.h, o.r, p.z / q * o.h}.unit()
	default:
		p.y -= o.r + o.h
		q := math.Hypot(p.x, p.y) + 1e-12
		n = p.sub(vec{p.x / q * o.r, p.y / q * o.r, 0}).unit()
	}
	return o.world(n)
}

// firstRoot gives the smaller root beyond near of a t^2 + 2 b t + c = 0.
func firstRoot(a, b, c float64) float64 {
	q := b*b - a*c
	if q < 0 {
		return math.Inf(1)
	}
	q = math.Sqrt(q)
	if t := (-b - q) / a; t > near {
		return t
	}
	if t := (-b + q) / a; t > near {
		return t
	}
	return math.Inf(1)
}

// hitBox meets |x| <= r, 0 <= y <= h, |z| <= r slab by slab.
func hitBox(p, d vec, r, h float64) float64 {
	lo, hi := near, math.Inf(1)
	for _, s := range [3][4]float64{{p.x, d.x, -r, r}, {p.y, d.y, 0, h}, {p.z, d.z, -r, r}} {
		a, b := (s[2]-s[0])/s[1], (s[3]-s[0])/s[1]
		if a > b {
			a, b = b, a
		}
		lo, hi = math.Max(lo, a), math.Min(hi, b)
	}
	if lo > hi || lo == near {
		return math.Inf(1)
	}
	return lo
}

// hitCan meets the side of the cylinder and its lids.
func hitCan(p, d vec, r, h float64) float64 {
	a, b, c := d.x*d.x+d.z*d.z, p.x*d.x+p.z*d.z, p.x*p.x+p.z*p.z-r*r
	best := math.Inf(1)
	if q := b*b - a*c; q >= 0 {
		t := (-b - math.Sqrt(q)) / a
		if y := p.y + t*d.y; t > near && y >= 0 && y <= h {
			best = t
		}
	}
	return math.Min(best, math.Min(hitDisc(p, d, h, r), hitDisc(p, d, 0, r)))
}

// hitCone meets x^2 + z^2 = (r/h)^2 (h - y)^2 below the tip, and the base.
func hitCone(p, d vec, r, h float64) float64 {
	k := r * r / (h * h)
	y := h - p.y
	a := d.x*d.x + d.z*d.z - k*d.y*d.y
	b := p.x*d.x + p.z*d.z + k*y*d.y
	c := p.x*p.x + p.z*p.z - k*y*y
	best := hitDisc(p, d, 0, r)
	if q := b*b - a*c; q >= 0 {
		q = math.Sqrt(q)
		for _, t := range [2]float64{(-b - q) / a, (-b + q) / a} {
			if at := p.y + t*d.y; t > near && t < best && at >= 0 && at <= h {
				best = t
			}
		}
	}
	return best
}

func hitDisc(p, d vec, y, r float64) float64 {
	t := (y - p.y) / d.y
	x, z := p.x+t*d.x, p.z+t*d.z
	if t > near && x*x+z*z <= r*r {
		return t
	}
	return math.Inf(1)
}

// hitRing walks along the ray by the distance to the torus around the z axis
// (sphere tracing: Hart 1996), as far as the bounding ball reaches.
func hitRing(p, d vec, big, small, bound float64) float64 {
	length := math.Sqrt(d.dot(d))
	d = d.mul(1 / length)
	b := p.dot(d)
	q := math.Sqrt(math.Max(0, b*b-p.dot(p)+bound*bound))
	t, end := math.Max(-b-q, near), -b+q
	for range 200 {
		at := p.along(d, t)
		q := math.Sqrt(at.x*at.x+at.y*at.y) - big
		ring := math.Sqrt(q*q+at.z*at.z) - small
		if ring < 1e-7 {
			if t < 2*near {
				break
			}
			return t / length
		}
		if t += ring; t > end {
			break
		}
	}
	return math.Inf(1)
}
