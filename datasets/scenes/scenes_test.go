package scenes

// What must hold for every scene: the geometry is that of the pictures, and
// what is said of a picture can be seen in it.

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"

	"fourmlab/fourm/modality"
)

const many = 150 // scenes a property is tested on

// drawn are the scenes of the first seeds; every test looks at the same.
var drawn = sync.OnceValue(func() (out []modality.Sample) {
	for seed := range int64(many) {
		out = append(out, Render(seed, 64))
	}
	return out
})

// each calls f for scenes with their worlds.
func each(t *testing.T, f func(seed int64, w *world, s modality.Sample)) {
	t.Helper()
	for seed := range int64(many) {
		f(seed, newWorld(rand.New(rand.NewPCG(uint64(seed), 0x4d34)), 4), drawn()[seed])
		if t.Failed() {
			t.Fatalf("in scene %d", seed)
		}
	}
}

func TestNormalsAreUnitAndFaceTheViewer(t *testing.T) {
	each(t, func(_ int64, w *world, s modality.Sample) {
		n, d := s.Picture("normal"), s.Picture("depth")
		for y := range 64 {
			for x := range 64 {
				v := vec{float64(n.At(y, x, 0)), float64(n.At(y, x, 1)), float64(n.At(y, x, 2))}
				if d.At(y, x, 0) == 0 {
					if v != (vec{}) {
						t.Errorf("(%d, %d): normal %v in the sky, expected zeros", y, x, v)
					}
					continue
				}
				if l := math.Sqrt(v.dot(v)); math.Abs(l-1) > 1e-5 {
					t.Errorf("(%d, %d): normal of length %g", y, x, l)
				}
				ray := vec{((float64(x)+0.5)/32 - 1) * w.fov, (1 - (float64(y)+0.5)/32) * w.fov, -1}
				if v.dot(ray) > 1e-3 {
					t.Errorf("(%d, %d): normal %v turns away from the viewer", y, x, v)
				}
			}
		}
	})
}

func TestDepthOfThePlanes(t *testing.T) {
	floors, walls := 0, 0
	each(t, func(_ int64, w *world, s modality.Sample) {
		d, c, n := s.Picture("depth"), s.Picture("semseg"), s.Picture("normal")
		sin, cos := -w.forward.y, w.up.y // of the pitch
		for y := range 64 {
			for x := range 64 {
				v := (1 - (float64(y)+0.5)/32) * w.fov
				u := ((float64(x)+0.5)/32 - 1) * w.fov
				got := float64(d.At(y, x, 0))
				switch class := int(c.At(y, x, 0)); {
				case class == floor:
					floors++
					if want := w.eye.y / (sin - v*cos); math.Abs(got-want) > 1e-4*want {
						t.Errorf("(%d, %d): floor at %g m, expected %g", y, x, got, want)
					}
					if math.Abs(float64(n.At(y, x, 1))-cos) > 1e-5 || math.Abs(float64(n.At(y, x, 2))-sin) > 1e-5 {
						t.Errorf("(%d, %d): normal of the floor is not (0, cos pitch, sin pitch)", y, x)
					}
				case class == wall && n.At(y, x, 2) > 0.8:
					walls++
					dz := w.forward.z + u*w.right.z + v*w.up.z
					if z := got * dz; math.Abs(z-w.back) > 1e-4*z {
						t.Errorf("(%d, %d): wall at z = %g, expected %g", y, x, z, w.back)
					}
				}
			}
		}
	})
	if floors < 1000 || walls < 1000 {
		t.Errorf("only %d pixels of floor and %d of wall were tested", floors, walls)
	}
}

