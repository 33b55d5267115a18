package vq

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm/checkpoint"
	"fourmlab/fourm/diffusion"
	"fourmlab/fourm/modality"
)

// small makes a network of an official configuration with random numbers, and a
// tokenizer of it.
func small(t *testing.T, change map[string]any) *Tokenizer {
	t.Helper()
	raw := map[string]any{"image_size": 16, "patch_size": 4, "n_channels": 3, "enc_type": "vit_x_enc", "dec_type": "vit_x_dec", "codebook_size": 40, "latent_dim": 8,
		"vit": map[string]any{"dim_tokens": 16, "depth": 2, "num_heads": 2, "mlp_ratio": 2.5}}
	for k, v := range change {
		raw[k] = v
	}
	s, err := OfficialSpec(raw)
	if err != nil {
		t.Fatal(err)
	}
	n := outline(s, 7)
	for _, e := range n.entries {
		if e.made {
			n.place(e)
			continue
		}
		p := &Param{Shape: e.shape, Data: make([]float32, count(e.shape))}
		for i := range p.Data {
			p.Data[i] = float32(e.r.NormFloat64()) / 4
		}
		n.Params[e.name] = p
	}
	n.books()
	for _, q := range n.quant.Tensors() {
		for i := range q.Data {
			q.Data[i] = float32(n.entries[0].r.NormFloat64())
		}
	}
	if s.Diffusion != nil {
		net, process, err := s.diffusion()
		if err != nil {
			t.Fatal(err)
		}
		n.draws(diffusion.New(net, process, 3))
		for _, name := range slices.Sorted(maps.Keys(n.drawer.Params)) { // nothing is zero
			for i := range n.drawer.Params[name].Data {
				n.drawer.Params[name].Data[i] += float32(n.entries[0].r.NormFloat64()) / 8
			}
		}
	}
	return n.foreign("some")
}

// noise gives a batch of random pictures, or of classes.
func noise(n *Network, b, h, w int) Images {
	x := Images{B: b, C: n.Spec.Channels, H: h, W: w}
	if n.Spec.Labels > 0 {
		x.C = 1
	}
	r := outline(n.Spec, 99).entries[0].r
	for range b * x.C * h * w {
		v := float32(r.NormFloat64())
		if n.Spec.Labels > 0 {
			v = float32(r.IntN(n.Spec.Labels))
		}
		x.Data = append(x.Data, v)
	}
	return x
}

var (
	someUNet = map[string]any{"patch_size": 2, "model_channels": 32, "num_res_blocks": 1, "attention_resolutions": []any{2}, "channel_mult": []any{1, 1}, "num_heads": 4}
	someUViT = map[string]any{"patch_size": 2, "block_out_channels": []any{8, 16}, "layers_per_block": 1, "downsample_before_mid": false, "mid_layers": 2,
		"mid_num_heads": 2, "mid_dim": 8, "mid_mlp_ratio": 1.5, "mid_hw_posemb": 3, "norm_num_groups": 4}
)

// members are configurations of all kinds.
var members = map[string]map[string]any{
	"square":         nil,
	"oblong patches": {"patch_size": []any{4, 8}, "image_size": []any{16, 24}, "post_mlp": true},
	"convolutions":   {"out_conv": true, "post_mlp": true, "undo_std": true},
	"classes":        {"n_labels": 7, "n_channels": 5, "norm_codes": false},
	"features":       {"patch_proj": false, "n_channels": 9, "patch_size": 8, "image_size": 40},
	"vectors":        {"patch_proj": false, "n_channels": 11, "enc_type": "BottleneckMLP/B_2-Wi_12-E_3", "dec_type": "MLP/B_3-Wi_20", "quant_type": "memcodes", "num_codebooks": 4},
	"several heads":  {"num_codebooks": 3, "norm_latents": true},
	"other decoder":  {"patch_size_dec": 2, "image_size_enc": 32, "image_size_dec": 24},
	"unet":           {"dec_type": "unet_some", "unet": someUNet, "beta_schedule": "linear", "prediction_type": "sample"},
	"uvit":           {"dec_type": "uvit_some", "uvit": someUViT, "beta_schedule": "shifted_cosine:0.5", "cls_free_guidance_dropout": 0.25},
	"uvit, attends":  {"dec_type": "uvit_some", "uvit": someUViT, "conditioning": "xattn", "num_codebooks": 2, "undo_std": true},
	"by itself":      {"enc_type": "local/B_2-W_16", "n_labels": 4},
	"no biases":      {"vit": map[string]any{"dim_tokens": 16, "depth": 1, "num_heads": 4, "qkv_bias": false}},
}

