package model

// Parameters: their official names (docs/4m.md, 9.2) and shapes.

import (
	"fmt"
	"strings"

	"fourmlab/fourm/modality"
)

// Param is one trainable tensor.
type Param struct {
	Name  string // in the official state dict
	Shape []int
	Data  []float32
}

// Decays tells whether AdamW decays the parameter: all but norms and biases,
// told by their names (docs/4m.md, 5.1).
func (p *Param) Decays() bool {
	return !strings.Contains(p.Name, "norm.") && !strings.Contains(p.Name, ".norm") &&
		!strings.HasSuffix(p.Name, ".bias") && !strings.HasSuffix(p.Name, ".gamma") && !strings.HasSuffix(p.Name, ".lookup_table_weight")
}

func size(shape []int) int {
	n := 1
	for _, s := range shape {
		n *= s
	}
	return n
}

func encoderName(d modality.Domain) string { return "encoder_embeddings." + d.Official }
func decoderName(d modality.Domain) string { return "decoder_embeddings." + d.Official }

// headName is the parameter that makes a domain's logits: the decoder's token
// table, unless heads are untied (docs/4m.md, 4.3).
func (m *Model) headName(d modality.Domain) string {
	if m.Config.Untied {
		return decoderName(d) + ".to_logits.weight"
	}
	return decoderName(d) + ".token_emb.weight"
}

// unread gives, by parameter, what tells that nothing of a batch's loss depends
// on it, or nil where something always does: output weights of a domain without
// targets, and a mask token where no target is an image's. The table of a tied
// sequence is read for the content of all its positions, targets or not. The
// official optimizer has no gradient of such a parameter, rather than zeros.
func (m *Model) unread(b *Batch) []func() bool {
	of := map[string]func() bool{"mask_token": func() bool { return true }}
	for _, d := range m.Out {
		if d.Grid() {
			delete(of, "mask_token")
		}
		if d.Grid() || m.Config.Untied {
			of[m.headName(d)] = func() bool { return b.Counts(d.Name) == 0 }
		}
	}
	out := make([]func() bool, len(m.Params))
	for i, p := range m.Params {
		out[i] = of[p.Name]
	}
	return out
}

// modName is the parameter of a target domain's modality embedding, which is
// the encoder's where both have one and share it (docs/4m.md, 4.3).
func (m *Model) modName(d modality.Domain) string {
	if m.isInput(d.Name) && !m.Config.Apart {
		return encoderName(d) + ".mod_emb"
	}
	return decoderName(d) + ".mod_emb"
}

// declare lists the parameters of the model, without their numbers.
func (m *Model) declare() {
	c := m.Config
	add := m.add
	d := c.Dim
	for _, dom := range m.In {
		pre := encoderName(dom)
		add(pre+".mod_emb", 1, 1, d)
		switch {
		case dom.Pixels:
			add(pre+".proj.weight", d, dom.Dim)
		case dom.Kind == modality.Vectors && dom.Bottleneck > 0:
			m.addLinear(pre+".emb_proj.0", dom.Bottleneck, dom.Dim, true)
			m.addLinear(pre+".emb_proj.1", d, dom.Bottleneck, true)
		case dom.Kind == modality.Vectors:
			m.addLinear(pre+".emb_proj", d, dom.Dim, true)
		default:
			add(pre+".token_emb.weight", dom.Vocab, d)
		}
		m.addPositions(pre, dom)
	}
	for i := range c.Encoder {
		pre := fmt.Sprintf("encoder.%d.", i)
		m.addNorm(pre+"norm1", d)
		m.addAttention(pre+"attn", "qkv", 3*d)
		m.addNorm(pre+"norm2", d)
		m.addMLP(pre)
	}
	m.addNorm("encoder_norm", d)
	m.addLinear("decoder_proj_context", d, d, true)
	for _, dom := range m.Out {
		pre := decoderName(dom)
		if m.modName(dom) == pre+".mod_emb" {
			add(pre+".mod_emb", 1, 1, d)
		}
		// an image's target content is the mask token: without tying it needs
		// no table
		if !c.Untied || !dom.Grid() {
			add(pre+".token_emb.weight", dom.Vocab, d)
		}
		if c.Untied {
			add(pre+".to_logits.weight", dom.Vocab, d)
		}
		m.addPositions(pre, dom)
	}
	add("mask_token", 1, 1, d)
	for i := range c.Decoder {
		pre := fmt.Sprintf("decoder.%d.", i)
		m.addNorm(pre+"norm1", d)
		m.addAttention(pre+"self_attn", "qkv", 3*d)
		m.addNorm(pre+"query_norm", d)
		m.addNorm(pre+"context_norm", d)
		m.addLinear(pre+"cross_attn.q", d, d, c.QKVBias)
		m.addAttention(pre+"cross_attn", "kv", 2*d)
		m.addNorm(pre+"norm2", d)
		m.addMLP(pre)
	}
	m.addNorm("decoder_norm", d)
	if c.Registers > 0 {
		add("register_tokens", 1, c.Registers, d)
	}
}

func (m *Model) add(name string, shape ...int) {
	p := &Param{Name: name, Shape: shape}
	m.Params = append(m.Params, p)
	m.byName[name] = p
}

func (m *Model) addLinear(name string, out, in int, bias bool) {
	m.add(name+".weight", out, in)
	if bias {
		m.add(name+".bias", out)
	}
}

func (m *Model) addNorm(name string, d int) {
	m.add(name+".weight", d)
	if m.Config.NormBias {
		m.add(name+".bias", d)
	}
}

// addAttention adds the packed map of an attention, its norms and the map
// behind it.
func (m *Model) addAttention(name, packed string, width int) {
	d := m.Config.Dim
	m.addLinear(name+"."+packed, width, d, m.Config.QKVBias)
	m.addLinear(name+".proj", d, d, m.Config.ProjBias)
	if m.Config.QKNorm {
		m.addNorm(name+".q_norm", d/m.Config.Heads)
		m.addNorm(name+".k_norm", d/m.Config.Heads)
	}
}

func (m *Model) addMLP(pre string) {
	d, h, bias := m.Config.Dim, m.Config.hidden(), m.Config.MLPBias
	m.addLinear(pre+"mlp.fc1", h, d, bias)
	m.addLinear(pre+"mlp.fc2", d, h, bias)
	if !m.Config.Plain {
		m.addLinear(pre+"mlp.fc3", h, d, bias)
	}
}

// addPositions adds a learned position table; sines need no parameter.
func (m *Model) addPositions(pre string, d modality.Domain) {
	if !d.Learned {
		return
	}
	n := d.Max
	if !d.Grid() {
		n = d.Positions
	}
	m.add(pre+".pos_emb", 1, n, m.Config.Dim)
}
