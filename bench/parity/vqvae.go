package parity

// Kind vqvae: a tokenizer's parts, tokens, pictures, and one training step.

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"

	"fourmlab/fourm/vq"
)

func init() { register("vqvae", tokenizer) }

// tokenizing is what a tokenizer's fixture says beside its tensors.
type tokenizing struct {
	Class  string         `json:"class"`
	Kwargs map[string]any `json:"kwargs"`
	Vit    map[string]any `json:"vit"`
	// Decoder is a diffusion decoder: its class and its arguments.
	Decoder struct {
		Type   string         `json:"type"`
		Kwargs map[string]any `json:"kwargs"`
	} `json:"decoder"`
	Same  map[string]string `json:"same_as"`
	Train struct {
		Input string `json:"input"`
		Loss  string `json:"loss"`
	} `json:"train_step"`
}

// network makes the tokenizer with the recorded weights.
func (f *Fixture) network(c tokenizing) (*vq.Network, error) {
	raw := map[string]any{"class": c.Class}
	maps.Copy(raw, c.Kwargs)
	if c.Vit != nil {
		raw["vit"] = c.Vit
	}
	if d := c.Decoder; d.Type != "" {
		raw["dec_type"], raw[d.Type] = d.Type+"_recorded", d.Kwargs
	}
	s, err := vq.OfficialSpec(raw)
	if err != nil {
		return nil, err
	}
	n, err := vq.ReadNetwork(filepath.Join(f.Dir, "model.safetensors"), s)
	if err != nil {
		return nil, err
	}
	n.Tape = f.tape
	return n, nil
}

func tokenizer(f *Fixture, r *Report) error {
	var c tokenizing
	if err := f.JSON("config.json", &c); err != nil {
		return err
	}
	n, err := f.network(c)
	if err != nil {
		return err
	}
	in, want, tol, err := f.recorded()
	if err != nil {
		return err
	}
	cmp := compared{r: r, tol: tol, want: want, seen: map[string]bool{}}
	for _, name := range slices.Sorted(maps.Keys(in)) {
		x, err := in[name].images()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		tag, ok := strings.CutSuffix(name, ".x")
		if !ok {
			return fmt.Errorf("input %q, expected a name that ends in .x", name)
		}
		if err := passes(n, &cmp, tag, x); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for name, as := range c.Same {
		if _, ok := want[as]; !ok {
			return fmt.Errorf("same_as: %s is said to be %s, which is not among the expected tensors", name, as)
		}
	}
	if err := cmp.rest(); err != nil {
		return err
	}
	if !f.Has("train_step.safetensors") {
		return nil
	}
	x, err := in[c.Train.Input].images()
	if err != nil {
		return fmt.Errorf("train_step: input %q: %w", c.Train.Input, err)
	}
	return c.step(f, r, n, x, tol)
}

// passes compares what each part gives of one batch. Tokens are decoded as they
// were recorded, so that the decoder is compared on its own.
func passes(n *vq.Network, c *compared, tag string, x vq.Images) error {
	p, err := n.Inspect(context.Background(), x)
	if err != nil {
		return err
	}
	for part, y := range map[string]vq.Images{"prepared_input": p.Prepared, "encoder_output": p.Encoded, "latents": p.Latents, "quant": p.Quant,
		"tokens_to_embedding": p.Quant, "decoded": p.Decoded} {
		c.floats(part, tag+"."+part, y.Data)
	}
	ids := make([]int, len(p.Tokens.IDs))
	for i, id := range p.Tokens.IDs {
		ids[i] = int(id)
	}
	c.ints(tag+".tokens", ids)
	if w, ok := c.want[tag+".tokens"]; ok && len(w.I) == len(ids) && n.Spec.Dec.Kind != vq.NoDecoder {
		codes := p.Tokens
		codes.IDs = make([]int32, len(ids))
		for i, id := range w.I {
			codes.IDs[i] = int32(id)
		}
		y, err := n.Decode(context.Background(), codes)
		if err != nil {
			return err
		}
		name := tag + ".decoded"
		if _, ok := c.want[tag+".decoded_from_tokens"]; ok {
			name = tag + ".decoded_from_tokens"
		}
		c.floats("decoded from tokens", name, y.Data)
	}
	c.number("code loss", tag+".code_loss_eval", 0) // there is none outside training
	return nil
}

// step compares losses, gradients and the codebook after one training step.
func (c tokenizing) step(f *Fixture, r *Report, n *vq.Network, x vq.Images, tol tolerances) error {
	name, rest, ok := strings.Cut(c.Train.Loss, "(decoded, x)")
	loss := vq.Loss{Name: name}
	if _, err := fmt.Sscanf(rest, " + %g * code_loss", &loss.Own); !ok || err != nil {
		return fmt.Errorf("train_step: loss %q, expected one as \"mse(decoded, x) + 1.0 * code_loss\"", c.Train.Loss)
	}
	want, err := f.Tensors("train_step.safetensors")
	if err != nil {
		return err
	}
	s, err := n.Step(context.Background(), x, loss, rand.New(rand.NewPCG(1, 1)))
	if err != nil {
		return err
	}
	for name, v := range map[string]float64{"loss": s.Reconstruction + loss.Own*s.Own, "reconstruction_loss": s.Reconstruction, "code_loss": s.Own} {
		if w, ok := want[name]; ok {
			r.Number("training losses", name, v, float64(w.F[0]), tol.loss(name, w.F))
			delete(want, name)
		}
	}
	for name, g := range s.Grads {
		w, ok := want["grads."+name]
		if !ok { // nothing depends on it
			w.F = make([]float32, len(g))
		}
		delete(want, "grads."+name)
		r.Floats("gradients", name, g, w.F, tol.of("grads", name, w.F))
	}
	for name, w := range want {
		own, ok := strings.CutPrefix(name, "after.")
		p := n.Params[own]
		if !ok || p == nil {
			return fmt.Errorf("train_step: tensor %q is of no known kind", name)
		}
		r.Floats("codebook after the step", own, p.Data, w.F, tol.of("train_step", name, w.F))
	}
	return nil
}

// images gives a tensor as pictures (B, C, H, W); of classes (B, H, W) C is 1.
func (t Tensor) images() (vq.Images, error) {
	s := t.Shape
	x := vq.Images{Data: t.F}
	if t.F == nil {
		for _, v := range t.I {
			x.Data = append(x.Data, float32(v))
		}
	}
	switch len(s) {
	case 4:
		x.B, x.C, x.H, x.W = s[0], s[1], s[2], s[3]
	case 3:
		x.B, x.C, x.H, x.W = s[0], 1, s[1], s[2]
	default:
		return x, fmt.Errorf("shape %v, expected (B, C, H, W) or (B, H, W)", s)
	}
	return x, nil
}