// The normal is the gradient of depth: where four neighbours lie on one
// object, the cross product of the steps between them is parallel to it.
func TestNormalsFollowDepth(t *testing.T) {
	good, all := 0, 0
	each(t, func(_ int64, w *world, s modality.Sample) {
		d, n, id := s.Picture("depth"), s.Picture("normal"), s.Picture("instance")
		at := func(y, x int) vec {
			z := float64(d.At(y, x, 0))
			return vec{((float64(x)+0.5)/32 - 1) * w.fov * z, (1 - (float64(y)+0.5)/32) * w.fov * z, -z}
		}
		for y := 1; y < 63; y++ {
			for x := 1; x < 63; x++ {
				k := id.At(y, x, 0)
				if k == 0 || id.At(y-1, x, 0) != k || id.At(y+1, x, 0) != k || id.At(y, x-1, 0) != k || id.At(y, x+1, 0) != k {
					continue
				}
				a, b := at(y, x+1).sub(at(y, x-1)), at(y-1, x).sub(at(y+1, x))
				g := vec{a.y*b.z - a.z*b.y, a.z*b.x - a.x*b.z, a.x*b.y - a.y*b.x}.unit()
				all++
				if g.dot(vec{float64(n.At(y, x, 0)), float64(n.At(y, x, 1)), float64(n.At(y, x, 2))}) > math.Cos(15*math.Pi/180) {
					good++
				}
			}
		}
	})
	// Creases (a lid's rim, a box's edges) have no gradient.
	if float64(good) < 0.75*float64(all) || all < 10000 {
		t.Errorf("%d of %d normals within 15 degrees of the gradient of depth", good, all)
	}
}

func TestBoxesAreTight(t *testing.T) {
	each(t, func(_ int64, _ *world, s modality.Sample) {
		id, class := s.Picture("instance"), s.Picture("semseg")
		type extent struct{ x0, y0, x1, y1, n, class int }
		seen := map[int]*extent{}
		most := 0
		for y := range 64 {
			for x := range 64 {
				k, c := int(id.At(y, x, 0)), int(class.At(y, x, 0))
				if (k > 0) != (c >= ball) {
					t.Errorf("(%d, %d): instance %d of class %s", y, x, k, modality.SceneClasses[c])
				}
				if k == 0 {
					continue
				}
				most = max(most, k)
				e := seen[k]
				if e == nil {
					e = &extent{x, y, x, y, 0, c}
					seen[k] = e
				}
				e.x0, e.y0, e.x1, e.y1, e.n = min(e.x0, x), min(e.y0, y), max(e.x1, x), max(e.y1, y), e.n+1
				if e.class != c {
					t.Errorf("instance %d is both %d and %d", k, e.class, c)
				}
			}
		}
		want := []modality.Box{}
		for k := 1; k <= most; k++ {
			if e := seen[k]; e == nil {
				t.Errorf("no instance %d of %d", k, most)
			} else if e.n >= 12 {
				want = append(want, modality.Box{X0: float64(e.x0) / 64, Y0: float64(e.y0) / 64, X1: float64(e.x1+1) / 64, Y1: float64(e.y1+1) / 64, Class: modality.SceneClasses[e.class], Score: 1})
			}
		}
		if got := s.Boxes("box"); !reflect.DeepEqual(got, want) {
			t.Errorf("boxes %v, expected %v", got, want)
		}
	})
}

