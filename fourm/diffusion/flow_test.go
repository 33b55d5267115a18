package diffusion_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"fourmlab/fourm/diffusion"
)

var flow = diffusion.Process{Schedule: diffusion.Schedule{Name: "flow"}}

// A decoder that knows the picture is led to it exactly, by any number of steps:
// its way is straight, whether it says the velocity or the picture.
func TestEulerIsExactForAPoint(t *testing.T) {
	truth := []float32{0.5, -0.25, 1.5, -1}
	for i, steps := range []int{1, 3, 4, 7, 8, 0, 1, 7} {
		flow := flow
		if i > 5 {
			flow.Prediction = "sample"
		}
		taken := 0
		s := diffusion.Sampler{Steps: steps, Seed: 2, Watch: func(s diffusion.Step) { taken++ }}
		x, err := s.Sample(context.Background(), flow, 2, 4, func(x []float32, step int) ([]float32, error) {
			y, at := make([]float32, len(x)), float32(step+1)/1000
			for i, v := range x {
				y[i] = (v - truth[i]) / at
				if flow.Prediction == "sample" {
					y[i] = truth[i]
				}
			}
			return y, nil
		})
		if err != nil || farthest(x, truth) > 1e-5 {
			t.Errorf("%d steps lead to %v, expected %v (%v)", steps, x, truth, err)
		}
		if steps == 0 {
			steps = 8
		}
		if taken != steps {
			t.Errorf("%d steps were taken, expected %d", taken, steps)
		}
	}
}

