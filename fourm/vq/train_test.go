package vq

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// held is a set of pictures as held-out samples.
type heldOut struct {
	m    modality.Modality
	pics []*modality.Picture
}

func (h heldOut) Len() int { return len(h.pics) }
func (h heldOut) Sample(i int) (modality.Sample, error) {
	return modality.Sample{Key: fmt.Sprint(i), Values: map[string]any{h.m.Name: h.pics[i]}}, nil
}

// Every quantizer trains in one call, beats what it began with, and comes back
// from a file and from a checkpoint with the same tokens and pictures.
func TestQuantizers(t *testing.T) {
	m := tiny("vqcolor", modality.Color)
	pics := pictures(m, 12)
	for _, name := range []string{"", "cosine:16x8", "euclid:16x8", "fsq:5,5,5", "fsq-terramind:5,5,5", "lfq:6", "rvq:2x16"} {
		c := VQ{Quantizer: name, Steps: 120, Batch: 8, Dim: 16}
		k := train(t, m, pics, c)
		few := c
		few.Steps = 2
		early := train(t, m, pics, few)
		var after, before float64
		for _, p := range pics {
			after += squared(p, there(t, k, p))
			before += squared(p, there(t, early, p))
		}
		if after > before/4 {
			t.Errorf("%q: squared error %.4f, %.4f after two steps", name, after, before)
		}
		comesBack(t, k, pics[3])
		if name == "rvq:2x16" {
			tk, err := k.Encode(pics[0])
			if err != nil || tk.Rows != 8 || tk.Cols != 4 {
				t.Errorf("two books: tokens %dx%d, error %v", tk.Rows, tk.Cols, err)
			}
		}
	}
}

// comesBack checks that a tokenizer is the same from a file and from a checkpoint.
func comesBack(t *testing.T, k *Tokenizer, p *modality.Picture) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "k.safetensors")
	if err := k.Save(path); err != nil {
		t.Fatal(err)
	}
	read, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := k.Store()
	if err != nil {
		t.Fatal(err)
	}
	back, err := modality.Restore(k.Of, s)
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range []*Tokenizer{read, back.(*Tokenizer)} {
		if !reflect.DeepEqual(other.Params, k.Params) || !reflect.DeepEqual(other.net.Spec, k.net.Spec) || other.Vocab() != k.Vocab() || !reflect.DeepEqual(there(t, other, p), there(t, k, p)) {
			t.Errorf("%v comes back as %v", k, other)
		}
	}
}

