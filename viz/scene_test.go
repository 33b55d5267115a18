package viz_test

// The small world that the examples draw: a ball and a crate before a wall,
// with everything about them known exactly.

import (
	"fmt"
	"image/color"
	"math"
	"math/rand"

	"fourmlab/fourm"
	"fourmlab/fourm/modality"
)

type vec [3]float64

func (a vec) plus(b vec, t float64) vec { return vec{a[0] + t*b[0], a[1] + t*b[1], a[2] + t*b[2]} }
func (a vec) dot(b vec) float64         { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }
func (a vec) unit() vec                 { l := math.Sqrt(a.dot(a)); return vec{a[0] / l, a[1] / l, a[2] / l} }

// hit is where a ray ends: how far, the surface's direction, its class.
type hit struct {
	t     float64
	n     vec
	class int
}

// trace follows a ray through the world: 0 sky, 1 floor, 2 wall, 3 ball, 4 box.
func trace(o, d vec, ball float64) hit {
	best := hit{t: math.Inf(1)}
	take := func(t float64, n vec, class int) {
		if t > 1e-6 && t < best.t {
			best = hit{t, n, class}
		}
	}
	if d[1] < 0 {
		take(-o[1]/d[1], vec{0, 1, 0}, 1)
	}
	if t := (-6 - o[2]) / d[2]; o[1]+t*d[1] < 2.5 {
		take(t, vec{0, 0, 1}, 2)
	}
	c := vec{ball, 0.8, -4}
	oc := o.plus(c, -1)
	if b, q := oc.dot(d), oc.dot(oc)-0.64; b*b-q > 0 {
		t := -b - math.Sqrt(b*b-q)
		take(t, o.plus(d, t).plus(c, -1).unit(), 3)
	}
	lo, hi := vec{0.35, 0, -4.4}, vec{1.55, 1.15, -3.4}
	near, far, axis := math.Inf(-1), math.Inf(1), 0
	for k := range 3 {
		a, b := (lo[k]-o[k])/d[k], (hi[k]-o[k])/d[k]
		if a > b {
			a, b = b, a
		}
		if a > near {
			near, axis = a, k
		}
		far = math.Min(far, b)
	}
	if near < far && near > 0 {
		n := vec{}
		n[axis] = -math.Copysign(1, d[axis])
		take(near, n, 4)
	}
	return best
}

// scene renders the world in every modality. The seed moves the ball and
// picks the colours.
func scene(seed int64) fourm.Sample {
	const size = 64
	r := rand.New(rand.NewSource(seed))
	ball := -0.95 + 0.3*r.Float64()
	hue := r.Float64()
	paint := [][3]float64{{0.72, 0.84, 0.95}, {0.62, 0.53, 0.45}, {0.86, 0.84, 0.80}, {0.85, 0.30, 0.22}, {0.25, 0.45, 0.70}}
	for k := range 3 {
		paint[3][k] = 0.25 + 0.65*(0.5+0.5*math.Cos(2*math.Pi*(hue+float64(k)/3)))
	}
	rgb, depth := modality.NewPicture(size, size, 3), modality.NewPicture(size, size, 1)
	normal, class := modality.NewPicture(size, size, 3), modality.NewPicture(size, size, 1)
	instance, edge := modality.NewPicture(size, size, 1), modality.NewPicture(size, size, 1)
	eye, light := vec{0, 1.35, 0}, vec{-0.5, 0.9, 0.7}.unit()
	box := map[int]*modality.Box{}
	for y := range size {
		for x := range size {
			d := vec{(float64(x)+0.5)/size*2 - 1, 0.85 - (float64(y)+0.5)/size*2, -1.75}.unit()
			h := trace(eye, d, ball)
			col := paint[h.class]
			if h.class > 0 {
				at := eye.plus(d, h.t)
				shade := 0.35 + 0.65*math.Max(0, h.n.dot(light))
				if s := trace(at.plus(h.n, 1e-4), light, ball); s.class >= 3 {
					shade *= 0.55
				}
				if h.class == 1 && (int(math.Floor(at[0]*1.5))+int(math.Floor(at[2]*1.5)))%2 == 0 {
					shade *= 0.82
				}
				for k := range 3 {
					col[k] = col[k] * shade
					normal.Set(y, x, k, float32(h.n[k]))
				}
				depth.Set(y, x, 0, float32(-h.t*d[2]))
			}
			for k := range 3 {
				rgb.Set(y, x, k, float32(math.Min(1, col[k])))
			}
			class.Set(y, x, 0, float32(h.class))
			if h.class >= 3 {
				instance.Set(y, x, 0, float32(h.class-2))
				fx, fy := float64(x)/size, float64(y)/size
				b := box[h.class]
				if b == nil {
					b = &modality.Box{X0: fx, Y0: fy, X1: fx, Y1: fy, Class: modality.SceneClasses[h.class]}
					box[h.class] = b
				}
				b.X0, b.Y0 = math.Min(b.X0, fx), math.Min(b.Y0, fy)
				b.X1, b.Y1 = math.Max(b.X1, fx+1.0/size), math.Max(b.Y1, fy+1.0/size)
			}
		}
	}
	for y := 1; y < size; y++ {
		for x := 1; x < size; x++ {
			if c := class.At(y, x, 0); c != class.At(y-1, x, 0) || c != class.At(y, x-1, 0) {
				edge.Set(y, x, 0, 1)
			}
		}
	}
	rgba := func(c [3]float64) color.RGBA {
		return color.RGBA{uint8(c[0] * 255), uint8(c[1] * 255), uint8(c[2] * 255), 255}
	}
	return fourm.Sample{Key: fmt.Sprintf("scene-%d", seed), Values: map[string]any{
		"rgb": rgb, "depth": depth, "normal": normal, "semseg": class, "instance": instance, "edge": edge,
		"box":     []modality.Box{*box[3], *box[4]},
		"caption": "a shiny ball beside a blue box on a tiled floor, in front of a pale wall under a clear sky",
		"palette": modality.Palette{rgba(paint[1]), rgba(paint[2]), rgba(paint[0]), rgba(paint[4]), rgba(paint[3])},
	}}
}

