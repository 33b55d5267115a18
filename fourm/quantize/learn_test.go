package quantize

import (
	"math"
	"math/rand/v2"
	"testing"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/exec"
	"fourmlab/fourm/ops"
)

// learner is a linear tokenizer: encoder, quantizer, decoder, moved by Adam.
type learner struct {
	q      Quantizer
	m      *exec.Machine
	z      *G.Node
	mse    *G.Node
	params [][]float32
	grads  G.Nodes
	moment [2][][]float64
	step   float64
}

func newLearner(t *testing.T, q Quantizer, x []float32, width int, r *rand.Rand) *learner {
	t.Helper()
	g := G.NewGraph()
	l := &learner{q: q}
	param := func(name string, shape ...int) *G.Node {
		p := normal(r, shape[0]*shape[1])
		for i := range p {
			p[i] /= float32(math.Sqrt(float64(shape[1])))
		}
		l.params = append(l.params, p)
		return ops.Input(g, name, shape, p)
	}
	in := ops.Input(g, "x", []int{len(x) / width, width}, x)
	enc, dec := param("enc", q.Dim(), width), param("dec", width, q.Dim())
	l.z = ops.Linear(in, enc)
	nodes := map[string]*G.Node{}
	for _, s := range q.Tensors() {
		nodes[s.Name] = ops.Input(g, s.Name, s.Shape, s.Data)
	}
	vecs, own := q.Quantize(l.z, func(name string) *G.Node { return nodes[name] })
	l.mse = ops.MSE(ops.Linear(vecs, dec), in)
	loss := l.mse
	if own != nil {
		loss = ops.Sum([]float32{1, 1}, l.mse, own)
	}
	var err error
	if l.grads, err = G.Grad(loss, enc, dec); err == nil {
		l.m, err = exec.New(g, append(G.Nodes{l.z, l.mse, loss}, l.grads...)...)
	}
	if err != nil {
		t.Fatal(err)
	}
	for i := range l.moment {
		for _, p := range l.params {
			l.moment[i] = append(l.moment[i], make([]float64, len(p)))
		}
	}
	return l
}

// run takes a step and gives the squared error before it.
func (l *learner) run(t *testing.T, r *rand.Rand) float64 {
	t.Helper()
	if err := l.m.RunAll(); err != nil {
		t.Fatal(err)
	}
	if b, ok := l.q.(Beginner); ok && l.step == 0 {
		b.Begin(l.m.Floats(l.z), r)
	}
	l.q.Update(l.m.Floats(l.z), r)
	l.step++
	for k, p := range l.params {
		for i, g := range l.m.Floats(l.grads[k]) {
			m, v := &l.moment[0][k][i], &l.moment[1][k][i]
			*m = 0.9**m + 0.1*float64(g)
			*v = 0.99**v + 0.01*float64(g)*float64(g)
			p[i] -= float32(0.02 * *m / (1 - math.Pow(0.9, l.step)) / (math.Sqrt(*v/(1-math.Pow(0.99, l.step))) + 1e-8))
		}
	}
	return float64(l.m.Floats(l.mse)[0])
}

// Every quantizer that can be trained learns to keep values of four dimensions in
// about eight bits, and uses its codes.
func TestLearns(t *testing.T) {
	const rows, width, seen = 1000, 12, 4
	for _, c := range []struct {
		name string
		dim  int
		most float64 // of the variance that is left
		used float64 // perplexity, as a share of the codes
	}{
		{"cosine:256x4", 0, 0.2, 0.8},
		{"euclid:256x4", 0, 0.06, 0.8},
		{"rvq:2x16", 4, 0.16, 0.8},
		{"fsq:4,4,4,4", 0, 0.17, 0.45},
		{"fsq-terramind:4,4,4,4", 0, 0.22, 0.45},
		// eight planes through 0 part four dimensions in 128, not in 256
		{"lfq:8", 0, 0.3, 0.2},
	} {
		r := rand.New(rand.NewPCG(5, 8))
		mix, hidden := normal(r, seen*width), normal(r, rows*seen)
		x := make([]float32, rows*width)
		power := 0.0
		for i := range x {
			for k := range seen {
				x[i] += hidden[i/width*seen+k] * mix[k*width+i%width] / 2
			}
			power += float64(x[i]) * float64(x[i]) / float64(len(x))
		}
		l := newLearner(t, Parse(c.name, c.dim), x, width, r)
		left := 0.0
		for range 400 {
			left = l.run(t, r) / power
		}
		ids := make([]int32, rows*l.q.Books())
		l.q.Assign(ids, l.m.Floats(l.z))
		uses, err := Count(ids, l.q.Books(), l.q.Codes())
		if err != nil {
			t.Fatal(err)
		}
		share := 1.0
		for _, u := range uses {
			share = min(share, u.Perplexity/float64(u.Codes))
		}
		t.Logf("%-22s %.3f of the variance left, perplexity %.2f of the codes", c.name, left, share)
		if !(left < c.most) || share < c.used {
			t.Errorf("%s: %.3f of the variance left, expected less than %.2f; perplexity %.2f of the codes, expected %.2f", c.name, left, c.most, share, c.used)
		}
	}
}