// What a caption names is in the picture, in its colour, and lies as it says.
func TestCaptionsAreTrue(t *testing.T) {
	relations := map[string]int{}
	each(t, func(_ int64, w *world, s modality.Sample) {
		told := s.Text("caption")
		boxOf := func(class string, colour int) (modality.Box, *object) {
			for i := range w.objects {
				o := &w.objects[i]
				if modality.SceneClasses[o.kind] != class || o.tone != colour {
					continue
				}
				x, y, _ := w.project(o)
				best, at := 0.5, modality.Box{}
				for _, b := range s.Boxes("box") {
					if d := math.Hypot(b.X0+b.X1-1-x, b.Y0+b.Y1-1+y); b.Class == class && d < best {
						best, at = d, b
					}
				}
				if best < 0.5 {
					return at, o
				}
			}
			return modality.Box{}, nil
		}
		find := func(phrase string) (modality.Box, *object) {
			for c := range tones {
				for _, class := range modality.SceneClasses[ball:] {
					if strings.HasSuffix(phrase, " "+tones[c].name+" "+class) {
						b, o := boxOf(class, c)
						if o == nil {
							t.Errorf("%q: no %s %s is seen", told, tones[c].name, class)
							return b, nil
						}
						if strings.HasPrefix(phrase, "a ") && strings.HasPrefix(phrase, "a large ") != o.large {
							t.Errorf("%q: the size of %q is wrong", told, phrase)
						}
						return b, o
					}
				}
			}
			t.Errorf("%q: %q names no object", told, phrase)
			return modality.Box{}, nil
		}
		for _, part := range strings.Split(told, ", and ") {
			if a, _, alone := strings.Cut(part, " on a"); alone {
				find(a)
				continue
			}
			for _, r := range []string{" left of ", " right of ", " in front of ", " behind ", " next to "} {
				a, b, ok := strings.Cut(part, r)
				if !ok {
					continue
				}
				ba, oa := find(a)
				bb, ob := find(b)
				if oa == nil || ob == nil {
					return
				}
				relations[r]++
				dx := (bb.X0 + bb.X1 - ba.X0 - ba.X1) / 2
				dz := w.depthOf(ob) - w.depthOf(oa)
				if r == " left of " && dx < 0.1 || r == " right of " && dx > -0.1 || r == " in front of " && dz < 0.5 || r == " behind " && dz > -0.5 {
					t.Errorf("%q is not so: dx %.2f, dz %.2f", part, dx, dz)
				}
			}
		}
		if told != strings.ToLower(told) {
			t.Errorf("%q is not in lower case", told)
		}
	})
	if len(relations) < 4 || relations[" next to "]*5 > many {
		t.Errorf("relations told: %v", relations)
	}
}

func TestEdgesAreThinAndOnTheContours(t *testing.T) {
	blocks, edges, hit, contour := 0, 0, 0, 0
	each(t, func(_ int64, _ *world, s modality.Sample) {
		e, id := s.Picture("edge"), s.Picture("instance")
		for y := 1; y < 63; y++ {
			for x := 1; x < 63; x++ {
				v := e.At(y, x, 0)
				if v != 0 && v != 1 {
					t.Errorf("edge is %g, expected 0 or 1", v)
				}
				if v == 1 {
					edges++
					if e.At(y, x+1, 0)+e.At(y+1, x, 0)+e.At(y+1, x+1, 0) == 3 {
						blocks++
					}
				}
				if id.At(y, x, 0) == id.At(y, x+1, 0) {
					continue
				}
				contour++
				for k := range 12 {
					if e.At(y+k/4-1, x+k%4-1, 0) == 1 {
						hit++
						break
					}
				}
			}
		}
	})
	if blocks*20 > edges {
		t.Errorf("%d of %d edge pixels are in a block of 2x2", blocks, edges)
	}
	if float64(hit) < 0.85*float64(contour) {
		t.Errorf("%d of %d contour pixels have an edge beside them", hit, contour)
	}
}

func TestPaletteDescribesThePicture(t *testing.T) {
	each(t, func(_ int64, _ *world, s modality.Sample) {
		p, rgb := s.Values["palette"].(modality.Palette), s.Picture("rgb")
		if len(p) < 1 || len(p) > 7 {
			t.Errorf("%d colours", len(p))
		}
		far := 0
		first := make([]int, len(p))
		for i := 0; i < len(rgb.Pix); i += 3 {
			best, at := math.Inf(1), 0
			for k, c := range p {
				r, g, b := float64(rgb.Pix[i])*255-float64(c.R), float64(rgb.Pix[i+1])*255-float64(c.G), float64(rgb.Pix[i+2])*255-float64(c.B)
				if d := r*r + g*g + b*b; d < best {
					best, at = d, k
				}
			}
			first[at]++
			if best > 60*60 {
				far++
			}
		}
		if far > 64*64/10 {
			t.Errorf("%d pixels are far from every colour of %v", far, p)
		}
		for k := 1; k < len(p); k++ {
			if first[k] > first[0]+64 {
				t.Errorf("colour %d of %v is commoner than the first", k, p)
			}
		}
	})
}

