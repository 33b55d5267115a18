package diffusion

// Decoders as official configurations describe them (docs/4m.md, 2.4).

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// byName are the decoders that the official code knows by name.
var byName = map[string]func() Network{
	"unet_patched": func() Network {
		return UNet{Patch: 4, Width: 256, Blocks: 3, Attention: []int{4, 8}, Mult: []float64{1, 2, 2, 2}}
	},
	"uvit_b_p4_f16":           func() Network { return named(12, 12, 768, true, 128, 256) },
	"uvit_l_p4_f16":           func() Network { return named(24, 16, 1024, true, 128, 256) },
	"uvit_h_p4_f16":           func() Network { return named(32, 16, 1280, true, 128, 256) },
	"uvit_b_p4_f16_longskip":  func() Network { return skipping(named(13, 12, 768, true, 128, 256)) },
	"uvit_l_p4_f16_longskip":  func() Network { return skipping(named(25, 16, 1024, true, 128, 256)) },
	"uvit_b_p4_f8":            func() Network { return named(12, 12, 768, false, 128, 256) },
	"uvit_l_p4_f8":            func() Network { return named(24, 16, 1024, false, 128, 256) },
	"uvit_b_p4_f16_extraconv": func() Network { return named(12, 12, 768, false, 128, 256, 512) },
	"uvit_l_p4_f16_extraconv": func() Network { return named(24, 16, 1024, false, 128, 256, 512) },
}

func named(depth, heads, dim int, halve bool, widths ...int) UViT {
	return UViT{Patch: 4, Widths: widths, Layers: slices.Repeat([]int{2}, len(widths)), Halve: halve, Depth: depth, Heads: heads, Dim: dim, MLP: 4}
}

func skipping(u UViT) UViT {
	u.LongSkip = true
	return u
}

