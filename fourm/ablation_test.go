package fourm_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fourmlab/fourm"
)

// dots are pictures of one gray.
type dots int

func (d dots) Len() int { return int(d) }

func (d dots) Sample(i int) (fourm.Sample, error) {
	p := &fourm.Picture{H: 8, W: 8, C: 1, Pix: make([]float32, 64)}
	for j := range p.Pix {
		p.Pix[j] = float32(i%4) / 3
	}
	return fourm.Sample{Key: string(rune('a' + i)), Values: map[string]any{"dot": p}}, nil
}

func experiment() fourm.Experiment {
	fourm.Register(fourm.Modality{Name: "dot", Look: fourm.Gray, Height: 8, Patch: 2, Vocab: 8})
	return fourm.Experiment{
		Modalities: []string{"dot"},
		Tokenizers: map[string]fourm.VQ{"dot": {Steps: 2, Batch: 4, Dim: 16, Latent: 4}},
		Model:      fourm.Config{Dim: 16, Encoder: 1, Decoder: 1},
		Mask:       fourm.Mask{In: 4, Out: 4},
		Train:      fourm.Train{Steps: 2, Batch: 4, Val: dots(4), Quiet: true},
	}
}

func TestAblate(t *testing.T) {
	ab := fourm.Ablate(experiment(), dots(8), fourm.Vary("train.lr", 1e-2, 1e-3))
	if ab.Err != nil || ab.Dir != "" || len(ab.Rows) != 2 || ab.Rows[0].Label != "0.01" || ab.Rows[1].Mean() <= 0 {
		t.Errorf("%+v", ab)
	}
}

func TestAblateFile(t *testing.T) {
	experiment()
	t.Chdir(t.TempDir())
	text := `
data: {name: dots, n: 12}
modalities: [dot]
tokenizers:
  dot: {steps: 2, batch: 4, dim: 16, latent: 4}
model: {dim: 16, encoder: 1, decoder: 1}
mask: {in: 4, out: 4}
train: {steps: 2, batch: 4}
vary:
  train.lr: [0.01, 1e-3]
`
	if err := os.WriteFile("few.yaml", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	open := func(name string, n int, seed int64) (train, val fourm.Data, err error) {
		if name != "dots" {
			return nil, nil, errors.New("no such set")
		}
		return dots(n - 4), dots(4), nil
	}
	ab, err := fourm.AblateFile("few.yaml", open, "train.steps=3")
	if err != nil {
		t.Fatal(err)
	}
	if ab.Dir != "runs/few" || ab.Rows[1].Label != "1e-3" {
		t.Errorf("%+v", ab)
	}
	b, err := os.ReadFile(filepath.Join(ab.Dir, "config.yaml"))
	if err != nil || !strings.Contains(string(b), "steps: 3\n") {
		t.Errorf("config.yaml (%v):\n%s", err, b)
	}
	for _, c := range [][2]string{
		{"data.name=points", "few.yaml: data points: no such set"},
		{"modalities=[dott]", `no modality "dott"`},
		{"trian.steps=3", `unknown key "trian.steps" (did you mean "train"?)`},
	} {
		if ab, err := fourm.AblateFile("few.yaml", open, c[0]); err == nil || !strings.Contains(err.Error(), c[1]) || ab != nil {
			t.Errorf("%s gives %v, expected %q", c[0], err, c[1])
		}
	}
}
