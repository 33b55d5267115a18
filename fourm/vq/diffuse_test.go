package vq

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// A decoder of either kind learns to draw what the codes stand for: tokens stay as
// they are, pictures come nearer, and files and checkpoints bring them back.
func TestTrainDecoder(t *testing.T) {
	m := tiny("vqcolor", modality.Color)
	pics := pictures(m, 16)
	plain := train(t, m, pics, VQ{Steps: 60, Batch: 8, Dim: 16, Latent: 8})
	all := func(k *Tokenizer) (sum float64) {
		for _, p := range pics {
			sum += squared(p, there(t, k, p)) / float64(len(pics))
		}
		return sum
	}
	for _, of := range []struct {
		kind string
		from *Tokenizer
	}{{"flow", plain}, {"diffusion", plain}, {"flow", withoutDecoder(plain)}, {"diffusion", withoutDecoder(plain)}} {
		kind := of.kind
		after := func(steps int) (*Tokenizer, float64) {
			k, err := TrainDecoder(context.Background(), of.from, pics, DecoderConfig{Kind: kind, Steps: steps, Batch: 8}, nil)
			if err != nil {
				t.Fatal(err)
			}
			return k, all(k)
		}
		_, first := after(1)
		k, last := after(30)
		t.Logf("%s: mean squared error %.4f after 1 step, %.4f after 30", kind, first, last)
		if !(last < 0.8*first) {
			t.Errorf("%s: mean squared error %g after 1 step, %g after 30", kind, first, last)
		}
		if residual := k.net.Spec.Residual > 0; residual != (of.from == plain) {
			t.Errorf("%s: what another decoder leaves out: %v", kind, residual)
		}
		if of.from == plain {
			k.Sampler.Steps = 1
			if one, whole := all(k), all(plain); one > 1.1*whole {
				t.Errorf("%s: a first guess has an error of %.4f, the plain decoder %.4f", kind, one, whole)
			}
			k.Sampler.Steps = 0
		}
		a, err := plain.Encode(pics[3])
		if err != nil {
			t.Fatal(err)
		}
		b, err := k.Encode(pics[3])
		if err != nil || !reflect.DeepEqual(a.IDs, b.IDs) {
			t.Errorf("%s: other tokens (%v)", kind, err)
		}
		comesBack(t, k, pics[3])
		k.Sampler.Guidance, k.Sampler.Steps = 2, 2
		if there(t, k, pics[0]); k.net.Spec.Diffusion["cls_free_guidance_dropout"] != 0.1 {
			t.Errorf("%s: guidance from %v of the codes left out", kind, k.net.Spec.Diffusion["cls_free_guidance_dropout"])
		}
	}
}

// withoutDecoder gives a tokenizer that can tokenize alone, as some published files.
func withoutDecoder(k *Tokenizer) *Tokenizer {
	s := k.net.Spec
	s.Dec = Arch{Kind: NoDecoder}
	out := *k
	out.net = k.net.with(s)
	out.Params = out.net.Params
	return &out
}

// The network fits pictures of every shape, patch and number of channels, and has
// one to four million numbers.
func TestDecoderSizes(t *testing.T) {
	for i, s := range []struct{ h, w, patch, channels int }{{64, 64, 8, 3}, {224, 224, 16, 3}, {32, 64, 16, 1}, {12, 20, 4, 1}, {10, 15, 5, 3}, {12, 6, 6, 5}, {9, 9, 3, 2}, {8, 8, 1, 4}, {28, 14, 14, 1}} {
		name := fmt.Sprintf("vqsize%d", i)
		modality.Register(modality.Modality{Name: name, Look: modality.Feature, Height: s.h, Width: s.w, Patch: s.patch, Channels: s.channels, Vocab: 16})
		m := modality.Lookup(name)
		k := &Tokenizer{Of: m, Config: VQ{Dim: 8, Latent: 4}.resolved(m), Scale: Scale{Mean: make([]float64, s.channels), Dev: make([]float64, s.channels)}}
		for c := range k.Scale.Dev {
			k.Scale.Dev[c] = 1
		}
		k.declare()
		d, err := k.drawnBy(DecoderConfig{Kind: "flow"}, m.Grid(), m.Cols())
		if err != nil {
			t.Fatalf("%+v: %v", s, err)
		}
		n := 0
		for _, p := range d.net.drawer.Params {
			n += len(p.Data)
		}
		if n < 1e6 || n > 4.5e6 {
			t.Errorf("%+v: %d numbers, expected one to four million", s, n)
		}
		if s.h > 100 {
			continue
		}
		d.Sampler.Steps = 1
		v, err := d.Decode(modality.Tokens{Modality: name, Rows: m.Grid(), Cols: m.Cols(), IDs: make([]int, m.Grid()*m.Cols())})
		if p, ok := v.(*modality.Picture); err != nil || !ok || p.H != s.h || p.W != s.w || p.C != s.channels {
			t.Errorf("%+v: %v (%v)", s, v, err)
		}
	}
}

