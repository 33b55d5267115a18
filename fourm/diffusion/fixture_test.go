package diffusion

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"fourmlab/fourm/checkpoint"
	"fourmlab/internal/fixture"
)

func tensor(t *testing.T, path, name string) []float32 {
	t.Helper()
	f, err := checkpoint.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	x, err := f.Floats(name)
	if err != nil {
		t.Fatal(err)
	}
	return append([]float32(nil), x...)
}

// The schedules are the recorded ones.
func TestRecordedSchedules(t *testing.T) {
	path := fixture.Path(t, "parity", "divae_uvit_concat", "alphas_cumprod.safetensors")
	ran := 0
	for _, name := range []string{"linear", "scaled_linear", "shifted_cosine:0.5", "squaredcos_cap_v2"} {
		for word, zero := range map[string]bool{"False": false, "True": true} {
			want := tensor(t, path, name+".zero_terminal_snr="+word)
			got, err := Schedule{Name: name, Steps: len(want), ZeroSNR: zero}.Alphas()
			if err != nil {
				t.Fatal(err)
			}
			differ, worst := 0, 0.0
			for i := range want {
				if got[i] != want[i] {
					differ++
				}
				worst = math.Max(worst, math.Abs(float64(got[i]-want[i])))
			}
			t.Logf("%s %s: %d of %d differ, by %g at most", name, word, differ, len(want), worst)
			if worst > 1e-7 {
				t.Errorf("%s, zero SNR %v: alphas differ by %g", name, zero, worst)
			}
			ran++
		}
	}
	t.Logf("%d schedules", ran)
}

func TestX(t *testing.T) {
	for _, name := range []string{"divae_unet_patched", "divae_uvit_concat"} {
		dir := fixture.Path(t, "parity", name)
		b, _ := os.ReadFile(filepath.Join(dir, "config.json"))
		var c struct {
			Decoder struct {
				Kwargs json.RawMessage
			}
		}
		json.Unmarshal(b, &c)
		var net Network
		if name == "divae_unet_patched" {
			u := UNet{Channels: 3, Cond: 8}
			if err := json.Unmarshal(c.Decoder.Kwargs, &u); err != nil {
				t.Fatal(err)
			}
			net = u
		} else {
			u := UViT{Channels: 3, Cond: 8, Layers: []int{1, 1}}
			if err := json.Unmarshal(c.Decoder.Kwargs, &u); err != nil {
				t.Fatal(err)
			}
			net = u
		}
		f, err := checkpoint.Open(filepath.Join(dir, "model.safetensors"))
		if err != nil {
			t.Fatal(err)
		}
		d, err := Load(net, Process{}, f)
		if err != nil {
			t.Fatal(err)
		}
		e := filepath.Join(dir, "expected.safetensors")
		side := map[string]int{"divae_unet_patched": 24, "divae_uvit_concat": 32}[name]
		g := side / 8
		x := Pictures{2, side, side, 3, last(tensor(t, e, "noisy"), 2, 3, side*side)}
		steps := map[string][]int{"divae_unet_patched": {3, 999}, "divae_uvit_concat": {17, 640}}[name]
		y, err := d.Predict(context.Background(), x, steps, Condition{B: 2, H: g, W: g, C: 8, Data: last(tensor(t, e, "quant"), 2, 8, g*g)})
		if err != nil {
			t.Fatal(err)
		}
		worst := 0.0
		for i, w := range last(tensor(t, e, "decoder_output"), 2, 3, side*side) {
			worst = math.Max(worst, math.Abs(float64(w-y.Data[i])))
		}
		t.Log(name, worst)
	}
}

func last(x []float32, b, c, n int) []float32 {
	y := make([]float32, len(x))
	for i := range x {
		y[(i/(c*n)*n+i%n)*c+i/n%c] = x[i]
	}
	return y
}
