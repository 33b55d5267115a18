package text

// People as words: their boxes, and the parameters of the SMPL body model as
// 4D-Humans estimates them (docs/4m.md, 1.4).

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"fourmlab/internal/fault"
	"fourmlab/internal/memory"
)

// Person is one body. The box is in fractions of the picture, x from the left
// and y from the top. A person is 39 tokens.
type Person struct {
	X0, Y0, X1, Y1 float64
	Pose           [8]int      // codes of the pose tokenizer, 0 to 1023
	Global         [9]float64  // rotation matrix of the body, by rows
	Camera         [3]float64  // weak perspective: scale and shift, -1 to 19
	Shape          [10]float64 // coefficients of the shape, -3 to 3
}

// halfCodes is where codes go on with "v1=" from 0.
const halfCodes = 512

// block is a part of a person: a word and the numbers behind it.
type block struct {
	word  string
	count int
	write func(Style, Person, int) int
	read  func(Style, *Person, int, int)
}

// blocks are in the order that a permutation counts them in.
var blocks = []block{
	{"pose", 8, nil, nil},
	{"global", 9, func(s Style, p Person, i int) int { return s.scaled(p.Global[i], -1, 1) },
		func(s Style, p *Person, i, n int) { p.Global[i] = s.unscaled(n, -1, 1) }},
	{"camera", 3, func(s Style, p Person, i int) int { return s.scaled(min(max(p.Camera[i], -1), 19), -1, 19) },
		func(s Style, p *Person, i, n int) { p.Camera[i] = s.unscaled(n, -1, 19) }},
	{"shape", 10, func(s Style, p Person, i int) int { return s.scaled(p.Shape[i], -3, 3) },
		func(s Style, p *Person, i, n int) { p.Shape[i] = s.unscaled(n, -3, 3) }},
}

// scaled maps lo to the first bin and hi to the last; what lies outside is
// cut. Compat does not cut it, so that it is no token of the vocabulary.
func (s Style) scaled(x, lo, hi float64) int {
	k := float64(s.bins()-1) / (hi - lo)
	n := math.RoundToEven(float64(k*x) - float64(k*lo))
	if !s.Compat {
		n = min(max(n, 0), float64(s.bins()-1))
	}
	return int(n)
}

func (s Style) unscaled(n int, lo, hi float64) float64 {
	k := float64(s.bins()-1) / (hi - lo)
	return (float64(n) + float64(k*lo)) / k
}

// code writes a code of a tokenizer: "v0=" up to 511, then "v1=" from 0.
func code(id int) string {
	if id < halfCodes {
		return coordinate(0, id)
	}
	return coordinate(1, id-halfCodes)
}

// Poses gives for each person "human", the box as v0= to v3=, and the blocks
// pose, global, camera and shape in the order that orders has for that person
// (a permutation of 0 to 3; nil leaves them as they are), each person with a
// blank behind; and "none" for nobody. An error tells of numbers that cannot
// be written.
func (s Style) Poses(people []Person, orders [][]int) (string, error) {
	if err := s.need(halfCodes, "poses"); err != nil {
		return "", err
	}
	if orders != nil && len(orders) != len(people) {
		fault.Panic("Style.Poses", "%d orders for %d people", len(orders), len(people))
	}
	if len(people) == 0 {
		return "none", nil
	}
	var w strings.Builder
	for i, p := range people {
		order := []int{0, 1, 2, 3}
		if orders != nil {
			order = orders[i]
			if !permutation(order, len(blocks)) {
				fault.Panic("Style.Poses", "order %v, expected a permutation of 0 to 3", order)
			}
		}
		w.WriteString("human ")
		for k, c := range []float64{p.X0, p.Y0, p.X1, p.Y1} {
			w.WriteString(coordinate(k, s.bin(c)) + " ")
		}
		for _, x := range slices.Concat(p.Global[:], p.Camera[:], p.Shape[:]) {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return "", fmt.Errorf("text: person %d has a parameter of %g", i, x)
			}
		}
		for _, at := range order {
			b := blocks[at]
			w.WriteString(b.word + " ")
			for k := range b.count {
				if b.write != nil {
					w.WriteString(coordinate(0, b.write(s, p, k)) + " ")
					continue
				}
				if p.Pose[k] < 0 || p.Pose[k] >= 2*halfCodes {
					return "", fmt.Errorf("text: person %d has the pose code %d, expected 0 to %d", i, p.Pose[k], 2*halfCodes-1)
				}
				w.WriteString(code(p.Pose[k]) + " ")
			}
		}
	}
	return w.String(), nil
}

