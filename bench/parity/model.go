package parity

// From a fixture's description to a model: its domains, its options, its
// weights, and batches in 4M's own form.

import (
	"fmt"
	"slices"
	"strings"

	"fourmlab/fourm/model"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
)

// described is a fixture's account of a model.
type described struct {
	Arch struct {
		Dim       int     `json:"dim"`
		Encoder   int     `json:"encoder_depth"`
		Decoder   int     `json:"decoder_depth"`
		Heads     int     `json:"num_heads"`
		MLP       float64 `json:"mlp_ratio"`
		QKVBias   bool    `json:"qkv_bias"`
		ProjBias  bool    `json:"proj_bias"`
		MLPBias   bool    `json:"mlp_bias"`
		Norm      string  `json:"norm"`
		Act       string  `json:"act_layer"`
		Gated     bool    `json:"gated_mlp"`
		QKNorm    bool    `json:"qk_norm"`
		Causal    bool    `json:"decoder_causal_mask"`
		Separate  *bool   `json:"decoder_sep_mask"`
		Registers int     `json:"num_register_tokens"`
		Share     *bool   `json:"share_modality_embeddings"`
	} `json:"arch"`
	Tied       bool                   `json:"share_embedding"`
	In         []string               `json:"domains_in"`
	Out        []string               `json:"domains_out"`
	Modalities map[string]description `json:"modalities"`
}

// description is a fixture's account of a modality.
type description struct {
	Kind       string `json:"kind"`
	Type       string `json:"type"`
	ID         *int   `json:"id"`
	Size       []int  `json:"image_size"`
	Patch      int    `json:"patch_size"`
	Channels   int    `json:"num_channels"`
	Vocab      int    `json:"vocab_size"`
	Max        int    `json:"max_tokens"`
	Length     int    `json:"max_length"`
	Table      int    `json:"max_sincos_pos_emb"`
	SinCos     *bool  `json:"sincos_pos_emb"`
	Width      int    `json:"orig_emb_dim"`
	Narrow     bool   `json:"use_bottleneck"`
	Bottleneck int    `json:"bottleneck_dim"`
	Offset     int    `json:"vocab_offset"`
}

// domain gives the domain that is described.
func (x description) domain(name string) (modality.Domain, error) {
	d := modality.Domain{Name: name, Official: name, Modality: name, Vocab: x.Vocab, Max: x.Max, Patch: x.Patch, Channels: x.Channels,
		Learned: x.SinCos != nil && !*x.SinCos, Positions: x.Length, Table: x.Table, Offset: x.Offset}
	switch x.Kind {
	case "rgb", "tok":
		if len(x.Size) != 2 || x.Patch < 1 || x.Size[0]%x.Patch != 0 || x.Size[1]%x.Patch != 0 {
			return d, fmt.Errorf("modality %s: image_size %v and patch_size %d make no grid", name, x.Size, x.Patch)
		}
		d.Rows, d.Cols = x.Size[0]/x.Patch, x.Size[1]/x.Patch
		d.Max = d.Rows * d.Cols
		d.Pixels = x.Kind == "rgb"
		d.Dim = x.Patch * x.Patch * x.Channels
	case "seq":
		d.Kind = modality.Sequence
	case "seq_token":
		d.Kind = modality.Symbols
	case "seq_emb":
		d.Kind, d.Dim = modality.Vectors, x.Width
		if x.Narrow {
			d.Bottleneck = x.Bottleneck
		}
	default:
		return d, fmt.Errorf("modality %s: unknown kind %q", name, x.Kind)
	}
	if d.Positions == 0 {
		d.Positions = d.Max
	}
	return d, nil
}

