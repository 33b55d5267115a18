package text_test

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"fourmlab/fourm/text"
)

// tape gives recorded numbers, and notes the ranges it was asked for.
type tape struct {
	numbers, ranges []int
}

func (p *tape) IntN(n int) int {
	p.ranges = append(p.ranges, n)
	x := p.numbers[0]
	p.numbers = p.numbers[1:]
	return x
}

func square(x0, y0, x1, y1 float64) [][2]float64 {
	return [][2]float64{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}
}

// Points are drawn all y first, a point is written y first, and the order is
// that of the draws (docs/4m.md, 1.4).
func TestAsk(t *testing.T) {
	draws := &tape{numbers: []int{10, 50, 200, 20, 50, 200}}
	points := text.RandomPoints(3, 224, 210, draws)
	if !reflect.DeepEqual(points, [][2]int{{20, 10}, {50, 50}, {200, 200}}) || !reflect.DeepEqual(draws.ranges, []int{224, 224, 224, 210, 210, 210}) {
		t.Fatalf("points %v, ranges %v", points, draws.ranges)
	}
	things := []text.Instance{
		{X0: 0, Y0: 0, X1: 60, Y1: 60, Codes: []int{1, 600}, Outline: square(0, 0, 60, 60)},
		{X0: 40, Y0: 40, X1: 90, Y1: 90, Codes: []int{511, 512}, Outline: square(40, 40, 90, 90)},
	}
	draws = &tape{numbers: []int{0, 1, 0}}
	asked := text.Ask(things, append(points, points[1]), draws)
	if !reflect.DeepEqual(draws.ranges, []int{3, 2, 2}) {
		t.Errorf("drawn from %v: three points, and two instances at one of them", draws.ranges)
	}
	s, err := text.Style{}.Instances(asked)
	want := "point v0=200 v1=200 none point v0=50 v1=50 polygon v0=40 v1=40 v2=90 v3=90 v0=511 v1=0 polygon v0=0 v1=0 v2=60 v3=60 v0=1 v1=88 " +
		"point v0=10 v1=20 polygon v0=0 v1=0 v2=60 v3=60 v0=1 v1=88"
	if err != nil || s != want {
		t.Errorf("got\n%s, expected\n%s (%v)", s, want, err)
	}
	plain := text.Ask(things, points, nil)
	if len(plain) != 3 || plain[0].X != 20 || len(plain[1].Found) != 2 || len(plain[2].Found) != 0 {
		t.Errorf("without chance: %+v", plain)
	}
}

// A point on the edge or a corner lies in the outline; a bay does not.
func TestOutline(t *testing.T) {
	// a U: open at the top between x = 4 and x = 8
	u := text.Instance{Outline: [][2]float64{{0, 0}, {4, 0}, {4, 6}, {8, 6}, {8, 0}, {12, 0}, {12, 10}, {0, 10}}}
	const shape = `
#####...#####.
#####...#####.
#####...#####.
#####...#####.
#####...#####.
#####...#####.
#############.
#############.
#############.
#############.
#############.
..............`
	for y, row := range strings.Fields(shape) {
		for x, c := range row {
			if got := len(text.Ask([]text.Instance{u}, [][2]int{{x, y}}, nil)[0].Found) == 1; got != (c == '#') {
				t.Errorf("point %d, %d: inside %v", x, y, got)
			}
		}
	}
	if got := text.Ask([]text.Instance{{}}, [][2]int{{0, 0}}, nil); len(got[0].Found) != 0 {
		t.Error("an instance without outline was found")
	}
}

func TestGridPoints(t *testing.T) {
	g := text.GridPoints(7, 224, 224)
	if len(g) != 49 || g[0] != [2]int{28, 28} || g[1] != [2]int{28, 56} || g[48] != [2]int{196, 196} {
		t.Errorf("%d points: %v", len(g), g)
	}
}

// What is written is read; what is broken is left out.
func TestReadInstances(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var want []text.Query
	for range 5 {
		q := text.Query{X: r.IntN(224), Y: r.IntN(224)}
		for range r.IntN(3) {
			in := text.Instance{X0: r.IntN(100), Y0: r.IntN(100), X1: 100 + r.IntN(124), Y1: 100 + r.IntN(124)}
			for range 16 {
				in.Codes = append(in.Codes, r.IntN(1024))
			}
			q.Found = append(q.Found, in)
		}
		want = append(want, q)
	}
	s, err := text.Style{}.Instances(want)
	if err != nil {
		t.Fatal(err)
	}
	if got := (text.Style{}).ReadInstances(s, 0); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, expected %+v", got, want)
	}
	good := text.Instance{X0: 1, Y0: 2, X1: 3, Y1: 4, Codes: []int{7, 519}}
	for s, want := range map[string][]text.Query{
		"point v0=5 v1=6 polygon v0=1 v1=2 v2=3 v3=4 v0=7 v1=7":                      {{X: 6, Y: 5, Found: []text.Instance{good}}},
		"point v0=5 polygon v0=1 v1=2 v2=3 v3=4 v0=7 v1=7":                           {{X: -1, Y: -1, Found: []text.Instance{good}}},
		"polygon v0=1 v1=2 v2=3 v3=4 v0=7 v1=7 point":                                {{X: -1, Y: -1, Found: []text.Instance{good}}},
		"point v0=5 v1=6 polygon v0=1 v1=2 v2=3 v3=4 v0=7":                           {{X: 6, Y: 5}},
		"point v0=5 v1=6 polygon v0=1 v1=2 v2=3 v3=4 v0=7 v1=7 v0=1":                 {{X: 6, Y: 5}},
		"point v0=5 v1=6 polygon v0=3 v1=2 v2=3 v3=4 v0=7 v1=7":                      {{X: 6, Y: 5}},
		"point v0=5 v1=6 polygon v0=1 v0=2 v2=3 v3=4 v0=7 v1=7":                      {{X: 6, Y: 5}},
		"point v0=5 v1=6 polygon v0=1 v1=2 v2=3 v3=4 v0=7 v2=7":                      {{X: 6, Y: 5}},
		"point v0=5 v1=6 polygon v0=1 v1=2 v2=3 v3=4 v0=7 v0=512":                    {{X: 6, Y: 5}},
		"point none point v1=6 v0=5 cat":                                             {},
		"point v0=5 v1=6 none polygon polygon polygon v0=1 v1=2 v2=3 v3=4 v0=7 v1=7": {{X: 6, Y: 5, Found: []text.Instance{good}}},
	} {
		if got := (text.Style{}).ReadInstances(s, 2); !reflect.DeepEqual(got, want) {
			t.Errorf("%q is read as %+v, expected %+v", s, got, want)
		}
	}
	got := text.Style{Compat: true}.ReadInstances("point v0=5 v1=6 polygon v3=1 x=2 v2=3 v3=4 v0=7 v3=7", 2)
	if len(got) != 1 || !reflect.DeepEqual(got[0].Found, []text.Instance{good}) {
		t.Errorf("compat: %+v", got)
	}
	for _, bad := range []text.Query{{X: -1}, {Y: 1000}, {Found: []text.Instance{{X1: 1000}}}, {Found: []text.Instance{{Codes: []int{1024}}}}} {
		if _, err := (text.Style{}).Instances([]text.Query{bad}); err == nil {
			t.Errorf("%+v was written", bad)
		}
	}
}
