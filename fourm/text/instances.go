package text

// Instances at points of a picture as words: the box of each, and the codes
// that the mask tokenizer made of its shape (docs/4m.md, 1.4).

import (
	"fmt"
	"strconv"
	"strings"

	"fourmlab/internal/fault"
	"fourmlab/internal/memory"
)

// Instance is one thing in a picture, in pixels. Outline may be empty in what
// was read from a string.
type Instance struct {
	X0, Y0, X1, Y1 int
	Codes          []int        // of the mask tokenizer, 0 to 1023; 16 in the published models
	Outline        [][2]float64 // corners of the polygon, x and y
}

// Query is a point in pixels and what lies there.
type Query struct {
	X, Y  int
	Found []Instance
}

// RandomPoints draws n points of a picture of rows by cols pixels, as x and y:
// first all y, then all x.
func RandomPoints(n, rows, cols int, r Chance) [][2]int {
	points("text.RandomPoints", float64(n))
	out := make([][2]int, n)
	for i := range out {
		out[i][1] = r.IntN(rows)
	}
	for i := range out {
		out[i][0] = r.IntN(cols)
	}
	return out
}

// points refuses more points than the memory can hold.
func points(op string, n float64) {
	if n < 0 {
		fault.Panic(op, "%g points, expected 0 or more", n)
	}
	memory.Need(op, 16*n, "a list of %.6g points", n)
}

// GridPoints gives n by n points, evenly spread inside a picture.
func GridPoints(n, rows, cols int) [][2]int {
	points("text.GridPoints", float64(n)*float64(n))
	var out [][2]int
	for i := range n {
		for j := range n {
			out = append(out, [2]int{(i + 1) * cols / (n + 1), (j + 1) * rows / (n + 1)})
		}
	}
	return out
}

// Ask gives for each point the instances whose outlines hold it, edges
// included. Points that are there twice are asked once. The points, then the
// instances of each, are shuffled by r, unless that is nil.
func Ask(instances []Instance, points [][2]int, r Chance) []Query {
	var out []Query
	asked := map[[2]int]bool{}
	for _, p := range points {
		if asked[p] {
			continue
		}
		asked[p] = true
		q := Query{X: p[0], Y: p[1]}
		for _, in := range instances {
			if in.holds(float64(p[0]), float64(p[1])) {
				q.Found = append(q.Found, in)
			}
		}
		out = append(out, q)
	}
	if r != nil {
		shuffle(r, len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
		for _, q := range out {
			shuffle(r, len(q.Found), func(i, j int) { q.Found[i], q.Found[j] = q.Found[j], q.Found[i] })
		}
	}
	return out
}

// holds tells whether a point lies in the outline or on it.
func (in Instance) holds(x, y float64) bool {
	inside := false
	for i, b := range in.Outline {
		a := in.Outline[(i+len(in.Outline)-1)%len(in.Outline)]
		side := (b[0]-a[0])*(y-a[1]) - (b[1]-a[1])*(x-a[0]) // 0 on the line through both
		if side == 0 && min(a[0], b[0]) <= x && x <= max(a[0], b[0]) && min(a[1], b[1]) <= y && y <= max(a[1], b[1]) {
			return true
		}
		if (a[1] > y) != (b[1] > y) && (side > 0) == (b[1] > a[1]) {
			inside = !inside
		}
	}
	return inside
}

// Instances gives for each query "point v0=y v1=x", y first, and then "none",
// or for each instance "polygon v0=x0 v1=y0 v2=x1 v3=y1" and its codes. An
// error tells of numbers that cannot be written.
func (s Style) Instances(queries []Query) (string, error) {
	if err := s.need(halfCodes, "instances"); err != nil {
		return "", err
	}
	var w []string
	for _, q := range queries {
		if min(q.X, q.Y) < 0 || max(q.X, q.Y) >= s.bins() {
			return "", fmt.Errorf("text: a point at %d, %d, expected 0 to %d", q.X, q.Y, s.bins()-1)
		}
		w = append(w, "point", coordinate(0, q.Y), coordinate(1, q.X))
		if len(q.Found) == 0 {
			w = append(w, "none")
		}
		for _, in := range q.Found {
			w = append(w, "polygon")
			for i, c := range []int{in.X0, in.Y0, in.X1, in.Y1} {
				if c < 0 || c >= s.bins() {
					return "", fmt.Errorf("text: an instance with a corner at %d, expected 0 to %d", c, s.bins()-1)
				}
				w = append(w, coordinate(i, c))
			}
			for _, id := range in.Codes {
				if id < 0 || id >= 2*halfCodes {
					return "", fmt.Errorf("text: an instance with the code %d, expected 0 to %d", id, 2*halfCodes-1)
				}
				w = append(w, code(id))
			}
		}
	}
	return strings.Join(w, " "), nil
}

// ReadInstances reads what Instances writes, for a mask tokenizer of so many
// codes; 0 stands for 16. A polygon that has not just its corners and codes,
// or no area, is left out; one whose point is broken has the point -1, -1.
// Compat takes any letter and number before "=", as the official code does.
func (s Style) ReadInstances(text string, codes int) []Query {
	if codes == 0 {
		codes = 16
	}
	out := []Query{}
	for i, part := range groups(strings.Fields(text), "point") {
		q := Query{X: -1, Y: -1}
		polygons := groups(part, "polygon")
		if head := polygons[0]; i > 0 && len(head) >= 2 {
			a, y, ok := s.token(head[0])
			b, x, ok2 := s.token(head[1])
			if ok && ok2 && a == 0 && b == 1 {
				q.X, q.Y = x, y
			}
		}
		for _, p := range polygons[1:] {
			if in, ok := s.instance(p, codes); ok {
				q.Found = append(q.Found, in)
			}
		}
		if q.X >= 0 || len(q.Found) > 0 {
			out = append(out, q)
		}
	}
	return out
}

// groups cuts fields at a word; the first group is what stands before it.
func groups(fields []string, word string) [][]string {
	out := [][]string{nil}
	for _, f := range fields {
		if f == word {
			out = append(out, nil)
		} else {
			out[len(out)-1] = append(out[len(out)-1], f)
		}
	}
	return out
}

func (s Style) instance(fields []string, codes int) (in Instance, ok bool) {
	if len(fields) != 4+codes {
		return in, false
	}
	corner := [4]int{}
	for i, f := range fields {
		axis, n, ok := s.token(f)
		if s.Compat {
			axis, n, ok = loose(f)
		}
		switch {
		case !ok || !s.Compat && (i < 4 && axis != i || i >= 4 && (axis > 1 || n >= halfCodes)):
			return in, false
		case i < 4:
			corner[i] = n
		default:
			in.Codes = append(in.Codes, min(axis, 1)*halfCodes+n)
		}
	}
	in.X0, in.Y0, in.X1, in.Y1 = corner[0], corner[1], corner[2], corner[3]
	return in, in.X0 < in.X1 && in.Y0 < in.Y1
}

// loose reads NAME=NUMBER; all names but v0 count as axis 1.
func loose(field string) (axis, n int, ok bool) {
	name, number, found := strings.Cut(field, "=")
	n, err := strconv.Atoi(number)
	if name != "v0" {
		axis = 1
	}
	return axis, n, found && err == nil
}
