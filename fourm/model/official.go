package model

// The official configuration of a model: the keys that its constructor takes
// and its checkpoints carry (docs/4m.md, 9.3), both ways.

import (
	"fmt"
	"slices"
	"strings"

	"fourmlab/fourm/checkpoint"
	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// passed are official keys that change nothing in what a trained model
// computes.
var passed = []string{"use_act_checkpoint", "drop_path_rate_encoder", "drop_path_rate_decoder", "drop_path_rate", "shared_drop_path", "kind"}

// OfficialConfig reads an official configuration, as JSON or YAML decodes it,
// or the arguments that the training script leaves in a .pth file.
// An unknown key, a value of another type and an unknown domain are errors.
func OfficialConfig(raw map[string]any) (c Config, err error) {
	defer fault.Catch(&err)
	if args, ok, err := fromArguments(raw); err != nil {
		return c, err
	} else if ok {
		raw = args
	}
	r := checkpoint.Keys{Raw: raw, Of: "model: configuration"}
	c = Config{Inputs: r.Names("domains_in"), Outputs: r.Names("domains_out"), Dim: r.Int("dim", 768), Encoder: r.Int("encoder_depth", 12),
		Decoder: r.Int("decoder_depth", 12), Heads: r.Int("num_heads", 12), MLP: r.Number("mlp_ratio", 4),
		QKVBias: r.Bool("qkv_bias", true), ProjBias: r.Bool("proj_bias", true), MLPBias: r.Bool("mlp_bias", true), NormBias: r.Bool("norm_bias", true),
		Plain: !r.Bool("gated_mlp", false), QKNorm: r.Bool("qk_norm", false), Registers: r.Int("num_register_tokens", 0),
		Apart: !r.Bool("share_modality_embeddings", true), Causal: r.Bool("decoder_causal_mask", false), Joint: !r.Bool("decoder_sep_mask", true),
		Untied: !r.Bool("share_embedding", false), Compat: true}
	act := r.Text("act_layer", "SiLU")
	act = act[strings.LastIndexByte(act, '.')+1:]
	c.Act = strings.ToLower(act)
	size, patch := r.Int("image_size", 224), r.Int("patch_size", 16)
	if err := r.End(passed...); err != nil {
		return c, err
	}
	seen := map[string]bool{}
	for _, n := range slices.Concat(c.Inputs, c.Outputs) {
		if seen[n] {
			continue
		}
		seen[n] = true
		d, ok := officialDomain(n, size, patch)
		if !ok {
			return c, fmt.Errorf("model: configuration: unknown domain %q", n)
		}
		c.Domains = append(c.Domains, d)
	}
	return c.resolved(), nil
}

// officialDomain gives a published domain, else one that is registered here
// under the official name; a published grid without a resolution of its own
// takes that of the configuration.
func officialDomain(name string, size, patch int) (modality.Domain, bool) {
	if d, ok := modality.PublishedDomain(name); ok {
		return d, true
	}
	if d, ok := modality.PublishedDomain(fmt.Sprintf("%s@%d", name, size)); ok && d.Patch == patch {
		d.Name, d.Official = name, name
		return d, true
	}
	m, ok := modality.Find(name)
	if !ok {
		return modality.Domain{}, false
	}
	vocab := m.Vocab
	if t := modality.TokenizerOf(m.Name); t != nil {
		vocab = t.Vocab()
	}
	for _, d := range []modality.Domain{m.TokenDomain(vocab), m.PixelDomain()} {
		if d.Official == name && (!d.Pixels || m.Pixels) {
			d.Name = name
			return d, true
		}
	}
	return modality.Domain{}, false
}

// officialConfig writes the configuration under the official keys. The official
// constructor knows the published modalities only.
func (m *Model) officialConfig() map[string]any {
	c := m.Config
	var in, out []string
	size, patch := 224, 16
	for _, d := range m.In {
		in = append(in, d.Official)
	}
	for _, d := range m.Out {
		out = append(out, d.Official)
	}
	for _, d := range m.domains() {
		if d.Grid() {
			size, patch = d.Rows*d.Patch, d.Patch
			break
		}
	}
	return map[string]any{"domains_in": in, "domains_out": out, "image_size": size, "patch_size": patch, "dim": c.Dim,
		"encoder_depth": c.Encoder, "decoder_depth": c.Decoder, "num_heads": c.Heads, "mlp_ratio": c.MLP,
		"qkv_bias": c.QKVBias, "proj_bias": c.ProjBias, "mlp_bias": c.MLPBias, "norm_bias": c.NormBias, "act_layer": m.act.official,
		"gated_mlp": !c.Plain, "qk_norm": c.QKNorm, "num_register_tokens": c.Registers, "share_modality_embeddings": !c.Apart,
		"decoder_causal_mask": c.Causal, "decoder_sep_mask": !c.Joint}
}
