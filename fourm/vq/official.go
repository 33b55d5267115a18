package vq

// The official configuration of a tokenizer: the keys that its constructor takes
// and its files carry, both ways, and the arguments that the training scripts
// leave in a .pth file (docs/4m.md, 9.3).

import (
	"fmt"
	"maps"
	"strconv"
	"strings"

	"fourmlab/fourm/checkpoint"
)

// withoutEffect are official keys that change nothing in what a tokenizer
// computes.
var withoutEffect = []string{"sync_codebook", "ckpt_path", "ignore_keys", "kind", "model_type", "format",
	"image_size_sd", "enable_xformer"}

// diffusing are the keys of a diffusion decoder; the last two are beside the
// official ones.
var diffusing = []string{"num_train_timesteps", "cls_free_guidance_dropout", "masked_cfg", "masked_cfg_low", "masked_cfg_high", "scheduler",
	"beta_schedule", "prediction_type", "clip_sample", "thresholding", "conditioning", "dec_transformer_dropout", "zero_terminal_snr", "unet", "uvit"}

// keys of a diffusion decoder that draws what another leaves out; not official.
const (
	residualOf  = "residual_of"
	residualStd = "residual_std"
)

// OfficialSpec reads an official configuration, as JSON or YAML decodes it. A key
// that is unknown and a value of another type are errors. "vit" beside the
// official keys gives the sizes of a Transformer that is none of theirs, "unet" or
// "uvit" the arguments of a diffusion decoder's class.
func OfficialSpec(raw map[string]any) (Spec, error) {
	k := checkpoint.Keys{Raw: raw, Of: "vq: configuration"}
	s := Spec{Size: k.Pair("image_size", [2]int{224, 224}), EncSize: k.Pair("image_size_enc", [2]int{}), DecSize: k.Pair("image_size_dec", [2]int{}),
		Channels: k.Int("n_channels", 3), Labels: k.Int("n_labels", 0), Patch: k.Pair("patch_size", [2]int{16, 16}), DecPatch: k.Pair("patch_size_dec", [2]int{}),
		Features: !k.Bool("patch_proj", true), PostMLP: k.Bool("post_mlp", false), OutConv: k.Bool("out_conv", false), UndoStd: k.Bool("undo_std", false), Frozen: k.Bool("freeze_enc", false),
		Books: k.Int("num_codebooks", 1), Latent: k.Int("latent_dim", 32), NormCodes: k.Bool("norm_codes", true), NormLatents: k.Bool("norm_latents", false),
		Decay: k.Number("ema_decay", 0.99), Threshold: k.Number("threshold_ema_dead_code", 0.25), Policy: k.Text("code_replacement_policy", "batch_random"),
		Commitment: k.Number("commitment_weight", 1), KMeans: k.Bool("kmeans_init", false), Restart: k.Bool("restart_codes", false), Quantizer: k.Text("quantizer", "")}
	if v, _ := k.Value("codebook_size"); fmt.Sprintf("%T", v) == "string" { // the script's has no type
		n, err := strconv.Atoi(v.(string))
		if err != nil || n < 1 || n > 1<<20 {
			k.Fail("codebook_size is %q, expected a whole number", v)
		}
		s.Codes = n
	} else {
		s.Codes = k.Int("codebook_size", 16384)
	}
	switch quant := k.Text("quant_type", "lucid"); quant {
	case "lucid":
	case "memcodes":
		s.Memcodes = true
	default:
		k.Fail("quant_type is %q, expected lucid or memcodes", quant)
	}
	other := sizesOf(&k)
	s.Enc = side(&k, "enc_type", "vit_b_enc", other)
	dec := k.Text("dec_type", "vit_b_dec")
	for _, key := range diffusing {
		if v, ok := k.Value(key); ok {
			s.diffuses(key, v)
		}
	}
	if s.Diffusion != nil || strings.HasPrefix(dec, "unet_") || strings.HasPrefix(dec, "uvit_") {
		if v, ok := raw["dec_type"]; ok {
			s.diffuses("dec_type", v)
		} else {
			s.diffuses("dec_type", "unet_patched")
		}
		s.Dec, s.Residual = Arch{Kind: NoDecoder}, k.Number(residualStd, 0)
		if _, ok := k.Value(residualOf); ok {
			s.Dec = side(&k, residualOf, "", other)
		}
	} else {
		s.Dec = side(&k, "dec_type", "vit_b_dec", other)
	}
	if k.Text("class", "") == "VQ" { // the base class, without a decoder
		s.Dec = Arch{Kind: NoDecoder}
	}
	if err := k.End(withoutEffect...); err != nil {
		return s, err
	}
	return s, s.check()
}

// sizesOf reads the sizes beside the official keys; nil where there are none.
func sizesOf(k *checkpoint.Keys) *Arch {
	v, ok := k.Value("vit")
	if !ok {
		return nil
	}
	m, ok := v.(map[string]any)
	if !ok {
		k.Fail("vit is %v, expected sizes by name", v)
		return nil
	}
	of := checkpoint.Keys{Raw: m, Of: k.Of + ": vit"}
	a := &Arch{Dim: of.Int("dim_tokens", 768), Depth: of.Int("depth", 12), Heads: of.Int("num_heads", 12), Ratio: of.Number("mlp_ratio", 4), NoQKV: !of.Bool("qkv_bias", true)}
	if a.Depth > 1<<12 || a.Ratio <= 0 || a.Ratio > 64 {
		of.Fail("%d blocks, and MLPs %g times as wide", a.Depth, a.Ratio)
	}
	if err := of.End(); err != nil {
		k.Fail("%s", strings.TrimPrefix(err.Error(), k.Of+": "))
	}
	return a
}

