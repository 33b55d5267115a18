package vq

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm/checkpoint"
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
		if !e.made {
			p := &Param{e.shape, make([]float32, count(e.shape))}
			for i := range p.Data {
				p.Data[i] = float32(e.r.NormFloat64()) / 4
			}
			n.Params[e.name] = p
		}
	}
	n.books()
	for _, q := range n.quant.Tensors() {
		for i := range q.Data {
			q.Data[i] = float32(n.entries[0].r.NormFloat64())
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

// Values that do not fit are named with what would.
func TestWrongValues(t *testing.T) {
	rgb, maps, vectors := small(t, nil), small(t, members["classes"]), small(t, members["vectors"])
	picture := func(h, w, c int, at int, v float32) *modality.Picture {
		p := modality.NewPicture(h, w, c)
		p.Pix[at] = v
		return p
	}
	nan := float32(0)
	nan /= nan
	encode := func(k *Tokenizer, v ...any) func() error {
		return func() error { _, err := k.EncodeAll(v); return err }
	}
	images := func(n *Network, b, h, w int, change func(x *Images)) func() error {
		return func() error {
			x := noise(n, b, h, w)
			change(&x)
			_, err := n.Encode(context.Background(), x)
			return err
		}
	}
	decode := func(n *Network, id int32) func() error {
		return func() error {
			c := Codes{2, n.Spec.Books, 1, 1, make([]int32, 2*n.Spec.Books)}
			c.IDs[len(c.IDs)-1] = id
			_, err := n.Decode(context.Background(), c)
			return err
		}
	}
	for want, do := range map[string]func() error{
		"a picture of 18x16x3, expected multiples of 4x4 places of 3 numbers":     encode(rgb, picture(18, 16, 3, 0, 0)),
		"a picture of 16x16x1, expected multiples of 4x4 places of 3":             encode(rgb, picture(16, 16, 1, 0, 0)),
		"value 1: vq: a picture of some has the number NaN at row 2, column 1":    encode(rgb, picture(16, 16, 3, 0, 0), picture(16, 16, 3, (2*16+1)*3, nan)),
		"class 7 in a picture of some, expected one below 7":                      encode(maps, picture(16, 16, 1, 5, 7)),
		"a picture of 1x1x10, expected multiples of 1x1 places of 11 numbers":     encode(vectors, picture(1, 1, 10, 0, 0)),
		"vq: pictures of 18x16, expected multiples of the patch of 4x4":           images(rgb.net, 1, 18, 16, func(*Images) {}),
		"vq: samples of 4 numbers a place, expected 3":                            images(rgb.net, 3, 16, 16, func(x *Images) { x.C, x.B = 4, 2; x.Data = make([]float32, 2*4*256) }),
		"vq: sample 1 has the number NaN at row 0, column 0":                      images(rgb.net, 2, 16, 16, func(x *Images) { x.Data[3*256] = nan }),
		"vq: class 1.5 in sample 1, expected a whole number below 7":              images(maps.net, 2, 16, 16, func(x *Images) { x.Data[300] = 1.5 }),
		"vq: 10 numbers for 1 samples of 4x4x3":                                   images(rgb.net, 1, 4, 4, func(x *Images) { x.Data = x.Data[:10] }),
		"vq: sample 1: code 40 at place 0, expected one below 40":                 decode(rgb.net, 40),
		"vq: sample 1: code -1 at place 0, expected one below 40":                 decode(vectors.net, -1),
		"a tokenizer of some for vqdepth: it takes 3 numbers a pixel, expected 1": func() error { _, err := rgb.For(tiny("vqdepth", modality.Depth)); return err },
		"for vqlabel: it takes feature, expected label": func() error {
			_, err := small(t, map[string]any{"n_channels": 1}).For(tiny("vqlabel", modality.Label, "a"))
			return err
		},
		"for vqwide: it has patches of 4x4, expected 8x8": func() error {
			modality.Register(modality.Modality{Name: "vqwide", Height: 16, Patch: 8})
			_, err := rgb.For(modality.Lookup("vqwide"))
			return err
		},
		"vq: the tokenizer has no decoder; it can tokenize, but not decode": func() error { k := small(t, nil); k.net.Spec.Dec.Kind = NoDecoder; return decode(k.net, 3)() },
		"(unet_patched), which is not read; it can tokenize, but not decode": func() error {
			k := small(t, map[string]any{"dec_type": "unet_patched", "beta_schedule": "linear"})
			return decode(k.net, 3)()
		},
	} {
		if err := do(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, expected %q", err, want)
		}
	}
}

// A tokenizer of any size is made one of a modality's, whose tokens bear its name.
func TestFor(t *testing.T) {
	modality.Register(modality.Modality{Name: "vqbig", Height: 24, Width: 32, Patch: 4})
	m := modality.Lookup("vqbig")
	k, err := small(t, nil).For(m)
	if err != nil {
		t.Fatal(err)
	}
	p := modality.NewPicture(24, 32, 3)
	for i := range p.Pix {
		p.Pix[i] = float32(i%17) / 17
	}
	tk, err := k.Encode(p)
	if err != nil || tk.Modality != "vqbig" || tk.Rows != 6 || tk.Cols != 8 || k.Vocab() != 40 {
		t.Fatalf("%v (%v)", tk, err)
	}
	v, err := k.Decode(tk)
	if q, ok := v.(*modality.Picture); err != nil || !ok || q.H != 24 || q.W != 32 {
		t.Errorf("%T (%v)", v, err)
	}
	s, err := k.Store()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "big.safetensors")
	if err := k.Save(path); err != nil {
		t.Fatal(err)
	}
	stored, err := modality.Restore(m, s)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	for how, b := range map[string]modality.Tokenizer{"stored": stored, "saved": loaded} {
		again, err := b.Encode(p)
		if err != nil || !reflect.DeepEqual(again.IDs, tk.IDs) {
			t.Errorf("%s and read: %v (%v)", how, again.IDs, err)
		}
		w, err := b.Decode(again)
		if err != nil || !reflect.DeepEqual(w, v) {
			t.Errorf("%s and read: another picture (%v)", how, err)
		}
	}
	if _, err := k.Encode(modality.NewPicture(16, 16, 3)); err == nil {
		t.Error("a picture of another size was taken")
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