// A training that was stopped goes on as if it had not been: all numbers of the
// tokenizer and of its points are the same.
func TestResume(t *testing.T) {
	m := tiny("vqcolor", modality.Color)
	pics := pictures(m, 11)
	c := VQ{Steps: 20, Batch: 4, Dim: 16, Latent: 8, EMA: 0.9, ValEvery: 6, Val: heldOut{m, pictures(m, 5)}}
	whole := train(t, m, pics, c)
	for _, at := range []int{1, 5, 6, 19} {
		c := c
		c.Dir = filepath.Join(t.TempDir(), "k")
		ctx, cancel := context.WithCancel(context.Background())
		_, err := Train(ctx, m, pics, c, func(p Point, _ int) {
			if p.Step == at {
				cancel()
			}
		})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("stopped after step %d: %v", at, err)
		}
		told := 0
		k, err := Train(context.Background(), m, pics, c, func(p Point, steps int) {
			if told++; p.Step != told || steps != 20 {
				t.Errorf("point %d is of step %d of %d", told, p.Step, steps)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(k.Params, whole.Params) || k.Loss != whole.Loss {
			t.Errorf("stopped after step %d, it comes out as another", at)
		}
		for i := range whole.Points {
			a, b := k.Points[i], whole.Points[i]
			a.Seconds, b.Seconds = 0, 0
			if !reflect.DeepEqual(a, b) {
				t.Errorf("stopped after step %d, point %d is %+v, expected %+v", at, i, a, b)
			}
		}
		read, err := Load(filepath.Join(c.Dir, "tokenizer.safetensors"))
		if err != nil || !reflect.DeepEqual(read.Params, whole.Params) {
			t.Errorf("the tokenizer in the folder is another (%v)", err)
		}
		lines, err := os.ReadFile(filepath.Join(c.Dir, "history.jsonl"))
		if err != nil || strings.Count(string(lines), "\n") != 20 {
			t.Errorf("history of %d lines, expected 20 (%v)", strings.Count(string(lines), "\n"), err)
		}
		again, err := Train(context.Background(), m, pics, c, nil) // nothing is left to do
		if err != nil || !reflect.DeepEqual(again.Params, whole.Params) {
			t.Errorf("once more: %v", err)
		}
		c.Steps = 24
		more, err := Train(context.Background(), m, pics, c, nil)
		if err != nil || len(more.Points) != 24 {
			t.Errorf("with more steps: %v", err)
		}
	}
}

// A folder of another training is left alone, and what differs is named.
func TestForeignFolder(t *testing.T) {
	m := tiny("vqcolor", modality.Color)
	pics := pictures(m, 8)
	c := VQ{Steps: 4, Batch: 4, Dim: 16, Latent: 8, Dir: t.TempDir()}
	train(t, m, pics, c)
	for want, change := range map[string]func(c *VQ, pics *[]*modality.Picture){
		"latent is 8 there, 4 now":                  func(c *VQ, _ *[]*modality.Picture) { c.Latent = 4 },
		"quantizer is none there, lfq:4 now":        func(c *VQ, _ *[]*modality.Picture) { c.Quantizer, c.Latent = "lfq:4", 0 },
		"has seen other pictures":                   func(_ *VQ, p *[]*modality.Picture) { *p = (*p)[1:] },
		"has taken 4 steps, more than the 2 asked":  func(c *VQ, _ *[]*modality.Picture) { c.Steps = 2 },
		"has begun with another tokenizer; choose ": func(c *VQ, _ *[]*modality.Picture) { c.From = train(t, m, pics, VQ{Steps: 1, Dim: 16, Latent: 8}) },
	} {
		c, pics := c, pics
		change(&c, &pics)
		if _, err := Train(context.Background(), m, pics, c, nil); !errors.Is(err, ErrForeignRun) || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, expected %q", err, want)
		}
	}
	if err := os.WriteFile(filepath.Join(c.Dir, "state.safetensors"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Train(context.Background(), m, pics, c, nil); err == nil || !strings.Contains(err.Error(), "state.safetensors") {
		t.Errorf("a broken state: %v", err)
	}
}

// Each loss makes its own number smaller; masks of 0 and 1 come back as such.
func TestLosses(t *testing.T) {
	for name, look := range map[string]modality.Look{"mse": modality.Color, "l1": modality.Depth, "smooth_l1": modality.Depth, "cosine": modality.Normal, "bce": modality.Gray, "ce": modality.Label} {
		m := tiny("vqloss"+strings.ReplaceAll(name, "_", ""), look, "a", "b", "c")
		pics := pictures(m, 8)
		if name == "bce" {
			for _, p := range pics {
				for i, v := range p.Pix {
					p.Pix[i] = 0
					if v > 0.3 {
						p.Pix[i] = 1
					}
				}
			}
		}
		c := quick
		c.Loss, c.Steps = name, 150
		k := train(t, m, pics, c)
		if first := k.Points[0].Loss; !(k.Loss < first/2) {
			t.Errorf("%s: %.4f after %d steps, %.4f after the first", name, k.Loss, c.Steps, first)
		}
		if name == "bce" {
			if e := squared(pics[0], there(t, k, pics[0])); e > 0.05 {
				t.Errorf("masks come back with a squared error of %.3f", e)
			}
		}
	}
}

// Held-out pictures are judged as a person would: encode, decode, compare.
func TestValidation(t *testing.T) {
	m := tiny("vqcolor", modality.Color)
	out := heldOut{m, pictures(m, 20)[12:]}
	c := quick
	c.Val = out
	k := train(t, m, pictures(m, 12), c)
	want := 0.0
	for _, p := range out.pics {
		// the network's units are twice those of colours
		want += 4 * squared(p, there(t, k, p)) / float64(len(out.pics))
	}
	last := k.Points[len(k.Points)-1]
	if d := last.ValLoss - want; d > 0.02*want+1e-6 || d < -0.1*want-1e-6 { // outside of 0 to 1 nothing is cut in training
		t.Errorf("validation loss %.5f, %.5f by hand", last.ValLoss, want)
	}
	if last.Metrics["PSNR, dB"] < 5 || last.Metrics[usedShare] <= 0 || last.Metrics[perplexity] < 1 {
		t.Errorf("metrics %v", last.Metrics)
	}
	if k.Points[0].Metrics != nil {
		t.Errorf("the first step was validated: %v", k.Points[0])
	}
}

// What cannot be is refused by name before anything is trained.
func TestWrongConfig(t *testing.T) {
	m, maps := tiny("vqcolor", modality.Color), tiny("vqlabel", modality.Label, "a", "b")
	for _, c := range []struct {
		m    modality.Modality
		c    VQ
		want string
	}{
		{m, VQ{Quantizer: "fsq:8,8", Vocab: 100}, "vocab 100 of vqcolor with the quantizer fsq:8,8 of 64 codes; leave one of them out"},
		{m, VQ{Quantizer: "fsq:8,8", Latent: 3}, `"fsq:8,8" takes latents of 2 numbers, expected one for latents of 3`},
		{m, VQ{Quantizer: "vq"}, `no quantizer "vq"`},
		{m, VQ{Net: "cnn"}, `net "cnn" of vqcolor, expected vit, local, mlp`},
		{m, VQ{Net: "mlp"}, "net mlp takes places one by one, and vqcolor has patches of 4, expected 1"},
		{m, VQ{Quantizer: "bins:8"}, "quantizer bins:8 takes places one by one, and vqcolor has patches of 4, expected 1"},
		{m, VQ{Patch: 5}, "no multiple of patch 5"},
		{m, VQ{Patch: -1}, "patches of -1 of vqcolor, expected at least 1"},
		{m, VQ{Decoder: "gan"}, `decoder "gan" of vqcolor, expected flow, diffusion`},
		{m, VQ{Loss: "ce"}, `loss "ce" of vqcolor, which has numbers: expected another`},
		{maps, VQ{Loss: "mse"}, `loss "mse" of vqlabel, which has classes: expected ce`},
		{m, VQ{Loss: "huber"}, `loss "huber" of vqcolor, expected bce, cosine, l1, mse, smooth_l1, ce`},
		{m, VQ{EMA: 1}, "ema of vqcolor is 1, expected 0 to below 1"},
		{m, VQ{Perceptual: 1}, `perceptual 1 of vqcolor with features "", expected both or none`},
		{m, VQ{LR: -1}, "lr of vqcolor is -1, expected 0 or more"},
		{tiny("vqnormal", modality.Normal), VQ{Loss: "bce"}, "loss bce of vqnormal, which takes unit vectors"},
	} {
		func() {
			defer func() {
				if e, ok := recover().(*fault.Error); !ok || !strings.Contains(e.Error(), c.want) {
					t.Errorf("%+v: %v, expected %q", c.c, e, c.want)
				}
			}()
			Train(context.Background(), c.m, pictures(c.m, 2), c.c, nil)
		}()
	}
}

// Vectors go through an MLP, standardised by channel and cut nowhere.
func TestVectors(t *testing.T) {
	modality.Register(modality.Modality{Name: "vqvector", Look: modality.Feature, Height: 1, Patch: 1, Channels: 6, Vocab: 64})
	m := modality.Lookup("vqvector")
	var pics []*modality.Picture
	for i := range 40 {
		p := modality.NewPicture(1, 1, 6)
		for c := range p.Pix {
			p.Pix[c] = float32(50*(c-3)) + float32(i%8)*float32(c+1)
		}
		pics = append(pics, p)
	}
	k := train(t, m, pics, VQ{Net: "mlp", Steps: 300, Dim: 32, Loss: "smooth_l1", Quantizer: "cosine:64x4"})
	for _, p := range pics[:8] {
		for c, v := range there(t, k, p).Pix {
			if d := float64(v - p.Pix[c]); d > 0.6*float64(c+1) || d < -0.6*float64(c+1) {
				t.Errorf("number %d comes back as %g, was %g", c, v, p.Pix[c])
			}
		}
	}
	if !strings.Contains(k.Network().Spec.Enc.Name, "BottleneckMLP/B_1-Wi_32") {
		t.Errorf("the encoder is %s", k.Network().Spec.Enc.Name)
	}
	if b, err := json.Marshal(k.Config); err != nil || !strings.Contains(string(b), `"net":"mlp"`) {
		t.Errorf("the configuration is %s (%v)", b, err)
	}
}

// Depth in millimetres is none of what a tokenizer of metres takes; what is a
// little nearer or farther than in training is.
func TestOtherUnits(t *testing.T) {
	m := tiny("vqdepth", modality.Depth)
	pics := pictures(m, 8) // 2 to 6 m, and unknown
	k := train(t, m, pics, VQ{Steps: 2, Dim: 16})
	scaled := func(by float32) *modality.Picture {
		p := modality.NewPicture(16, 16, 1)
		for i, v := range pics[0].Pix {
			p.Pix[i] = by * v
		}
		return p
	}
	for _, by := range []float32{0.5, 1, 2} {
		if _, err := k.Encode(scaled(by)); err != nil {
			t.Errorf("depth times %g: %v", by, err)
		}
	}
	for by, want := range map[float32]string{1000: "has the number 4000 at row 4, column 0, expected 2.00 to 6.00 m", 0.001: "has the number 0.004"} {
		if _, err := k.Encode(scaled(by)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("depth times %g: error %v, expected %q", by, err, want)
		}
	}
}

// Latents of a first batch are spread around the codes.
func TestSpread(t *testing.T) {
	m := tiny("vqcolor", modality.Color)
	k := train(t, m, pictures(m, 16), VQ{Quantizer: "fsq:5,5,5", Steps: 1, Batch: 16, Dim: 16, LR: 1e-9})
	g := k.net.graph(encoding, Loss{}, 16, 4, 4)
	for i, p := range pictures(m, 16) {
		if err := k.put(g, i, p); err != nil {
			t.Fatal(err)
		}
	}
	if err := g.m.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	z := g.m.Floats(g.z)
	n := float64(len(z) / 3)
	for a := range 3 {
		for b := range 3 {
			mean, product := 0.0, 0.0
			for i := 0; i < len(z); i += 3 {
				mean += float64(z[i+a]) / n
				product += float64(z[i+a]) * float64(z[i+b]) / (n - 1)
			}
			want := 0.0
			if a == b {
				want = 1
			}
			if d := product - want; d > 0.01 || d < -0.01 || mean > 0.01 || mean < -0.01 {
				t.Errorf("numbers %d and %d: mean %.3f, covariance %.3f, expected 0 and %g", a, b, mean, product, want)
			}
		}
	}
}
