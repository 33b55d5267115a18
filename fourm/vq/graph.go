package vq

// The graphs of a network: encoder, decoder, and both with the losses.

import (
	"fmt"
	"slices"
	"strings"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/exec"
	"fourmlab/fourm/ops"
	"fourmlab/internal/fault"
)

// purpose is what a graph is for.
type purpose string

const (
	encoding purpose = "encode"
	decoding purpose = "decode"
	training purpose = "train" // with loss
	judging  purpose = "judge" // codes against the truth
)

// graph is one compiled graph for batches of b samples of rows x cols tokens.
type graph struct {
	b, rows, cols int
	n             *Network
	g             *G.ExprGraph
	m             exec.VM

	in     []float32 // patches (b, T, h w C)
	index  []int32   // classes (b T h w, 2) on their way in
	labels []int32   // and as the truth, by pixels of the output
	truth  []float32 // what the output should be
	codes  []float32 // decoder input (b, T, L)

	encoded *G.Node // (b, T, D)
	z       *G.Node // latents (b, T, L)
	target  *G.Node // what out should be
	out     *G.Node // patches (b, T, h w C), or pictures behind convolutions
	loss    *G.Node // reconstruction
	own     *G.Node // the quantizer's own loss, nil: it has none
	look    *G.Node // the loss of features, nil: there is none
	names   []string
	grads   []*G.Node
	nodes   map[string]*G.Node

	prefix string                 // of the names of nodes, where the graph has those of another network, too
	tap    func(i int, x *G.Node) // sees what comes out of each block; nil: nobody does
}

// most graphs are kept at a time; each size of a picture has its own.
const most = 16

// graph gives the graph for a batch; loss is that of training.
func (n *Network) graph(what purpose, loss Loss, b, rows, cols int) *graph {
	key := fmt.Sprint(what, " ", loss, " ", b, " ", rows, " ", cols, " ", n.Tape)
	if g, ok := n.graphs[key]; ok {
		return g
	}
	g := n.build(what, loss, b, rows, cols)
	if n.graphs == nil || len(n.graphs) >= most {
		n.graphs = map[string]*graph{}
	}
	n.graphs[key] = g
	return g
}

func (n *Network) build(what purpose, loss Loss, b, rows, cols int) *graph {
	g := &graph{b: b, rows: rows, cols: cols, n: n, g: G.NewGraph(), nodes: map[string]*G.Node{}}
	var outputs []*G.Node
	var err error
	switch what {
	case encoding:
		g.encode()
		outputs = []*G.Node{g.encoded, g.z}
	case decoding:
		g.codes = make([]float32, b*rows*cols*n.Spec.Latent)
		g.decode(ops.Input(g.g, "codes", []int{b, rows * cols, n.Spec.Latent}, g.codes))
		outputs = []*G.Node{g.out}
	case judging:
		p := n.Spec.encPatch()
		g.in, g.index = make([]float32, b*rows*cols*p[0]*p[1]*n.Spec.Channels), make([]int32, 2*b*rows*cols*p[0]*p[1])
		g.codes = make([]float32, b*rows*cols*n.Spec.Latent)
		g.decode(ops.Input(g.g, "codes", []int{b, rows * cols, n.Spec.Latent}, g.codes))
		if err = g.reconstruction(loss.Name); err != nil {
			fault.Panic(opTrain, "%v", err)
		}
		outputs = []*G.Node{g.out, g.loss}
	case training:
		if outputs, err = g.train(loss); err != nil {
			fault.Panic("fourm.TrainTokenizer", "%v", err)
		}
	}
	if n.Tape {
		g.m, err = exec.NewTape(g.g, outputs...)
	} else {
		g.m, err = exec.New(g.g, outputs...)
	}
	if err != nil {
		fault.Panic("fourm.TrainTokenizer", "batches of %d samples of %dx%d tokens: %v", b, rows, cols, err)
	}
	return g
}

// encode maps patches to latents.
func (g *graph) encode() {
	s := g.n.Spec
	p := s.encPatch()
	tokens := g.rows * g.cols
	pixels := g.b * tokens * p[0] * p[1]
	shape := []int{g.b, tokens, p[0] * p[1] * s.Channels}
	var x *G.Node
	if s.Labels > 0 {
		g.index = make([]int32, 2*pixels)
		x = ops.Gather(shape, ops.Indices(g.g, "classes", []int{pixels, 2}, g.index), g.param("cls_emb.weight"))
	} else {
		g.in = make([]float32, pixels*s.Channels)
		x = ops.Input(g.g, "patches", shape, g.in)
	}
	switch s.Enc.Kind {
	case Identity:
		g.encoded = ops.Detach(x)
		g.z = g.encoded
		return
	case BottleneckMLP, PlainMLP:
		g.encoded = g.pointwise("encoder", s.Enc, x)
	default:
		g.encoded = g.body("encoder", s.Enc, g.linear(x, "encoder.proj"))
	}
	g.z = g.linear(g.encoded, "quant_proj")
}

