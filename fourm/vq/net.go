package vq

// The graphs of a tokenizer: encoder, decoder, and both with the loss.

import (
	"fmt"
	"sort"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/exec"
	"fourmlab/fourm/ops"
	"fourmlab/internal/fault"
)

// net is one compiled graph for batches of b pictures.
type net struct {
	b      int
	g      *G.ExprGraph
	m      *exec.Machine
	in     []float32 // patches (b, T, P P C)
	index  []int32   // classes (b T P P, 2), for labels
	labels []int32
	codes  []float32 // decoder input (b, T, L)
	span   []int32
	z      *G.Node // latents (b, T, L)
	out    *G.Node // patches (b, T, P P C) or logits
	loss   *G.Node // reconstruction
	names  []string
	grads  []*G.Node
	nodes  map[string]*G.Node
	t      *Tokenizer
}

func (t *Tokenizer) net(kind string, b int) *net {
	key := fmt.Sprint(kind, b)
	if n, ok := t.nets[key]; ok {
		return n
	}
	n := t.build(kind, b)
	if t.nets == nil {
		t.nets = map[string]*net{}
	}
	t.nets[key] = n
	return n
}

func (t *Tokenizer) build(kind string, b int) *net {
	n := &net{b: b, g: G.NewGraph(), nodes: map[string]*G.Node{}, t: t}
	g := t.tokens()
	rows := b * g
	n.span = make([]int32, 4*rows)
	for i := range rows {
		n.span[4*i+1] = int32(g)
	}
	var err error
	switch kind {
	case "encode":
		n.z = n.encoder()
		n.m, err = exec.New(n.g, n.z)
	case "decode":
		n.codes = make([]float32, rows*t.Config.Latent)
		n.out = n.decoder(ops.Input(n.g, "codes", []int{b, g, t.Config.Latent}, n.codes))
		n.m, err = exec.New(n.g, n.out)
	case "train":
		n.z = n.encoder()
		q := ops.Quantize(n.z, n.param(codebook))
		n.out = n.decoder(q)
		n.loss = n.reconstruction()
		total := ops.Sum([]float32{1, commitment}, n.loss, ops.MSE(ops.Detach(q), n.z))
		var wrt G.Nodes
		for name := range t.Params {
			if name != codebook {
				n.names = append(n.names, name)
			}
		}
		sort.Strings(n.names)
		for _, name := range n.names {
			wrt = append(wrt, n.param(name))
		}
		if n.grads, err = G.Grad(total, wrt...); err == nil {
			n.m, err = exec.New(n.g, append([]*G.Node{n.z, n.loss}, n.grads...)...)
		}
	}
	if err != nil {
		fault.Panic("fourm.TrainTokenizer", "%s: %v", t.Of.Name, err)
	}
	return n
}

// commitment weighs the pull of latents towards their codes.
const commitment = 1

// encoder maps patches to latents.
func (n *net) encoder() *G.Node {
	t := n.t
	g, p := t.tokens(), t.Of.Patch
	rows, width := n.b*g, p*p*t.channels()
	var x *G.Node
	if t.labels() {
		n.index = make([]int32, 2*rows*p*p)
		n.labels = make([]int32, rows*p*p)
		x = ops.Gather([]int{n.b, g, width}, ops.Indices(n.g, "classes", []int{rows * p * p, 2}, n.index), n.param("cls_emb.weight"))
	} else {
		n.in = make([]float32, rows*width)
		x = ops.Input(n.g, "patches", []int{n.b, g, width}, n.in)
	}
	x = n.blocks("encoder", n.place(n.linear(x, "encoder.proj")))
	return n.linear(x, "quant_proj")
}

// decoder maps codes to patches.
func (n *net) decoder(q *G.Node) *G.Node {
	return n.linear(n.blocks("decoder", n.place(n.linear(q, "post_quant_proj"))), "decoder.out_proj")
}

// reconstruction is cross-entropy for labels, else the mean squared error.
func (n *net) reconstruction() *G.Node {
	t := n.t
	if t.labels() {
		return ops.SoftmaxLoss(n.out, ops.Indices(n.g, "labels", []int{len(n.labels)}, n.labels), t.Scale.Classes)
	}
	return ops.MSE(n.out, ops.Input(n.g, "truth", n.out.Shape(), n.in))
}

// place adds the positions: a gather of the table's rows, batch after batch,
// shapes the tokens as (B, T, D) for attention.
func (n *net) place(x *G.Node) *G.Node {
	t := n.t
	g, d := t.tokens(), t.Config.Dim
	key := "place"
	if n.nodes[key] == nil {
		index := make([]int32, 2*n.b*g)
		for i := range n.b * g {
			index[2*i+1] = int32(i % g)
		}
		pos := ops.Input(n.g, "pos", []int{g, d}, ops.GridPositions(t.Of.Grid(), t.Of.Cols(), d))
		n.nodes[key] = ops.Gather([]int{n.b, g, d}, ops.Indices(n.g, "place", []int{n.b * g, 2}, index), pos)
	}
	return ops.Add(x, n.nodes[key])
}

func (n *net) blocks(side string, x *G.Node) *G.Node {
	if n.nodes["span"] == nil {
		n.nodes["span"] = ops.Indices(n.g, "span", []int{n.b, n.t.tokens(), 4}, n.span)
	}
	for i := range n.t.Config.Depth {
		pre := fmt.Sprintf("%s.blocks.%d.", side, i)
		qkv := n.linear(n.norm(x, pre+"norm1"), pre+"attn.qkv")
		a := ops.SelfAttention(qkv, n.nodes["span"], heads)
		x = ops.Add(x, n.linear(a, pre+"attn.proj"))
		h := ops.Gelu(n.linear(n.norm(x, pre+"norm2"), pre+"mlp.fc1"))
		x = ops.Add(x, n.linear(h, pre+"mlp.fc2"))
	}
	return x
}

func (n *net) linear(x *G.Node, name string) *G.Node {
	return ops.LinearBias(x, n.param(name+".weight"), n.param(name+".bias"))
}

func (n *net) norm(x *G.Node, name string) *G.Node {
	return ops.Norm(x, n.param(name+".weight"), n.param(name+".bias"))
}

func (n *net) param(name string) *G.Node {
	if n.nodes[name] == nil {
		p := n.t.Params[name]
		n.nodes[name] = ops.Input(n.g, name, p.Shape, p.Data)
	}
	return n.nodes[name]
}