// In one call: codes with a plain decoder first, then a decoder that draws; From
// keeps another tokenizer's tokens. The seed decides all of it, and a training that
// was stopped in its second half goes on as if it had not been.
func TestDecoderInOneCall(t *testing.T) {
	m := tiny("vqcolor", modality.Color)
	pics := pictures(m, 11)
	c := VQ{Steps: 8, Batch: 4, Dim: 16, Latent: 8, Decoder: "flow", DecoderSteps: 9, ValEvery: 4, Val: heldOut{m, pictures(m, 3)}}
	whole := train(t, m, pics, c)
	if again := train(t, m, pics, c); !reflect.DeepEqual(again.Params, whole.Params) {
		t.Error("the same seed gives another tokenizer")
	}
	if n := len(whole.Points); n != 17 || whole.Points[n-1].Step != 17 || len(whole.Points[n-1].Metrics) != 1 {
		t.Errorf("%d points, the last of them %+v", n, whole.Points[n-1])
	}
	for i, p := range whole.Points { // of both stages, as often as it was asked for
		if due := i+1 == 4 || i+1 == 8 || i+1 == 12 || i+1 == 16 || i+1 == 17; (p.Metrics != nil) != due {
			t.Errorf("step %d: held out %v", i+1, p.Metrics)
		}
	}
	plain := c
	plain.Decoder, plain.DecoderSteps = "", 0
	first := train(t, m, pics, plain)
	fixed := c
	fixed.From = first
	for name, want := range map[string]struct {
		c VQ
		k *Tokenizer
	}{"both stages": {c, whole}, "from another": {fixed, whole}} {
		for _, at := range []int{4, 12} {
			if want.c.From != nil && at > 8 { // it has no more steps
				continue
			}
			c := want.c
			c.Dir = filepath.Join(t.TempDir(), "k")
			ctx, cancel := context.WithCancel(context.Background())
			_, err := Train(ctx, m, pics, c, func(p Point, _ int) {
				if p.Step == at {
					cancel()
				}
			})
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("%s, stopped after step %d: %v", name, at, err)
			}
			told := 0
			k, err := Train(context.Background(), m, pics, c, func(p Point, steps int) {
				if told++; p.Step != told || steps != c.total() {
					t.Errorf("%s: point %d is of step %d of %d", name, told, p.Step, steps)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			if last := k.Points[len(k.Points)-1]; !reflect.DeepEqual(k.Params, want.k.Params) || !reflect.DeepEqual(last.Metrics, want.k.Points[len(want.k.Points)-1].Metrics) {
				t.Errorf("%s, stopped after step %d: it comes out as another", name, at)
			}
			read, err := Load(filepath.Join(c.Dir, "tokenizer.safetensors"))
			if err != nil || !reflect.DeepEqual(read.Params, k.Params) {
				t.Errorf("%s: the tokenizer in the folder is another (%v)", name, err)
			}
			c.DecoderSteps = 3
			if _, err := Train(context.Background(), m, pics, c, nil); !errors.Is(err, ErrForeignRun) || !strings.Contains(err.Error(), "the decoder has taken 9 steps, expected 1 to the 3 asked for") {
				t.Errorf("%s: fewer steps: %v", name, err)
			}
		}
	}
	k := train(t, m, pics, fixed)
	for name, p := range first.Params {
		if strings.HasPrefix(name, "encoder.") || strings.HasPrefix(name, "quant") {
			if !reflect.DeepEqual(k.Params[name], p) {
				t.Errorf("%s is not as it was", name)
			}
		}
	}
}

// What cannot be drawn, or trained, is said in a line.
func TestWrongDecoders(t *testing.T) {
	label := tiny("vqlabel", modality.Label, "ground", "ball", "box")
	for want, f := range map[string]func(){
		"decoder flow of vqlabel, which has classes: they cannot be drawn from noise": func() {
			Train(context.Background(), label, pictures(label, 2), VQ{Decoder: "flow"}, nil)
		},
		`decoder "gan" of vqcolor, expected flow, diffusion`: func() {
			m := tiny("vqcolor", modality.Color)
			Train(context.Background(), m, pictures(m, 2), VQ{Decoder: "gan"}, nil)
		},
	} {
		func() {
			defer func() {
				if e, ok := recover().(*fault.Error); !ok || !strings.Contains(e.Error(), want) {
					t.Errorf("got %v, expected %q", e, want)
				}
			}()
			f()
		}()
	}
	rgb, maps := small(t, nil), small(t, members["classes"])
	p := []*modality.Picture{modality.NewPicture(16, 16, 3)}
	for want, c := range map[string]struct {
		k    *Tokenizer
		pics []*modality.Picture
		c    DecoderConfig
	}{
		`decoder "gan", expected flow or diffusion`:                     {rgb, p, DecoderConfig{Kind: "gan"}},
		"steps is -1, expected at least 1":                              {rgb, p, DecoderConfig{Steps: -1}},
		"a learning rate of -1":                                         {rgb, p, DecoderConfig{LR: -1}},
		"no pictures of some":                                           {rgb, nil, DecoderConfig{}},
		"some has classes, which cannot be drawn from noise":            {maps, p, DecoderConfig{}},
		"some has vectors":                                              {small(t, members["vectors"]), p, DecoderConfig{}},
		"picture 1 of some is 16x32, the first is 16x16":                {rgb, append(p, modality.NewPicture(16, 32, 3)), DecoderConfig{}},
		"a picture of 18x16x3, expected multiples of 4x4":               {rgb, []*modality.Picture{modality.NewPicture(18, 16, 3)}, DecoderConfig{}},
		"not a number at step 1; lower the learning rate":               {rgb, p, DecoderConfig{LR: 1e30, Steps: 4}},
		"vq: a picture of some has the number NaN at row 15, column 15": {rgb, []*modality.Picture{{H: 16, W: 16, C: 3, Pix: []float32{767: float32(math.NaN())}}}, DecoderConfig{}},
	} {
		if _, err := TrainDecoder(context.Background(), c.k, c.pics, c.c, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, expected %q", err, want)
		}
	}
}