func TestDistribution(t *testing.T) {
	cover, near, far := 0.0, math.Inf(1), 0.0
	each(t, func(_ int64, _ *world, s modality.Sample) {
		for i, id := range s.Picture("instance").Pix {
			if id > 0 {
				cover++
			}
			if d := float64(s.Picture("depth").Pix[i]); d > 0 {
				near, far = min(near, d), max(far, d)
			}
		}
	})
	if cover /= many * 64 * 64; cover < 0.15 || cover > 0.40 {
		t.Errorf("objects cover %.0f %% of the pictures, expected 15 to 40", 100*cover)
	}
	if near < 1.3 || far > 9 {
		t.Errorf("depth from %.2f to %.2f m, expected within 1.3 to 9", near, far)
	}
}

func TestSameSeedSameSceneAtAnyParallelism(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	want := make([]modality.Sample, 8)
	runtime.GOMAXPROCS(1)
	for i := range want {
		want[i] = Render(int64(i), 64)
	}
	runtime.GOMAXPROCS(8)
	var all sync.WaitGroup
	for i := range want {
		all.Go(func() {
			if got := Render(int64(i), 64); !reflect.DeepEqual(got, want[i]) {
				t.Errorf("scene %d differs from itself", i)
			}
		})
	}
	all.Wait()
	if reflect.DeepEqual(want[0].Values["rgb"], want[1].Values["rgb"]) {
		t.Error("two seeds give one scene")
	}
}

// Each kind of object answers rays as its implicit equation does: points of
// the surface are met from outside at the distance where they are.
func TestShapesMeetRaysOnTheirSurface(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for kind := ball; kind <= ring; kind++ {
		o := object{kind: kind, r: 0.5, h: 0.9, base: vec{0.3, 0, 2}, cos: math.Cos(0.4), sin: math.Sin(0.4)}
		if kind == ring {
			o.h = 0.17
		}
		o.place()
		hits := 0
		for range 4000 {
			d := vec{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()}.unit()
			from := o.mid.sub(d.mul(3)).add(vec{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()}.mul(0.25))
			x := o.hit(from, d)
			if math.IsInf(x, 1) {
				continue
			}
			hits++
			at := from.along(d, x)
			p := o.local(at.sub(o.base))
			var off float64
			switch q := math.Hypot(p.x, p.z); kind {
			case ball:
				off = math.Sqrt(at.sub(o.mid).dot(at.sub(o.mid))) - o.r
			case box:
				off = max(math.Abs(p.x)-o.r, math.Abs(p.z)-o.r, -p.y, p.y-o.h)
			case can:
				off = max(q-o.r, -p.y, p.y-o.h)
			case cone:
				off = max(q-o.r*(1-p.y/o.h), -p.y)
			case ring:
				off = math.Hypot(math.Hypot(p.x, p.y-o.r-o.h)-o.r, p.z) - o.h
			}
			if math.Abs(off) > 1e-6 {
				t.Fatalf("%s: met %g m off its surface", modality.SceneClasses[kind], off)
			}
			if n := o.normal(at); n.dot(d) > 1e-3 || math.Abs(n.dot(n)-1) > 1e-9 {
				t.Fatalf("%s: normal %v for a ray along %v", modality.SceneClasses[kind], n, d)
			}
		}
		if hits < 300 {
			t.Errorf("%s: only %d hits", modality.SceneClasses[kind], hits)
		}
	}
}

func TestOptionsThatCannotBeMet(t *testing.T) {
	for _, f := range []func(){
		func() { Render(1, 0) },
		func() { Render(1, 5000) },
		func() { Options{Objects: 9}.Render(1) },
	} {
		func() {
			defer func() {
				if e := recover(); e == nil || !strings.Contains(fmt.Sprint(e), "expected") {
					t.Errorf("panic %v, expected one that says what is right", e)
				}
			}()
			f()
		}()
	}
	if s := (Options{Size: 96, Objects: 1}).Render(3); s.Picture("depth").H != 96 || len(s.Boxes("box")) > 1 {
		t.Errorf("options are not heeded: %v", s)
	}
}

func BenchmarkRender(b *testing.B) {
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		Render(int64(i), 64)
	}
}