// decode maps codes to patches, or to pictures where convolutions follow.
func (g *graph) decode(q *G.Node) {
	s := g.n.Spec
	if s.Dec.Kind == Identity {
		g.out = ops.Detach(q)
		return
	}
	x := g.linear(q, "post_quant_proj")
	if s.Dec.mlp() {
		g.out = g.pointwise("decoder", s.Dec, x)
		return
	}
	g.out = g.linear(g.body("decoder", s.Dec, x), "decoder.out_proj")
	if !s.OutConv {
		return
	}
	p := s.decPatch()
	g.out = ops.Unpatch(g.out, g.rows, g.cols, p[0], p[1])
	for i := range 2 {
		g.out = g.convolution(g.out, fmt.Sprintf("decoder.out_conv.%d.", i))
	}
}

// body is what lies between the maps of a side (B, T, D): a Transformer with
// positions, its MLPs alone, or convolutions over the grid of tokens.
func (g *graph) body(side string, a Arch, x *G.Node) *G.Node {
	switch a.Kind {
	case ViT:
		return g.blocks(side, a, g.place(side, a.Dim, x))
	case Local:
		for i := range a.Depth {
			x = g.feedForward(fmt.Sprintf("%s.blocks.%d.", side, i), x)
			if g.tap != nil {
				g.tap(i, x)
			}
		}
		return x
	}
	x = ops.Reshape(x, g.b, g.rows, g.cols, a.Dim)
	for i := range a.Depth {
		x = g.convolution(x, fmt.Sprintf("%s.blocks.%d.", side, i))
	}
	return ops.Reshape(x, g.b, g.rows*g.cols, a.Dim)
}

// convolution is a block of ConvNeXt.
func (g *graph) convolution(x *G.Node, pre string) *G.Node {
	y := g.norm(ops.DepthwiseConv(x, g.param(pre+"dwconv.weight"), g.param(pre+"dwconv.bias"), convSide), pre+"norm")
	y = g.linear(ops.Gelu(g.linear(y, pre+"pwconv1")), pre+"pwconv2")
	return ops.Add(x, ops.Gain(y, g.param(pre+"gamma")))
}

// train adds losses and gradients; it gives what is to be computed.
func (g *graph) train(loss Loss) ([]*G.Node, error) {
	if g.n.Spec.Dec.Kind == NoDecoder {
		return nil, fmt.Errorf("a tokenizer without decoder cannot be trained")
	}
	g.encode()
	var q *G.Node
	q, g.own = g.n.quant.Quantize(g.z, func(name string) *G.Node { return g.param("quantize." + name) })
	if g.n.Spec.Frozen {
		q, g.own = ops.Detach(q), nil
	}
	g.decode(q)
	if err := g.reconstruction(loss.Name); err != nil {
		return nil, err
	}
	terms, weights := []*G.Node{g.loss}, []float32{1}
	if g.own != nil {
		terms, weights = append(terms, g.own), append(weights, float32(loss.Own))
	}
	if loss.features != nil {
		g.look = g.perceptual(loss.features)
		terms, weights = append(terms, g.look), append(weights, float32(loss.Perceptual))
	}
	total := g.loss
	if len(terms) > 1 {
		total = ops.Sum(weights, terms...)
	}
	var wrt G.Nodes
	g.names = g.n.trained()
	for _, name := range g.names {
		wrt = append(wrt, g.param(name))
	}
	var err error
	if g.grads, err = G.Grad(total, wrt...); err != nil {
		return nil, err
	}
	out := append([]*G.Node{g.z, g.loss}, g.grads...)
	return append(out, terms[1:]...), nil
}

// place adds the positions: a gather of the table's rows, batch after batch,
// shapes the tokens as (B, T, D) for attention.
func (g *graph) place(side string, d int, x *G.Node) *G.Node {
	tokens := g.rows * g.cols
	index := make([]int32, 2*g.b*tokens)
	for i := range g.b * tokens {
		index[2*i+1] = int32(i % tokens)
	}
	pos := g.input(side+".pos", []int{tokens, d}, g.n.pos[side].stretch(g.rows, g.cols))
	if g.nodes[side+".place"] == nil {
		g.nodes[side+".place"] = ops.Indices(g.g, g.prefix+side+".place", []int{g.b * tokens, 2}, index)
	}
	return ops.Add(x, ops.Gather([]int{g.b, tokens, d}, g.nodes[side+".place"], pos))
}

