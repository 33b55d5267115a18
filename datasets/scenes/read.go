package scenes

// A caption read back: the grammar that caption writes, the other way.

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"fourmlab/fourm/modality"
)

// Thing is an object as a caption names it.
type Thing struct {
	Color string // "red"; of what a caption mentions
	Kind  string // "ball"
	Large bool   // else small
}

// String gives "a large red ball".
func (t Thing) String() string {
	size := "small"
	if t.Large {
		size = "large"
	}
	return fmt.Sprintf("a %s %s %s", size, t.Color, t.Kind)
}

// Relation says how thing A lies to thing B: "left of", "right of", "in front of",
// "behind" or "next to".
type Relation struct {
	A, B int // in Said.Things
	Word string
}

// Said is what a caption says.
type Said struct {
	Things    []Thing
	Relations []Relation
	Floor     string // its colour; "" where it is not spoken of
}

const thingForm = `a (large|small) (\w+) (\w+)`

var (
	floorAlone = regexp.MustCompile(`^a (\w+) floor$`)
	onFloor    = regexp.MustCompile(`^` + thingForm + ` on an? (\w+) floor$`)
	related    = `(left of|right of|in front of|behind|next to)`
	two        = regexp.MustCompile(`^` + thingForm + ` ` + related + ` ` + thingForm + `(?:, and ` + thingForm + ` ` + related + ` the (\w+) (\w+))?$`)
)

// Read takes a caption of a rendered scene apart. One that is not of the grammar of
// such captions, or names a colour or a kind that there is not, is an error.
func Read(text string) (Said, error) {
	var s Said
	t := strings.Join(strings.Fields(strings.ReplaceAll(text, " ,", ",")), " ")
	wrong := func(what string) (Said, error) {
		return Said{}, fmt.Errorf("scenes: caption %q %s", text, what)
	}
	thing := func(m []string) Thing { return Thing{Large: m[0] == "large", Color: m[1], Kind: m[2]} }
	if m := floorAlone.FindStringSubmatch(t); m != nil {
		s.Floor = m[1]
	} else if m := onFloor.FindStringSubmatch(t); m != nil {
		s.Things, s.Floor = []Thing{thing(m[1:4])}, m[4]
	} else if m := two.FindStringSubmatch(t); m != nil {
		s.Things = []Thing{thing(m[1:4]), thing(m[5:8])}
		s.Relations = []Relation{{0, 1, m[4]}}
		if m[8] != "" {
			s.Things = append(s.Things, thing(m[8:11]))
			s.Relations = append(s.Relations, Relation{2, 1, m[11]})
			if m[12] != s.Things[1].Color || m[13] != s.Things[1].Kind {
				return wrong(fmt.Sprintf("relates to the %s %s, expected the %s %s", m[12], m[13], s.Things[1].Color, s.Things[1].Kind))
			}
		}
	} else {
		return wrong("is none of a rendered scene")
	}
	for _, x := range s.Things {
		if toneNamed(tones, x.Color) < 0 {
			return wrong(fmt.Sprintf("names the colour %q, expected %s", x.Color, toneNames(tones)))
		}
		if kindNamed(x.Kind) < 0 {
			return wrong(fmt.Sprintf("names a %q, expected %s", x.Kind, strings.Join(modality.SceneClasses[ball:], ", ")))
		}
	}
	if s.Floor != "" && toneNamed(floors, s.Floor) < 0 {
		return wrong(fmt.Sprintf("has a floor that is %q, expected %s", s.Floor, toneNames(floors)))
	}
	return s, nil
}

func toneNamed(all []tone, name string) int {
	return slices.IndexFunc(all, func(t tone) bool { return t.name == name })
}

func toneNames(all []tone) string {
	var names []string
	for _, t := range all {
		names = append(names, t.name)
	}
	return strings.Join(names, ", ")
}

// kindNamed gives the class of an object, -1 where a name is of none.
func kindNamed(name string) int {
	if at := slices.Index(modality.SceneClasses, name); at >= ball {
		return at
	}
	return -1
}
