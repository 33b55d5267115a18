package datasets

import (
	"math"
	"path/filepath"
	"testing"

	"fourmlab/fourm/checkpoint"
	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/fourm/train"
)

// A model with a published model's domains trains on a set of ready-made
// tokens, pixels beside them or not, without any tokenizer.
func TestTrainingOnTokens(t *testing.T) {
	raws := newRawSamples(6, 3)
	for what, drop := range map[string][]string{
		"tokens and pixels":       {"caption", "det"},
		"tokens alone, of shards": {"caption", "det", "rgb"},
	} {
		t.Run(what, func(t *testing.T) {
			set, err := Open(lay(t, raws, 4, func(_ string, f map[string]file) {
				for _, n := range drop {
					delete(f, n)
				}
			}))
			if err != nil {
				t.Fatal(err)
			}
			c := model.Config{Dim: 16, Heads: 2, Encoder: 1, Decoder: 1, Outputs: []string{"tok_rgb@224"}}
			for _, n := range []string{"rgb@224", "tok_rgb@224"} {
				d, ok := modality.PublishedDomain(n)
				if !ok {
					t.Fatalf("no domain %s", n)
				}
				if d.Pixels && !set.MustSample(0).Has(n) {
					continue
				}
				c.Inputs, c.Domains = append(c.Inputs, n), append(c.Domains, d)
			}
			m := model.New(c)
			run, err := train.Fit(m, set, train.Options{Steps: 12, Batch: 3, LR: 0.02, Mask: mask.Mask{In: 32, Out: 32}, Quiet: true})
			if err != nil || len(run.Points) != 12 {
				t.Fatalf("%d points (%v)", len(run.Points), err)
			}
			first, last := run.Points[0].Loss, run.Last().Loss
			if math.Abs(first-math.Log(16384)) > 1 || !(last < first-1) {
				t.Errorf("loss from %g, which is not about ln 16384, to %g, which is not lower", first, last)
			}
			path := filepath.Join(t.TempDir(), "m.safetensors")
			if err := m.Save(path, nil, nil); err != nil {
				t.Fatal(err)
			}
			if i, err := checkpoint.Peek(path); err != nil || i.Tensors < 20 {
				t.Errorf("%v (%v)", i, err)
			}
		})
	}
}
