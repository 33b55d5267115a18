package exec

// Machines that run one after the other compute in the same memory, those that
// run at the same time do not, and neither takes an output from another.

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/ops"
)

// chain computes gelu(... gelu(x) ...), so that what lies between takes a
// workspace.
func chain(t *testing.T, n int, first float32) (m *Machine, y *G.Node) {
	t.Helper()
	g := G.NewGraph()
	data := make([]float32, n)
	for i := range data {
		data[i] = first + float32(i)/float32(n)
	}
	x := ops.Input(g, "x", []int{n / 4, 4}, data)
	a := ops.Gelu(x)
	b := ops.Gelu(a)
	y = ops.Add(ops.Gelu(ops.Add(a, b)), x)
	m, err := New(g, y)
	if err != nil {
		t.Fatal(err)
	}
	return m, y
}

func TestWorkspaceIsShared(t *testing.T) {
	small, s := chain(t, 400, 0)
	large, l := chain(t, 4000, 1)
	must := func(m *Machine) {
		t.Helper()
		if err := m.RunAll(); err != nil {
			t.Fatal(err)
		}
	}
	must(small)
	want := slices.Clone(small.Floats(s))
	must(large)
	wantLarge := slices.Clone(large.Floats(l))
	if small.space == nil || small.space != large.space {
		t.Fatal("machines that ran in turn have a workspace each")
	}
	if !slices.Equal(small.Floats(s), want) {
		t.Error("an output changed when another machine ran")
	}
	for range 3 { // after the memory has moved
		clear(small.Floats(s))
		clear(large.Floats(l))
		must(small)
		must(large)
		if !slices.Equal(small.Floats(s), want) || !slices.Equal(large.Floats(l), wantLarge) {
			t.Fatal("results depend on who ran before")
		}
	}
	if n := len(small.space.data); n < large.need || n > 2*large.need {
		t.Errorf("a workspace of %d numbers, %d are needed", n, large.need)
	}
}

func TestMachinesTogether(t *testing.T) {
	var wg sync.WaitGroup
	for k := range 6 {
		m, y := chain(t, 400*(1+k), float32(k))
		if err := m.RunAll(); err != nil {
			t.Fatal(err)
		}
		want := slices.Clone(m.Floats(y))
		wg.Go(func() {
			for range 200 {
				if err := m.RunAll(); err != nil || !slices.Equal(m.Floats(y), want) {
					t.Errorf("machine %d: another result beside others, error %v", k, err)
					return
				}
			}
		})
	}
	wg.Wait()
	for _, p := range workspaces.all {
		if w := p.Value(); w != nil && w.busy {
			t.Error("a workspace stays busy")
		}
	}
}

// Gradients of weights are made as soon as they can be, so that those of the
// layers' outputs need not wait for them.
func TestGradientsAreMadeEarly(t *testing.T) {
	const layers, rows, d = 10, 64, 16
	g := G.NewGraph()
	x := ops.Input(g, "x", []int{rows, d}, make([]float32, rows*d))
	y := x
	var ws G.Nodes
	for i := range layers {
		w := ops.Input(g, fmt.Sprint("w", i), []int{d, d}, make([]float32, d*d))
		ws, y = append(ws, w), ops.Linear(y, w)
	}
	grads, err := G.Grad(ops.MSE(y, x), ws...)
	if err != nil {
		t.Fatal(err)
	}
	m, err := New(g, grads...)
	if err != nil {
		t.Fatal(err)
	}
	// outputs of layers, gradients of weights, and a few of outputs
	if most := int64(4 * (layers*rows*d + layers*d*d + 4*rows*d)); m.Bytes() > most {
		t.Errorf("%d bytes, expected at most %d", m.Bytes(), most)
	}
}