// What is saved comes back and gives the same codes and pictures, for pictures of
// other sizes, too; tensors that had other names once are found.
func TestSaveAndLoad(t *testing.T) {
	for name, change := range members {
		k := small(t, change)
		path := filepath.Join(t.TempDir(), "tok.safetensors")
		if err := k.Save(path); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		p := k.net.Spec.encPatch()
		x := noise(k.net, 2, 3*p[0], 5*p[1])
		want, err := k.net.Inspect(context.Background(), x)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		rename(t, path, "quant_proj.", "quant_conv.", "post_quant_proj.", "post_quant_conv.0.")
		back, err := Load(path)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := back.net.Inspect(context.Background(), x)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: another result (%v)", name, err)
		}
		if !reflect.DeepEqual(back.net.Spec, k.net.Spec) || !reflect.DeepEqual(back.Of, k.Of) || back.String() != k.String() {
			t.Errorf("%s came back as\n%v, was\n%v", name, back, k)
		}
		if s, ok, err := Peek(path); !ok || err != nil || !strings.Contains(s, k.net.Spec.String()) {
			t.Errorf("%s: peek says %q (%v)", name, s, err)
		}
	}
}

// rename writes a file anew with other beginnings of names.
func rename(t *testing.T, path string, pairs ...string) {
	t.Helper()
	rewrite(t, path, func(all []checkpoint.Tensor) []checkpoint.Tensor {
		for i := range all {
			for p := 0; p < len(pairs); p += 2 {
				if rest, ok := strings.CutPrefix(all[i].Name, pairs[p]); ok {
					all[i].Name = pairs[p+1] + rest
					break
				}
			}
		}
		return all
	})
}

func rewrite(t *testing.T, path string, change func([]checkpoint.Tensor) []checkpoint.Tensor) {
	t.Helper()
	f, err := checkpoint.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	var all []checkpoint.Tensor
	for _, n := range f.Names() {
		v, err := f.Floats(n)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, checkpoint.Tensor{Name: n, Shape: f.Shape(n), Data: v})
	}
	meta := f.Meta
	f.Close()
	if err := checkpoint.Write(path, change(all), meta); err != nil {
		t.Fatal(err)
	}
}

// A lab's tokenizer is saved under official names and comes back as it was.
func TestSaveLab(t *testing.T) {
	for _, m := range []modality.Modality{tiny("vqdepth", modality.Depth), tiny("vqlabel", modality.Label, "a", "b", "c")} {
		pics := pictures(m, 8)
		k := train(t, m, pics, VQ{Steps: 5, Batch: 8, Dim: 16, Latent: 8})
		path := filepath.Join(t.TempDir(), "tok.safetensors")
		if err := k.Save(path); err != nil {
			t.Fatal(err)
		}
		b, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		if b.String() != k.String() || b.Config != k.Config || !reflect.DeepEqual(b.Scale, k.Scale) {
			t.Errorf("%v came back as %v", k, b)
		}
		for _, p := range pics {
			if !reflect.DeepEqual(there(t, k, p), there(t, b, p)) {
				t.Fatalf("%s: another picture", m.Name)
			}
		}
		if fit, err := b.For(m); err != nil || fit != b {
			t.Errorf("it does not fit its own modality: %v", err)
		}
	}
}

