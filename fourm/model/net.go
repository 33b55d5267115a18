package model

// The graph of one batch shape: 4M's forward pass (inventory 4.6) and, for
// training, the loss and its gradients.

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/exec"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/ops"
	"fourmlab/internal/fault"
)

// Net is a compiled graph and the batch it reads. Fill the batch, Run the
// machine, read the outputs.
type Net struct {
	*Batch
	Machine *exec.Machine
	m       *Model
	g       *G.ExprGraph
	nodes   map[string]*G.Node // parameters
	loss    *G.Node
	losses  map[string]*G.Node // by output domain
	grads   []*G.Node          // by parameter
	encoded *G.Node            // encoder output (B, N, D)
	context *G.Node            // what the decoder looks at (B, N, D)
	out     *G.Node            // decoder output (B, M, D)
}

// Train gives the graph that computes loss and gradients.
func (m *Model) Train(s Shape) *Net { return m.net(s, "train") }

// Evaluate gives the graph that computes the losses alone.
func (m *Model) Evaluate(s Shape) *Net { return m.net(s, "evaluate") }

// Predict gives the graph that computes the decoder's output.
func (m *Model) Predict(s Shape) *Net { return m.net(s, "predict") }

func (m *Model) net(s Shape, kind string) *Net {
	key := fmt.Sprint(kind, s)
	if n, ok := m.nets[key]; ok {
		return n
	}
	n := m.build(s, kind)
	if m.nets == nil {
		m.nets = map[string]*Net{}
	}
	// graphs of few shapes recur; more than a handful would only hold memory
	if len(m.nets) >= 12 {
		clear(m.nets)
	}
	m.nets[key] = n
	return n
}

func (m *Model) build(s Shape, kind string) *Net {
	n := &Net{Batch: m.newBatch(s), m: m, g: G.NewGraph(), nodes: map[string]*G.Node{}, losses: map[string]*G.Node{}}
	index := func(name string, t int, data []int32) *G.Node {
		return ops.Indices(n.g, name, []int{s.B, t, 2}, data)
	}
	c := m.Config
	d := c.Dim

	// encoder embeddings: content and position + modality
	var content, pos, mod []*G.Node
	for _, dom := range m.In {
		pre := "encoder_embeddings." + dom.Official
		if dom.Pixels {
			x := ops.Input(n.g, "patches."+dom.Name, []int{s.B * dom.Max, dom.Width}, n.Patches[dom.Name])
			content = append(content, ops.Linear(x, n.param(pre+".proj.weight")))
		} else {
			content = append(content, n.param(pre+".token_emb.weight"))
		}
		pos = append(pos, n.positions(dom))
		mod = append(mod, n.param(m.modName(dom)))
	}
	shape := []int{s.B, s.N, d}
	emb := ops.Add(ops.Gather(shape, index("enc.pos", s.N, n.EncPos), pos...), ops.Gather(shape, index("enc.mod", s.N, n.EncMod), mod...))
	x := ops.Add(ops.Gather(shape, index("enc.tok", s.N, n.EncTok), content...), emb)

	// encoder
	span := index("enc.span", s.N, n.EncSpan)
	for i := range c.Encoder {
		pre := fmt.Sprintf("encoder.%d.", i)
		qkv := n.linear(n.norm(x, pre+"norm1"), pre+"attn.qkv")
		x = ops.Add(x, n.linear(ops.SelfAttention(qkv, span, c.Heads), pre+"attn.proj"))
		x = ops.Add(x, n.mlp(n.norm(x, pre+"norm2"), pre))
	}
	n.encoded = n.norm(x, "encoder_norm")
	ctx := ops.Bias(n.linear(n.encoded, "decoder_proj_context"), n.param("decoder_proj_context.bias"))
	ctx = ops.Add(ctx, emb)
	n.context = ctx

	// decoder embeddings
	content, pos, mod = []*G.Node{n.param("mask_token")}, nil, nil
	for _, dom := range m.Out {
		if dom.Kind == modality.Sequence {
			content = append(content, n.param("decoder_embeddings."+dom.Official+".token_emb.weight"))
		}
		pos = append(pos, n.positions(dom))
		mod = append(mod, n.param(m.modName(dom)))
	}
	shape = []int{s.B, s.M, d}
	y := ops.Gather(shape, index("dec.tok", s.M, n.DecTok), content...)
	y = ops.Add(y, ops.Gather(shape, index("dec.pos", s.M, n.DecPos), pos...))
	y = ops.Add(y, ops.Gather(shape, index("dec.mod", s.M, n.DecMod), mod...))

	// decoder
	self, cross := index("dec.span", s.M, n.DecSpan), index("cross.span", s.M, n.CrossSpan)
	for i := range c.Decoder {
		pre := fmt.Sprintf("decoder.%d.", i)
		qkv := n.linear(n.norm(y, pre+"norm1"), pre+"self_attn.qkv")
		y = ops.Add(y, n.linear(ops.SelfAttention(qkv, self, c.Heads), pre+"self_attn.proj"))
		q := n.linear(n.norm(y, pre+"query_norm"), pre+"cross_attn.q")
		kv := n.linear(n.norm(ctx, pre+"context_norm"), pre+"cross_attn.kv")
		y = ops.Add(y, n.linear(ops.CrossAttention(q, kv, cross, c.Heads), pre+"cross_attn.proj"))
		y = ops.Add(y, n.mlp(n.norm(y, pre+"norm2"), pre))
	}
	n.out = n.norm(y, "decoder_norm")
	n.compile(kind)
	return n
}