// Published lists the names of the decoders that Official knows.
func Published() []string {
	var out []string
	for name := range byName {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// Official gives the decoder and the process of an official DiVAE's
// configuration; what it leaves out is as the official code has it. A decoder
// that the official code has no name for is given by the arguments of its class
// under "unet" or "uvit".
func Official(raw map[string]any) (Network, Process, error) {
	c := struct {
		Type         string `json:"dec_type"`
		Channels     int    `json:"n_channels"`
		Latent       int    `json:"latent_dim"`
		Conditioning string `json:"conditioning"`
	}{"unet_patched", 3, 32, "concat"}
	if err := read(raw, &c, false); err != nil {
		return nil, Process{}, err
	}
	p, err := OfficialProcess(raw)
	if err != nil {
		return nil, p, err
	}
	for _, kind := range []string{"unet", "uvit"} {
		v, ok := raw[kind]
		if !ok {
			continue
		}
		arguments, ok := v.(map[string]any)
		if !ok {
			return nil, p, fmt.Errorf("diffusion: configuration: %s is %v, expected arguments by name", kind, v)
		}
		n, err := OfficialNetwork(kind, arguments, c.Channels, c.Latent, c.Conditioning)
		return n, p, err
	}
	make, ok := byName[c.Type]
	if !ok {
		return nil, p, fmt.Errorf("diffusion: decoder %q, expected one of %s", c.Type, strings.Join(Published(), ", "))
	}
	n, err := conditioned(make(), c.Channels, c.Latent, c.Conditioning)
	return n, p, err
}

// conditioned gives a network its ends.
func conditioned(n Network, channels, cond int, how string) (Network, error) {
	switch n := n.(type) {
	case UNet:
		n.Channels, n.Cond = channels, cond
		return n, n.check()
	case UViT:
		n.Channels, n.Cond, n.Cross = channels, cond, how == "xattn"
		if how != "concat" && how != "xattn" {
			return nil, fmt.Errorf("diffusion: conditioning %q, expected concat or xattn", how)
		}
		return n, n.check()
	}
	return n, n.check()
}

// OfficialProcess gives the process of an official DiVAE's configuration.
func OfficialProcess(raw map[string]any) (Process, error) {
	c := struct {
		Steps      int    `json:"num_train_timesteps"`
		Schedule   string `json:"beta_schedule"`
		Prediction string `json:"prediction_type"`
		Clip       bool   `json:"clip_sample"`
		Threshold  bool   `json:"thresholding"`
		ZeroSNR    bool   `json:"zero_terminal_snr"`
	}{1000, defaultSchedule, "", false, true, true}
	if err := read(raw, &c, false); err != nil {
		return Process{}, err
	}
	c.Prediction = strings.TrimSuffix(c.Prediction, "-epsilon_loss") // how it was trained
	return Process{Schedule: Schedule{c.Schedule, c.Steps, c.ZeroSNR}, Prediction: c.Prediction, Clip: c.Clip, Threshold: c.Threshold}.resolved()
}

// OfficialNetwork gives a decoder by the official arguments of its class, kind
// "unet" or "uvit", for pictures of so many channels and conditions of cond
// numbers, which act as conditioning says: "concat" or "xattn".
func OfficialNetwork(kind string, raw map[string]any, channels, cond int, conditioning string) (Network, error) {
	switch kind {
	case "unet":
		u := struct {
			UNet
			Convolve *bool   `json:"conv_resample"`
			Dims     int     `json:"dims"`
			Size     any     `json:"image_size"`
			Save     any     `json:"use_checkpoint"`
			Dropout  float64 `json:"dropout"`
		}{UNet: UNet{Patch: 4, Width: 256, Blocks: 3, Attention: []int{8, 16}, Mult: []float64{1, 2, 4, 8}}, Dims: 2}
		if err := read(raw, &u, true); err != nil {
			return nil, err
		}
		if u.Dims != 2 {
			return nil, fmt.Errorf("diffusion: UNet over %d dimensions, expected 2", u.Dims)
		}
		u.Plain = u.Convolve != nil && !*u.Convolve
		return conditioned(u.UNet, channels, cond, conditioning)
	case "uvit":
		u := struct {
			UViT
			Layers  any     `json:"layers_per_block"`
			Bias    *bool   `json:"mid_qkv_bias"`
			Cond    string  `json:"cond_type"`
			Act     string  `json:"act_fn"`
			Shift   string  `json:"resnet_time_scale_shift"`
			Scale   float32 `json:"resnet_out_scale_factor"`
			Cosines *bool   `json:"flip_sin_to_cos"`
			Time    string  `json:"time_embedding_type"`
			Pad     int     `json:"downsample_padding"`
			// that change training alone
			Size any `json:"sample_size"`
			D1   any `json:"mid_drop_rate"`
			D2   any `json:"mid_attn_drop_rate"`
			D3   any `json:"mid_drop_path_rate"`
		}{UViT: UViT{Patch: 4, Widths: []int{128, 256, 512}, Depth: 12, Heads: 12, Dim: 768, MLP: 4}, Layers: 2.0,
			Act: "silu", Shift: "default", Time: "positional", Pad: 1}
		if err := read(raw, &u, true); err != nil {
			return nil, err
		}
		for _, x := range []struct {
			ok   bool
			key  string
			v    any
			want string
		}{{u.Act == "silu" || u.Act == "swish", "act_fn", u.Act, "silu"}, {u.Time == "positional", "time_embedding_type", u.Time, "positional"},
			{u.Shift == "default" || u.Shift == "scale_shift", "resnet_time_scale_shift", u.Shift, "default or scale_shift"},
			{u.Pad == 1, "downsample_padding", u.Pad, "1"}} {
			if !x.ok {
				return nil, fmt.Errorf("diffusion: UViT of %s %v, expected %s", x.key, x.v, x.want)
			}
		}
		u.UViT.NoQKV = u.Bias != nil && !*u.Bias
		u.UViT.SinesFirst = u.Cosines != nil && !*u.Cosines
		u.UViT.ScaleShift, u.UViT.OutScale = u.Shift == "scale_shift", u.Scale
		switch n := u.Layers.(type) {
		case float64:
			u.UViT.Layers = slices.Repeat([]int{int(n)}, len(u.Widths))
		case []any:
			for _, v := range n {
				k, _ := v.(float64)
				u.UViT.Layers = append(u.UViT.Layers, int(k))
			}
		}
		if u.Cond != "" {
			conditioning = u.Cond
		}
		return conditioned(u.UViT, channels, cond, conditioning)
	}
	return nil, fmt.Errorf("diffusion: decoder of type %q, expected unet or uvit", kind)
}

// Arguments gives the official arguments of a UViT: OfficialNetwork, "uvit", reads
// them back. They lack what it is between, channels and condition, and whether it
// attends to the condition.
func (u UViT) Arguments() map[string]any {
	u = u.resolved()
	shift := "default"
	if u.ScaleShift {
		shift = "scale_shift"
	}
	list := func(of []int) []any {
		var out []any
		for _, n := range of {
			out = append(out, n)
		}
		return out
	}
	out := map[string]any{"patch_size": u.Patch, "block_out_channels": list(u.Widths), "layers_per_block": list(u.Layers), "downsample_before_mid": u.Halve,
		"norm_num_groups": u.Groups, "mid_layers": u.Depth, "mid_num_heads": u.Heads, "mid_dim": u.Dim, "mid_mlp_ratio": u.MLP, "mid_qkv_bias": !u.NoQKV,
		"mid_hw_posemb": u.Positions, "mid_use_long_skip": u.LongSkip, "resnet_time_scale_shift": shift, "time_embedding_dim": u.TimeDim,
		"flip_sin_to_cos": !u.SinesFirst, "freq_shift": u.FreqShift, "norm_eps": u.Eps}
	if u.OutScale != 0 {
		out["resnet_out_scale_factor"] = u.OutScale
	}
	return out
}

// read fills v with the keys of a configuration; strict refuses others.
func read(raw map[string]any, v any, strict bool) error {
	b, err := json.Marshal(raw)
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(b))
		if strict {
			d.DisallowUnknownFields()
		}
		err = d.Decode(v)
	}
	if err != nil {
		return fmt.Errorf("diffusion: configuration: %w", err)
	}
	return nil
}