// Files that hold something else, or not all, are named with what is wrong.
func TestWrongFiles(t *testing.T) {
	write := func(change func([]checkpoint.Tensor) []checkpoint.Tensor) string {
		path := filepath.Join(t.TempDir(), "tok.safetensors")
		if err := small(t, nil).Save(path); err != nil {
			t.Fatal(err)
		}
		rewrite(t, path, change)
		return path
	}
	find := func(all []checkpoint.Tensor, name string) int {
		return slices.IndexFunc(all, func(x checkpoint.Tensor) bool { return x.Name == name })
	}
	for want, change := range map[string]func([]checkpoint.Tensor) []checkpoint.Tensor{
		"1 missing: decoder.blocks.1.norm2.bias": func(all []checkpoint.Tensor) []checkpoint.Tensor {
			at := find(all, "decoder.blocks.1.norm2.bias")
			return slices.Delete(all, at, at+1)
		},
		"1 missing: quantize._codebook.embed": func(all []checkpoint.Tensor) []checkpoint.Tensor {
			at := find(all, "quantize._codebook.embed")
			return slices.Delete(all, at, at+1)
		},
		"1 left over: encoder.head.weight": func(all []checkpoint.Tensor) []checkpoint.Tensor {
			return append(all, checkpoint.Tensor{Name: "encoder.head.weight", Shape: []int{1}, Data: []float32{1}})
		},
		`tensor "encoder.proj.weight" has shape [16 1 4 4], expected [16 3 4 4]`: func(all []checkpoint.Tensor) []checkpoint.Tensor {
			at := find(all, "encoder.proj.weight")
			all[at].Shape, all[at].Data = []int{16, 1, 4, 4}, all[at].Data[:256]
			return all
		},
		`tensor "quantize._codebook.embed" has shape [20 8], expected [40 8]`: func(all []checkpoint.Tensor) []checkpoint.Tensor {
			at := find(all, "quantize._codebook.embed")
			all[at].Shape, all[at].Data = []int{20, 8}, all[at].Data[:160]
			return all
		},
		"it holds no tokenizer": func(all []checkpoint.Tensor) []checkpoint.Tensor { return all[:3] },
	} {
		path := write(change)
		_, err := Load(path)
		if !errors.Is(err, checkpoint.ErrForeign) || !strings.Contains(fmt.Sprint(err), want) || !strings.Contains(fmt.Sprint(err), path) {
			t.Errorf("got %v, expected ErrForeign with %q and %s", err, want, path)
		}
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// What a configuration says alone is not made: a file of a few numbers that says
// to be huge is refused.
func TestHugeConfigurations(t *testing.T) {
	for want, change := range map[string]map[string]string{
		"of 1048576x1048576 places":                {"image_size": "1048576", "patch_size": "1"},
		"1048576 codes":                            {"codebook_size": "1048576", "latent_dim": "1048576"},
		`"quantize._codebook.embed" has shape [40`: {"codebook_size": "1048576"},
		"num_codebooks is 1000000, expected":       {"quantizer": `"rvq:1000000x1"`, "num_codebooks": "1000000", "codebook_size": "1", "latent_dim": "1"},
		`no quantizer "vq:3"`:                      {"quantizer": `"vq:3"`},
		"fsq:8,8 has 1 books of 64 codes, the":     {"quantizer": `"fsq:8,8"`, "latent_dim": "2"},
		"4096 encoder and":                         {"vit": `{"dim_tokens": 16, "depth": 4096, "num_heads": 2}`},
	} {
		path := filepath.Join(t.TempDir(), "tok.safetensors")
		k := small(t, map[string]any{"patch_size": 1})
		if err := k.Save(path); err != nil {
			t.Fatal(err)
		}
		f, err := checkpoint.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		meta := map[string]string{}
		for key, v := range f.Meta {
			if key != metaKey {
				meta[key] = v
			}
		}
		for key, v := range change {
			meta[key] = v
		}
		var all []checkpoint.Tensor
		for _, n := range f.Names() {
			v, err := f.Floats(n)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(n, "pos_emb") {
				all = append(all, checkpoint.Tensor{Name: n, Shape: f.Shape(n), Data: v})
			}
		}
		f.Close()
		if err := checkpoint.Write(path, all, meta); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, expected %q", change, err, want)
		}
	}
}

// Checkpoints of before keep the codes alone, not how often they were used.
func TestOlderStore(t *testing.T) {
	m := tiny("vqgray", modality.Gray)
	pics := pictures(m, 8)
	k := train(t, m, pics, VQ{Steps: 5, Batch: 8, Dim: 16, Latent: 8})
	s, err := k.Store()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []string{"quantize._codebook.cluster_size", "quantize._codebook.initted"} {
		if _, ok := s.Tensors[n]; !ok {
			t.Errorf("%s is not stored", n)
		}
		delete(s.Tensors, n)
	}
	b, err := modality.Restore(m, s)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(there(t, k, pics[1]), there(t, b.(*Tokenizer), pics[1])) {
		t.Error("another picture")
	}
}

// Configurations that cannot be are named by their key.
func TestWrongConfigurations(t *testing.T) {
	for want, raw := range map[string]map[string]any{
		`unknown key "codebok_size"`:                          {"codebok_size": 3},
		"latent_dim is x, expected a number":                  {"latent_dim": "x"},
		`enc_type is "resnet"`:                                {"enc_type": "resnet"},
		`quant_type is "fsq", expected lucid or memcodes`:     {"quant_type": "fsq"},
		"latent_dim is 30, expected a multiple of the 8":      {"quant_type": "memcodes", "num_codebooks": 8, "latent_dim": 30},
		"pictures of 100x100 are no grid of patches of 16x16": {"image_size": 100},
		"patch_size is 0, expected at least 1":                {"patch_size": 0},
		"patch_size is [1 2 3], expected one or two":          {"patch_size": []any{1, 2, 3}},
		`vit: unknown key "width"`:                            {"vit": map[string]any{"width": 3}},
		"expected 3 channels and no labels":                   {"undo_std": true, "n_channels": 1},
	} {
		if _, err := OfficialSpec(raw); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, expected %q", err, want)
		}
	}
	s, err := OfficialSpec(nil)
	if err != nil || s.Enc.Dim != 768 || s.Dec.Depth != 12 || s.Codes != 16384 || s.Latent != 32 || s.Size != [2]int{224, 224} {
		t.Errorf("official defaults: %v (%v)", s, err)
	}
}

// The arguments that the training script leaves stand for a configuration.
func TestArguments(t *testing.T) {
	shape := map[string][]int{"encoder.proj.weight": {768, 512, 1, 1}}
	raw, ok := fromArguments(map[string]any{"domain": "CLIP-B16", "encoder_type": "vit_b_enc", "decoder_type": "vit_b_dec", "input_size_max": 448, "patch_size": 16,
		"quantizer_type": "lucid", "codebook_size": 8192, "quantizer_ema_decay": 0.99, "latent_dim": 32, "post_mlp": true, "blr": 1e-4, "epochs": 20, "loss_fn": "smooth_l1"},
		func(n string) []int { return shape[n] })
	if !ok {
		t.Fatal("no arguments")
	}
	s, err := OfficialSpec(raw)
	if err != nil || !s.Features || s.Channels != 512 || s.Size != [2]int{448, 448} || !s.PostMLP || s.Codes != 8192 || s.Decay != 0.99 || s.Diffusion != nil {
		t.Errorf("%+v (%v)", s, err)
	}
}