// span lets every token see all of its sample.
func (g *graph) span() *G.Node {
	if g.nodes["span"] == nil {
		span := make([]int32, 4*g.b*g.rows*g.cols)
		for i := range g.b * g.rows * g.cols {
			span[4*i+1] = int32(g.rows * g.cols)
		}
		g.nodes["span"] = ops.Indices(g.g, g.prefix+"span", []int{g.b, g.rows * g.cols, 4}, span)
	}
	return g.nodes["span"]
}

// blocks is a pre-norm Transformer without a final norm.
func (g *graph) blocks(side string, a Arch, x *G.Node) *G.Node {
	for i := range a.Depth {
		pre := fmt.Sprintf("%s.blocks.%d.", side, i)
		y := ops.SelfAttention(g.linear(g.norm(x, pre+"norm1"), pre+"attn.qkv"), g.span(), a.Heads)
		x = ops.Add(x, g.linear(y, pre+"attn.proj"))
		x = g.feedForward(pre, x)
		if g.tap != nil {
			g.tap(i, x)
		}
	}
	if g.n.Spec.PostMLP {
		h := ops.Tanh(g.linear(g.norm(x, side+".norm_mlp"), side+".post_mlp.fc1"))
		x = ops.Add(x, g.linear(h, side+".post_mlp.fc2"))
	}
	return x
}

// feedForward is the second half of a Transformer's block.
func (g *graph) feedForward(pre string, x *G.Node) *G.Node {
	h := ops.Gelu(g.linear(g.norm(x, pre+"norm2"), pre+"mlp.fc1"))
	return ops.Add(x, g.linear(h, pre+"mlp.fc2"))
}

// epsMLP is what the norms of MLPs add to the variance.
const epsMLP = 1e-5

// pointwise maps places one by one.
func (g *graph) pointwise(side string, a Arch, x *G.Node) *G.Node {
	x = g.linear(x, side+".linear_in")
	for i := range a.Depth {
		name := fmt.Sprintf("%s.layernorms.%d", side, i)
		y := ops.NormEps(x, g.param(name+".weight"), g.param(name+".bias"), epsMLP)
		if a.Kind == PlainMLP {
			x = g.linear(y, fmt.Sprintf("%s.layers.%d", side, i))
			continue
		}
		h := ops.Gelu(g.linear(y, fmt.Sprintf("%s.blocks.%d.block.0", side, i)))
		x = ops.Add(x, g.linear(h, fmt.Sprintf("%s.blocks.%d.block.2", side, i)))
	}
	return g.linear(x, side+".linear_out")
}

// linear is a map, with its bias where the network has one.
func (g *graph) linear(x *G.Node, name string) *G.Node {
	w := g.param(name + ".weight")
	if g.n.Params[name+".bias"] == nil {
		return ops.Linear(x, w)
	}
	return ops.LinearBias(x, w, g.param(name+".bias"))
}

func (g *graph) norm(x *G.Node, name string) *G.Node {
	return ops.Norm(x, g.param(name+".weight"), g.param(name+".bias"))
}

func (g *graph) param(name string) *G.Node {
	p := g.n.Params[name]
	return g.input(name, p.Shape, p.Data)
}

// input gives the node of an array, one for each name.
func (g *graph) input(name string, shape []int, data []float32) *G.Node {
	if g.nodes[name] == nil {
		g.nodes[name] = ops.Input(g.g, g.prefix+name, shape, data)
	}
	return g.nodes[name]
}

// trained lists the tensors that have gradients, in alphabetical order.
func (n *Network) trained() []string {
	var out []string
	for _, e := range n.entries {
		if e.trained && !(n.Spec.Frozen && frozen(e.name)) {
			out = append(out, e.name)
		}
	}
	for _, t := range n.quant.Tensors() {
		if t.Trained && !n.Spec.Frozen {
			out = append(out, "quantize."+t.Name)
		}
	}
	slices.Sort(out)
	return out
}

// frozen tells whether a tensor stays as it is where Spec.Frozen says so.
func frozen(name string) bool {
	return strings.HasPrefix(name, "encoder.") || strings.HasPrefix(name, "quant_proj.") || strings.HasPrefix(name, "cls_emb.")
}
