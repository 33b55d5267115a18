package scenes

// Does a picture show what a caption says? Of photographs only another network can
// say; of these scenes it can be counted.

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"fourmlab/fourm/modality"
)

// Verdict says what of a caption a picture shows.
type Verdict struct {
	Said    Said
	Found   []bool // of each thing: there are 12 pixels or more (at 64x64) of its kind and colour
	Sized   []bool // of each thing that was found: it is as large as was said; nil without depth
	Related []bool // of each relation between things that were found: it holds; one of depth without depth does not
	FloorIs bool   // the floor has the colour that was said, if one was
}

// Score is the share of the things that were found, 1 where none was asked for and
// the floor has its colour.
func (v Verdict) Score() float64 {
	if len(v.Found) == 0 {
		if v.FloorIs {
			return 1
		}
		return 0
	}
	return share(v.Found)
}

// Right tells whether all that was said holds: things, their sizes where there is
// depth, relations, and the floor.
func (v Verdict) Right() bool {
	return v.Score() == 1 && share(v.Sized) == 1 && share(v.Related) == 1 && v.FloorIs
}

func share(b []bool) float64 {
	if len(b) == 0 {
		return 1
	}
	n := 0.0
	for _, x := range b {
		if x {
			n++
		}
	}
	return n / float64(len(b))
}

// String lists what was asked for, and what there is.
func (v Verdict) String() string {
	var w []string
	for i, t := range v.Said.Things {
		said := t.String()
		switch {
		case !v.Found[i]:
			said += ": not there"
		case v.Sized != nil && !v.Sized[i]:
			said += ": there, of another size"
		default:
			said += ": there"
		}
		w = append(w, said)
	}
	for i, r := range v.Said.Relations {
		said := fmt.Sprintf("the %s %s %s the %s %s", v.Said.Things[r.A].Color, v.Said.Things[r.A].Kind, r.Word, v.Said.Things[r.B].Color, v.Said.Things[r.B].Kind)
		if !v.Related[i] {
			said += ": no"
		}
		w = append(w, said)
	}
	if v.Said.Floor != "" {
		said := "a floor that is " + v.Said.Floor
		if !v.FloorIs {
			said += ": no"
		}
		w = append(w, said)
	}
	return strings.Join(w, "; ")
}

// Verify looks for what a caption says in a picture: rgb says the colours, semseg the
// kinds, depth (nil: unknown) sizes and what is in front. All are of one size.
func Verify(s Said, rgb, semseg, depth *modality.Picture) (Verdict, error) {
	v := Verdict{Said: s, FloorIs: true}
	switch {
	case rgb == nil || semseg == nil:
		return v, fmt.Errorf("scenes: a verdict needs rgb and semseg")
	case rgb.C != 3 || semseg.C != 1 || depth != nil && depth.C != 1:
		return v, fmt.Errorf("scenes: pictures of %d and %d numbers a pixel, expected 3 of rgb, and 1 of semseg and depth", rgb.C, semseg.C)
	case rgb.H != semseg.H || rgb.W != semseg.W || depth != nil && (depth.H != rgb.H || depth.W != rgb.W):
		return v, fmt.Errorf("scenes: pictures of %dx%d and %dx%d, expected one size", rgb.H, rgb.W, semseg.H, semseg.W)
	}
	seen := see(rgb, semseg, depth)
	at := make([]*region, len(s.Things))
	for i, t := range s.Things {
		at[i] = seen[[2]int{kindNamed(t.Kind), toneNamed(tones, t.Color)}]
		v.Found = append(v.Found, at[i] != nil)
		if depth != nil {
			v.Sized = append(v.Sized, at[i] != nil && at[i].large() == t.Large)
		}
	}
	for _, r := range s.Relations {
		v.Related = append(v.Related, at[r.A] != nil && at[r.B] != nil && lies(at[r.A], at[r.B], r.Word, depth != nil))
	}
	if s.Floor != "" {
		v.FloorIs = floorColor(rgb, semseg) == s.Floor
	}
	return v, nil
}

// region is what is seen of one kind in one colour.
type region struct {
	kind           int
	n              int     // pixels
	x0, y0, x1, y1 float64 // in fractions
	depth          float64 // mean
}

// fewest is how many pixels a thing has at least, of 64x64.
const fewest = 12

