package model

// The official configuration of a model: the keys that its constructor takes
// and its checkpoints carry (docs/4m.md, 9.3), both ways.

import (
	"fmt"
	"math"
	"slices"
	"strings"

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
	r := reader{raw: raw, used: map[string]bool{}}
	c = Config{Inputs: r.names("domains_in"), Outputs: r.names("domains_out"), Dim: r.int("dim", 768), Encoder: r.int("encoder_depth", 12),
		Decoder: r.int("decoder_depth", 12), Heads: r.int("num_heads", 12), MLP: r.number("mlp_ratio", 4),
		QKVBias: r.bool("qkv_bias", true), ProjBias: r.bool("proj_bias", true), MLPBias: r.bool("mlp_bias", true), NormBias: r.bool("norm_bias", true),
		Plain: !r.bool("gated_mlp", false), QKNorm: r.bool("qk_norm", false), Registers: r.int("num_register_tokens", 0),
		Apart: !r.bool("share_modality_embeddings", true), Causal: r.bool("decoder_causal_mask", false), Joint: !r.bool("decoder_sep_mask", true),
		Untied: !r.bool("share_embedding", false), Compat: true}
	act := r.text("act_layer", "SiLU")
	act = act[strings.LastIndexByte(act, '.')+1:]
	c.Act = strings.ToLower(act)
	size, patch := r.int("image_size", 224), r.int("patch_size", 16)
	for k := range raw {
		if !r.used[k] && !slices.Contains(passed, k) {
			r.fail("unknown key %q", k)
		}
	}
	if r.err != nil {
		return c, r.err
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

// reader takes values of a configuration by key and keeps the first fault.
type reader struct {
	raw  map[string]any
	used map[string]bool
	err  error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("model: configuration: "+format, args...)
	}
}

func (r *reader) get(key string) (any, bool) {
	r.used[key] = true
	v, ok := r.raw[key]
	return v, ok && v != nil
}

func (r *reader) number(key string, def float64) float64 {
	v, ok := r.get(key)
	if !ok {
		return def
	}
	switch x := v.(type) {
	case float64:
		return x
	case int:
		return float64(x)
	case int64:
		return float64(x)
	}
	r.fail("%s is %v, expected a number", key, v)
	return def
}

func (r *reader) int(key string, def int) int {
	x := r.number(key, float64(def))
	if x != math.Trunc(x) || x < 0 || x > 1<<20 {
		r.fail("%s is %v, expected a whole number from 0 to %d", key, x, 1<<20)
		return def
	}
	return int(x)
}

func (r *reader) bool(key string, def bool) bool {
	v, ok := r.get(key)
	if !ok {
		return def
	}
	b, ok := v.(bool)
	if !ok {
		r.fail("%s is %v, expected true or false", key, v)
	}
	return b
}

func (r *reader) text(key, def string) string {
	v, ok := r.get(key)
	if !ok {
		return def
	}
	s, ok := v.(string)
	if !ok {
		r.fail("%s is %v, expected a word", key, v)
	}
	return s
}

func (r *reader) names(key string) []string {
	v, _ := r.get(key)
	list, ok := v.([]any)
	if !ok || len(list) == 0 || len(list) > 1000 {
		r.fail("%s is %v, expected a list of domains", key, v)
		return nil
	}
	var out []string
	for _, x := range list {
		s, ok := x.(string)
		if !ok {
			r.fail("%s holds %v, expected names of domains", key, x)
		}
		out = append(out, s)
	}
	return out
}
