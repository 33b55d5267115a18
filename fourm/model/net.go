package model

// The graph of one batch shape: 4M's forward pass (docs/4m.md, 4.6 to 4.8) and, for
// training, the loss and its gradients.

import (
	"fmt"
	"strings"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/exec"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/ops"
	"fourmlab/fourm/optim"
	"fourmlab/internal/fault"
)

// Net is a compiled graph and the batch it reads. Fill the batch, Run the
// machine, read the outputs.
type Net struct {
	*Batch
	Machine    exec.VM
	m          *Model
	g          *G.ExprGraph
	nodes      map[string]*G.Node // parameters and position tables
	loss       *G.Node
	losses     map[string]*G.Node // by output domain
	grads      []*G.Node          // by parameter
	rows       []func() []int32   // by parameter: of a table of which grads has few rows, which they are; or nil
	unread     []func() bool      // by parameter: whether nothing of the batch's loss depends on it; nil: something always does
	sides      Sides
	attentions []attention // over the encoder's tokens, by layer
}

// Sides are the nodes on the way through the model that can be read.
type Sides struct {
	EncoderTokens, EncoderEmb *G.Node // content, position + modality (B, T, D) with T the registers and N
	Encoded, Context          *G.Node // the encoder's output, what the decoder attends to (B, T, D)
	DecoderTokens, DecoderEmb *G.Node // (B, M, D)
	Decoded                   *G.Node // the decoder's output (B, M, D)
}

func newNet(m *Model, s Shape) *Net {
	return &Net{Batch: m.newBatch(s), m: m, g: G.NewGraph(), nodes: map[string]*G.Node{}, losses: map[string]*G.Node{}}
}

// encode builds the encoder and the context that it leaves for the decoder.
func (n *Net) encode() {
	c, d := n.m.Config, n.m.Config.Dim
	var content, pos, mod []*G.Node
	var pad []bool
	for _, dom := range n.m.In {
		pre := encoderName(dom)
		content, pad = append(content, n.content(dom)), append(pad, dom.Kind == modality.Sequence || dom.Kind == modality.Symbols)
		pos = append(pos, n.table(pre+".pos_emb"))
		mod = append(mod, n.table(pre+".mod_emb"))
	}
	if c.Registers > 0 {
		content, pad = append(content, n.table("register_tokens")), append(pad, false)
	}
	t := c.Registers + n.N
	shape := []int{n.B, t, d}
	emb := ops.Add(ops.Gather(shape, n.index("enc.pos", t, 2, n.EncPos), pos...), ops.Gather(shape, n.index("enc.mod", t, 2, n.EncMod), mod...))
	tokens := ops.GatherPadded(shape, pad, n.index("enc.tok", t, 2, n.EncTok), content...)
	x := ops.Add(tokens, emb)
	span := n.index("enc.span", t, 4, n.EncSpan)
	for i := range c.Encoder {
		pre := fmt.Sprintf("encoder.%d.", i)
		x = ops.Add(x, n.self(n.norm(x, pre+"norm1"), pre+"attn", span))
		x = ops.Add(x, n.mlp(n.norm(x, pre+"norm2"), pre))
	}
	n.sides.EncoderTokens, n.sides.EncoderEmb = tokens, emb
	n.sides.Encoded = n.norm(x, "encoder_norm")
	n.sides.Context = ops.Add(n.linear(n.sides.Encoded, "decoder_proj_context"), emb)
}

// decode builds the decoder.
func (n *Net) decode() {
	c, d := n.m.Config, n.m.Config.Dim
	content, pad := []*G.Node{n.table("mask_token")}, []bool{false}
	var pos, mod []*G.Node
	for _, dom := range n.m.Out {
		if !dom.Grid() {
			content, pad = append(content, n.table(decoderName(dom)+".token_emb.weight")), append(pad, true)
		}
		pos = append(pos, n.table(decoderName(dom)+".pos_emb"))
		mod = append(mod, n.table(n.m.modName(dom)))
	}
	shape := []int{n.B, n.M, d}
	tokens := ops.GatherPadded(shape, pad, n.index("dec.tok", n.M, 2, n.DecTok), content...)
	emb := ops.Add(ops.Gather(shape, n.index("dec.pos", n.M, 2, n.DecPos), pos...), ops.Gather(shape, n.index("dec.mod", n.M, 2, n.DecMod), mod...))
	y, ctx := ops.Add(tokens, emb), n.sides.Context
	self, cross := n.index("dec.span", n.M, 4, n.DecSpan), n.index("cross.span", n.M, 4, n.CrossSpan)
	for i := range c.Decoder {
		pre := fmt.Sprintf("decoder.%d.", i)
		y = ops.Add(y, n.self(n.norm(y, pre+"norm1"), pre+"self_attn", self))
		y = ops.Add(y, n.cross(n.norm(y, pre+"query_norm"), n.norm(ctx, pre+"context_norm"), pre+"cross_attn", cross))
		y = ops.Add(y, n.mlp(n.norm(y, pre+"norm2"), pre))
	}
	n.sides.DecoderTokens, n.sides.DecoderEmb = tokens, emb
	n.sides.Decoded = n.norm(y, "decoder_norm")
}