// Of pictures that are normal with mean m and deviation d the velocity is known:
// noise z goes to m + d z. Euler's steps give m + f z, f being their product, and
// miss by half as much when there are twice as many.
func TestEulerOfANormalDistribution(t *testing.T) {
	const m, d = 0.3, 0.5
	slope := func(at float64) float64 { // of the velocity, at distance 1 of the mean's way
		return (at - (1-at)*d*d) / ((1-at)*(1-at)*d*d + at*at)
	}
	z := []float32{1.5, -0.5, 0, 2}
	miss := map[int]float64{}
	for _, steps := range []int{4, 8, 20, 40} {
		f := 1.0
		for i := range steps {
			f *= 1 - slope(1-float64(i)/float64(steps))/float64(steps)
		}
		s := diffusion.Sampler{Steps: steps, Noise: func(x []float32) { copy(x, z) }}
		x, err := s.Sample(context.Background(), flow, 1, 4, func(x []float32, step int) ([]float32, error) {
			y, at := make([]float32, len(x)), float64(step+1)/1000
			for i, v := range x {
				y[i] = float32(slope(at)*(float64(v)-(1-at)*m) - m)
			}
			return y, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range x {
			if want := m + f*float64(z[i]); math.Abs(float64(v)-want) > 1e-5 {
				t.Errorf("%d steps take %g to %g, expected %g", steps, z[i], v, want)
			}
		}
		miss[steps] = math.Abs(float64(x[3]) - (m + d*2))
	}
	for _, steps := range []int{4, 20} {
		if by := miss[steps] / miss[2*steps]; math.Abs(by-2) > 0.35 {
			t.Errorf("%d steps miss by %g, twice as many by %g, expected half", steps, miss[steps], miss[2*steps])
		}
	}
}

// Picture, noise, what lies between them and the velocity fit together; steps of
// training are drawn as they are to be.
func TestFlow(t *testing.T) {
	x, e := []float32{0.5, -1, 2, 0}, []float32{1, 1, -1, 0.5}
	steps := []int{249, 999}
	noisy, err := flow.Noisy(x, e, steps)
	if err != nil {
		t.Fatal(err)
	}
	if want := []float32{0.625, -0.5, -1, 0.5}; farthest(noisy, want) > 1e-6 {
		t.Errorf("noisy pictures %v, expected %v", noisy, want)
	}
	v, err := flow.Target(x, e, steps)
	if want := []float32{0.5, 2, -3, 0.5}; err != nil || !slices.Equal(v, want) {
		t.Errorf("velocity %v, expected %v (%v)", v, want, err)
	}
	if back, err := flow.NoiseOf(noisy, v, steps); err != nil || farthest(back, e) > 1e-6 {
		t.Errorf("noise %v, expected %v (%v)", back, e, err)
	}
	for times, want := range map[string]float64{"uniform": 1.0 / 12, "logit_normal": 0.0433790} { // ∫ (σ(z) - ½)² φ(z) dz
		p := flow
		p.Times = times
		all, err := p.Steps(rand.New(rand.NewPCG(1, 1)), 40000)
		if err != nil {
			t.Fatal(err)
		}
		mean, spread := 0.0, 0.0
		for _, k := range all {
			mean += (float64(k) + 0.5) / 1000 / float64(len(all))
		}
		for _, k := range all {
			at := (float64(k)+0.5)/1000 - mean
			spread += at * at / float64(len(all))
		}
		if math.Abs(mean-0.5) > 0.005 || math.Abs(spread-want) > 0.02*want {
			t.Errorf("%s: mean %g and variance %g, expected 0.5 and %g", times, mean, spread, want)
		}
	}
	p := flow
	p.Ends = 0.25
	ends, all := 0, 10000
	steps, err = p.Steps(rand.New(rand.NewPCG(1, 1)), all)
	for _, k := range steps {
		if k == 999 {
			ends++
		}
	}
	if share := float64(ends) / float64(all); err != nil || math.Abs(share-0.25) > 0.02 {
		t.Errorf("a share of %g of the steps is the last, expected 0.25 (%v)", share, err)
	}
	signal, noise, err := diffusion.Schedule{Name: "linear"}.Levels()
	if s := float64(signal[500]); err != nil || math.Abs(s*s+float64(noise[500]*noise[500])-1) > 1e-6 {
		t.Errorf("a schedule's shares are %g and %g (%v)", s, noise[500], err)
	}
	plain, _, err := diffusion.Schedule{Name: "flow"}.Levels()
	if err != nil {
		t.Fatal(err)
	}
	signal, noise, err = diffusion.Schedule{Name: "flow:0.25"}.Levels()
	for _, k := range []int{0, 99, 499, 998} {
		if got, want := float64(noise[k]/signal[k]), 0.25*(1/float64(plain[k])-1); err != nil || math.Abs(got-want) > 1e-4*want {
			t.Errorf("noise to picture at step %d is %g, expected %g (%v)", k, got, want, err)
		}
	}
	if signal[999] != 0 || noise[999] != 1 {
		t.Errorf("at the last step %g is left of a picture", signal[999])
	}
	if _, err := (diffusion.Schedule{Name: "flow"}).Alphas(); err == nil {
		t.Error("a flow has no ᾱ")
	}
}

// The loss of a picture that is predicted, weighed by noise squared, is that of the
// velocity that follows from it.
func TestWeight(t *testing.T) {
	ctx := context.Background()
	x, noise, c := batch()
	steps := []int{30, 700} // the first has less noise than weights count
	p := flow
	p.Prediction = "sample"
	d := shaken(networks()["unet"], p)
	noisy, err := p.Noisy(x.Data, noise.Data, steps)
	if err != nil {
		t.Fatal(err)
	}
	seen := x
	seen.Data = noisy
	y, err := d.Predict(ctx, seen, steps, c)
	if err != nil {
		t.Fatal(err)
	}
	want, each := 0.0, len(x.Data)/2
	for i, v := range y.Data {
		off := float64(v-x.Data[i]) / []float64{0.05, 0.701}[i/each]
		want += off * off / float64(len(y.Data))
	}
	d.Process.Weight = 2
	if loss, _, err := d.Loss(ctx, x, noise, steps, c); err != nil || math.Abs(loss-want) > 1e-4*want {
		t.Errorf("the loss is %g, expected %g (%v)", loss, want, err)
	}
}