// config gives the configuration that is described.
func (x described) config() (model.Config, error) {
	a := x.Arch
	c := model.Config{Inputs: x.In, Outputs: x.Out, Dim: a.Dim, Heads: a.Heads, Encoder: a.Encoder, Decoder: a.Decoder, MLP: a.MLP,
		Untied: !x.Tied, Plain: !a.Gated, QKVBias: a.QKVBias, ProjBias: a.ProjBias, MLPBias: a.MLPBias, QKNorm: a.QKNorm,
		Registers: a.Registers, Causal: a.Causal, Joint: a.Separate != nil && !*a.Separate, Apart: a.Share != nil && !*a.Share, Compat: true,
		Act: strings.ToLower(a.Act), NormBias: !strings.HasSuffix(a.Norm, "nobias")}
	for name, m := range x.Modalities {
		d, err := m.domain(name)
		if err != nil {
			return c, err
		}
		c.Domains = append(c.Domains, d)
	}
	return c, nil
}

// state is a map of tensors as a model reads it.
type state map[string]Tensor

func (s state) Names() []string {
	var out []string
	for n := range s {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

func (s state) Shape(name string) []int { return s[name].Shape }

func (s state) Floats(name string) ([]float32, error) {
	t, ok := s[name]
	if !ok || t.F == nil {
		return nil, fmt.Errorf("no tensor %q of real numbers", name)
	}
	return slices.Clone(t.F), nil
}

// model makes the fixture's model with the weights of a file.
func (f *Fixture) model(c model.Config, weights string) (*model.Model, error) {
	w, err := f.Tensors(weights)
	if err != nil {
		return nil, err
	}
	m, err := model.FromState(c, state(w), true)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", weights, err)
	}
	m.Tape = f.tape
	return m, nil
}

// domains gives a model's domains by name, inputs and outputs.
func domains(m *model.Model) map[string]modality.Domain {
	out := map[string]modality.Domain{}
	for _, d := range append(slices.Clone(m.In), m.Out...) {
		out[d.Name] = d
	}
	return out
}

// batch reads the samples of a file of inputs: rows by domain name.
func batch(m *model.Model, in map[string]Tensor) ([]map[string]mask.Row, error) {
	var out []map[string]mask.Row
	for name, d := range domains(m) {
		t, ok := in[name+".tensor"]
		if !ok {
			continue
		}
		if out == nil {
			for range t.Shape[0] {
				out = append(out, map[string]mask.Row{})
			}
		}
		if t.Shape[0] != len(out) {
			return nil, fmt.Errorf("%s.tensor has %d samples, expected %d", name, t.Shape[0], len(out))
		}
		for i := range out {
			r := mask.Row{Input: unmasked(in[name+".input_mask"].row(i)), Target: unmasked(in[name+".target_mask"].row(i))}
			if a, ok := in[name+".decoder_attention_mask"]; ok {
				r.Attend = a.row(i)
			}
			r.IDs, r.Given = contents(d, t, i)
			out[i][name] = r
		}
	}
	if out == nil {
		return nil, fmt.Errorf("no domain of the model is in the inputs")
	}
	return out, nil
}

// contents gives sample i of a domain's tensor: ids, or patches and vectors.
func contents(d modality.Domain, t Tensor, i int) (ids []int, given []float32) {
	switch {
	case d.Pixels:
		h, w := t.Shape[2], t.Shape[3]
		p := modality.NewPicture(h, w, t.Shape[1])
		n := len(t.F) / t.Shape[0]
		for c := range p.C {
			for at := range h * w {
				p.Pix[at*p.C+c] = t.F[i*n+c*h*w+at]
			}
		}
		return nil, modality.Patches(p, d.Patch)
	case d.Kind == modality.Vectors:
		n := len(t.F) / t.Shape[0]
		return nil, t.F[i*n : (i+1)*n]
	}
	return t.row(i), nil
}

// row gives the whole numbers of sample i.
func (t Tensor) row(i int) []int {
	if len(t.Shape) == 0 || t.Shape[0] == 0 {
		return nil
	}
	n := len(t.I) / t.Shape[0]
	return t.I[i*n : (i+1)*n]
}

// unmasked turns 4M's masks, where true hides, into sets.
func unmasked(mask []int) []bool {
	out := make([]bool, len(mask))
	for i, v := range mask {
		out[i] = v == 0
	}
	return out
}
