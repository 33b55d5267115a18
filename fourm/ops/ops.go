package ops

// What every op here is to gorgonia, and how one is put into a graph.

import (
	"fmt"
	"hash"
	"hash/fnv"

	"github.com/chewxy/hm"
	_ "go4.org/unsafe/assume-no-moving-gc" // the version that lets gorgonia start on today's Go
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"fourmlab/internal/fault"
)

// Arg is one input of an op as a kernel sees it: F holds numbers, I indices.
type Arg struct {
	F []float32
	I []int32
}

// Runner is an op that can write its result into memory it is given. Every op
// of this package is one.
type Runner interface {
	G.Op
	// Run computes the op into out. Scalars are slices of length 1.
	Run(out []float32, in []Arg)
	// Adds tells whether RunAdd works, which adds the result to out.
	Adds() bool
	RunAdd(out []float32, in []Arg)
	// Over lists the inputs whose memory the result may take.
	Over() []int
	// View gives where in the memory of the first input the result lies; it is
	// false for all ops whose result is computed.
	View() (from int, ok bool)
}

// op implements gorgonia's interfaces once for all of them. The graph is
// static, so an op knows its output shape from the moment it is applied.
type op struct {
	shape tensor.Shape
	typ   hm.Type
	arity int
	spec
}

// spec is what an op supplies.
type spec struct {
	name     string // with the parameters: equal names compute the same
	out      []int  // empty: a scalar
	forward  func(out []float32, in []Arg)
	add      func(out []float32, in []Arg) // forward that adds to out; nil: there is none
	over     []int                         // inputs that out may overwrite
	view     bool                          // out is part of the first input's memory,
	from     int                           // from here on
	table    *scatter                      // of a gradient that Rows knows to make smaller
	diff     []bool                        // by input; nil: not differentiable
	backward func(in G.Nodes, out, grad *G.Node) G.Nodes
}

func apply(s spec, in ...*G.Node) *G.Node {
	types := make([]hm.Type, len(in)+1)
	for i, n := range in {
		types[i] = n.Type()
	}
	if len(s.out) == 0 {
		types[len(in)] = tensor.Float32
	} else {
		types[len(in)] = G.TensorType{Dims: len(s.out), Of: tensor.Float32}
	}
	if s.diff == nil {
		s.diff = make([]bool, len(in))
	}
	n, err := G.ApplyOp(&op{s.out, hm.NewFnType(types...), len(in), s}, in...)
	if err != nil {
		fault.Panic("ops."+s.name, "%v", err)
	}
	return n
}

func (o *op) Arity() int                                     { return o.arity }
func (o *op) Type() hm.Type                                  { return o.typ }
func (o *op) InferShape(...G.DimSizer) (tensor.Shape, error) { return o.shape.Clone(), nil }
func (o *op) ReturnsPtr() bool                               { return false }
func (o *op) CallsExtern() bool                              { return false }
func (o *op) OverwritesInput() int                           { return -1 }
func (o *op) String() string                                 { return o.name }
func (o *op) WriteHash(h hash.Hash)                          { fmt.Fprintf(h, "%s%v", o.name, o.shape) }
func (o *op) Run(out []float32, in []Arg)                    { o.forward(out, in) }
func (o *op) RunAdd(out []float32, in []Arg)                 { o.add(out, in) }
func (o *op) Adds() bool                                     { return o.add != nil }
func (o *op) Over() []int                                    { return o.over }
func (o *op) View() (int, bool)                              { return o.from, o.view }
func (o *op) DiffWRT(int) []bool                             { return o.diff }
func (o *op) SymDiff(in G.Nodes, out, grad *G.Node) (G.Nodes, error) {
	if o.backward == nil {
		return nil, fmt.Errorf("ops: %s has no gradient", o.name)
	}
	return o.backward(in, out, grad), nil
}

func (o *op) Hashcode() uint32 {
	h := fnv.New32a()
	o.WriteHash(h)
	return h.Sum32()
}

// Do computes the op into new memory.
func (o *op) Do(in ...G.Value) (G.Value, error) {
	if len(o.shape) == 0 {
		var v [1]float32
		o.forward(v[:], Args(in))
		return G.NewF32(v[0]), nil
	}
	return o.UsePreallocDo(tensor.New(tensor.Of(tensor.Float32), tensor.WithShape(o.shape...)), in...)
}

// UsePreallocDo computes the op into memory that the machine has ready.
func (o *op) UsePreallocDo(ready G.Value, in ...G.Value) (G.Value, error) {
	out, ok := ready.Data().([]float32)
	if !ok || len(out) != o.shape.TotalSize() {
		return o.Do(in...)
	}
	o.forward(out, Args(in))
	return ready, nil
}

// Args gives gorgonia's values as slices.
func Args(in []G.Value) []Arg {
	args := make([]Arg, len(in))
	for i, v := range in {
		args[i] = ArgOf(v)
	}
	return args
}

// ArgOf gives one value as a slice.
func ArgOf(v G.Value) Arg {
	switch d := v.Data().(type) {
	case []float32:
		return Arg{F: d}
	case []int32:
		return Arg{I: d}
	case float32:
		return Arg{F: []float32{d}}
	}
	panic(fmt.Sprintf("ops: a value of type %T", v))
}

// Input makes a node whose value is data itself: what is written into the
// slice later is what the next run reads.
func Input(g *G.ExprGraph, name string, shape []int, data []float32) *G.Node {
	t := tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))
	return G.NewTensor(g, tensor.Float32, len(shape), G.WithShape(shape...), G.WithName(name), G.WithValue(t))
}

// Indices is Input for whole numbers.
func Indices(g *G.ExprGraph, name string, shape []int, data []int32) *G.Node {
	t := tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))
	return G.NewTensor(g, tensor.Int32, len(shape), G.WithShape(shape...), G.WithName(name), G.WithValue(t))
}

// last gives the size of the last axis.
func last(n *G.Node) int { s := n.Shape(); return s[len(s)-1] }

// with gives the shape of n with another last axis.
func with(n *G.Node, d int) []int {
	s := append([]int(nil), n.Shape()...)
	s[len(s)-1] = d
	return s
}

func expect(ok bool, name, format string, args ...any) {
	if !ok {
		fault.Panic("ops."+name, format, args...)
	}
}

func same(a, b *G.Node) bool { return a.Shape().Eq(b.Shape()) }
