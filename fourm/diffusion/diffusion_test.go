package diffusion_test

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"fourmlab/fourm/checkpoint"
	"fourmlab/fourm/diffusion"
)

// networks are one of each make.
func networks() map[string]diffusion.Network {
	unet := diffusion.UNet{Channels: 2, Cond: 3, Patch: 2, Width: 32, Blocks: 1, Mult: []float64{1, 2}, Attention: []int{1, 2}, Heads: 4}
	uvit := diffusion.UViT{Channels: 2, Cond: 3, Patch: 2, Widths: []int{8, 16}, Layers: []int{1, 2}, Groups: 4, Depth: 3, Heads: 2, Dim: 8, MLP: 2, Positions: 3}
	out := map[string]diffusion.Network{"unet": unet, "uvit": uvit}
	u := unet
	u.ScaleShift, u.ResizeInBlocks, u.HeadWidth = true, true, 16
	out["unet, scales, resized in blocks"] = u
	u = unet
	u.Plain, u.NewOrder, u.HeadsUp, u.Blocks = true, true, 2, 2
	out["unet, plain, new order"] = u
	v := uvit
	v.Cross, v.LongSkip, v.Halve = true, true, true
	out["uvit that attends, long skips"] = v
	v = uvit
	v.NoQKV, v.ScaleShift, v.OutScale, v.TimeDim, v.SinesFirst, v.Halve = true, true, 2, 12, true, true
	out["uvit without biases, scales"] = v
	return out
}

// shaken gives a decoder of which no parameter is zero.
func shaken(n diffusion.Network, p diffusion.Process) *diffusion.Decoder {
	d := diffusion.New(n, p, 1)
	for name, x := range d.Params {
		r := rand.New(rand.NewPCG(uint64(len(name)), uint64(len(x.Data))))
		for i := range x.Data {
			x.Data[i] += float32(0.2 * r.NormFloat64() / math.Sqrt(float64(max(1, len(x.Data)/x.Shape[0]))))
		}
	}
	return d
}

