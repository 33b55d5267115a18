package model

import (
	"fmt"
	"testing"
)

// The graphs used last are kept, and the one that has not been used for longest
// goes; a graph of another kind or shape is another.
func TestGraphsKept(t *testing.T) {
	m := little(t)
	shape := func(i int) Shape { return Shape{B: 1, N: 4 + i, M: 4} }
	first, second := m.Graph(Evaluating, shape(0)), m.Graph(Evaluating, shape(1))
	if first == second || m.Graph(Predicting, shape(0)) == first {
		t.Error("graphs of other kinds and shapes are one")
	}
	for i := 2; i < 30; i++ {
		m.Graph(Evaluating, shape(i))
		if m.Graph(Evaluating, shape(0)) != first {
			t.Fatalf("after %d others the graph in use was built anew", i)
		}
	}
	if m.Graph(Evaluating, shape(1)) == second {
		t.Error("a graph that was not used for long is kept")
	}
	if n := len(m.graphs); n != kept {
		t.Errorf("%d graphs are kept, expected %d", n, kept)
	}
	m.Tape = true
	if m.Graph(Evaluating, shape(0)) == first {
		t.Error("the oracle's graph is that of our machine")
	}
}

func ExampleGraph() {
	fmt.Println(Training, AttendingAcross, Graph(9))
	// Output: training attending across unknown
}
