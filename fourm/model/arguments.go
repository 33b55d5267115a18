package model

// What the official training script leaves in its .pth files: its arguments,
// among them the name of a model variant (docs/4m.md, 4.1, 9.1).

import (
	"fmt"
	"regexp"
	"strings"
)

// variant reads fm_base_12e_12d_swiglu_qknorm_nobias.
var variant = regexp.MustCompile(`^fm_(tiny|small|base|large|xlarge)_(\d+)e_(\d+)d_(gelu|swiglu)(_qknorm)?(_nobias)?$`)

// fromArguments turns the training script's arguments into an official
// configuration; false where raw holds none.
func fromArguments(raw map[string]any) (map[string]any, bool, error) {
	name, ok := raw["model"].(string)
	if _, has := raw["dim"]; !ok || has {
		return nil, false, nil
	}
	m := variant.FindStringSubmatch(name)
	if m == nil {
		return nil, true, fmt.Errorf("model: configuration: unknown model %q, expected one like fm_base_12e_12d_swiglu_nobias", name)
	}
	size := map[string][2]int{"tiny": {384, 6}, "small": {512, 8}, "base": {768, 12}, "large": {1024, 16}, "xlarge": {2048, 32}}[m[1]]
	var depth [2]int
	if _, err := fmt.Sscan(m[2], &depth[0]); err != nil {
		return nil, true, fmt.Errorf("model: configuration: model %q: %w", name, err)
	}
	if _, err := fmt.Sscan(m[3], &depth[1]); err != nil {
		return nil, true, fmt.Errorf("model: configuration: model %q: %w", name, err)
	}
	gated, bias := m[4] == "swiglu", m[6] == ""
	act := "GELU"
	if gated {
		act = "SiLU"
	}
	out := map[string]any{"dim": size[0], "num_heads": size[1], "encoder_depth": depth[0], "decoder_depth": depth[1], "act_layer": act,
		"gated_mlp": gated, "qk_norm": m[5] != "", "qkv_bias": bias, "proj_bias": bias, "mlp_bias": bias, "norm_bias": bias,
		"share_embedding": true} // the script ties the tables
	for ours, theirs := range map[string]string{"domains_in": "in_domains", "domains_out": "out_domains"} {
		v := raw[theirs]
		if s, ok := v.(string); ok {
			var list []any
			for _, n := range strings.Split(s, "-") {
				list = append(list, n)
			}
			v = list
		}
		out[ours] = v
	}
	for ours, theirs := range map[string]string{"image_size": "input_size", "patch_size": "patch_size", "num_register_tokens": "num_register_tokens",
		"decoder_causal_mask": "decoder_causal_mask", "decoder_sep_mask": "decoder_sep_mask"} {
		if v, ok := raw[theirs]; ok {
			out[ours] = v
		}
	}
	return out, true, nil
}
