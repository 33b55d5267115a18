package parity

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"fourmlab/internal/fixture"
)

// runFolder runs one folder and gives what it printed.
func runFolder(t *testing.T, dir string) (Summary, string) {
	t.Helper()
	var out bytes.Buffer
	sum, err := Run([]string{dir}, Options{}, &out)
	if err != nil {
		t.Fatal(err)
	}
	return sum, out.String()
}

func TestMasking(t *testing.T) {
	sum, out := runFolder(t, fixture.Path(t, "parity", "masking"))
	t.Logf("\n%s", out)
	if sum != (Summary{Passed: 1}) {
		t.Error(sum)
	}
}

// Each of the files makes a fixture by itself, and passes; one with another
// result in it fails.
func TestMaskingFiles(t *testing.T) {
	from := fixture.Path(t, "parity", "masking")
	wrong := map[string][2]string{ // a number of a result, and another one
		"budget_deterministic.json": {`"input_budget": \[\d+`, `"input_budget": [7`},
		"image_mask.json":           {`"decoder_attention_mask": \[\d+`, `"decoder_attention_mask": [50`},
		"span_masking.json":         {`"target": \[\d+`, `"target": [6`},
		"sequence_mask.json":        {`"target_mask": \[1`, `"target_mask": [0`},
		"full_call.json":            {`"decoder_attention_mask": \[\d+`, `"decoder_attention_mask": [50`},
		"transfer_masking.json":     {`52,\s+5,`, `52, 6,`},
		"budget_stats.json":         {`"mean": 7\.9`, `"mean": 8.9`},
		"sequence_stats.json":       {`12555,\s+2678`, `12255, 2978`},
	}
	for _, f := range maskingFiles {
		b, err := os.ReadFile(filepath.Join(from, f.name))
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		put := func(b []byte) {
			if err := os.WriteFile(filepath.Join(dir, f.name), b, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		put(b)
		if sum, out := runFolder(t, dir); sum != (Summary{Passed: 1}) {
			t.Errorf("%s alone: %v\n%s", f.name, sum, out)
		}
		at := regexp.MustCompile(wrong[f.name][0]).FindIndex(b)
		if at == nil {
			t.Errorf("%s holds nothing like %s", f.name, wrong[f.name][0])
			continue
		}
		put([]byte(string(b[:at[0]]) + wrong[f.name][1] + string(b[at[1]:])))
		if sum, out := runFolder(t, dir); sum != (Summary{Failed: 1}) || !strings.Contains(out, "FAIL") {
			t.Errorf("%s with a wrong result: %v\n%s", f.name, sum, out)
		}
		put(b[:len(b)/2])
		if sum, _ := runFolder(t, dir); sum != (Summary{Failed: 1}) {
			t.Errorf("half of %s: %v", f.name, sum)
		}
	}
}

// A draw that is asked for otherwise than it was made is a failure that says
// so.
func TestMaskTape(t *testing.T) {
	whole := []maskDraw{{"random.randint", []float64{1, 4}, []byte("3")}, {"np.random.randint", []float64{2}, []byte("1")}, {"random.choice", []float64{0, 1}, []byte("1.0")},
		{"x.sample", nil, []byte("[0.5, 0.5]")}, {"x.sample_n", nil, []byte("[]")}, {"x.sample_n", nil, []byte("[[0.25, 0.75]]")}, {"torch.rand", nil, []byte("[0.1]")}}
	play := func(c *maskTape) (int, int, int, []float32) {
		p := make([]float32, 2)
		a, b, d := c.Between(1, 4), c.Between(0, 1), c.Between(0, 1)
		c.Dirichlet(nil, p)
		c.Dirichlet(nil, p)
		c.Noise(p[:1])
		return a, b, d, p
	}
	if a, b, d, p := play(newMaskTape(whole)); a != 3 || b != 1 || d != 1 || p[0] != 0.1 || p[1] != 0.75 {
		t.Errorf("played %d, %d, %d, %v", a, b, d, p)
	}
	for want, draws := range map[string][]maskDraw{
		"tape: asked for random.randint behind the last draw":                           nil,
		"tape: asked for random.randint at draw 0, which is torch.rand[]":               whole[6:],
		"tape: asked for a number from 1 to 4 at draw 0, which is np.random.randint[2]": whole[1:],
		"tape: asked for .sample at draw 3, which is torch.rand[]":                      append(append([]maskDraw{}, whole[:3]...), whole[6]),
		"tape: asked for 2 values, not 1, at draw 3, which is x.sample[]":               append(append([]maskDraw{}, whole[:3]...), maskDraw{"x.sample", nil, []byte("[1]")}),
		"tape: asked for .sample behind the last draw":                                  whole[:4],
	} {
		if err := guarded(func() error { play(newMaskTape(draws)); return nil }); err == nil || err.Error() != want {
			t.Errorf("got %v, expected %s", err, want)
		}
	}
}