func permutation(order []int, n int) bool {
	seen := map[int]bool{}
	for _, i := range order {
		seen[i] = i >= 0 && i < n
	}
	whole := len(order) == n && len(seen) == n
	for _, ok := range seen {
		whole = whole && ok
	}
	return whole
}

// PoseOrders draws an order of the blocks for each of n people.
func PoseOrders(n int, r Chance) [][]int {
	if n < 0 {
		fault.Panic("text.PoseOrders", "%d people, expected 0 or more", n)
	}
	memory.Need("text.PoseOrders", 56*float64(n), "a list of orders for %d people", n)
	out := make([][]int, n)
	for i := range out {
		o := []int{0, 1, 2, 3}
		shuffle(r, len(o), func(a, b int) { o[a], o[b] = o[b], o[a] })
		out[i] = o
	}
	return out
}

// ReadPoses reads what Poses writes. A person begins at "human" and needs the
// box and each of the four blocks once and whole; others are left out.
func (s Style) ReadPoses(text string) []Person {
	out := []Person{}
	parts := strings.Split(" "+strings.Join(strings.Fields(text), " ")+" ", " human ")
	for _, part := range parts[1:] {
		if p, ok := s.person(strings.Fields(part)); ok {
			out = append(out, p)
		}
	}
	return out
}

func (s Style) person(fields []string) (p Person, ok bool) {
	c, ok := s.corners(fields)
	if !ok || len(fields) != 38 {
		return p, false
	}
	top := float64(s.bins() - 1)
	p.X0, p.Y0, p.X1, p.Y1 = float64(c[0])/top, float64(c[1])/top, float64(c[2])/top, float64(c[3])/top
	seen := map[string]bool{}
	for fields = fields[4:]; len(fields) > 0; {
		at := -1
		for i, b := range blocks {
			if b.word == fields[0] && !seen[b.word] && len(fields) > b.count {
				at = i
			}
		}
		if at < 0 {
			return p, false
		}
		b := blocks[at]
		seen[b.word] = true
		for i, f := range fields[1 : 1+b.count] {
			axis, n, ok := s.token(f)
			switch {
			case ok && b.read != nil && axis == 0:
				b.read(s, &p, i, n)
			case ok && b.read == nil && axis < 2 && n < halfCodes:
				p.Pose[i] = axis*halfCodes + n
			default:
				return p, false
			}
		}
		fields = fields[1+b.count:]
	}
	return p, true // 34 fields are the four blocks, each once
}

// CropPoses gives the people that a view shows, their boxes cut at its edges
// and in its fractions. A mirrored view is an error, since codes of a pose
// have no mirror image; Compat passes the mirror over (docs/4m.md,
// 11.13).
func (s Style) CropPoses(people []Person, v View) ([]Person, error) {
	if v.Flip && !s.Compat {
		return nil, fmt.Errorf("text: poses cannot be mirrored")
	}
	v = v.whole()
	out := []Person{}
	for _, p := range people {
		p.X0, p.Y0 = v.through(p.X0, p.Y0)
		p.X1, p.Y1 = v.through(p.X1, p.Y1)
		if max(p.X0, p.X1) < 0 || min(p.X0, p.X1) > 1 || max(p.Y0, p.Y1) < 0 || min(p.Y0, p.Y1) > 1 {
			continue
		}
		p.X0, p.Y0, p.X1, p.Y1 = inside(p.X0), inside(p.Y0), inside(p.X1), inside(p.Y1)
		out = append(out, p)
	}
	return out, nil
}
