package exec_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"fourmlab/fourm/exec"
	"fourmlab/fourm/ops"
)

// web builds a random graph of n nodes of one shape over three inputs.
func web(seed uint64, n int) (*G.ExprGraph, [][]float32, []*G.Node) {
	r := rand.New(rand.NewPCG(seed, 1))
	g := G.NewGraph()
	var data [][]float32
	var nodes []*G.Node
	for i := range 3 {
		x := make([]float32, 12)
		for j := range x {
			x[j] = float32(r.NormFloat64())
		}
		data = append(data, x)
		nodes = append(nodes, ops.Input(g, fmt.Sprint("x", i), []int{3, 4}, x))
	}
	w := ops.Input(g, "w", []int{4}, []float32{1, 0.5, 2, 1})
	for range n {
		a, b := nodes[r.IntN(len(nodes))], nodes[max(len(nodes)-1-r.IntN(4), 0)]
		switch r.IntN(4) {
		case 0:
			nodes = append(nodes, ops.Add(a, b))
		case 1:
			nodes = append(nodes, ops.Gate(a, b))
		case 2:
			nodes = append(nodes, ops.Gelu(b))
		case 3:
			nodes = append(nodes, ops.Norm(b, w, nil))
		}
	}
	return g, data, nodes
}

func machine(t *testing.T, g *G.ExprGraph, outputs ...*G.Node) *exec.Machine {
	t.Helper()
	m, err := exec.New(g, outputs...)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func run(t *testing.T, m *exec.Machine) {
	t.Helper()
	if err := m.RunAll(); err != nil {
		t.Fatal(err)
	}
}

// Memory that serves several nodes never changes a result: whatever the
// outputs, they are those of a machine that keeps every node, run after run.
func TestReuse(t *testing.T) {
	saved := int64(0)
	for seed := range uint64(60) {
		g, data, nodes := web(seed, 40)
		r := rand.New(rand.NewPCG(seed, 2))
		outputs := []*G.Node{nodes[len(nodes)-1], nodes[3+r.IntN(40)], nodes[3+r.IntN(40)], nodes[r.IntN(3)]}
		whole, part := machine(t, g, nodes...), machine(t, g, outputs...)
		if part.Bytes() > whole.Bytes() {
			t.Errorf("seed %d: %d bytes with reuse, %d without", seed, part.Bytes(), whole.Bytes())
		}
		saved += whole.Bytes() - part.Bytes()
		for range 3 {
			run(t, whole)
			run(t, part)
			for _, o := range outputs {
				if !slices.Equal(whole.Floats(o), part.Floats(o)) {
					t.Fatalf("seed %d: output %v is %v, expected %v", seed, o, part.Floats(o), whole.Floats(o))
				}
			}
			for _, x := range data { // what is written later is read
				for i := range x {
					x[i] = float32(r.NormFloat64())
				}
			}
		}
	}
	if saved == 0 {
		t.Error("no memory was reused")
	}
}

// The next run reads what was written into an input since.
func TestInputsAreRead(t *testing.T) {
	g := G.NewGraph()
	x := []float32{1, 2}
	in := ops.Input(g, "x", []int{1, 2}, x)
	y := ops.Add(in, in)
	m := machine(t, g, y)
	for _, v := range []float32{3, -5} {
		x[1] = v
		run(t, m)
		if got := m.Floats(y); got[0] != 2 || got[1] != 2*v {
			t.Errorf("twice %v is %v", x, got)
		}
	}
	if got := m.Floats(in); &got[0] != &x[0] {
		t.Error("an input is not the person's own memory")
	}
}

// A graph that cannot run is an error that says why; parts that no output
// needs do not matter.
func TestErrors(t *testing.T) {
	g := G.NewGraph()
	x := ops.Input(g, "x", []int{1, 2}, []float32{1, 2})
	empty := G.NewTensor(g, tensor.Float32, 2, G.WithShape(1, 2), G.WithName("forgotten"))
	sum := ops.Add(x, empty)
	y := ops.Add(x, x)
	if _, err := exec.New(g, sum); err == nil || !strings.Contains(err.Error(), `input "forgotten" has no value`) {
		t.Errorf("an input without a value: %v", err)
	}
	if _, err := exec.New(g, nil); err == nil {
		t.Error("an output of nil gave no error")
	}
	m := machine(t, g, y)
	run(t, m)
	if m.Floats(sum) != nil || m.Floats(empty) != nil {
		t.Error("the machine has memory for what no output needs")
	}
	if err := m.Close(); err != nil {
		t.Error(err)
	}
}

// A context that has ended stops a run before its next node.
func TestRunStops(t *testing.T) {
	g := G.NewGraph()
	x := []float32{1, 2}
	y := ops.Add(ops.Input(g, "x", []int{1, 2}, x), ops.Input(g, "z", []int{1, 2}, []float32{1, 1}))
	m := machine(t, g, y)
	run(t, m)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	x[0] = 9
	if err := m.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if m.Floats(y)[0] != 2 {
		t.Error("a node was computed after the end")
	}
}

// A graph that cannot fit is refused with the bytes that it asks for.
func TestTooLarge(t *testing.T) {
	if _, err := os.Stat("/proc/meminfo"); err != nil {
		t.Skip("the system does not tell how much memory is free")
	}
	const n = 2_000_000
	g := G.NewGraph()
	x := ops.Input(g, "x", []int{n, 1}, make([]float32, n))
	y := ops.Linear(x, x) // 16 TB
	_, err := exec.New(g, y)
	if err == nil || !strings.Contains(err.Error(), "needs 16.0 TB, ") {
		t.Errorf("error %v, expected one that names 16.0 TB", err)
	}
}
