package vq

import (
	"context"
	"maps"
	"math"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm/checkpoint"
	"fourmlab/fourm/diffusion"
	"fourmlab/fourm/modality"
	"fourmlab/internal/fixture"
)

// Recorded tokenizers with a diffusion decoder give the recorded tokens exactly,
// and with the recorded noise the recorded pictures, by both machines, as networks
// and as tokenizers.
func TestRecordedDiffusion(t *testing.T) {
	ran := 0
	for _, c := range []struct {
		name, want string
		s          diffusion.Sampler
	}{
		{"divae_unet_patched", "ddim.trailing.step3.image", diffusion.Sampler{Steps: 3}},
		{"divae_unet_patched", "ddim.linspace.step2.image", diffusion.Sampler{Steps: 3, Spacing: "linspace"}},
		{"divae_uvit_concat", "ddim.trailing.step3.image", diffusion.Sampler{Steps: 4}},
	} {
		dir := fixture.Path(t, "parity", c.name)
		k, err := Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		read := func(file, tensor string) Images {
			f, err := checkpoint.Open(filepath.Join(dir, file))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			v, err := f.Floats(tensor)
			if err != nil {
				t.Fatal(err)
			}
			s := f.Shape(tensor)
			return Images{s[0], s[1], s[2], s[len(s)-1], v}
		}
		want, first := read("expected.safetensors", c.want), read("expected.safetensors", "sampling.init_noise")
		tokens := read("expected.safetensors", "tokens").Data
		for _, tape := range []bool{false, true} {
			k.net.Tape = tape
			got, err := k.net.Encode(context.Background(), read("inputs.safetensors", "x"))
			if err != nil {
				t.Fatal(err)
			}
			for i, id := range got.IDs {
				if float32(id) != tokens[i] {
					t.Fatalf("%s: token %d is %d, expected %g", c.name, i, id, tokens[i])
				}
			}
			k.net.Sampler = c.s
			k.net.Sampler.Noise = func(noise []float32) { copy(noise, first.pixels()) }
			y, err := k.net.Decode(context.Background(), got)
			if err != nil {
				t.Fatal(err)
			}
			if off := farthest(y.Data, want.Data); !(off < 2e-5) {
				t.Errorf("%s, tape %v: pictures are off by %g", c.name, tape, off)
			}
			each := len(want.Data) / want.B
			for b := range want.B { // as a picture, from 0 to 1
				k.Sampler = c.s
				k.Sampler.Noise = func(noise []float32) { copy(noise, first.pixels()[b*each:]) }
				v, err := k.Decode(k.tokens(got, b))
				if err != nil {
					t.Fatal(err)
				}
				p, off := v.(*modality.Picture), 0.0
				for i, w := range want.pixels()[b*each : (b+1)*each] {
					off = max(off, math.Abs(float64(p.Pix[i]-min(max((w+1)/2, 0), 1))))
				}
				if !(off < 2e-5) {
					t.Errorf("%s, tape %v: picture %d is off by %g", c.name, tape, b, off)
				}
			}
			ran++
		}
	}
	t.Logf("%d ways of decoding", ran)
}

func cloned(m map[string]any) map[string]any { return maps.Clone(m) }

func farthest(a, b []float32) float64 {
	d := 0.0
	for i := range a {
		d = max(d, math.Abs(float64(a[i]-b[i])))
	}
	return d
}

