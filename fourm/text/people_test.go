package text_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"fourmlab/fourm/text"
)

// draw makes people that lie on the grid of what can be written.
func draw(r *rand.Rand, n int) []text.Person {
	out := make([]text.Person, n)
	grid := func(lo, hi float64) float64 {
		k := 999 / (hi - lo)
		return (float64(r.IntN(1000)) + k*lo) / k
	}
	for i := range out {
		p := &out[i]
		p.X0, p.Y0, p.X1, p.Y1 = float64(r.IntN(1000))/999, float64(r.IntN(1000))/999, float64(r.IntN(1000))/999, float64(r.IntN(1000))/999
		for j := range p.Pose {
			p.Pose[j] = r.IntN(1024)
		}
		for j := range p.Global {
			p.Global[j] = grid(-1, 1)
		}
		for j := range p.Camera {
			p.Camera[j] = grid(-1, 19)
		}
		for j := range p.Shape {
			p.Shape[j] = grid(-3, 3)
		}
	}
	return out
}

// People come back from their words, whatever the order of the blocks; each
// is 39 tokens.
func TestPoses(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for n := range 8 {
		people := draw(r, n)
		orders := text.PoseOrders(n, r)
		s, err := text.Style{}.Poses(people, orders)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(strings.Fields(s)); got != max(39*n, 1) {
			t.Errorf("%d people are %d tokens", n, got)
		}
		got := text.Style{}.ReadPoses(s)
		if len(got) != n {
			t.Fatalf("%d people came back as %d", n, len(got))
		}
		for i, p := range got {
			q := people[i]
			if p.Pose != q.Pose || math.Abs(p.X0-q.X0) > 1e-12 || math.Abs(p.Global[8]-q.Global[8]) > 1e-12 || math.Abs(p.Camera[1]-q.Camera[1]) > 1e-11 || math.Abs(p.Shape[9]-q.Shape[9]) > 1e-12 {
				t.Errorf("%+v came back as %+v", q, p)
			}
		}
		if again, err := (text.Style{}).Poses(got, orders); err != nil || again != s {
			t.Errorf("written again:\n%s\n%s (%v)", again, s, err)
		}
	}
	one, err := text.Style{}.Poses(draw(r, 1), [][]int{{2, 0, 3, 1}})
	if f := strings.Fields(one); err != nil || f[5] != "camera" || f[9] != "pose" || f[18] != "shape" || f[29] != "global" || !strings.HasSuffix(one, " ") {
		t.Errorf("blocks in order: %s (%v)", one, err)
	}
	if s, err := (text.Style{}).Poses(nil, nil); err != nil || s != "none" || len(text.Style{}.ReadPoses(s)) != 0 {
		t.Errorf("nobody is %q (%v)", s, err)
	}
}

// Numbers out of range are cut to what is a token; Compat leaves all but the
// camera as they are.
func TestPoseRanges(t *testing.T) {
	p := text.Person{}
	p.Shape[0], p.Global[0], p.Camera[0] = -5, 1.2, 40
	cut, err := text.Style{}.Poses([]text.Person{p}, nil)
	if err != nil || !strings.Contains(cut, "shape v0=0 ") || !strings.Contains(cut, "global v0=999 ") || !strings.Contains(cut, "camera v0=999 ") {
		t.Errorf("cut: %s (%v)", cut, err)
	}
	raw, err := text.Style{Compat: true}.Poses([]text.Person{p}, nil)
	if err != nil || !strings.Contains(raw, "shape v0=-333 ") || !strings.Contains(raw, "global v0=1099 ") || !strings.Contains(raw, "camera v0=999 ") {
		t.Errorf("as it is: %s (%v)", raw, err)
	}
	bad := []text.Person{{}, {}, {}}
	bad[0].Pose[3], bad[1].Pose[0], bad[2].Shape[9] = 1024, -1, math.NaN()
	for _, p := range bad {
		if _, err := (text.Style{}).Poses([]text.Person{p}, nil); err == nil {
			t.Errorf("%+v was written", p)
		}
	}
	if _, err := (text.Style{Bins: 64}).Poses(draw(rand.New(rand.NewPCG(1, 1)), 1), nil); err == nil {
		t.Error("poses with 64 bins")
	}
}

// A person with anything missing, too much or out of place is left out, and
// the others stay.
func TestBrokenPoses(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	s, err := text.Style{}.Poses(draw(r, 3), nil)
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Fields(s)
	for at := range 39 {
		for name, f := range map[string]func([]string) []string{
			"gone":  func(w []string) []string { return append(w[:at:at], w[at+1:]...) },
			"twice": func(w []string) []string { return append(w[:at+1:at+1], w[at:]...) },
			"wrong": func(w []string) []string { return append(append(w[:at:at], "v3=7x"), w[at+1:]...) },
		} {
			words := append(append(append([]string{}, all[:39]...), f(append([]string{}, all[39:78]...))...), all[78:]...)
			got := text.Style{}.ReadPoses(strings.Join(words, " "))
			// a second "human" is a person of nothing
			if want := 2; len(got) != want && !(name == "twice" && at == 0 && len(got) == 3) && !(at == 0 && len(got) == 1) {
				t.Errorf("word %d %s: %d people, expected %d", at, name, len(got), want)
			}
		}
	}
	if got := (text.Style{}).ReadPoses(strings.Join(all[1:], " ")); len(got) != 2 {
		t.Errorf("without the first word: %d people", len(got))
	}
}

func TestCropPoses(t *testing.T) {
	people := []text.Person{{X0: 0.1, Y0: 0.2, X1: 0.4, Y1: 1}, {X0: 0.6, Y0: 0, X1: 0.9, Y1: 0.3}, {X0: 0.4, Y0: 0.9, X1: 0.8, Y1: 0.95}}
	v := text.View{Width: 50, Height: 80, Cols: 100, Rows: 100}
	got, err := text.Style{}.CropPoses(people, v)
	want := []text.Person{{X0: 0.2, Y0: 0.25, X1: 0.8, Y1: 1}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, expected %+v (%v)", got, want, err)
	}
	v.Flip = true
	if _, err := (text.Style{}).CropPoses(people, v); err == nil {
		t.Error("poses were mirrored")
	}
	if got, err := (text.Style{Compat: true}).CropPoses(people, v); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("compat: %+v (%v)", got, err)
	}
}