// side reads the architecture of one side.
func side(k *checkpoint.Keys, key, def string, other *Arch) Arch {
	name := k.Text(key, def)
	if a, ok := archNamed(name); ok {
		return a
	}
	if other == nil || !strings.Contains(name, "vit") {
		k.Fail("%s is %q, expected vit_s, vit_b or vit_l with _enc or _dec, or a name as BottleneckMLP/B_6-Wi_1024", key, name)
		return Arch{}
	}
	a := *other
	a.Name = name
	return a
}

// official writes the configuration under the official keys.
func (s Spec) official() map[string]any {
	pair := func(p [2]int) any {
		if p[0] == p[1] {
			return p[0]
		}
		return []any{p[0], p[1]}
	}
	quant := "lucid"
	if s.Memcodes {
		quant = "memcodes"
	}
	out := map[string]any{"image_size": pair(s.Size), "n_channels": s.Channels, "enc_type": s.Enc.Name, "patch_proj": !s.Features, "post_mlp": s.PostMLP,
		"patch_size": pair(s.Patch), "quant_type": quant, "codebook_size": s.Codes, "num_codebooks": s.Books, "latent_dim": s.Latent,
		"norm_codes": s.NormCodes, "norm_latents": s.NormLatents, "ema_decay": s.Decay, "threshold_ema_dead_code": s.Threshold,
		"code_replacement_policy": s.Policy, "commitment_weight": s.Commitment, "kmeans_init": s.KMeans, "undo_std": s.UndoStd,
		"freeze_enc": s.Frozen}
	for key, p := range map[string][2]int{"image_size_enc": s.EncSize, "image_size_dec": s.DecSize, "patch_size_dec": s.DecPatch} {
		if p != [2]int{} {
			out[key] = pair(p)
		}
	}
	if s.Labels > 0 {
		out["n_labels"] = s.Labels
	}
	if s.Quantizer != "" {
		out["quantizer"] = s.Quantizer
	}
	if s.Restart {
		out["restart_codes"] = true
	}
	maps.Copy(out, s.Diffusion)
	if s.Dec.Kind == NoDecoder && s.Diffusion == nil {
		out["class"] = "VQ"
	}
	switch {
	case s.Residual > 0:
		out[residualOf], out[residualStd], out["out_conv"] = s.Dec.Name, s.Residual, s.OutConv
	case s.Dec.Kind != NoDecoder:
		out["dec_type"], out["out_conv"] = s.Dec.Name, s.OutConv
	}
	for _, a := range []Arch{s.Enc, s.Dec} {
		if _, known := archNamed(a.Name); a.Kind == ViT && !known {
			out["vit"] = map[string]any{"dim_tokens": a.Dim, "depth": a.Depth, "num_heads": a.Heads, "mlp_ratio": a.Ratio, "qkv_bias": !a.NoQKV}
		}
	}
	return out
}

// renamed are the official keys by the arguments of the training scripts.
var renamed = map[string]string{"quantizer_type": "quant_type", "encoder_type": "enc_type", "decoder_type": "dec_type",
	"input_size_enc": "image_size_enc", "input_size_dec": "image_size_dec", "quantizer_ema_decay": "ema_decay"}

// fromArguments turns the training script's arguments into an official
// configuration; false where raw holds none. What is no argument of a tokenizer
// says how it was trained. shape gives the shape of a tensor of the file, nil
// where it has none: the script leaves some of the keys to the weights.
func fromArguments(raw map[string]any, shape func(name string) []int) (map[string]any, bool) {
	if _, ok := raw["encoder_type"]; !ok {
		return nil, false
	}
	out := map[string]any{}
	keys := []string{"image_size", "patch_size", "patch_size_dec", "post_mlp", "out_conv", "codebook_size", "num_codebooks", "latent_dim", "norm_codes", "norm_latents",
		"threshold_ema_dead_code", "code_replacement_policy", "commitment_weight", "kmeans_init", "undo_std", "patch_proj", "freeze_enc"}
	if raw["beta_schedule"] != nil { // of a diffusion decoder alone
		keys = append(keys, diffusing...)
	}
	for _, key := range keys {
		if v, ok := raw[key]; ok && v != nil {
			out[key] = v
		}
	}
	for theirs, ours := range renamed {
		if v, ok := raw[theirs]; ok && v != nil {
			out[ours] = v
		}
	}
	domain, _ := raw["domain"].(string)
	for _, word := range []string{"CLIP", "DINO", "ImageBind"} {
		if strings.Contains(domain, word) {
			out["patch_proj"] = false
		}
	}
	for _, key := range []string{"input_size_max", "input_size", "mask_size"} { // the last that counts wins
		if v, ok := raw[key]; ok && v != nil && (key != "mask_size" || strings.Contains(domain, "sam")) {
			out["image_size"] = v
		}
	}
	if s := shape("cls_emb.weight"); len(s) == 2 {
		out["n_labels"], out["n_channels"] = s[0], s[1]
	} else if s := shape("encoder.linear_in.weight"); len(s) == 2 {
		out["n_channels"] = s[1]
	} else if s := shape("encoder.proj.weight"); len(s) == 4 {
		out["n_channels"] = s[1]
	}
	if shape("decoder.out_conv.0.gamma") != nil {
		out["out_conv"] = true
	}
	return out, true
}
