package ops_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"fourmlab/fourm/exec"
	"fourmlab/fourm/ops"
	"fourmlab/fourm/optim"
)

// A case builds a scalar from float inputs of the given shapes.
type testCase struct {
	name   string
	shapes [][]int
	build  func(g *G.ExprGraph, x []*G.Node) *G.Node
}

func ints(g *G.ExprGraph, name string, shape []int, v ...int32) *G.Node {
	return ops.Indices(g, name, shape, v)
}

// mix reduces a tensor to a scalar that depends on every element in its own
// way: the mean squared distance to fixed numbers.
func mix(g *G.ExprGraph, y *G.Node) *G.Node {
	r := rand.New(rand.NewPCG(9, 9))
	w := make([]float32, y.Shape().TotalSize())
	for i := range w {
		w[i] = float32(r.NormFloat64())
	}
	return ops.MSE(y, ops.Input(g, "mix", y.Shape(), w))
}

// numbers gives those of a name.
func numbers(name string, shape ...int) []float32 {
	r := rand.New(rand.NewPCG(uint64(len(name)), 8))
	x := make([]float32, tensor.Shape(shape).TotalSize())
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

var cases = []testCase{
	{"linear", [][]int{{2, 3, 4}, {5, 4}}, func(g *G.ExprGraph, x []*G.Node) *G.Node { return mix(g, ops.Linear(x[0], x[1])) }},
	{"linear and bias", [][]int{{2, 3, 4}, {5, 4}, {5}}, func(g *G.ExprGraph, x []*G.Node) *G.Node { return mix(g, ops.LinearBias(x[0], x[1], x[2])) }},
	{"norm", [][]int{{3, 6}, {6}}, func(g *G.ExprGraph, x []*G.Node) *G.Node { return mix(g, ops.Norm(x[0], x[1], nil)) }},
	{"norm with bias", [][]int{{3, 6}, {6}, {6}}, func(g *G.ExprGraph, x []*G.Node) *G.Node { return mix(g, ops.Norm(x[0], x[1], x[2])) }},
	{"add twice", [][]int{{3, 4}, {3, 4}}, func(g *G.ExprGraph, x []*G.Node) *G.Node { return mix(g, ops.Add(ops.Add(x[0], x[1]), x[0])) }},
	{"gate", [][]int{{3, 5}, {3, 5}}, func(g *G.ExprGraph, x []*G.Node) *G.Node { return mix(g, ops.Gate(x[0], x[1])) }},
	{"gelu", [][]int{{3, 5}}, func(g *G.ExprGraph, x []*G.Node) *G.Node { return mix(g, ops.Gelu(x[0])) }},
	{"self-attention", [][]int{{2, 3, 12}}, func(g *G.ExprGraph, x []*G.Node) *G.Node {
		return mix(g, ops.SelfAttention(x[0], ints(g, "span", []int{2, 3, 4}, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 0, 2, 0, 0, 1, 3, 0, 0, 2, 2, 0, 0), 2))
	}},
	{"cross-attention", [][]int{{1, 2, 4}, {1, 3, 8}}, func(g *G.ExprGraph, x []*G.Node) *G.Node {
		return mix(g, ops.CrossAttention(x[0], x[1], ints(g, "span", []int{1, 2, 4}, 0, 2, 0, 0, 0, 3, 0, 0), 2))
	}},
	{"gather", [][]int{{3, 4}, {2, 4}}, func(g *G.ExprGraph, x []*G.Node) *G.Node {
		return mix(g, ops.Gather([]int{1, 5, 4}, ints(g, "index", []int{5, 2}, 0, 2, 1, 0, -1, 0, 0, 2, 1, 1), x[0], x[1]))
	}},
	{"gather with a padding row", [][]int{{3, 4}, {2, 4}}, func(g *G.ExprGraph, x []*G.Node) *G.Node {
		return mix(g, ops.GatherPadded([]int{1, 5, 4}, []bool{false, true}, ints(g, "index", []int{5, 2}, 0, 2, 1, 1, -1, 0, 0, 2, 1, 1), x[0], x[1]))
	}},
	{"silu", [][]int{{3, 5}}, func(g *G.ExprGraph, x []*G.Node) *G.Node { return mix(g, ops.Silu(x[0])) }},
	{"mul", [][]int{{3, 5}, {3, 5}}, func(g *G.ExprGraph, x []*G.Node) *G.Node { return mix(g, ops.Mul(x[0], x[1])) }},
	{"part norm", [][]int{{2, 2, 12}, {3}}, func(g *G.ExprGraph, x []*G.Node) *G.Node { return mix(g, ops.PartNorm(x[0], x[1], nil, 3, 9)) }},
	{"part norm with bias", [][]int{{2, 2, 12}, {4}, {4}}, func(g *G.ExprGraph, x []*G.Node) *G.Node {
		return mix(g, ops.PartNorm(x[0], x[1], x[2], 0, 8))
	}},
	{"conv", [][]int{{2, 4, 5, 3}, {4, 3, 3, 3}, {4}}, func(g *G.ExprGraph, x []*G.Node) *G.Node { return mix(g, ops.Conv(x[0], x[1], x[2], 1, 1)) }},
	{"conv of every other place", [][]int{{2, 5, 4, 2}, {3, 2, 3, 3}, {3}}, func(g *G.ExprGraph, x []*G.Node) *G.Node { return mix(g, ops.Conv(x[0], x[1], x[2], 2, 1)) }},
	{"conv of single places", [][]int{{2, 2, 3, 4}, {3, 4, 1, 1}, {3}}, func(g *G.ExprGraph, x []*G.Node) *G.Node { return mix(g, ops.Conv(x[0], x[1], x[2], 1, 0)) }},
	{"conv transpose", [][]int{{2, 2, 3, 4}, {4, 3, 2, 2}, {3}}, func(g *G.ExprGraph, x []*G.Node) *G.Node { return mix(g, ops.ConvTranspose(x[0], x[1], x[2])) }},
	{"group norm", [][]int{{2, 2, 3, 6}, {6}, {6}}, func(g *G.ExprGraph, x []*G.Node) *G.Node { return mix(g, ops.GroupNorm(x[0], x[1], x[2], 3, 1e-5)) }},
	{"modulate", [][]int{{2, 3, 4}, {2, 9}}, func(g *G.ExprGraph, x []*G.Node) *G.Node { return mix(g, ops.Modulate(x[0], x[1], 5, 0)) }},
	{"mul channels", [][]int{{2, 3, 4}, {2, 6}}, func(g *G.ExprGraph, x []*G.Node) *G.Node { return mix(g, ops.MulChannels(x[0], x[1], 2)) }},
	{"add channels", [][]int{{2, 3, 4}, {2, 6}}, func(g *G.ExprGraph, x []*G.Node) *G.Node { return mix(g, ops.AddChannels(x[0], x[1], 1)) }},
	{"concat and reshape", [][]int{{2, 3, 2}, {2, 3, 4}}, func(g *G.ExprGraph, x []*G.Node) *G.Node {
		return mix(g, ops.Reshape(ops.Concat(ops.Reshape(x[0], 6, 2), ops.Reshape(ops.Silu(x[1]), 6, 4)), 4, 9))
	}},
	{"weigh", [][]int{{3}, {3}}, func(g *G.ExprGraph, x []*G.Node) *G.Node {
		w := ops.Input(g, "w", []int{2}, []float32{0.5, 2})
		return ops.Weigh(w, mix(g, x[0]), ops.MSE(x[0], x[1]))
	}},
	{"cross-entropy", [][]int{{2, 3, 4}, {5, 4}}, func(g *G.ExprGraph, x []*G.Node) *G.Node {
		return ops.CrossEntropy(x[0], x[1], ints(g, "labels", []int{6}, 1, -1, 4, 0, -1, 2))
	}},
	{"weighed cross-entropy", [][]int{{2, 3, 4}, {5, 4}, {6, 4}}, func(g *G.ExprGraph, x []*G.Node) *G.Node {
		w := ops.Input(g, "w", []int{2}, []float32{0.5, 2})
		a := ops.WeighedCrossEntropy(x[0], x[1], ints(g, "labels", []int{6}, 1, -1, 4, 0, -1, 2), w, 0)
		b := ops.WeighedCrossEntropy(x[0], x[2], ints(g, "more", []int{6}, -1, 5, -1, -1, 3, -1), w, 1)
		return ops.Weigh(w, a, b)
	}},
	{"weighed cross-entropy used otherwise", [][]int{{2, 4}, {5, 4}}, func(g *G.ExprGraph, x []*G.Node) *G.Node {
		w := ops.Input(g, "w", []int{1}, []float32{0.5})
		return ops.Sum([]float32{1.5}, ops.WeighedCrossEntropy(x[0], x[1], ints(g, "labels", []int{2}, 1, 4), w, 0))
	}},
	{"cross-entropy of nothing", [][]int{{2, 4}, {5, 4}}, func(g *G.ExprGraph, x []*G.Node) *G.Node {
		return ops.CrossEntropy(x[0], x[1], ints(g, "labels", []int{2}, -1, -1))
	}},
	{"softmax loss", [][]int{{2, 6}}, func(g *G.ExprGraph, x []*G.Node) *G.Node {
		return ops.SoftmaxLoss(x[0], ints(g, "labels", []int{4}, 0, 2, -1, 1), 3)
	}},
	{"sum", [][]int{{3}, {3}}, func(g *G.ExprGraph, x []*G.Node) *G.Node {
		return ops.Sum([]float32{0.5, 2}, mix(g, x[0]), ops.MSE(x[0], x[1]))
	}},
	{"norm with another eps", [][]int{{3, 6}, {6}, {6}}, func(g *G.ExprGraph, x []*G.Node) *G.Node { return mix(g, ops.NormEps(x[0], x[1], x[2], 0.1)) }},
	{"tanh", [][]int{{3, 5}}, func(g *G.ExprGraph, x []*G.Node) *G.Node { return mix(g, ops.Tanh(x[0])) }},
	{"gain", [][]int{{2, 3, 5}, {5}}, func(g *G.ExprGraph, x []*G.Node) *G.Node { return mix(g, ops.Gain(x[0], x[1])) }},
	{"smooth L1", [][]int{{3, 5}}, func(g *G.ExprGraph, x []*G.Node) *G.Node {
		return ops.SmoothL1(x[0], ops.Input(g, "c", []int{3, 5}, []float32{0, 3, -3, 0, 0, 1, 1, 1, 1, 1, -2, 0.5, 0.5, 9, 0}))
	}},
	{"L1", [][]int{{3, 5}}, func(g *G.ExprGraph, x []*G.Node) *G.Node {
		return ops.L1(x[0], ops.Input(g, "c", []int{3, 5}, []float32{0, 3, -3, 0, 0, 1, 1, 1, 1, 1, -2, 0.5, 0.5, 9, 0}))
	}},
	{"binary cross-entropy", [][]int{{2, 3}}, func(g *G.ExprGraph, x []*G.Node) *G.Node {
		return ops.BinaryCrossEntropy(x[0], ops.Input(g, "c", []int{2, 3}, []float32{0, 1, 0.25, 0, 1, 0.5}))
	}},
	{"memcodes, by what the values are", [][]int{{2, 2, 2}}, func(g *G.ExprGraph, x []*G.Node) *G.Node {
		in := func(name string, shape ...int) *G.Node { return ops.Input(g, name, shape, numbers(name, shape...)) }
		return mix(g, ops.Memcodes(in("x", 3, 4), in("codes", 2, 5, 2), in("maps", 2, 2, 2), x[0], in("noise", 3, 2, 5)))
	}},
	{"relu", [][]int{{3, 5}}, func(g *G.ExprGraph, x []*G.Node) *G.Node { return mix(g, ops.Relu(x[0])) }},
	{"max pool", [][]int{{2, 5, 4, 3}}, func(g *G.ExprGraph, x []*G.Node) *G.Node { return mix(g, ops.MaxPool(x[0], 2)) }},
	{"unpatch", [][]int{{2, 6, 8}}, func(g *G.ExprGraph, x []*G.Node) *G.Node { return mix(g, ops.Unpatch(x[0], 3, 2, 2, 2)) }},
	{"depthwise convolution", [][]int{{1, 3, 4, 2}, {2, 9}, {2}}, func(g *G.ExprGraph, x []*G.Node) *G.Node {
		return mix(g, ops.DepthwiseConv(x[0], x[1], x[2], 3))
	}},
	{"bit entropy", [][]int{{4, 3}}, func(g *G.ExprGraph, x []*G.Node) *G.Node {
		return ops.Sum([]float32{0.5, 2}, ops.BitEntropy(x[0], []int{3}, 0.4, 0.9), ops.BitEntropy(x[0], []int{1, 2}, 1, 0))
	}},
	// levels so many that a step between them is less than a difference quotient sees
	{"levels", [][]int{{3, 2}}, func(g *G.ExprGraph, x []*G.Node) *G.Node {
		table := ops.Input(g, "levels", []int{2, 6}, []float32{0.5, 0.1, 1e6, 0.5, -1e6, 1e6, 1, 0, 2e6, -3, -2e6, 2e6})
		return mix(g, ops.Gain(ops.Levels(x[0], table), ops.Input(g, "step", []int{2}, []float32{1e-6, 1e-6})))
	}},
	{"unit", [][]int{{2, 6}}, func(g *G.ExprGraph, x []*G.Node) *G.Node { return mix(g, ops.Unit(x[0], 3)) }},
	{"detach", [][]int{{3}}, func(g *G.ExprGraph, x []*G.Node) *G.Node {
		return ops.Sum([]float32{1, 1}, mix(g, x[0]), ops.MSE(x[0], ops.Detach(mixable(g))))
	}},
}

func mixable(g *G.ExprGraph) *G.Node { return ops.Input(g, "c", []int{3}, []float32{1, 2, 3}) }

type built struct {
	g     *G.ExprGraph
	data  [][]float32
	loss  *G.Node
	grads G.Nodes
}

func (c testCase) make(t *testing.T) built {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	b := built{g: G.NewGraph()}
	var xs []*G.Node
	for i, s := range c.shapes {
		n := 1
		for _, d := range s {
			n *= d
		}
		v := make([]float32, n)
		for j := range v {
			v[j] = float32(r.NormFloat64())
		}
		b.data = append(b.data, v)
		xs = append(xs, ops.Input(b.g, fmt.Sprint("x", i), s, v))
	}
	b.loss = c.build(b.g, xs)
	var err error
	if b.grads, err = G.Grad(b.loss, xs...); err != nil {
		t.Fatalf("%s: %v", c.name, err)
	}
	return b
}

// The gradient of every op equals the difference quotient.
func TestGradients(t *testing.T) {
	for _, c := range cases {
		b := c.make(t)
		m, err := exec.New(b.g, append(G.Nodes{b.loss}, b.grads...)...)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		value := func() float64 {
			if err := m.RunAll(); err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			return float64(m.Floats(b.loss)[0])
		}
		value()
		for i, x := range b.data {
			grad := append([]float32(nil), m.Floats(b.grads[i])...)
			for j := range x {
				const h = 5e-3
				keep := x[j]
				x[j] = keep + h
				up := value()
				x[j] = keep - h
				down := value()
				x[j] = keep
				if want := (up - down) / (2 * h); math.Abs(want-float64(grad[j])) > 2e-3*(1+math.Abs(want)) {
					t.Errorf("%s: d loss / d x%d[%d] is %g, difference quotient %g", c.name, i, j, grad[j], want)
				}
			}
		}
	}
}

// Gorgonia's own machine runs the same graphs and finds the same numbers.
func TestTapeMachineAgrees(t *testing.T) {
	for _, c := range cases {
		a, b := c.make(t), c.make(t)
		m, err := exec.New(a.g, append(G.Nodes{a.loss}, a.grads...)...)
		if err == nil {
			err = m.RunAll()
		}
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		var loss G.Value
		G.Read(b.loss, &loss)
		got := make([]G.Value, len(b.grads))
		for i, n := range b.grads {
			G.Read(n, &got[i])
		}
		vm := G.NewTapeMachine(b.g)
		for range 2 { // memory is reused in the second run
			if err := vm.RunAll(); err != nil {
				t.Fatalf("%s: tape machine: %v", c.name, err)
			}
			vm.Reset()
		}
		if x, y := loss.Data().(float32), m.Floats(a.loss)[0]; x != y {
			t.Errorf("%s: loss %g by the tape machine, %g by ours", c.name, x, y)
		}
		for i := range got {
			x, y := ops.ArgOf(got[i]).F, m.Floats(a.grads[i])
			for j := range x {
				if math.Abs(float64(x[j]-y[j])) > 1e-6 {
					t.Errorf("%s: gradient %d differs at %d: %g and %g", c.name, i, j, x[j], y[j])
					break
				}
			}
		}
	}
}

// The gradient goes straight through a quantiser, and its result is the
// stored code.
func TestQuantize(t *testing.T) {
	g := G.NewGraph()
	z := ops.Input(g, "z", []int{2, 2}, []float32{3, 0.1, -0.2, 5})
	codes := ops.Input(g, "codes", []int{2, 2}, []float32{0.5, 0, 0, 0.25})
	q := ops.Quantize(z, codes)
	loss := ops.MSE(q, ops.Input(g, "t", []int{2, 2}, make([]float32, 4)))
	grads, err := G.Grad(loss, z)
	if err != nil {
		t.Fatal(err)
	}
	m, err := exec.New(g, q, loss, grads[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := m.RunAll(); err != nil {
		t.Fatal(err)
	}
	near := ops.QuantizePoint(ops.Input(g, "p", []int{1, 4}, []float32{0.1, 3, 0.3, 0.1}), ops.Input(g, "book", []int{2, 2}, []float32{9, 0, 0, 0.25}))
	if p, err := exec.New(g, near); err != nil || p.RunAll() != nil || p.Floats(near)[1] != 0.25 || p.Floats(near)[2] != 0 {
		t.Errorf("by distance: %v (%v), expected the second code twice", near, err)
	}
	for i, w := range []float32{0.5, 0, 0, 0.25} {
		if m.Floats(q)[i] != w || m.Floats(grads[0])[i] != w/2 {
			t.Errorf("element %d: code %g, gradient %g; expected %g and %g", i, m.Floats(q)[i], m.Floats(grads[0])[i], w, w/2)
		}
	}
}

// The gradient passes a sign as if it were not there.
func TestSign(t *testing.T) {
	g := G.NewGraph()
	z := ops.Input(g, "z", []int{4}, []float32{3, -0.1, 0, 1e-30})
	y := ops.Sign(z)
	loss := ops.MSE(y, ops.Input(g, "t", []int{4}, []float32{0, 0, 1, 0}))
	grads, err := G.Grad(loss, z)
	if err != nil {
		t.Fatal(err)
	}
	m, err := exec.New(g, y, loss, grads[0])
	if err == nil {
		err = m.RunAll()
	}
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range []float32{1, -1, -1, 1} {
		if d := []float32{0.5, -0.5, -1, 0.5}[i]; m.Floats(y)[i] != w || m.Floats(grads[0])[i] != d {
			t.Errorf("element %d: sign %g, gradient %g; expected %g and %g", i, m.Floats(y)[i], m.Floats(grads[0])[i], w, d)
		}
	}
}

// A graph may mix ops of ours with gorgonia's own.
func TestMixedGraph(t *testing.T) {
	g := G.NewGraph()
	x := ops.Input(g, "x", []int{2, 2}, []float32{1, 2, 3, 4})
	y := G.Must(G.Square(ops.Add(x, x)))
	s := G.Must(G.Sum(y))
	m, err := exec.New(g, s)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.RunAll(); err != nil {
		t.Fatal(err)
	}
	if got := m.Floats(s)[0]; got != 120 {
		t.Errorf("sum of (2x)² is %g, expected 120", got)
	}
}

// The rows of a table's gradient that were read are those of the whole
// gradient, and a table of which most is read keeps the whole.
func TestRows(t *testing.T) {
	const d, n = 4, 6
	for _, c := range []struct {
		size int
		pad  bool
		few  bool
	}{{12, false, true}, {12, true, true}, {30, true, true}, {11, false, false}} {
		g := G.NewGraph()
		r := rand.New(rand.NewPCG(3, 4))
		table, dy, other := make([]float32, c.size*d), make([]float32, n*d), make([]float32, 5*d)
		for i := range dy {
			dy[i] = r.Float32()
		}
		index := []int32{1, 3, 0, 2, 1, 0, 1, 3, -1, -1, 1, 7}
		x := ops.GatherPadded([]int{n, d}, []bool{false, c.pad}, ints(g, "i", []int{n, 2}, index...), ops.Input(g, "o", []int{5, d}, other), ops.Input(g, "t", []int{c.size, d}, table))
		loss := G.Must(G.Sum(G.Must(G.HadamardProd(x, ops.Input(g, "dy", []int{n, d}, dy)))))
		grads, err := G.Grad(loss, g.ByName("t")...)
		if err != nil {
			t.Fatal(err)
		}
		sums, of := ops.Rows(grads[0])
		if (sums != nil) != c.few {
			t.Errorf("%d places of %d rows: few is %v", n, c.size, sums != nil)
		}
		if sums == nil {
			continue
		}
		m, err := exec.New(g, grads[0], sums)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // a step leaves nothing behind
			if err := m.RunAll(); err != nil {
				t.Fatal(err)
			}
			got := make([]float32, c.size*d)
			optim.Grad{F: m.Floats(sums), Rows: of()}.AddTo(got, 1)
			for i, w := range m.Floats(grads[0]) {
				if math.Abs(float64(got[i]-w)) > 1e-6 {
					t.Fatalf("table of %d rows, pad %v: number %d of row %d is %g, expected %g", c.size, c.pad, i%d, i/d, got[i], w)
				}
			}
			index[1] = 5 // another row is read
		}
	}
}

func TestWrongShapesPanic(t *testing.T) {
	defer func() {
		if e, ok := recover().(error); !ok || e.Error() != "ops.Linear: x (2, 3) does not fit w (4, 5)" {
			t.Errorf("got %v", e)
		}
	}()
	g := G.NewGraph()
	ops.Linear(ops.Input(g, "x", []int{2, 3}, make([]float32, 6)), ops.Input(g, "w", []int{4, 5}, make([]float32, 20)))
}
