package diffusion_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"fourmlab/fourm/diffusion"
)

// A decoder that knows the picture is led to it by every way of sampling, with
// every prediction and schedule.
func TestSamplingFindsThePicture(t *testing.T) {
	truth := []float32{0.5, -0.25, 1, -1}
	for _, schedule := range []string{"linear", "scaled_linear", "squaredcos_cap_v2", "sigmoid", "shifted_cosine:0.3"} {
		for _, prediction := range []string{"sample", "epsilon", "v_prediction"} {
			for _, s := range []diffusion.Sampler{{Steps: 7}, {Steps: 50, Eta: 0.5}, {Steps: 10, Spacing: "linspace"}, {Steps: 10, Spacing: "leading"}, {Steps: 100, Method: "ddpm"}} {
				p := diffusion.Process{Schedule: diffusion.Schedule{Name: schedule, ZeroSNR: prediction != "epsilon"}, Prediction: prediction, Clip: true}
				a, err := p.Schedule.Alphas()
				if err != nil {
					t.Fatal(err)
				}
				x, err := s.Sample(context.Background(), p, 2, 4, func(x []float32, step int) ([]float32, error) {
					y := make([]float32, len(x))
					for i, v := range x {
						left, added := math.Sqrt(float64(a[step])), math.Sqrt(1-float64(a[step]))
						noise := (float64(v) - left*float64(truth[i])) / added
						y[i] = float32(map[string]float64{"sample": float64(truth[i]), "epsilon": noise, "v_prediction": left*noise - added*float64(truth[i])}[prediction])
					}
					return y, nil
				})
				what := fmt.Sprintf("%s, %s, %+v", schedule, prediction, s.Steps)
				if strings.HasPrefix(schedule, "shifted") && prediction == "epsilon" {
					continue // at its last step nothing is left that noise could be taken from
				}
				if err != nil || !(farthest(x, truth) < 2e-2) {
					t.Errorf("%s: %v, expected %v (%v)", what, x, truth, err)
				}
			}
		}
	}
}

