package scenes

import (
	"fmt"
	"strings"
	"testing"

	"fourmlab/fourm/modality"
)

func picture(s modality.Sample, name string) *modality.Picture {
	return s.Values[name].(*modality.Picture)
}

// Of what captions say of their own scenes all is found but for what hides; of other
// scenes' captions little is.
func TestVerify(t *testing.T) {
	const n = 400
	var found, things, sized, related, relations, floors, onFloors, right, chance, others float64
	for seed := range int64(n) {
		s := Render(seed, 64)
		text := s.Values["caption"].(string)
		said, err := Read(text)
		if err != nil {
			t.Fatal(err)
		}
		v, err := Verify(said, picture(s, "rgb"), picture(s, "semseg"), picture(s, "depth"))
		if err != nil {
			t.Fatal(err)
		}
		for i, is := range v.Found {
			things++
			if is {
				found++
			} else {
				t.Logf("scene %d, %q: %v", seed, text, v)
			}
			if v.Sized[i] {
				sized++
			}
		}
		for _, is := range v.Related {
			relations++
			if is {
				related++
			}
		}
		if said.Floor != "" {
			onFloors++
			if v.FloorIs {
				floors++
			}
		}
		if v.Right() {
			right++
		}
		other, err := Read(Render(seed+n, 64).Values["caption"].(string))
		if err != nil {
			t.Fatal(err)
		}
		if v, err = Verify(other, picture(s, "rgb"), picture(s, "semseg"), nil); err != nil {
			t.Fatal(err)
		}
		for _, is := range v.Found {
			others++
			if is {
				chance++
			}
		}
	}
	t.Logf("found %.3f, of their size %.3f, related %.3f, floors %.3f, all right %.3f; of other captions found %.3f", found/things, sized/things, related/relations, floors/onFloors, right/n, chance/others)
	if found < 0.998*things || sized < 0.98*things || related < 0.99*relations || floors < 0.99*onFloors || right < 0.96*n {
		t.Error("too little of what is there was found")
	}
	if chance > 0.1*others {
		t.Error("too much was found of what was not asked for")
	}
}

// Captions are read as they are written, and back; what is none of them is named.
func TestRead(t *testing.T) {
	s, err := Read("a large red ball left of a small white ring , and a small cyan box behind the white ring")
	if err != nil || fmt.Sprint(s) != "{[a large red ball a small white ring a small cyan box] [{0 1 left of} {2 1 behind}] }" {
		t.Errorf("%v, %v", s, err)
	}
	for text, want := range map[string]string{
		"":                                  "is none of a rendered scene",
		"a photo of a cat":                  "is none of a rendered scene",
		"a large pink ball on a gray floor": `names the colour "pink", expected red, green, blue, yellow, purple, orange, cyan, white`,
		"a large red cat on a gray floor":   `names a "cat", expected ball, box, can, cone, ring`,
		"a large red sky on a gray floor":   `names a "sky", expected ball`,
		"a red floor":                       `has a floor that is "red", expected gray, brown, beige, olive`,
		"a large red ball behind a small blue can, and a small white ring left of the red ball": "relates to the red ball, expected the blue can",
	} {
		if _, err := Read(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, expected %q", text, err, want)
		}
	}
	p := modality.NewPicture(8, 8, 3)
	for want, f := range map[string][3]*modality.Picture{
		"a verdict needs rgb and semseg":             {p, nil, nil},
		"pictures of 3 and 3 numbers a pixel":        {p, p, nil},
		"pictures of 8x8 and 4x4, expected one size": {p, modality.NewPicture(4, 4, 1), nil},
	} {
		if _, err := Verify(Said{}, f[0], f[1], f[2]); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, expected %q", err, want)
		}
	}
}