// content is the table of an input domain's token contents: its embeddings,
// or what its patches and vectors are mapped to.
func (n *Net) content(d modality.Domain) *G.Node {
	pre := encoderName(d)
	if !d.Pixels && d.Kind != modality.Vectors {
		return n.table(pre + ".token_emb.weight")
	}
	x := ops.Input(n.g, "given."+d.Name, []int{n.B * d.Max, d.Dim}, n.Given[d.Name])
	switch {
	case d.Pixels:
		return ops.Linear(x, n.param(pre+".proj.weight"))
	case d.Bottleneck > 0:
		return n.linear(n.linear(x, pre+".emb_proj.0"), pre+".emb_proj.1")
	}
	return n.linear(x, pre+".emb_proj")
}

// compile adds what the kind of graph is for, and plans its memory.
func (n *Net) compile(kind Graph) {
	var outputs []*G.Node
	switch kind {
	case Predicting:
		outputs = []*G.Node{n.sides.Decoded}
	case Encoding:
		outputs = []*G.Node{n.sides.Context}
	case Attending, AttendingAcross:
		outputs = []*G.Node{n.sides.Encoded}
		for _, a := range n.attentions {
			outputs = append(outputs, a.q, a.kv, a.y)
		}
	}
	if kind.losses() {
		outputs = append(outputs, n.lose(kind.gradients())...)
	}
	if kind == Inspecting {
		s := n.sides
		outputs = append(outputs, s.EncoderTokens, s.EncoderEmb, s.Encoded, s.Context, s.DecoderTokens, s.DecoderEmb, s.Decoded)
	}
	if kind.gradients() {
		outputs = append(outputs, n.differentiate()...)
	}
	var err error
	if n.m.Tape {
		n.Machine, err = exec.NewTape(n.g, outputs...)
	} else {
		n.Machine, err = exec.New(n.g, outputs...)
	}
	if err != nil {
		fault.Panic("model.Graph", "batches of %d samples, %d tokens in and %d out: %v", n.B, n.N, n.M, err)
	}
}

// lose adds the loss of each output domain and of all together, and gives
// them. Where they are to be differentiated, a domain's weight is part of its op.
func (n *Net) lose(differentiated bool) (outputs []*G.Node) {
	var all []*G.Node
	weights := ops.Input(n.g, "weights", []int{len(n.m.Out)}, n.Weights)
	for k, d := range n.m.Out {
		labels := ops.Indices(n.g, "labels."+d.Name, []int{n.B * n.M}, n.Labels[d.Name])
		head := n.param(n.m.headName(d))
		var l *G.Node
		if differentiated {
			l = ops.WeighedCrossEntropy(n.sides.Decoded, head, labels, weights, k)
		} else {
			l = ops.CrossEntropy(n.sides.Decoded, head, labels)
		}
		n.losses[d.Name] = l
		all = append(all, l)
	}
	n.loss = ops.Weigh(weights, all...)
	return append(all, n.loss)
}

// differentiate adds the gradients by every parameter, and gives them.
func (n *Net) differentiate() []*G.Node {
	var wrt G.Nodes
	for _, p := range n.m.Params {
		wrt = append(wrt, n.param(p.Name))
	}
	grads, err := G.Grad(n.loss, wrt...)
	if err != nil {
		fault.Panic("model.Graph", "%v", err)
	}
	n.grads, n.rows, n.unread = grads, make([]func() []int32, len(grads)), n.m.unread(n.Batch)
	for i, g := range grads {
		if sums, of := ops.Rows(g); sums != nil {
			n.grads[i], n.rows[i] = sums, of
		}
	}
	return n.grads
}

