package parity

// Kinds fm_forward and fm_hf: one pass through the model, its losses and
// gradients.

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/kernels/ref"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
)

func init() {
	register("fm_forward", forward)
	register("fm_hf", forward)
}

// pass is what a forward fixture says beside its model.
type pass struct {
	N     int      `json:"num_encoder_tokens"`
	M     int      `json:"num_decoder_tokens"`
	In    []string `json:"mod_dict_order"`
	Out   []string `json:"decoder_modality_order"`
	Kept  []int    `json:"logits_positions"` // nil: all
	model *model.Model
}

// open reads the description and the weights: a published model's folder is
// described by its own config.json, and the case by fixture.json.
func (p *pass) open(f *Fixture) error {
	var c model.Config
	if f.Kind == "fm_hf" {
		var raw map[string]any
		err := f.JSON("config.json", &raw)
		if err == nil {
			err = f.JSON("fixture.json", p)
		}
		if err == nil {
			c, err = model.OfficialConfig(raw)
		}
		if err != nil {
			return err
		}
	} else {
		var d described
		err := f.JSON("config.json", &d)
		if err == nil {
			err = f.JSON("config.json", p)
		}
		if err == nil {
			c, err = d.config()
		}
		if err != nil {
			return err
		}
	}
	var err error
	p.model, err = f.model(c, "model.safetensors")
	return err
}

func forward(f *Fixture, r *Report) error {
	var p pass
	if err := p.open(f); err != nil {
		return err
	}
	if err := ids(f, r); err != nil {
		return err
	}
	in, want, tol, err := f.recorded()
	if err != nil {
		return err
	}
	samples, err := batch(p.model, in)
	if err != nil {
		return err
	}
	// the official code cuts to the budget what there is, and no more
	shape := model.Shape{B: len(samples), N: p.N, M: p.M}
	if t, ok := want["encoder_mod_mask"]; ok {
		shape.N = t.Shape[1] - p.model.Config.Registers
	}
	if t, ok := want["decoder_mod_mask"]; ok {
		shape.M = t.Shape[1]
	}
	if shape.N > p.N || shape.M > p.M || shape.N < 1 || shape.M < 1 {
		return fmt.Errorf("expected tensors have %d encoder and %d decoder tokens, the budgets are %d and %d", shape.N, shape.M, p.N, p.M)
	}
	c := compared{r: r, tol: tol, want: want, seen: map[string]bool{}}
	for _, loss := range []string{"mod", "token"} {
		p.model.Config.TokenLoss = loss == "token"
		n := p.model.Graph(model.Inspecting, shape)
		if err := p.model.FillRows(n.Batch, samples, model.Order{In: kept(p.In, p.model.In), Out: kept(p.Out, p.model.Out), Padding: true}); err != nil {
			return err
		}
		if err := n.Machine.Run(context.Background()); err != nil {
			return err
		}
		if loss == "mod" {
			p.compare(&c, n)
		}
		c.number("losses", "loss."+loss, n.Loss())
		for _, d := range p.model.Out {
			c.number("losses", loss+"_loss."+d.Name, n.DomainLoss(d.Name))
		}
		if f.Has("grads_" + loss + ".safetensors") {
			if err := gradients(f, r, n, p.model, loss, tol); err != nil {
				return err
			}
		}
	}
	return c.rest()
}

// kept leaves out the names that are on the other side of the model.
func kept(names []string, ds []modality.Domain) []string {
	if names == nil {
		return nil
	}
	out := []string{}
	for _, n := range names {
		for _, d := range ds {
			if d.Name == n {
				out = append(out, n)
			}
		}
	}
	return out
}

// ids compares the numbers that label modalities.
func ids(f *Fixture, r *Report) error {
	var d described
	if err := f.JSON("config.json", &d); err != nil {
		return err
	}
	for name, m := range d.Modalities {
		if m.ID != nil {
			r.Ints("modality ids", name, []int{modality.ID(name)}, []int{*m.ID})
		}
	}
	return nil
}

// compared checks results against the expected tensors and remembers which.
type compared struct {
	r    *Report
	tol  tolerances
	want map[string]Tensor
	seen map[string]bool
}

func (c *compared) floats(group, name string, got []float32) {
	if w, ok := c.want[name]; ok {
		c.seen[name] = true
		c.r.Floats(group, name, got, w.F, c.tol.of("forward", name, w.F))
	}
}

func (c *compared) ints(name string, got []int) {
	if w, ok := c.want[name]; ok {
		c.seen[name] = true
		c.r.Ints(name, name, got, w.I)
	}
}

func (c *compared) number(group, name string, got float64) {
	if w, ok := c.want[name]; ok {
		c.seen[name] = true
		c.r.Number(group, name, got, float64(w.F[0]), c.tol.loss(name, w.F))
	}
}

// rest refuses tensors that nothing was compared with.
func (c *compared) rest() error {
	for name := range c.want {
		if !c.seen[name] {
			return fmt.Errorf("expected tensor %q is of no known kind", name)
		}
	}
	return nil
}