func normal(seed uint64, n int) []float32 {
	r := rand.New(rand.NewPCG(seed, 3))
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

// batch is two pictures of 16 by 8 and their conditions.
func batch() (x, noise diffusion.Pictures, c diffusion.Condition) {
	x = diffusion.Pictures{B: 2, H: 16, W: 8, C: 2, Data: normal(1, 2*16*8*2)}
	noise = x
	noise.Data = normal(2, len(x.Data))
	return x, noise, diffusion.Condition{B: 2, H: 4, W: 2, C: 3, Data: normal(3, 2*4*2*3), Hidden: []bool{9: true, 11: true, 15: false}}
}

// The gradient of the loss is the difference quotient, in every network, by
// every tensor, and gorgonia's machine finds the same loss.
func TestLossGradients(t *testing.T) {
	ctx := context.Background()
	x, noise, c := batch()
	steps := []int{30, 700}
	for name, n := range networks() {
		for _, prediction := range []string{"sample", "epsilon", "v_prediction", "velocity"} {
			p := diffusion.Process{Prediction: prediction, Weight: map[string]float64{"sample": 1, "velocity": 2}[prediction]}
			if prediction == "velocity" {
				p.Schedule.Name = "flow"
			}
			d := shaken(n, p)
			loss, grads, err := d.Loss(ctx, x, noise, steps, c)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			taped := shaken(n, p)
			taped.Tape = true
			if other, _, err := taped.Loss(ctx, x, noise, steps, c); err != nil || math.Abs(other-loss) > 1e-6*max(1, loss) {
				t.Errorf("%s, %s: loss %g, by gorgonia's machine %g, %v", name, prediction, loss, other, err)
			}
			if prediction != "v_prediction" && (prediction != "velocity" || name != "uvit") {
				continue
			}
			want := map[string]float64{}
			for k, g := range grads {
				along := direction(k, len(g))
				for i, v := range g {
					want[k] += float64(v) * float64(along[i])
				}
			}
			if frozen := len(d.Params) - len(grads); frozen > 1 {
				t.Errorf("%s: %d of %d tensors have no gradient", name, frozen, len(d.Params))
			}
			for k := range want {
				const h = 2e-2
				p, along := d.Params[k].Data, direction(k, len(d.Params[k].Data))
				at := func(by float32) float64 {
					for i := range p {
						p[i] += by * along[i]
					}
					v, _, err := d.Loss(ctx, x, noise, steps, c)
					for i := range p {
						p[i] -= by * along[i]
					}
					if err != nil {
						t.Fatal(err)
					}
					return v
				}
				if got := (at(h) - at(-h)) / (2 * h); math.Abs(got-want[k]) > 2e-3+0.02*math.Abs(got) {
					t.Errorf("%s: slope of the loss along %s is %g, difference quotient %g", name, k, want[k], got)
				}
			}
		}
	}
}

// direction is one of unit length.
func direction(name string, n int) []float32 {
	x := normal(uint64(len(name)), n)
	s := 0.0
	for _, v := range x {
		s += float64(v) * float64(v)
	}
	for i := range x {
		x[i] /= float32(math.Sqrt(s))
	}
	return x
}

// Pictures of a batch do not depend on one another, and what is hidden is not
// seen.
func TestPredict(t *testing.T) {
	ctx := context.Background()
	x, _, c := batch()
	for name, n := range networks() {
		d := shaken(n, diffusion.Process{})
		both, err := d.Predict(ctx, x, []int{3, 500}, c)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		half := func(c diffusion.Condition, steps int) []float32 {
			y := diffusion.Pictures{B: 1, H: x.H, W: x.W, C: x.C, Data: x.Data[len(x.Data)/2:]}
			c = diffusion.Condition{B: 1, H: c.H, W: c.W, C: c.C, Data: c.Data[len(c.Data)/2:], Hidden: c.Hidden[len(c.Hidden)/2:]}
			out, err := d.Predict(ctx, y, []int{steps}, c)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			return out.Data
		}
		alone := half(c, 500)
		if d := farthest(alone, both.Data[len(alone):]); d > 1e-5 {
			t.Errorf("%s: a picture alone differs by %g from it in a batch", name, d)
		}
		other := c
		other.Data = append([]float32(nil), c.Data...)
		other.Data[9*3]++ // hidden
		if d := farthest(alone, half(other, 500)); d != 0 {
			t.Errorf("%s: a hidden condition changes the prediction by %g", name, d)
		}
		other.Data[8*3]++ // seen
		if farthest(alone, half(other, 500)) == 0 || farthest(alone, half(c, 501)) == 0 {
			t.Errorf("%s: condition or step change nothing", name)
		}
	}
}

func farthest(a, b []float32) float64 {
	d := 0.0
	for i := range a {
		d = math.Max(d, math.Abs(float64(a[i]-b[i])))
	}
	return d
}

// state is a state dict in memory.
type state map[string]*diffusion.Param

func (s state) Names() (out []string) {
	for n := range s {
		out = append(out, n)
	}
	return out
}
func (s state) Shape(n string) []int               { return s[n].Shape }
func (s state) Floats(n string) ([]float32, error) { return s[n].Data, nil }

var _ diffusion.Tensors = (*checkpoint.File)(nil)

// What is stored is loaded, by both names of a tensor that has two; what is
// missing, left over or of another shape is named.
func TestLoad(t *testing.T) {
	for name, n := range networks() {
		d := shaken(n, diffusion.Process{})
		all := state{"encoder.proj.weight": {Shape: []int{1}, Data: []float32{1}}}
		for k, p := range d.Params {
			all["decoder."+k] = p
		}
		back, err := diffusion.Load(n, diffusion.Process{}, all)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for k, p := range d.Params {
			if farthest(back.Params[k].Data, p.Data) != 0 {
				t.Errorf("%s: %s is not as it was", name, k)
			}
		}
		const two = "decoder.downsample_mid.conv.weight"
		if p, ok := all[two]; ok {
			all["decoder.downsample_mid.Conv2d_0.weight"] = p
			if _, err := diffusion.Load(n, diffusion.Process{}, all); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			delete(all, two)
			if _, err := diffusion.Load(n, diffusion.Process{}, all); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	n := networks()["unet"]
	for _, c := range []struct {
		spoil func(s state)
		want  string
	}{
		{func(s state) { delete(s, "decoder.out.0.bias") }, `diffusion: tensor "decoder.out.0.bias" is missing`},
		{func(s state) { s["decoder.out.9.bias"] = s["decoder.out.0.bias"] }, `diffusion: tensor "decoder.out.9.bias" belongs to no part of the decoder`},
		{func(s state) { s["decoder.out.0.bias"] = s["decoder.out.2.weight"] }, `diffusion: tensor "decoder.out.0.bias" is [8 32 3 3], expected [32]`},
	} {
		all := state{}
		for k, p := range diffusion.New(n, diffusion.Process{}, 1).Params {
			all["decoder."+k] = p
		}
		c.spoil(all)
		if _, err := diffusion.Load(n, diffusion.Process{}, all); err == nil || err.Error() != c.want {
			t.Errorf("got %v, expected %s", err, c.want)
		}
	}
}

// What cannot be is refused in one line.
func TestRefused(t *testing.T) {
	ctx := context.Background()
	x, noise, c := batch()
	d := shaken(networks()["unet"], diffusion.Process{})
	sample := func(s diffusion.Sampler) error {
		_, err := d.Sample(ctx, c, 16, 8, s)
		return err
	}
	flow := func(s diffusion.Sampler) error {
		_, err := shaken(networks()["unet"], diffusion.Process{Schedule: diffusion.Schedule{Name: "flow"}}).Sample(ctx, c, 16, 8, s)
		return err
	}
	predict := func(x diffusion.Pictures, steps []int, c diffusion.Condition) error {
		_, err := d.Predict(ctx, x, steps, c)
		return err
	}
	schedule := func(s diffusion.Schedule) error {
		_, err := s.Alphas()
		return err
	}
	load := func(n diffusion.Network, p diffusion.Process) error {
		_, err := diffusion.Load(n, p, state{})
		return err
	}
	official := func(raw map[string]any) error {
		_, _, err := diffusion.Official(raw)
		return err
	}
	narrow := x
	narrow.Data = x.Data[:7]
	_, _, short := d.Loss(ctx, x, diffusion.Pictures{}, []int{1, 2}, c)
	_, _, late := d.Loss(ctx, x, noise, []int{1, 1000}, c)
	for want, err := range map[string]error{
		"-1 steps of sampling, expected 1 to 1000":                                                                        sample(diffusion.Sampler{Steps: -1}),
		"1001 steps of sampling, expected 1 to 1000":                                                                      sample(diffusion.Sampler{Steps: 1001}),
		`sampling method "heun", expected ddim, ddpm or euler`:                                                            sample(diffusion.Sampler{Steps: 1, Method: "heun"}),
		`sampling method "euler" of schedule "squaredcos_cap_v2", expected euler for a flow, ddim or ddpm for others`:     sample(diffusion.Sampler{Steps: 1, Method: "euler"}),
		`sampling method "ddim" of schedule "flow", expected euler for a flow, ddim or ddpm for others`:                   flow(diffusion.Sampler{Method: "ddim"}),
		`spacing "linspace" of Euler's steps, expected none`:                                                              flow(diffusion.Sampler{Spacing: "linspace"}),
		"eta is 1, expected 0: Euler's steps add no noise":                                                                flow(diffusion.Sampler{Eta: 1}),
		`prediction type "epsilon" of a flow, expected velocity or sample`:                                                load(networks()["unet"], diffusion.Process{Schedule: diffusion.Schedule{Name: "flow"}, Prediction: "epsilon"}),
		`prediction type "velocity", expected epsilon, sample or v_prediction`:                                            load(networks()["unet"], diffusion.Process{Schedule: diffusion.Schedule{Name: "linear"}, Prediction: "velocity"}),
		"a weight of power -1, expected 0 to 4":                                                                           load(networks()["unet"], diffusion.Process{Weight: -1}),
		"a share of 2 of training at the last step, expected 0 to 1":                                                      load(networks()["unet"], diffusion.Process{Ends: 2}),
		`times "late" of training, expected uniform or logit_normal`:                                                      load(networks()["unet"], diffusion.Process{Times: "late"}),
		`spacing "log" of sampling, expected leading, linspace or trailing`:                                               sample(diffusion.Sampler{Steps: 1, Spacing: "log"}),
		"eta is 2, expected 0 to 1":                                                                                       sample(diffusion.Sampler{Steps: 1, Eta: 2}),
		"guidance is NaN, expected 0 to 1e+06":                                                                            sample(diffusion.Sampler{Steps: 1, Guidance: math.NaN()}),
		`schedule "cosine", expected linear, scaled_linear, sigmoid, squaredcos_cap_v2, shifted_cosine:S, flow or flow:S`: schedule(diffusion.Schedule{Name: "cosine"}),
		`schedule "shifted_cosine:-1", expected a positive number behind the colon`:                                       schedule(diffusion.Schedule{Name: "shifted_cosine:-1"}),
		`schedule "flow:0", expected a positive number behind the colon`:                                                  load(networks()["unet"], diffusion.Process{Schedule: diffusion.Schedule{Name: "flow:0"}}),
		"schedule of -5 steps, expected 2 to 1048576":                                                                     schedule(diffusion.Schedule{Steps: -5}),
		`loss "l3", expected mse or smooth_l1`:                                                                            load(networks()["unet"], diffusion.Process{Loss: "l3"}),
		`prediction type "x0", expected epsilon, sample or v_prediction`:                                                  load(networks()["unet"], diffusion.Process{Prediction: "x0"}),
		"UNet of 40 channels (model_channels 40 times 1), expected a multiple of 32":                                      load(diffusion.UNet{Channels: 1, Cond: 1, Patch: 1, Width: 40, Blocks: 1, Mult: []float64{1}}, diffusion.Process{}),
		"step 1000 of picture 1, expected 0 to 999":                                                                       predict(x, []int{0, 1000}, c),
		"2 pictures of 16x8x2 with 7 numbers, expected 2 of 2 channels":                                                   predict(narrow, []int{0, 0}, c),
		"conditions of 2x4x2x5 with 48 numbers, expected 3 a place":                                                       predict(x, []int{0, 0}, diffusion.Condition{B: 2, H: 4, W: 2, C: 5, Data: c.Data}),
		"1 steps for 2 pictures":                                                                                          predict(x, []int{0}, c),
		"512 and 0 numbers of 2 samples, expected as many for each":                                                       short,
		"step 1000 of picture 1, expected 0 to 999 ":                                                                      late,
		`decoder "vit_b_dec", expected one of ` + strings.Join(diffusion.Published(), ", "):                               official(map[string]any{"dec_type": "vit_b_dec"}),
		`conditioning "film", expected concat or xattn`:                                                                   official(map[string]any{"dec_type": "uvit_b_p4_f16", "conditioning": "film"}),
		`configuration: json: cannot unmarshal string into Go struct field .n_channels of type int`:                       official(map[string]any{"n_channels": "three"}),
	} {
		if err == nil || err.Error() != "diffusion: "+strings.TrimSpace(want) {
			t.Errorf("got %v, expected diffusion: %s", err, want)
		}
	}
	for want, size := range map[string]int{"diffusion: pictures of 15x8, expected multiples of 4": 15, "of memory": 1 << 40} {
		if _, err := d.Sample(ctx, c, size, 8, diffusion.Sampler{Steps: 1}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, expected %s", err, want)
		}
	}
	unknown := c
	unknown.Data = append([]float32(nil), c.Data...)
	unknown.Data[3*9] = float32(math.NaN())
	if err := predict(x, []int{0, 0}, unknown); err == nil || err.Error() != "diffusion: the condition of picture 1 is not a number at place 1" {
		t.Errorf("got %v", err)
	}
}
