package optim_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"fourmlab/fourm/optim"
)

// AdamW is the textbook's: decay apart from the gradient, means corrected for
// their start, gradients scaled down to the limit of their common norm.
func TestAdamW(t *testing.T) {
	p, q := []float32{1, -2}, []float32{0.5}
	grads := optim.Dense([][]float32{{3, 0}, {4}}) // a norm of 5
	if n := optim.Norm(grads); math.Abs(n-5) > 1e-6 {
		t.Errorf("norm %g, expected 5", n)
	}
	want := []float64{1, -2, 0.5}
	g := []float64{3, 0, 4}
	var m, v [3]float64
	o := optim.AdamW{Decay: 0.1}
	for step := 1; step <= 4; step++ {
		lr, clip := 0.01*float64(step), 2.0
		o.Apply([][]float32{p, q}, grads, []bool{true, false}, lr, 5, clip)
		for i := range want {
			x := g[i] * clip / (5 + 1e-6)
			if i < 2 {
				want[i] -= lr * 0.1 * want[i]
			}
			m[i], v[i] = 0.9*m[i]+0.1*x, 0.95*v[i]+0.05*x*x
			want[i] -= lr * m[i] / (1 - math.Pow(0.9, float64(step))) / (math.Sqrt(v[i]/(1-math.Pow(0.95, float64(step)))) + 1e-8)
		}
	}
	for i, got := range append(slices.Clone(p), q...) {
		if math.Abs(float64(got)-want[i]) > 1e-5 {
			t.Errorf("parameter %d is %g, expected %g", i, got, want[i])
		}
	}
	if o.Step != 4 {
		t.Errorf("%d steps counted", o.Step)
	}
}

// A table moves alike, to the last bit, whether its gradient is given whole or
// as the rows that were read, also after a row is read again, after a step
// with whole gradients, and where the means come from a file.
func TestAdamWRows(t *testing.T) {
	const size, d = 50, 3
	r := rand.New(rand.NewPCG(1, 2))
	a, b := make([]float32, size*d), make([]float32, size*d)
	for i := range a {
		a[i] = r.Float32() - 0.5
	}
	copy(b, a)
	whole, part := optim.AdamW{Decay: 0.1}, optim.AdamW{Decay: 0.1}
	for step := range 12 {
		g := optim.Grad{F: make([]float32, 4*d), Rows: []int32{int32(step), -1, 20, int32(40 - step)}}
		for i := range g.F {
			if i/d != 1 {
				g.F[i] = r.Float32() - 0.5
			}
		}
		dense := make([]float32, size*d)
		g.AddTo(dense, 1)
		all := optim.Dense([][]float32{dense})
		if x, y := optim.Norm(all), optim.Norm([]optim.Grad{g}); math.Abs(x-y) > 1e-6*x {
			t.Errorf("step %d: norms %g and %g", step, x, y)
		}
		one := []optim.Grad{g}
		switch step {
		case 5:
			one = all
		case 8:
			part = optim.AdamW{Decay: 0.1, Step: part.Step, M: part.M, V: part.V}
		}
		decays := []bool{step != 3}
		whole.Apply([][]float32{a}, all, decays, 0.01, 1, 0.5)
		part.Apply([][]float32{b}, one, decays, 0.01, 1, 0.5)
		if !slices.Equal(a, b) || !slices.Equal(whole.M[0], part.M[0]) || !slices.Equal(whole.V[0], part.V[0]) {
			t.Fatalf("step %d: tables or means differ", step)
		}
	}
}

// A parameter without a gradient is left alone until its first one, with which
// its steps begin; afterwards a step without one is a step with zeros. A sum
// has a gradient where one of its batches had.
func TestNoGradientYet(t *testing.T) {
	none := optim.Grad{F: []float32{0, 0}, None: true}
	some := optim.Grad{F: []float32{0.5, -1}}
	var late, fresh optim.AdamW
	late.Decay, fresh.Decay = 0.1, 0.1
	a, b := []float32{1, 2}, []float32{1, 2}
	for i, g := range []optim.Grad{none, none, some, none, some} {
		late.Apply([][]float32{a}, []optim.Grad{g}, []bool{true}, 0.01, 1, 0)
		if i < 2 {
			if !slices.Equal(a, []float32{1, 2}) {
				t.Fatalf("step %d without a gradient moved the parameter to %v", i, a)
			}
			continue
		}
		g.None = false
		fresh.Apply([][]float32{b}, []optim.Grad{g}, []bool{true}, 0.01, 1, 0)
		if !slices.Equal(a, b) {
			t.Errorf("step %d: %v, expected %v", i, a, b)
		}
	}
	if late.Step != 5 || late.Late[0] != 2 {
		t.Errorf("%d steps, %v late", late.Step, late.Late)
	}
	var s optim.Sum
	for range 2 {
		s.Clear()
		s.Add(0, 2, none, 1)
		if !s.Grads()[0].None {
			t.Error("a sum of no gradients has one")
		}
		s.Add(0, 2, some, 0.5)
		s.Add(0, 2, none, 1)
		if g := s.Grads()[0]; g.None || !slices.Equal(g.F, []float32{0.25, -0.5}) {
			t.Errorf("sum %+v", g)
		}
	}
}