// see finds the regions of all kinds and colours. Pixels of a kind that touch are one
// patch; the colours that enough of its pixels have divide it.
func see(rgb, semseg, depth *modality.Picture) map[[2]int]*region {
	h, w := semseg.H, semseg.W
	least := fewest * float64(h*w) / (64 * 64)
	out := map[[2]int]*region{}
	done := make([]bool, h*w)
	for start := range done {
		kind := int(semseg.Pix[start])
		if done[start] || kind < ball || kind >= len(modality.SceneClasses) {
			continue
		}
		patch := []int{start}
		done[start] = true
		for k := 0; k < len(patch); k++ {
			y, x := patch[k]/w, patch[k]%w
			for ny := max(y-1, 0); ny <= min(y+1, h-1); ny++ {
				for nx := max(x-1, 0); nx <= min(x+1, w-1); nx++ {
					if i := ny*w + nx; !done[i] && int(semseg.Pix[i]) == kind {
						done[i] = true
						patch = append(patch, i)
					}
				}
			}
		}
		present := colors(patch, rgb, least)
		if !slices.Contains(present, true) {
			continue
		}
		for _, i := range patch {
			key := [2]int{kind, nearest(rgb.Pix[3*i:3*i+3], present)}
			r := out[key]
			if r == nil {
				r = &region{kind: kind, x0: 1, y0: 1}
				out[key] = r
			}
			y, x := float64(i/w), float64(i%w)
			r.x0, r.x1 = math.Min(r.x0, x/float64(w)), math.Max(r.x1, (x+1)/float64(w))
			r.y0, r.y1 = math.Min(r.y0, y/float64(h)), math.Max(r.y1, (y+1)/float64(h))
			if depth != nil {
				r.depth += float64(depth.Pix[i])
			}
			r.n++
		}
	}
	for key, r := range out {
		if float64(r.n) < least {
			delete(out, key)
			continue
		}
		r.depth /= float64(r.n)
	}
	return out
}

// colors tells which colours a patch of pixels has: those of enough of them, a fifth of
// all, or some with neighbours alike on four sides. A rim that mixes two colours has
// none such.
func colors(patch []int, rgb *modality.Picture, least float64) []bool {
	votes, inner := make([]float64, len(tones)), make([]int, len(tones))
	at := make(map[int]int, len(patch))
	for _, i := range patch {
		at[i] = nearest(rgb.Pix[3*i:3*i+3], nil)
		votes[at[i]]++
	}
	for i, t := range at {
		same := func(k int) bool { u, ok := at[k]; return ok && u == t }
		if same(i-1) && same(i+1) && same(i-rgb.W) && same(i+rgb.W) {
			inner[t]++
		}
	}
	present := make([]bool, len(tones))
	for t, n := range votes {
		present[t] = n >= least && (n >= 0.2*float64(len(patch)) || inner[t] >= 3)
	}
	return present
}

// nearest gives the colour of objects that explains a pixel best: light on it between
// a fifth and 1.3, and a white highlight of at most a quarter. may, where not nil,
// says which colours there are.
func nearest(rgb []float32, may []bool) int {
	var x [3]float64
	for c := range x {
		x[c] = toLinear(float64(rgb[c]))
	}
	best, least := 0, math.Inf(1)
	for t, albedo := range objectLight {
		if may != nil && !may[t] {
			continue
		}
		for s := 0.0; s <= 0.25; s += 0.05 {
			dot, square := 0.0, 0.0
			for c := range x {
				dot += (x[c] - s) * albedo[c]
				square += albedo[c] * albedo[c]
			}
			a := math.Min(math.Max(dot/square, 0.2), 1.3)
			off := 1e-4 * s // of equals the one with less highlight
			for c := range x {
				d := x[c] - s - a*albedo[c]
				off += d * d
			}
			if off < least {
				best, least = t, off
			}
		}
	}
	return best
}

// toLinear takes sRGB's curve off a number from 0 to 1.
func toLinear(v float64) float64 {
	v = math.Min(math.Max(v, 0), 1)
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

// extents of a thing, in units of the size that is drawn for it: across and upright.
var extents = map[int][2]float64{ball: {2, 2}, box: {2.1, 2.1}, can: {1.5, 2.3}, cone: {1.9, 2.4}, ring: {2.1, 2.1}}

// large tells whether a thing is nearer to the larger of the two sizes, by what its
// box measures at its depth.
func (r *region) large() bool {
	const wide = 0.404026225835156815 // tangent of half the angle of view
	by := extents[r.kind]
	z := r.depth + 0.2 // its middle is behind what is seen
	across, upright := (r.x1-r.x0)*2*wide*z/by[0], (r.y1-r.y0)*2*wide*z/by[1]
	return math.Max(across, upright) > 0.53
}

// lies tells whether a relation between two things holds, as caption has it; a little
// less of depth is enough, as of things only their fronts are seen.
func lies(a, b *region, word string, depth bool) bool {
	dx, dz := (b.x0+b.x1-a.x0-a.x1)/2, b.depth-a.depth
	switch word {
	case "left of":
		return dx > 0.06
	case "right of":
		return dx < -0.06
	case "in front of":
		return depth && dz > 0.3
	case "behind":
		return depth && dz < -0.3
	}
	return math.Abs(dx) < 0.2
}

// floorColor gives the colour of floors that is nearest in hue to the floor's mean.
func floorColor(rgb, semseg *modality.Picture) string {
	var sum [3]float64
	for i, id := range semseg.Pix {
		if int(id) == floor {
			for c := range sum {
				sum[c] += toLinear(float64(rgb.Pix[3*i+c]))
			}
		}
	}
	best, name := math.Inf(-1), ""
	for t, albedo := range floorLight {
		dot, a, b := 0.0, 0.0, 0.0
		for c := range sum {
			dot += sum[c] * albedo[c]
			a += sum[c] * sum[c]
			b += albedo[c] * albedo[c]
		}
		if cos := dot / math.Sqrt(a*b); cos > best {
			best, name = cos, floors[t].name
		}
	}
	return name
}
