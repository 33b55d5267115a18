package scenes

// What can be said of a picture: the boxes of what is seen, and a sentence.

import (
	"math"
	"math/rand/v2"
	"sort"

	"fourmlab/fourm/modality"
)

// visibleObject is an object that can be seen well enough to be spoken of.
type visibleObject struct {
	*object
	x0, y0, x1, y1 float64 // tight box of the visible pixels, in fractions
	pixels         int
	depth          float64 // of its middle, in metres
}

// visible lists what can be seen, from left to right.
func (v *view) visible(w *world) []visibleObject {
	all := make([]visibleObject, len(v.seen))
	for k, o := range v.seen {
		all[k] = visibleObject{object: &w.objects[o], x0: 1, y0: 1, depth: w.depthOf(&w.objects[o])}
	}
	n := float64(v.size)
	for i, id := range v.instance.Pix {
		if id == 0 {
			continue
		}
		s := &all[int(id)-1]
		x, y := float64(i%v.size), float64(i/v.size)
		s.x0, s.x1 = math.Min(s.x0, x/n), math.Max(s.x1, (x+1)/n)
		s.y0, s.y1 = math.Min(s.y0, y/n), math.Max(s.y1, (y+1)/n)
		s.pixels++
	}
	var out []visibleObject
	for _, s := range all {
		if s.pixels*64*64 >= 12*v.size*v.size {
			out = append(out, s)
		}
	}
	return out
}

func boxes(visible []visibleObject) []modality.Box {
	out := []modality.Box{}
	for _, s := range visible {
		out = append(out, modality.Box{X0: s.x0, Y0: s.y0, X1: s.x1, Y1: s.y1, Class: modality.SceneClasses[s.kind], Score: 1})
	}
	return out
}

func (s visibleObject) name() string {
	return tones[s.tone].name + " " + modality.SceneClasses[s.kind]
}

func (s visibleObject) full() string {
	if s.large {
		return "a large " + s.name()
	}
	return "a small " + s.name()
}

// relation says how a lies to b in the picture; where several words are true,
// one of them is drawn.
func relation(rng *rand.Rand, a, b visibleObject) string {
	var words []string
	dx := (b.x0 + b.x1 - a.x0 - a.x1) / 2
	dz := b.depth - a.depth
	switch {
	case dx > 0.12:
		words = append(words, "left of")
	case dx < -0.12:
		words = append(words, "right of")
	}
	switch {
	case dz > 0.7:
		words = append(words, "in front of")
	case dz < -0.7:
		words = append(words, "behind")
	}
	if words == nil {
		return "next to"
	}
	return words[rng.IntN(len(words))]
}

// caption is the sentence
//
//	OBJECT on a TONE floor
//	OBJECT RELATION OBJECT
//	OBJECT RELATION OBJECT, and OBJECT RELATION the OBJECT
//
// of the one, two or three objects of which most can be seen.
func caption(rng *rand.Rand, w *world, visible []visibleObject) string {
	told := append([]visibleObject(nil), visible...)
	sort.SliceStable(told, func(a, b int) bool { return told[a].pixels > told[b].pixels })
	told = told[:min(len(told), 3)]
	rng.Shuffle(len(told), func(a, b int) { told[a], told[b] = told[b], told[a] })
	switch len(told) {
	case 0:
		return "a " + floors[w.floor].name + " floor"
	case 1:
		article := " on a "
		if floors[w.floor].name == "olive" {
			article = " on an "
		}
		return told[0].full() + article + floors[w.floor].name + " floor"
	}
	a, b := told[0], told[1]
	s := a.full() + " " + relation(rng, a, b) + " " + b.full()
	if len(told) == 3 {
		c := told[2]
		s += ", and " + c.full() + " " + relation(rng, c, b) + " the " + b.name()
	}
	return s
}