// compile adds what the kind of graph is for, and plans its memory.
func (n *Net) compile(kind string) {
	outputs := []*G.Node{n.out}
	if kind != "predict" {
		outputs = nil
		var all []*G.Node
		var share []float32
		for _, d := range n.m.Out {
			labels := ops.Indices(n.g, "labels."+d.Name, []int{n.B * n.M}, n.Labels[d.Name])
			l := ops.CrossEntropy(n.out, n.param(n.m.headName(d)), labels)
			n.losses[d.Name] = l
			all, share = append(all, l), append(share, 1/float32(len(n.m.Out)))
			outputs = append(outputs, l)
		}
		n.loss = ops.Sum(share, all...)
		outputs = append(outputs, n.loss)
		if kind == "train" {
			var wrt G.Nodes
			for _, p := range n.m.Params {
				wrt = append(wrt, n.param(p.Name))
			}
			grads, err := G.Grad(n.loss, wrt...)
			if err != nil {
				fault.Panic("model.Train", "%v", err)
			}
			n.grads = grads
			outputs = append(outputs, grads...)
		}
	}
	var err error
	if n.Machine, err = exec.New(n.g, outputs...); err != nil {
		fault.Panic("model.Train", "%v", err)
	}
}

// Loss gives the mean loss over the output domains, in nats a token.
func (n *Net) Loss() float64 { return float64(n.Machine.Floats(n.loss)[0]) }

// DomainLoss gives the loss of one output domain, in nats a token.
func (n *Net) DomainLoss(domain string) float64 {
	return float64(n.Machine.Floats(n.losses[domain])[0])
}

// Grad gives the gradient of parameter i.
func (n *Net) Grad(i int) []float32 { return n.Machine.Floats(n.grads[i]) }

// Output gives the decoder's output, (B, M, D).
func (n *Net) Output() []float32 { return n.Machine.Floats(n.out) }

// Counts gives the number of labelled rows of a domain.
func (n *Net) Counts(domain string) int {
	c := 0
	for _, l := range n.Labels[domain] {
		if l >= 0 {
			c++
		}
	}
	return c
}

// param gives the node of a parameter, with the shape that ops expect.
func (n *Net) param(name string) *G.Node {
	if x, ok := n.nodes[name]; ok {
		return x
	}
	p, ok := n.m.byName[name]
	if !ok {
		panic("model: no parameter " + name)
	}
	shape := p.Shape
	if len(shape) == 3 { // (1, 1, D): a table of one row
		shape = shape[1:]
	}
	n.nodes[name] = ops.Input(n.g, name, shape, p.Data)
	return n.nodes[name]
}

// positions gives the fixed table of a domain, shared by all graphs.
func (n *Net) positions(d modality.Domain) *G.Node {
	key := "pos." + d.Name
	if x, ok := n.nodes[key]; ok {
		return x
	}
	n.nodes[key] = ops.Input(n.g, key, []int{d.Max, n.m.Config.Dim}, n.m.pos[d.Name])
	return n.nodes[key]
}

func (n *Net) linear(x *G.Node, name string) *G.Node { return ops.Linear(x, n.param(name+".weight")) }

func (n *Net) norm(x *G.Node, name string) *G.Node {
	return ops.Norm(x, n.param(name+".weight"), nil)
}

func (n *Net) mlp(x *G.Node, pre string) *G.Node {
	return n.linear(ops.Gate(n.linear(x, pre+"mlp.fc1"), n.linear(x, pre+"mlp.fc3")), pre+"mlp.fc2")
}
