package diffusion_test

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"fourmlab/fourm/checkpoint"
	"fourmlab/fourm/diffusion"
	"fourmlab/internal/fixture"
)

// The schedules are the recorded ones, but for the last place where an
// exponential is rounded otherwise. All else that is recorded of decoders is
// compared by bench/parity.
func TestRecordedSchedules(t *testing.T) {
	f, err := checkpoint.Open(fixture.Path(t, "parity", "divae_uvit_concat", "alphas_cumprod.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, key := range f.Names() {
		want, err := f.Floats(key)
		if err != nil {
			t.Fatal(err)
		}
		name, zero, _ := strings.Cut(key, ".zero_terminal_snr=")
		got, err := diffusion.Schedule{Name: name, Steps: len(want), ZeroSNR: zero == "True"}.Alphas()
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range want {
			exact := !strings.HasPrefix(name, "shifted")
			if d := math.Abs(float64(got[i] - w)); d > 1e-7 || exact && d > 0 {
				t.Errorf("%s: step %d leaves %g, expected %g", key, i, got[i], w)
				break
			}
		}
	}
	t.Logf("%d schedules", len(f.Names()))
}

// The published decoders have the tensors of the list that was made from the
// official code, by name and shape.
func TestPublishedNames(t *testing.T) {
	b, err := os.ReadFile(fixture.Path(t, "4m", "keys_tokenizers.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var all outline
	ran := 0
	check := func(name string, channels int) {
		n, p, err := diffusion.Official(map[string]any{"n_channels": channels})
		if err == nil {
			_, err = diffusion.Load(n, p, all)
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		ran++
	}
	name, channels := "", 0
	for line := range strings.Lines(string(b) + "### end") {
		if head, ok := strings.CutPrefix(line, "### "); ok {
			if strings.Contains(name, "DiVAE") {
				check(name, channels)
			}
			name, all = head, outline{}
			continue
		}
		key, rest, _ := strings.Cut(line, " ")
		var shape []int
		if err := json.Unmarshal([]byte(rest[:strings.Index(rest, "]")+1]), &shape); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		all[key] = shape
		if key == "encoder.proj.weight" {
			channels = shape[1]
		}
	}
	t.Logf("%d decoders", ran)
}

// outline is a state dict of zeros, by names and shapes.
type outline map[string][]int

func (o outline) Names() (out []string) {
	for n := range o {
		out = append(out, n)
	}
	return out
}
func (o outline) Shape(n string) []int { return o[n] }
func (o outline) Floats(n string) ([]float32, error) {
	size := 1
	for _, d := range o[n] {
		size *= d
	}
	return make([]float32, size), nil
}