// A seed and its own tokens decide a picture, alone and in a batch; ids of -1 are
// blank, and what they hide is not seen; all of it comes back from a checkpoint.
func TestDrawnPictures(t *testing.T) {
	for _, name := range []string{"unet", "uvit", "uvit, attends"} {
		k := small(t, members[name])
		k.net.Spec.UndoStd = false
		k.Sampler.Steps = 3
		books := k.net.Spec.Books
		tk := modality.Tokens{Modality: "some", Rows: 3 * books, Cols: 2, IDs: make([]int, 6*books)}
		for i := range tk.IDs {
			tk.IDs[i] = 5 * i % 40
		}
		pix := func(k *Tokenizer, tk modality.Tokens) []float32 {
			v, err := k.Decode(tk)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			p := v.(*modality.Picture)
			if p.H != 12 || p.W != 8 || p.C != 3 {
				t.Fatalf("%s: a picture of %dx%dx%d, expected 12x8x3", name, p.H, p.W, p.C)
			}
			return p.Pix
		}
		first := pix(k, tk)
		if !slices.Equal(first, pix(k, tk)) {
			t.Errorf("%s: the same seed draws another picture", name)
		}
		k.Sampler.Seed = 2
		if slices.Equal(first, pix(k, tk)) {
			t.Errorf("%s: another seed draws the same picture", name)
		}
		k.Sampler.Seed = 0
		c := Codes{3, books, 3, 2, nil}
		for b := range 3 {
			for i := range tk.IDs {
				c.IDs = append(c.IDs, int32((tk.IDs[i]+b)%40))
			}
		}
		k.net.Sampler = k.Sampler
		batch, err := k.net.Decode(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		c.B, c.IDs = 1, c.IDs[2*len(tk.IDs):]
		alone, err := k.net.Decode(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		if off := farthest(alone.Data, batch.Data[2*len(alone.Data):]); off > 1e-5 {
			t.Errorf("%s: a picture alone differs by %g from it in a batch", name, off)
		}

		hole := modality.Tokens{Modality: "some", Rows: tk.Rows, Cols: 2, IDs: slices.Clone(tk.IDs)}
		hole.IDs[3] = -1 // row 1, column 1
		p := pix(k, hole)
		for y := 4; y < 8; y++ {
			if v := p[(y*8+4)*3]; v != 1 {
				t.Fatalf("%s: what is not decided is %g, expected white", name, v)
			}
		}
		if slices.Equal(first[:4*8*3], p[:4*8*3]) {
			t.Errorf("%s: hiding a token changes nothing around it", name)
		}

		m := tiny("vqdrawn", modality.Color)
		s, err := k.Store()
		if err != nil {
			t.Fatal(err)
		}
		back, err := modality.Restore(m, s)
		if books > 1 { // the token grid of a modality has one
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		full := modality.Tokens{Modality: "some", Rows: 4, Cols: 4, IDs: make([]int, 16)}
		stored := back.(*Tokenizer)
		stored.Sampler = k.Sampler
		v, err := stored.Decode(full)
		if err != nil {
			t.Fatal(err)
		}
		w, err := k.Decode(full)
		if err != nil || !reflect.DeepEqual(v, w) {
			t.Errorf("%s: stored and read, it draws another picture (%v)", name, err)
		}
		delete(s.Tensors, slices.Min(slices.Collect(maps.Keys(k.net.drawer.State()))))
		if _, err := modality.Restore(m, s); err == nil || !strings.Contains(err.Error(), `vq: the tokenizer of vqdrawn: diffusion: tensor "decoder.`) {
			t.Errorf("%s: a checkpoint without a tensor: %v", name, err)
		}
		if e, err := k.Entries(); err != nil || len(e) != 40 || e[39].H != 4 {
			t.Errorf("%s: %d entries (%v)", name, len(e), err)
		}
	}
}

// Configurations and files of diffusion decoders that cannot be are named.
func TestWrongDiffusion(t *testing.T) {
	uvit := func(key string, v any) map[string]any {
		out := cloned(someUViT)
		out[key] = v
		return map[string]any{"dec_type": "uvit_some", "uvit": out}
	}
	for want, raw := range map[string]map[string]any{
		`unknown field "mid_width"`:                                           uvit("mid_width", 3),
		`decoder "unet_some", expected one of unet_patched, uvit_b_p4_f16`:    {"dec_type": "unet_some"},
		"UViT of mid_dim 7 and 2 heads, expected a multiple of them and of 4": uvit("mid_dim", 7),
		"uvit is 3, expected arguments by name":                               {"dec_type": "uvit_some", "uvit": 3},
		"a diffusion decoder with n_labels 5":                                 {"dec_type": "unet_patched", "n_labels": 5},
		`schedule "log", expected linear`:                                     {"dec_type": "unet_patched", "beta_schedule": "log"},
	} {
		if _, err := OfficialSpec(raw); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, expected %q", err, want)
		}
	}
	for want, change := range map[string]func([]checkpoint.Tensor) []checkpoint.Tensor{
		`tensor "decoder.conv_in.bias" is missing`: func(all []checkpoint.Tensor) []checkpoint.Tensor {
			return slices.DeleteFunc(all, func(x checkpoint.Tensor) bool { return x.Name == "decoder.conv_in.bias" })
		},
		`tensor "decoder.head.bias" belongs to no part of the decoder`: func(all []checkpoint.Tensor) []checkpoint.Tensor {
			return append(all, checkpoint.Tensor{Name: "decoder.head.bias", Shape: []int{1}, Data: []float32{1}})
		},
	} {
		path := filepath.Join(t.TempDir(), "tok.safetensors")
		if err := small(t, members["uvit"]).Save(path); err != nil {
			t.Fatal(err)
		}
		rewrite(t, path, change)
		_, err := Load(path)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("got %v, expected %q and the file", err, want)
		}
	}
}