// Sides gives the nodes on the way; Machine.Floats of them has numbers in a
// graph of kind Inspecting.
func (n *Net) Sides() Sides { return n.sides }

// Loss gives the loss, in nats a token: the mean over the output domains, or
// over the tokens where the configuration says so.
func (n *Net) Loss() float64 { return float64(n.Machine.Floats(n.loss)[0]) }

// DomainLoss gives the loss of one output domain, in nats a token.
func (n *Net) DomainLoss(domain string) float64 {
	return float64(n.Machine.Floats(n.losses[domain])[0])
}

// Grad gives the gradient of parameter i: all numbers, or the rows of a table
// that the batch read.
func (n *Net) Grad(i int) optim.Grad {
	g := optim.Grad{F: n.Machine.Floats(n.grads[i]), None: n.unread[i] != nil && n.unread[i]()}
	if n.rows[i] != nil {
		g.Rows = n.rows[i]()
	}
	return g
}

// Output gives the decoder's output, (B, M, D).
func (n *Net) Output() []float32 { return n.Machine.Floats(n.sides.Decoded) }

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
	if len(shape) == 3 { // (1, N, D): a table of N rows
		shape = shape[1:]
	}
	n.nodes[name] = ops.Input(n.g, name, shape, p.Data)
	return n.nodes[name]
}

// table gives a parameter or a fixed position table as rows of D numbers.
func (n *Net) table(name string) *G.Node {
	if x, ok := n.nodes[name]; ok {
		return x
	}
	if t, ok := n.m.pos[name]; ok {
		d := n.m.Config.Dim
		n.nodes[name] = ops.Input(n.g, name, []int{len(t) / d, d}, t)
		return n.nodes[name]
	}
	return n.param(name)
}

func (n *Net) index(name string, rows, width int, data []int32) *G.Node {
	return ops.Indices(n.g, name, []int{n.B, rows, width}, data)
}

// linear is a map, with its bias where the model has one.
func (n *Net) linear(x *G.Node, name string) *G.Node {
	w := n.param(name + ".weight")
	if n.m.byName[name+".bias"] == nil {
		return ops.Linear(x, w)
	}
	return ops.LinearBias(x, w, n.param(name+".bias"))
}

// gains gives the weight of a norm, and its bias or nil.
func (n *Net) gains(name string) (g, b *G.Node) {
	if n.m.byName[name+".bias"] != nil {
		b = n.param(name + ".bias")
	}
	return n.param(name + ".weight"), b
}

func (n *Net) norm(x *G.Node, name string) *G.Node {
	g, b := n.gains(name)
	return ops.Norm(x, g, b)
}

// headNorm normalises the columns of a packed tensor head by head, where the
// model does.
func (n *Net) headNorm(x *G.Node, name string, from int) *G.Node {
	if !n.m.Config.QKNorm {
		return x
	}
	g, b := n.gains(name)
	return ops.PartNorm(x, g, b, from, from+n.m.Config.Dim)
}

func (n *Net) self(x *G.Node, name string, span *G.Node) *G.Node {
	qkv := n.linear(x, name+".qkv")
	qkv = n.headNorm(n.headNorm(qkv, name+".q_norm", 0), name+".k_norm", n.m.Config.Dim)
	y := ops.SelfAttention(qkv, span, n.m.Config.Heads)
	if strings.HasPrefix(name, "encoder.") {
		n.attentions = append(n.attentions, attention{q: qkv, kv: qkv, y: y})
	}
	return n.linear(y, name+".proj")
}

func (n *Net) cross(x, ctx *G.Node, name string, span *G.Node) *G.Node {
	q := n.headNorm(n.linear(x, name+".q"), name+".q_norm", 0)
	kv := n.headNorm(n.linear(ctx, name+".kv"), name+".k_norm", 0)
	y := ops.CrossAttention(q, kv, span, n.m.Config.Heads)
	n.attentions = append(n.attentions, attention{q: q, kv: kv, y: y, across: true})
	return n.linear(y, name+".proj")
}

// mlp is fc2(act(fc1 x) fc3 x), or fc2(act(fc1 x)) where there is no gate
// (docs/4m.md, 4.2).
func (n *Net) mlp(x *G.Node, pre string) *G.Node {
	h := n.linear(x, pre+"mlp.fc1")
	var gate *G.Node
	if !n.m.Config.Plain {
		gate = n.linear(x, pre+"mlp.fc3")
	}
	h = n.m.act.node(h, gate)
	return n.linear(h, pre+"mlp.fc2")
}
