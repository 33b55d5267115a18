package diffusion

// Graphs of a decoder, compiled for a batch, and how pictures lie in them.

import (
	"fmt"
	"slices"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/exec"
	"fourmlab/fourm/ops"
	"fourmlab/internal/fault"
)

// outline is a graph without nodes.
func (d *Decoder) outline(s shape) *graph {
	return &graph{shape: s, g: G.NewGraph(), nodes: map[string]*G.Node{}, fields: d.Network.fields(),
		declare: func(name string, _ initial, _ []int) *Param { return d.Params[name] }}
}

// graph gives the graph for a shape, with a loss and its gradients where it is
// named; the last few are kept.
func (d *Decoder) graph(s shape, loss string) (g *graph, err error) {
	key := fmt.Sprint(s, loss, d.Tape)
	if g, ok := d.graphs[key]; ok {
		return g, nil
	}
	defer func() {
		if f, ok := recover().(*fault.Error); ok {
			g, err = nil, f
		}
	}()
	g = d.outline(s)
	d.Network.build(g)
	outputs := G.Nodes{g.out}
	if loss != "" {
		g.truth = make([]float32, len(g.in))
		c := channels(g.out)
		g.weights = make([]float32, s.b*c)
		weights := ops.Input(g.g, "weights", []int{s.b, c}, g.weights)
		g.loss = losses[loss](ops.MulChannels(g.out, weights, 0), ops.MulChannels(ops.Input(g.g, "target", g.out.Shape(), g.truth), weights, 0))
		var wrt G.Nodes
		for name := range g.nodes {
			g.names = append(g.names, name)
		}
		slices.Sort(g.names)
		for _, name := range g.names {
			wrt = append(wrt, g.nodes[name])
		}
		if g.grads, err = G.Grad(g.loss, wrt...); err != nil {
			return nil, fmt.Errorf("diffusion: %w", err)
		}
		outputs = append(append(outputs, g.loss), g.grads...)
	}
	if d.Tape {
		g.vm, err = exec.NewTape(g.g, outputs...)
	} else {
		g.vm, err = exec.New(g.g, outputs...)
	}
	if err != nil {
		return nil, fmt.Errorf("diffusion: %d pictures of %dx%d: %w", s.b, s.h, s.w, err)
	}
	if d.graphs == nil || len(d.graphs) >= 4 {
		d.graphs = map[string]*graph{}
	}
	d.graphs[key] = g
	return g, nil
}

// in writes pictures as they lie in the graph.
func (l layout) in(to []float32, x Pictures) {
	l.each(x, func(at, pixel int) { to[at] = x.Data[pixel] })
}

// out writes pictures from how they lie in the graph.
func (l layout) out(x Pictures, from []float32) {
	l.each(x, func(at, pixel int) { x.Data[pixel] = from[at] })
}

// each calls f with the place of every number in the graph and in pictures.
func (l layout) each(x Pictures, f func(at, pixel int)) {
	p := l.patch
	at := 0
	for b := range x.B {
		for r := range x.H / p {
			for c := range x.W / p {
				for k := range x.C {
					for y := range p {
						for w := range p {
							f(at, ((b*x.H+r*p+y)*x.W+c*p+w)*x.C+k)
							at++
						}
					}
				}
			}
		}
	}
}