// codes makes tokens of a picture: patches that look alike get the same id.
func codes(name string, p *modality.Picture) modality.Tokens {
	const grid = 8
	t := modality.Tokens{Modality: name, Rows: grid, Cols: grid}
	for i := range grid {
		for j := range grid {
			id := 0
			for c := range p.C {
				s := float32(0)
				for y := range p.H / grid {
					for x := range p.W / grid {
						s += p.At(i*p.H/grid+y, j*p.W/grid+x, c)
					}
				}
				id = id*7 + int(math.Abs(float64(s))/float64(p.H*p.W)*grid*grid*6)%7
			}
			t.IDs = append(t.IDs, id)
		}
	}
	return t
}

// rough gives a picture as an early guess at it: blocks of k pixels, noise.
func rough(p *modality.Picture, k int, noise float64, seed int64) *modality.Picture {
	r := rand.New(rand.NewSource(seed))
	q := p.Clone()
	for y := 0; y < p.H; y += k {
		for x := 0; x < p.W; x += k {
			e := float32(noise * r.NormFloat64())
			for c := range p.C {
				v := p.At(y+k/2, x+k/2, c)
				for i := range k {
					for j := range k {
						if q.Set(y+i, x+j, c, v); v != 0 {
							q.Set(y+i, x+j, c, v+e)
						}
					}
				}
			}
		}
	}
	return q
}

// words makes the tokens of a sentence.
func words(name string, ws ...string) modality.Tokens {
	t := modality.Tokens{Modality: name, Rows: 1, Cols: len(ws), Words: ws}
	for _, w := range ws {
		id := 0
		for _, c := range w {
			id = (id*31 + int(c)) % 4000
		}
		t.IDs = append(t.IDs, id)
	}
	return t
}

// training makes up a run whose losses fall as losses do.
func training(name string, speed float64, seed int64) *fourm.Run {
	r := rand.New(rand.NewSource(seed))
	run := &fourm.Run{Name: name, Steps: 600, Marginal: map[string]float64{"tok_rgb": 5.1, "tok_depth": 3.9, "caption": 5.6}}
	for s := 1; s <= 600; s++ {
		p := fourm.Point{Step: s, Losses: map[string]float64{}}
		for i, d := range []string{"tok_rgb", "tok_depth", "caption"} {
			from, to := []float64{6.3, 5.6, 7.9}[i], []float64{3.9, 2.4, 1.4}[i]
			l := to + (from-to)*math.Exp(-float64(s)*speed/[]float64{180, 130, 90}[i])
			p.Losses[d] = l * (1 + 0.05*r.NormFloat64())
			p.Loss += p.Losses[d] / 3
			if s%100 == 0 {
				if p.Val == nil {
					p.Val = map[string]float64{}
				}
				p.Val[d] = l * (1.03 + 0.0001*float64(s))
				p.ValLoss += p.Val[d] / 3
			}
		}
		run.Points = append(run.Points, p)
	}
	return run
}
