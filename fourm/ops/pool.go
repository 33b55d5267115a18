package ops

// What older convolutional networks are made of beside convolutions: rectifiers,
// and maxima of neighbouring places.

import (
	"fmt"

	G "gorgonia.org/gorgonia"
)

// Relu computes max(x, 0); its gradient at 0 is 0.
func Relu(x *G.Node) *G.Node {
	return apply(spec{
		name: "Relu",
		out:  x.Shape(),
		forward: func(y []float32, in []Arg) {
			for i, v := range in[0].F {
				y[i] = max(v, 0)
			}
		},
		diff: []bool{true},
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes {
			return G.Nodes{apply(spec{name: "ReluBack", out: in[0].Shape(), forward: func(dx []float32, a []Arg) {
				for i, v := range a[1].F {
					dx[i] = 0
					if v > 0 {
						dx[i] = a[0].F[i]
					}
				}
			}}, dy, in[0])}
		},
	}, x)
}

// MaxPool gives the largest of each n by n places of pictures x (B, H, W, C), by
// channel: (B, H/n, W/n, C), rounded down. The first of equal ones gets the
// gradient.
func MaxPool(x *G.Node, n int) *G.Node {
	s := x.Shape()
	expect(len(s) == 4 && n > 0 && s[1] >= n && s[2] >= n, "MaxPool", "windows of %dx%d do not fit x %v, (B, H, W, C)", n, n, s)
	w := windows{b: s[0], h: s[1], w: s[2], c: s[3], n: n}
	return apply(spec{
		name: fmt.Sprintf("MaxPool(%d)", n),
		out:  []int{s[0], s[1] / n, s[2] / n, s[3]},
		forward: func(y []float32, in []Arg) {
			w.each(in[0].F, func(to, from int) { y[to] = in[0].F[from] })
		},
		diff: []bool{true},
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes {
			return G.Nodes{apply(spec{name: fmt.Sprintf("MaxPoolBack(%d)", n), out: s, forward: func(dx []float32, a []Arg) {
				clear(dx)
				w.each(a[1].F, func(to, from int) { dx[from] = a[0].F[to] })
			}}, dy, in[0])}
		},
	}, x)
}

// windows are the places that a maximum is taken of.
type windows struct{ b, h, w, c, n int }

// each calls f with every number of the result and the place of the largest that
// it is made of.
func (p windows) each(x []float32, f func(to, from int)) {
	to := 0
	for b := range p.b {
		for r := range p.h / p.n {
			for q := range p.w / p.n {
				for c := range p.c {
					best := -1
					for i := range p.n * p.n {
						at := ((b*p.h+r*p.n+i/p.n)*p.w+q*p.n+i%p.n)*p.c + c
						if best < 0 || x[at] > x[best] {
							best = at
						}
					}
					f(to, best)
					to++
				}
			}
		}
	}
}
