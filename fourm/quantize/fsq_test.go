package quantize

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/exec"
	"fourmlab/fourm/ops"
	"fourmlab/internal/fault"
)

// trained runs a quantizer's graph by latents: what the decoder sees, the loss,
// and the gradients by z of the vectors, weighed by along, and of the loss.
func trained(t *testing.T, q Quantizer, z, along []float32) (vecs []float32, loss float64, straight, own []float32) {
	t.Helper()
	shape := []int{len(z) / q.Dim(), q.Dim()}
	run := func(of func(g *G.ExprGraph, y, lost *G.Node) (side, seed *G.Node)) (value, grad []float32) {
		g := G.NewGraph()
		x := ops.Input(g, "z", shape, z)
		nodes := map[string]*G.Node{}
		for _, s := range q.Tensors() {
			nodes[s.Name] = ops.Input(g, s.Name, s.Shape, s.Data)
		}
		y, lost := q.Quantize(x, func(name string) *G.Node { return nodes[name] })
		side, seed := of(g, y, lost)
		if side == nil {
			return []float32{0}, nil
		}
		grads, err := G.Backpropagate(G.Nodes{side}, G.Nodes{seed}, G.Nodes{x})
		if err != nil {
			t.Fatal(err)
		}
		m, err := exec.New(g, side, grads[0])
		if err == nil {
			err = m.Run(context.Background())
		}
		if err != nil {
			t.Fatal(err)
		}
		return m.Floats(side), m.Floats(grads[0])
	}
	vecs, straight = run(func(g *G.ExprGraph, y, _ *G.Node) (side, seed *G.Node) {
		return y, ops.Input(g, "along", shape, along)
	})
	value, own := run(func(g *G.ExprGraph, _, lost *G.Node) (side, seed *G.Node) {
		return lost, G.NewScalar(g, G.Float32, G.WithName("one"), G.WithValue(float32(1)))
	})
	return vecs, float64(value[0]), straight, own
}

// agrees fails unless the graph's vectors are those of Assign and Embed.
func agrees(t *testing.T, q Quantizer, z, vecs []float32) {
	t.Helper()
	ids, want := make([]int32, len(z)/q.Dim()*q.Books()), make([]float32, len(z))
	q.Assign(ids, z)
	if err := q.Embed(want, ids); err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if vecs[i] != want[i] {
			t.Fatalf("number %d of the graph is %g, of Embed %g", i, vecs[i], want[i])
		}
	}
}

// level is the definition of one number: its digit, its code, and the code before
// it is rounded.
func level(l int, terramind bool, z float64) (digit int, code, smooth float64) {
	if terramind {
		y := float64(l-1) / (1 + math.Exp(-z))
		k := math.RoundToEven(y)
		return int(k), k / float64(l-1), y / float64(l-1)
	}
	half, offset := float64(l-1)*1.001/2, 0.0
	if l%2 == 0 {
		offset = 0.5
	}
	y := math.Tanh(z+0.5*math.Log((1+offset/half)/(1-offset/half)))*half - offset
	k := math.RoundToEven(y)
	return int(k) + l/2, k / float64(l/2), y / float64(l/2)
}

func TestFSQ(t *testing.T) {
	const rows, h = 400, 1e-4
	for _, levels := range [][]int{{8, 8, 8, 5}, {2}, {3, 2}, {7, 5, 5, 5, 5}, {8, 8, 8, 6, 5}, {1000}} {
		for _, terramind := range []bool{false, true} {
			q := NewFSQ(FSQ{Levels: levels, TerraMind: terramind})
			r := rand.New(rand.NewPCG(7, uint64(len(levels))))
			d := len(levels)
			z, along := normal(r, rows*d), normal(r, rows*d)
			for i := range z {
				z[i] *= 3
			}
			clear(z[:d])
			ids := make([]int32, rows)
			q.Assign(ids, z)
			vecs, _, grad, _ := trained(t, q, z, along)
			agrees(t, q, z, vecs)
			for i, id := range ids {
				want, weight := 0, 1
				for c, l := range levels {
					at := i*d + c
					digit, code, _ := level(l, terramind, float64(z[at]))
					want, weight = want+digit*weight, weight*l
					if math.Abs(code-float64(vecs[at])) > 1e-6 {
						t.Fatalf("%v of %v: %g becomes %g, expected %g", q, levels, z[at], vecs[at], code)
					}
					_, _, up := level(l, terramind, float64(z[at])+h)
					_, _, down := level(l, terramind, float64(z[at])-h)
					if w := float64(along[at]) * (up - down) / (2 * h); math.Abs(w-float64(grad[at])) > 1e-4*(1+math.Abs(w)) {
						t.Fatalf("%v: gradient at %g is %g, difference quotient %g", q, z[at], grad[at], w)
					}
				}
				if int(id) != want {
					t.Fatalf("%v: latent %d has code %d, expected %d", q, i, id, want)
				}
			}
		}
	}
}

