package model

// Which graphs there are of a model, and the few that are kept: building one
// takes longer than running it.

import "slices"

// Graph is what a graph computes.
type Graph int

const (
	Training        Graph = iota // the losses and the gradient of every parameter
	Evaluating                   // the losses alone
	Predicting                   // the decoder's output, from which Head makes logits
	Encoding                     // what the decoder attends to: Context
	Inspecting                   // losses, gradients and all that Sides names
	Attending                    // the attention of the encoder's blocks: Shares
	AttendingAcross              // that of the encoder's blocks, and of the decoder's over the context
)

func (g Graph) String() string {
	names := [...]string{"training", "evaluating", "predicting", "encoding", "inspecting", "attending", "attending across"}
	if g < 0 || int(g) >= len(names) {
		return "unknown"
	}
	return names[g]
}

// losses tells whether a graph computes what a batch costs.
func (g Graph) losses() bool { return g == Training || g == Evaluating || g == Inspecting }

// gradients tells whether it computes how the parameters should move.
func (g Graph) gradients() bool { return g == Training || g == Inspecting }

// decodes tells whether it has a decoder.
func (g Graph) decodes() bool { return g != Encoding && g != Attending }

// kept is how many graphs a model keeps. Graphs of few shapes recur; more than
// a handful would only hold memory.
const kept = 12

// built is a graph and what it was built for.
type built struct {
	kind  Graph
	shape Shape
	tape  bool
	net   *Net
}

// Graph gives the graph of a kind for batches of a shape. It is built once: the
// ones used last are kept, and with them the memory that they run in.
func (m *Model) Graph(kind Graph, s Shape) *Net {
	at := slices.IndexFunc(m.graphs, func(b built) bool { return b.kind == kind && b.shape == s && b.tape == m.Tape })
	var b built
	if at >= 0 {
		b = m.graphs[at]
		m.graphs = slices.Delete(m.graphs, at, at+1)
	} else {
		b = built{kind, s, m.Tape, m.build(kind, s)}
	}
	if len(m.graphs) == kept {
		m.graphs = slices.Delete(m.graphs, 0, 1)
	}
	m.graphs = append(m.graphs, b)
	return b.net
}

// build makes the graph.
func (m *Model) build(kind Graph, s Shape) *Net {
	m.room(s)
	n := newNet(m, s)
	n.encode()
	if kind.decodes() {
		n.decode()
	}
	n.compile(kind)
	return n
}