// compare checks everything but losses and gradients, the padding included.
func (p *pass) compare(c *compared, n *model.Net) {
	s := n.Sides()
	for _, x := range []struct {
		name string
		node *G.Node
	}{{"encoder_tokens", s.EncoderTokens}, {"encoder_emb", s.EncoderEmb}, {"encoder_output", s.Encoded}, {"context", s.Context},
		{"decoder_tokens", s.DecoderTokens}, {"decoder_emb", s.DecoderEmb}, {"decoder_output", s.Decoded}} {
		c.floats(x.name, x.name, n.Machine.Floats(x.node))
	}
	m := p.model
	t := n.N + m.Config.Registers
	var encMask, encMod, decMask, decMod, target, blocked []int
	label := func(ds []modality.Domain, table []int32, at int) int {
		if k := table[2*at]; k >= 0 {
			return modality.ID(ds[k].Official)
		}
		return -1
	}
	hidden := func(v bool) int {
		if v {
			return 1
		}
		return 0
	}
	for b := range n.B {
		for j := range t {
			encMod = append(encMod, label(m.In, n.EncMod, b*t+j))
			encMask = append(encMask, hidden(j >= int(n.EncSpan[4*b*t+1])))
		}
		for j := range n.M {
			at := b*n.M + j
			id, y := label(m.Out, n.DecMod, at), 0
			if id >= 0 {
				y = int(n.Labels[m.Out[n.DecMod[2*at]].Name][at])
			}
			decMod, target, decMask = append(decMod, id), append(target, y), append(decMask, hidden(id < 0))
		}
		blocked = append(blocked, bits(n.Blocked(b))...)
	}
	c.ints("encoder_mask", encMask)
	c.ints("encoder_mod_mask", encMod)
	c.ints("decoder_mask", decMask)
	c.ints("decoder_mod_mask", decMod)
	c.ints("target_ids", target)
	c.ints("decoder_attention_mask", blocked)
	out := n.Output()
	dim := m.Config.Dim
	places := p.Kept
	if places == nil {
		for j := range n.M {
			places = append(places, j)
		}
	}
	for _, d := range m.Out {
		if _, ok := c.want["logits."+d.Name]; !ok {
			continue
		}
		var rows []float32
		for b := range n.B {
			for _, j := range places {
				rows = append(rows, out[(b*n.M+j)*dim:(b*n.M+j+1)*dim]...)
			}
		}
		logits := make([]float32, len(rows)/dim*d.Vocab)
		ref.Gemm(false, true, len(rows)/dim, d.Vocab, dim, rows, dim, m.Head(d), dim, logits, d.Vocab, false)
		c.floats("logits", "logits."+d.Name, logits)
	}
}

// gradients compares the gradient of a loss by every parameter; a parameter
// that the fixture has none for must have one of zeros.
func gradients(f *Fixture, r *Report, n *model.Net, m *model.Model, loss string, tol tolerances) error {
	want, err := f.Tensors("grads_" + loss + ".safetensors")
	if err != nil {
		return err
	}
	group := "gradients of loss " + loss
	for i, p := range m.Params {
		w, ok := want[p.Name]
		if !ok {
			for _, a := range m.Aliases(p.Name) {
				if w, ok = want[a]; ok {
					delete(want, a)
					break
				}
			}
		}
		delete(want, p.Name)
		if !ok {
			w.F = make([]float32, len(p.Data))
		}
		got := make([]float32, len(p.Data))
		n.Grad(i).AddTo(got, 1)
		r.Floats(group, p.Name, got, w.F, tol.of("grads."+loss, p.Name, w.F))
	}
	for name, w := range want {
		if top(w.F) > 0 {
			r.Floats(group, name+", which the model lacks", nil, w.F, 0)
		}
	}
	return nil
}

// tolerances are those of noise.json, by part and tensor.
type tolerances map[string]map[string]float64

// recorded reads what a case was given, what came out, and how near that must
// be met.
func (f *Fixture) recorded() (in, want map[string]Tensor, tol tolerances, err error) {
	if in, err = f.Tensors("inputs.safetensors"); err != nil {
		return
	}
	if want, err = f.Tensors("expected.safetensors"); err != nil {
		return
	}
	tol, err = f.tolerances()
	return
}

// tolerances reads noise.json. Its tensors lie in parts or all alike, and a
// part may be named by the key itself: recommended_abs_tol_final_params.
func (f *Fixture) tolerances() (tolerances, error) {
	t := tolerances{}
	if !f.Has("noise.json") {
		return t, nil
	}
	var raw map[string]json.RawMessage
	if err := f.JSON("noise.json", &raw); err != nil {
		return nil, err
	}
	put := func(part, name string, v float64) {
		if t[part] == nil {
			t[part] = map[string]float64{}
		}
		t[part][name] = v
	}
	for key, b := range raw {
		part, ok := strings.CutPrefix(key, "recommended_abs_tol")
		if !ok {
			continue
		}
		if part = strings.TrimPrefix(part, "_"); part == "" {
			part = "forward"
		}
		var tols map[string]any
		if err := json.Unmarshal(b, &tols); err != nil {
			return nil, fmt.Errorf("noise.json: %s: %w", key, err)
		}
		for k, v := range tols {
			switch v := v.(type) {
			case float64:
				put(part, k, v)
			case map[string]any:
				for name, x := range v {
					if x, ok := x.(float64); ok {
						put(k, name, x)
					}
				}
			}
		}
	}
	return t, nil
}

// of gives the tolerance of a tensor: the recorded one, else 2e-5 of its
// largest entry, 5e-5 for gradients.
func (t tolerances) of(part, name string, want []float32) float64 {
	if v, ok := t[part][name]; ok {
		return math.Max(v, 1e-12)
	}
	share := 2e-5
	if strings.HasPrefix(part, "grads") {
		share = 5e-5
	}
	return math.Max(share*top(want), 1e-12)
}

// loss gives the tolerance of a loss.
func (t tolerances) loss(name string, want []float32) float64 {
	if v, ok := t["forward"][name]; ok {
		return math.Max(v, 1e-12)
	}
	return 1e-5
}

func top(x []float32) float64 {
	m := 0.0
	for _, v := range x {
		m = math.Max(m, math.Abs(float64(v)))
	}
	return m
}
