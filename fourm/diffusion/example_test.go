package diffusion_test

import (
	"context"
	"fmt"
	"math"

	"fourmlab/fourm/diffusion"
)

// A picture of one pixel, and a decoder that knows it: whatever the noise, all
// steps lead there.
func ExampleSampler_Sample() {
	const truth = 0.25
	process := diffusion.Process{Schedule: diffusion.Schedule{Name: "linear", ZeroSNR: true}, Prediction: "sample"}
	s := diffusion.Sampler{Steps: 4, Seed: 1, Watch: func(s diffusion.Step) { fmt.Println("step", s.T, "of 1000") }}
	x, err := s.Sample(context.Background(), process, 1, 1, func(noisy []float32, t int) ([]float32, error) {
		return []float32{truth}, nil
	})
	fmt.Println(x, err)
	// Output:
	// step 999 of 1000
	// step 749 of 1000
	// step 499 of 1000
	// step 249 of 1000
	// [0.25] <nil>
}

// How much of a picture is left after a quarter, half and all of the steps.
func ExampleSchedule_Alphas() {
	for _, name := range []string{"linear", "squaredcos_cap_v2", "shifted_cosine:0.5"} {
		a, err := diffusion.Schedule{Name: name, ZeroSNR: true}.Alphas()
		if err != nil {
			panic(err)
		}
		fmt.Printf("%-18s %.3f %.3f %.3f\n", name, a[250], a[500], a[999])
	}
	// Output:
	// linear             0.519 0.075 0.000
	// squaredcos_cap_v2  0.846 0.492 0.000
	// shifted_cosine:0.5 0.959 0.799 0.000
}

// Pictures of one pixel that are 1 or -1, and a decoder that knows it: what it says
// of a noisy one is the mean of those that may be in it. Euler's steps decide.
func ExampleProcess_flow() {
	process := diffusion.Process{Schedule: diffusion.Schedule{Name: "flow"}, Prediction: "sample"}
	signal, noise, err := process.Schedule.Levels()
	if err != nil {
		panic(err)
	}
	s := diffusion.Sampler{Steps: 8, Noise: func(x []float32) { copy(x, []float32{-2, -0.5, 0.5, 2}) }}
	x, err := s.Sample(context.Background(), process, 4, 4, func(noisy []float32, t int) ([]float32, error) {
		mean := make([]float32, len(noisy))
		for i, v := range noisy {
			mean[i] = float32(math.Tanh(float64(v * signal[t] / (noise[t] * noise[t]))))
		}
		return mean, nil
	})
	fmt.Printf("%.2f %v\n", x, err)
	// Output: [-1.00 -1.00 1.00 1.00] <nil>
}

// A small UNet before training says nothing yet: its last map begins at 0.
func ExampleDecoder() {
	net := diffusion.UNet{Channels: 3, Cond: 4, Patch: 2, Width: 32, Blocks: 1, Mult: []float64{1, 2}, Attention: []int{2}}
	d := diffusion.New(net, diffusion.Process{Clip: true}, 1)
	tokens := diffusion.Condition{B: 1, H: 2, W: 3, C: 4, Data: make([]float32, 2*3*4)}
	x, err := d.Sample(context.Background(), tokens, 8, 12, diffusion.Sampler{Steps: 5})
	if err != nil {
		panic(err)
	}
	far := 0.0
	for _, v := range x.Data {
		far = math.Max(far, math.Abs(float64(v)))
	}
	fmt.Println(x.B, x.H, x.W, x.C, far <= 1)
	// Output: 1 8 12 3 true
}
