package parity

// Kind divae: a tokenizer with a diffusion decoder: noise schedules, tokens, what
// the decoder predicts of recorded codes and noise, and how recorded tokens are
// decoded, step by step, with the recorded noise.

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"fourmlab/fourm/diffusion"
	"fourmlab/fourm/vq"
)

func init() { register("divae", diffusing) }

// denoising is what a fixture says beside its tensors.
type denoising struct {
	tokenizing
	DDIM  int      `json:"ddim_steps"`
	DDPM  int      `json:"ddpm_steps"`
	Modes []string `json:"ddim_modes"`
}

// replay is a fixture while it is compared.
type replay struct {
	compared
	denoising
	tokenizer    *vq.Network
	codes        vq.Codes // as they are recorded
	net          *diffusion.Decoder
	clean, noise diffusion.Pictures
	cond         diffusion.Condition
}

func diffusing(f *Fixture, r *Report) error {
	var c denoising
	if err := f.JSON("config.json", &c); err != nil {
		return err
	}
	if err := noiseSchedules(f, r); err != nil {
		return err
	}
	in, want, tol, err := f.recorded()
	if err != nil {
		return err
	}
	n, err := f.network(c.tokenizing)
	if err != nil {
		return err
	}
	if n.Diffusion() == nil {
		return fmt.Errorf("config.json: no diffusion decoder")
	}
	x := replay{compared: compared{r: r, tol: tol, want: want, seen: map[string]bool{}}, denoising: c, tokenizer: n, net: n.Diffusion()}
	if err := x.encoder(in["x"]); err != nil {
		return err
	}
	for _, t := range []struct {
		name string
		of   map[string]Tensor
		to   *diffusion.Pictures
	}{{"x", in, &x.clean}, {"noise", in, &x.noise}, {"quant", want, (*diffusion.Pictures)(nil)}} {
		p, err := pixels(t.of, t.name)
		if err != nil {
			return err
		}
		if t.to == nil {
			x.cond = diffusion.Condition{B: p.B, H: p.H, W: p.W, C: p.C, Data: p.Data}
		} else {
			*t.to = p
		}
	}
	if err := x.predictions(in["timesteps"].I); err != nil {
		return err
	}
	for _, mode := range c.Modes {
		if err := x.sampling("ddim."+mode, diffusion.Sampler{Steps: c.DDIM, Method: "ddim", Spacing: mode}); err != nil {
			return err
		}
	}
	if c.DDPM > 0 {
		if err := x.sampling("ddpm", diffusion.Sampler{Steps: c.DDPM, Method: "ddpm"}); err != nil {
			return err
		}
	}
	x.seen["sampling.init_noise"] = true
	return x.rest()
}

// lastPlaces is how far a schedule, of numbers up to 1, may be off: some units
// in the last place.
const lastPlaces = 3e-7

// noiseSchedules compares all schedules that a fixture records.
func noiseSchedules(f *Fixture, r *Report) error {
	if !f.Has("alphas_cumprod.safetensors") {
		return nil
	}
	all, err := f.Tensors("alphas_cumprod.safetensors")
	if err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		name, zero, ok := strings.Cut(key, ".zero_terminal_snr=")
		if !ok {
			return fmt.Errorf("alphas_cumprod.safetensors: tensor %q is of no known kind", key)
		}
		got, err := diffusion.Schedule{Name: name, Steps: len(all[key].F), ZeroSNR: zero == "True"}.Alphas()
		if err != nil {
			return err
		}
		r.Floats("schedules", key, got, all[key].F, lastPlaces)
	}
	return nil
}

// encoder compares the encoder's half, and keeps the recorded tokens.
func (x *replay) encoder(clean Tensor) error {
	images, err := clean.images()
	if err != nil {
		return err
	}
	x.tokenizer.Sampler.Steps = 1 // of what is not compared here
	p, err := x.tokenizer.Inspect(context.Background(), images)
	if err != nil {
		return err
	}
	x.floats("quant", "quant", p.Quant.Data)
	ids := make([]int, len(p.Tokens.IDs))
	for i, id := range p.Tokens.IDs {
		ids[i] = int(id)
	}
	x.ints("tokens", ids)
	x.codes = p.Tokens
	if w := x.want["tokens"].I; len(w) == len(ids) {
		for i, id := range w {
			x.codes.IDs[i] = int32(id)
		}
	}
	return nil
}