// A decoder learns two pictures by their conditions, and draws them.
func TestDecoderLearns(t *testing.T) {
	ctx := context.Background()
	n := diffusion.UNet{Channels: 1, Cond: 1, Patch: 2, Width: 32, Blocks: 1, Mult: []float64{1}}
	d := diffusion.New(n, diffusion.Process{Prediction: "sample", Clip: true}, 1)
	x := diffusion.Pictures{B: 8, H: 4, W: 4, C: 1, Data: make([]float32, 8*16)}
	c := diffusion.Condition{B: 8, H: 2, W: 2, C: 1, Data: make([]float32, 8*4)}
	for i := range x.Data {
		x.Data[i] = float32(1 - i/16%2*2) // all bright or all dark
		c.Data[i/4] = x.Data[i]
	}
	r := rand.New(rand.NewPCG(1, 1))
	noise := x
	var loss float64
	for range 60 {
		noise.Data = make([]float32, len(x.Data))
		for i := range noise.Data {
			noise.Data[i] = float32(r.NormFloat64())
		}
		steps := make([]int, x.B)
		for i := range steps {
			steps[i] = r.IntN(1000)
		}
		l, grads, err := d.Loss(ctx, x, noise, steps, c)
		if err != nil {
			t.Fatal(err)
		}
		loss = l
		for name, g := range grads {
			for i, v := range g {
				d.Params[name].Data[i] -= 0.02 * v
			}
		}
	}
	y, err := d.Sample(ctx, c, 4, 4, diffusion.Sampler{Steps: 5, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	if off := farthest(y.Data, x.Data); loss > 0.1 || !(off < 0.5) {
		t.Errorf("after 60 steps the loss is %g, and pictures are off by %g", loss, off)
	}
}

// The same seed draws the same pictures, another one others; guidance mixes; a
// stop stops.
func TestSample(t *testing.T) {
	_, _, c := batch()
	d := shaken(networks()["uvit"], diffusion.Process{Threshold: true})
	draw := func(s diffusion.Sampler) []float32 {
		x, err := d.Sample(context.Background(), c, 16, 8, s)
		if err != nil {
			t.Fatal(err)
		}
		return x.Data
	}
	first := draw(diffusion.Sampler{Steps: 3, Seed: 5, Eta: 1})
	for _, x := range []struct {
		name string
		s    diffusion.Sampler
		same bool
	}{
		{"the same", diffusion.Sampler{Steps: 3, Seed: 5, Eta: 1}, true},
		{"guidance of 1", diffusion.Sampler{Steps: 3, Seed: 5, Eta: 1, Guidance: 1}, true},
		{"another seed", diffusion.Sampler{Steps: 3, Seed: 6, Eta: 1}, false},
		{"less noise", diffusion.Sampler{Steps: 3, Seed: 5, Eta: 0.5}, false},
		{"guidance of 3", diffusion.Sampler{Steps: 3, Seed: 5, Eta: 1, Guidance: 3}, false},
	} {
		if same := farthest(first, draw(x.s)) == 0; same != x.same {
			t.Errorf("%s: pictures are the same: %v, expected %v", x.name, same, x.same)
		}
	}
	if farthest(draw(diffusion.Sampler{Steps: 3, Guidance: 3}), draw(diffusion.Sampler{Steps: 3, Guidance: 3, Rescale: 1})) == 0 {
		t.Error("rescaling guidance changes nothing")
	}
	ctx, stop := context.WithCancel(context.Background())
	steps := 0
	_, err := d.Sample(ctx, c, 16, 8, diffusion.Sampler{Steps: 900, Watch: func(diffusion.Step) {
		if steps++; steps == 2 {
			stop()
		}
	}})
	if !errors.Is(err, context.Canceled) || steps != 2 {
		t.Errorf("stopped after %d steps with %v", steps, err)
	}
}

// Where nothing is left of a picture, its noise does not tell it: it is cut, or
// refused.
func TestNothingIsLeft(t *testing.T) {
	p := diffusion.Process{Schedule: diffusion.Schedule{ZeroSNR: true}, Prediction: "epsilon", Threshold: true}
	half := func(x []float32, _ int) ([]float32, error) {
		y := make([]float32, len(x))
		for i, v := range x {
			y[i] = v / 2
		}
		return y, nil
	}
	x, err := diffusion.Sampler{Steps: 4}.Sample(context.Background(), p, 2, 20, half)
	for _, v := range x {
		if !(math.Abs(float64(v)) <= 1) {
			t.Fatalf("%v, expected numbers from -1 to 1", x)
		}
	}
	if err != nil {
		t.Error(err)
	}
	p.Threshold = false
	if _, err := (diffusion.Sampler{Steps: 4}).Sample(context.Background(), p, 2, 20, half); err == nil || !strings.Contains(err.Error(), "nothing is left of a picture at step 999") {
		t.Errorf("got %v", err)
	}
	if _, err := (diffusion.Sampler{Steps: 4, Spacing: "leading"}).Sample(context.Background(), p, 2, 20, half); err != nil {
		t.Error(err)
	}
}

// A share of the conditions is dropped, but for as many places as are asked for.
func TestDrop(t *testing.T) {
	const n = 2000
	c := diffusion.Condition{B: n, H: 2, W: 3, C: 1, Data: make([]float32, n*6)}
	dropped, kept := 0, map[int]int{}
	r := rand.New(rand.NewPCG(1, 1))
	d := c.Drop(r, 0.25, 1, 3)
	for b := range n {
		left := 6
		for _, h := range d.Hidden[b*6 : b*6+6] {
			if h {
				left--
			}
		}
		if left < 6 {
			dropped++
			kept[left]++
		}
	}
	if share := float64(dropped) / n; math.Abs(share-0.25) > 0.05 || len(kept) != 3 || kept[1] == 0 || kept[3] == 0 {
		t.Errorf("%d of %d conditions were dropped, places left: %v", dropped, n, kept)
	}
	if c.Hidden != nil {
		t.Error("the condition itself was changed")
	}
	again := c.Drop(rand.New(rand.NewPCG(1, 1)), 0.25, 1, 3)
	for i := range again.Hidden {
		if again.Hidden[i] != d.Hidden[i] {
			t.Fatal("the same seed drops others")
		}
	}
	defer func() {
		if e, ok := recover().(error); !ok || e.Error() != "Condition.Drop: a share of 2 and 0 to 0 places, expected 0 to 1 and at most 6" {
			t.Errorf("got %v", e)
		}
	}()
	c.Drop(r, 2, 0, 0)
}