// Every code is that of some latent, and stands for vectors of its own.
func TestFSQCodebook(t *testing.T) {
	for _, terramind := range []bool{false, true} {
		for _, levels := range [][]int{{8, 5, 5, 5}, {2, 2, 3}, {4, 7}} {
			q := NewFSQ(FSQ{Levels: levels, TerraMind: terramind})
			d, n := len(levels), q.Codes()
			ids, vecs, z := make([]int32, n), make([]float32, n*d), make([]float32, n*d)
			for i := range ids {
				ids[i] = int32(i)
			}
			if err := q.Embed(vecs, ids); err != nil {
				t.Fatal(err)
			}
			// the inverse of the bound by bisection, within the level
			for i := range z {
				l := levels[i%d]
				lo, hi := -20.0, 20.0
				for range 60 {
					mid := (lo + hi) / 2
					if _, _, y := level(l, terramind, mid); y < float64(vecs[i]) {
						lo = mid
					} else {
						hi = mid
					}
				}
				z[i] = float32(lo)
			}
			back, seen := make([]int32, n), map[[8]float32]bool{}
			q.Assign(back, z)
			for i := range back {
				if back[i] != ids[i] {
					t.Fatalf("%v: code %d comes back as %d", q, i, back[i])
				}
				var key [8]float32
				copy(key[:], vecs[i*d:i*d+d])
				seen[key] = true
			}
			if len(seen) != n {
				t.Errorf("%v: %d vectors for %d codes", q, len(seen), n)
			}
		}
	}
}

// wrong gives the message of the panic that f ends in.
func wrong(f func()) (msg string) {
	var err error
	func() {
		defer fault.Catch(&err)
		f()
	}()
	if err != nil {
		msg = err.Error()
	}
	return msg
}

func TestWrongLevels(t *testing.T) {
	for want, levels := range map[string][]int{
		"quantize.NewFSQ: number 1 has 1 levels, expected 2 to 65536":                         {8, 1},
		"quantize.NewFSQ: number 0 has -3 levels, expected 2 to 65536":                        {-3},
		"quantize.NewFSQ: no levels, expected some, such as 8, 8, 8, 5":                       nil,
		"quantize.NewFSQ: levels [65536 65536] make more than 2147483647 codes":               {1 << 16, 1 << 16},
		"quantize.NewFSQ: levels [65536 2 65536 65536 65536] make more than 2147483647 codes": {1 << 16, 2, 1 << 16, 1 << 16, 1 << 16},
	} {
		if got := wrong(func() { NewFSQ(FSQ{Levels: levels}) }); got != want {
			t.Errorf("levels %v: %q, expected %q", levels, got, want)
		}
	}
	if got := wrong(func() { NewFSQ(FSQ{Levels: []int{3}, Margin: -1}) }); got != "quantize.NewFSQ: a margin of -1, expected one above 0" {
		t.Error(got)
	}
	// latents that are no numbers get a code that there is
	q := NewFSQ(FSQ{Levels: []int{3, 4}})
	ids := make([]int32, 1)
	q.Assign(ids, []float32{float32(math.NaN()), 9})
	if err := q.Embed(make([]float32, 2), ids); err != nil {
		t.Error(err)
	}
}