// predictions compares what is added to pictures and what the decoder says of
// it.
func (x *replay) predictions(steps []int) error {
	ctx := context.Background()
	v := x.net.Process
	v.Prediction = "v_prediction"
	noisy, err := v.Noisy(x.clean.Data, x.noise.Data, steps)
	if err != nil {
		return err
	}
	x.pixels("noisy", "noisy", noisy)
	velocity, err := v.Target(x.clean.Data, x.noise.Data, steps)
	if err != nil {
		return err
	}
	x.pixels("velocity_target", "velocity_target", velocity)
	in := x.clean
	in.Data = noisy
	out, err := x.net.Predict(ctx, in, steps, x.cond)
	if err != nil {
		return err
	}
	x.pixels("decoder_output", "decoder_output", out.Data)
	found, err := v.NoiseOf(noisy, out.Data, steps)
	if err != nil {
		return err
	}
	x.pixels("get_noise", "get_noise", found)
	if t, ok := x.want["cond_mask"]; ok {
		x.seen["cond_mask"] = true
		masked := x.cond
		for _, b := range t.I {
			masked.Hidden = append(masked.Hidden, b != 0)
		}
		out, err := x.net.Predict(ctx, in, steps, masked)
		if err != nil {
			return err
		}
		x.pixels("decoder_output_masked", "decoder_output_masked", out.Data)
	}
	loss, _, err := x.net.Loss(ctx, x.clean, x.noise, steps, x.cond)
	if err != nil {
		return err
	}
	x.number("diffusion_mse", "diffusion_mse", loss)
	return nil
}

// sampling compares every step of a way of sampling, and what it ends in.
func (x *replay) sampling(tag string, s diffusion.Sampler) error {
	t, err := s.Timesteps(x.net.Process.Schedule.Steps)
	if err != nil {
		return err
	}
	x.ints(tag+".timesteps", t)
	step, started := 0, false
	var bad error
	s.Noise = func(noise []float32) {
		name := "sampling.init_noise"
		if started {
			name = fmt.Sprintf("%s.step%d.noise", tag, step)
		}
		started = true
		p, err := pixels(x.want, name)
		if err != nil || len(p.Data) != len(noise) {
			bad = fmt.Errorf("%s: %d numbers, expected %d (%v)", name, len(p.Data), len(noise), err)
			return
		}
		x.seen[name] = true
		copy(noise, p.Data)
	}
	s.Watch = func(d diffusion.Step) {
		at := fmt.Sprintf("%s.step%d.", tag, step)
		x.pixels(tag+" predicted", at+"pred_x0", d.Predicted)
		x.pixels(tag+" images", at+"image", d.Noisy)
		step++
	}
	x.tokenizer.Sampler = s
	y, err := x.tokenizer.Decode(context.Background(), x.codes)
	if err == nil {
		err = bad
	}
	if err != nil {
		return err
	}
	x.floats(tag+" decoded", fmt.Sprintf("%s.step%d.image", tag, step-1), y.Data)
	return nil
}

// pixels is floats for numbers by pixel of pictures as large as the clean ones.
func (x *replay) pixels(group, name string, got []float32) {
	planes := make([]float32, len(got))
	byPixel(x.clean.B, x.clean.C, x.clean.H*x.clean.W, func(plane, pixel int) { planes[plane] = got[pixel] })
	x.floats(group, name, planes)
}

// pixels gives a tensor (B, C, H, W) by pixel.
func pixels(of map[string]Tensor, name string) (diffusion.Pictures, error) {
	t, ok := of[name]
	if !ok || t.F == nil || len(t.Shape) != 4 {
		return diffusion.Pictures{}, fmt.Errorf("tensor %q is %v, expected real numbers (B, C, H, W)", name, t.Shape)
	}
	p := diffusion.Pictures{B: t.Shape[0], C: t.Shape[1], H: t.Shape[2], W: t.Shape[3], Data: make([]float32, len(t.F))}
	byPixel(p.B, p.C, p.H*p.W, func(plane, pixel int) { p.Data[pixel] = t.F[plane] })
	return p, nil
}

// byPixel calls f with the place of every number by plane and by pixel.
func byPixel(b, c, n int, f func(plane, pixel int)) {
	for i := range b * c * n {
		f(i, (i/(c*n)*n+i%n)*c+i/n%c)
	}
}
