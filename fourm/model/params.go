package model

// Parameters: their official names (inventory 9), shapes and initial values
// (inventory 4.5).

import (
	"fmt"
	"math"

	"math/rand/v2"
	"strings"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/ops"
)

// Param is one trainable tensor.
type Param struct {
	Name  string // in the official state dict
	Shape []int
	Data  []float32
}

// Decays tells whether AdamW decays the parameter: all but norms and biases
// (inventory 5).
func (p *Param) Decays() bool {
	return !strings.Contains(p.Name, "norm.") && !strings.Contains(p.Name, "_norm") && !strings.Contains(p.Name, "norm1.") &&
		!strings.Contains(p.Name, "norm2.") && !strings.HasSuffix(p.Name, ".bias")
}

func size(shape []int) int {
	n := 1
	for _, s := range shape {
		n *= s
	}
	return n
}

// headName is the parameter that makes a domain's logits: the decoder's token
// table, unless heads are untied (inventory 4.3).
func (m *Model) headName(d modality.Domain) string {
	if m.Config.Untied {
		return "decoder_embeddings." + d.Official + ".to_logits.weight"
	}
	return "decoder_embeddings." + d.Official + ".token_emb.weight"
}

// declare lists the parameters of the model, without their numbers.
func (m *Model) declare() {
	c := m.Config
	add := func(name string, shape ...int) {
		p := &Param{Name: name, Shape: shape}
		m.Params = append(m.Params, p)
		m.byName[name] = p
	}
	d, h := c.Dim, c.hidden()
	for _, dom := range m.In {
		pre := "encoder_embeddings." + dom.Official
		add(pre+".mod_emb", 1, 1, d)
		if dom.Pixels {
			add(pre+".proj.weight", d, dom.Width)
		} else {
			add(pre+".token_emb.weight", dom.Vocab, d)
		}
	}
	for i := range c.Encoder {
		pre := fmt.Sprintf("encoder.%d.", i)
		add(pre+"norm1.weight", d)
		add(pre+"attn.qkv.weight", 3*d, d)
		add(pre+"attn.proj.weight", d, d)
		add(pre+"norm2.weight", d)
		addMLP(add, pre, d, h)
	}
	add("encoder_norm.weight", d)
	add("decoder_proj_context.weight", d, d)
	add("decoder_proj_context.bias", d)
	for _, dom := range m.Out {
		pre := "decoder_embeddings." + dom.Official
		if !m.isInput(dom.Name) {
			add(pre+".mod_emb", 1, 1, d)
		}
		// an image's target content is the mask token: without tying it needs
		// no table
		if !c.Untied || dom.Kind == modality.Sequence {
			add(pre+".token_emb.weight", dom.Vocab, d)
		}
		if c.Untied {
			add(pre+".to_logits.weight", dom.Vocab, d)
		}
	}
	add("mask_token", 1, 1, d)
	for i := range c.Decoder {
		pre := fmt.Sprintf("decoder.%d.", i)
		add(pre+"norm1.weight", d)
		add(pre+"self_attn.qkv.weight", 3*d, d)
		add(pre+"self_attn.proj.weight", d, d)
		add(pre+"query_norm.weight", d)
		add(pre+"context_norm.weight", d)
		add(pre+"cross_attn.q.weight", d, d)
		add(pre+"cross_attn.kv.weight", 2*d, d)
		add(pre+"cross_attn.proj.weight", d, d)
		add(pre+"norm2.weight", d)
		addMLP(add, pre, d, h)
	}
	add("decoder_norm.weight", d)
}

func addMLP(add func(string, ...int), pre string, d, h int) {
	add(pre+"mlp.fc1.weight", h, d)
	add(pre+"mlp.fc2.weight", d, h)
	add(pre+"mlp.fc3.weight", h, d)
}

// initialise draws the initial values: Xavier uniform for linear maps, with
// packed maps counted as the single ones they hold; N(0, 0.02) for tables;
// ones and zeros for norms and biases. A tied head ends up Xavier, as the
// official order of initialisation leaves it.
func (m *Model) initialise() {
	for i, p := range m.Params {
		r := rand.New(rand.NewPCG(uint64(m.Config.Seed), uint64(i)))
		p.Data = make([]float32, size(p.Shape))
		name := p.Name
		switch {
		case strings.HasSuffix(name, ".bias"):
		case strings.Contains(name, "norm"):
			for j := range p.Data {
				p.Data[j] = 1
			}
		case strings.HasSuffix(name, "token_emb.weight") && (m.Config.Untied || strings.HasPrefix(name, "encoder_embeddings.")), strings.HasSuffix(name, "mod_emb"), name == "mask_token":
			for j := range p.Data {
				p.Data[j] = float32(r.NormFloat64() * 0.02)
			}
		default:
			rows, cols := float64(p.Shape[0]), float64(p.Shape[1])
			if strings.Contains(name, "qkv") {
				rows /= 3
			} else if strings.Contains(name, ".kv.") {
				rows /= 2
			}
			bound := math.Sqrt(6 / (rows + cols))
			for j := range p.Data {
				p.Data[j] = float32((2*r.Float64() - 1) * bound)
			}
		}
	}
}

// positions gives the fixed table of a domain, (Max, D).
func positions(d modality.Domain, dim int) []float32 {
	if d.Kind == modality.Image {
		return ops.GridPositions(d.Rows, d.Cols, dim)
	}
	return ops.LinePositions(d.Max, dim)
}
