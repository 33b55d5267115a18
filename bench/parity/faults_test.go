package parity

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fourmlab/fourm/checkpoint"
	"fourmlab/internal/fixture"
)

// copied gives a copy of a fixture to break.
func copied(t *testing.T, name string) string {
	t.Helper()
	from := fixture.Path(t, "parity", name)
	to := filepath.Join(t.TempDir(), "case")
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

// edit changes a text file of a fixture.
func edit(t *testing.T, path, old, new string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(b, []byte(old)) {
		t.Fatalf("%s has no %q (%v)", path, old, err)
	}
	if err := os.WriteFile(path, bytes.Replace(b, []byte(old), []byte(new), 1), 0o644); err != nil {
		t.Fatal(err)
	}
}

// nudge changes one number of a tensor.
func nudge(t *testing.T, path, name string, at int, by float32) {
	t.Helper()
	f, err := checkpoint.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []checkpoint.Tensor
	for _, n := range f.Names() {
		x := checkpoint.Tensor{Name: n, Shape: f.Shape(n), Dtype: f.Dtype(n)}
		if f.Whole(n) {
			x.Ints, err = f.Ints(n)
		} else {
			x.Data, err = f.Floats(n)
		}
		if err != nil {
			t.Fatal(err)
		}
		if n == name {
			if x.Data != nil {
				x.Data[at] += by
			} else {
				x.Ints[at] += int64(by)
			}
		}
		all = append(all, x)
	}
	f.Close()
	if err := checkpoint.Write(path, all, f.Meta); err != nil {
		t.Fatal(err)
	}
}

// One wrong number anywhere is found, and named.
func TestWrongNumbersFail(t *testing.T) {
	for _, c := range []struct {
		fixture, file, tensor string
		at                    int
		by                    float32
		group                 string
	}{
		{"fm_gelu_bias", "expected.safetensors", "context", 1000, 1e-3, "context"},
		{"fm_gelu_bias", "expected.safetensors", "decoder_output", 1439, 1e-3, "decoder_output"}, // in the padding
		{"fm_gelu_bias", "expected.safetensors", "decoder_attention_mask", 7, -1, "decoder_attention_mask"},
		{"fm_gelu_bias", "expected.safetensors", "mod_loss.det", 0, 1e-4, "losses"},
		{"fm_gelu_bias", "grads_mod.safetensors", "decoder.1.mlp.fc2.bias", 3, 1e-4, "gradients of loss mod"},
		{"fm_gelu_bias", "model.safetensors", "encoder.0.norm1.bias", 3, 1e-2, "encoder_output"},
		{"fm_gelu_bias", "inputs.safetensors", "tok_rgb@64.tensor", 3, 1, "target_ids"},
		{"train_swiglu_nobias", "final_params.safetensors", "decoder_norm.weight", 0, 1e-3, "parameters"},
		{"train_swiglu_nobias", "model_init.safetensors", "mask_token", 0, 1e-1, "losses"},
		{"gen_swiglu", "expected.safetensors", "maskgit.step1.tensor", 3, 1, "maskgit steps"},
		{"gen_swiglu", "expected.safetensors", "chained.final.det.tensor", 3, 1, "chained result"},
		{"gen_swiglu", "expected.safetensors", "roar.logits_call1", 3, 1e-3, "roar logits"},
		{"gen_sampling", "cases.safetensors", "case1.samples", 3, 1, "samples"},
		{"divae_uvit_concat", "alphas_cumprod.safetensors", "linear.zero_terminal_snr=True", 500, 1e-5, "schedules"},
		{"divae_uvit_concat", "expected.safetensors", "decoder_output_masked", 3, 1e-3, "decoder_output_masked"},
		{"divae_unet_patched", "expected.safetensors", "ddim.linspace.step2.image", 3, 1e-3, "ddim.linspace images"},
		{"divae_unet_patched", "expected.safetensors", "ddpm.step0.noise", 3, 1e-1, "ddpm images"},
		{"divae_unet_patched", "model.safetensors", "decoder.output_blocks.3.0.skip_connection.weight", 3, 1e-1, "decoder_output"},
		{"divae_unet_patched", "inputs.safetensors", "noise", 3, 1e-2, "noisy"},
		{"vqvae_vit_rgb", "expected.safetensors", "other_res.tokens", 3, 1, "other_res.tokens"},
		{"vqvae_vit_rgb", "expected.safetensors", "square.decoded", 700, 1e-2, "decoded from tokens"},
		{"vqvae_vit_rgb", "train_step.safetensors", "grads.decoder.out_conv.0.dwconv.weight", 3, 1e-3, "gradients"},
		{"vqvae_vit_rgb", "train_step.safetensors", "after.quantize._codebook.embed", 3, 1e-3, "codebook after the step"},
		{"vqvae_featmap", "model.safetensors", "encoder.pos_emb", 3, 0.1, "encoder_output"},
		{"vqvae_semseg_euclid", "inputs.safetensors", "labels.x", 3, 1, "prepared_input"},
		{"vqvae_mlp_memcodes_global", "model.safetensors", "quantize.to_v.weight", 3, 0.1, "quant"},
		{"vq_ema", "cases.safetensors", "cosine.step1.indices", 3, 1, "code numbers"},
		{"vq_ema", "cases.safetensors", "euclid.step2.after._codebook.embed_avg", 7, 1e-3, "_codebook.embed_avg"},
		{"vq_ema", "cases.safetensors", "cosine.step0.grad_x", 9, 1e-4, "gradients"},
		{"fsq_reference_not_official", "cases.safetensors", "8x5x5x5.indices", 3, 1, "code numbers"},
		{"fsq_reference_not_official", "cases.safetensors", "7x5x5x5x5.grad_z", 5, 1e-3, "gradients"},
	} {
		dir := copied(t, c.fixture)
		nudge(t, filepath.Join(dir, c.file), c.tensor, c.at, c.by)
		var out bytes.Buffer
		sum, err := Run([]string{dir}, Options{}, &out)
		if err != nil || sum.Failed != 1 || !strings.Contains(out.String(), "FAIL  case") || !failed1(out.String(), c.group) {
			t.Errorf("%s, %s of %s: %v, %v\n%s", c.fixture, c.tensor, c.file, sum, err, &out)
		}
	}
}

// failed1 tells whether a group's line says that it failed.
func failed1(out, group string) bool {
	for _, l := range strings.Split(out, "\n") {
		if strings.HasPrefix(l, "FAIL") && strings.Contains(l, group) {
			return true
		}
	}
	return false
}

// A fixture that cannot be read, or says what cannot be, fails with the reason;
// it does not end the run.
func TestBrokenFixtures(t *testing.T) {
	for _, c := range []struct {
		name  string
		wreck func(dir string) error
		want  string
	}{
		{"fm_gelu_bias", func(d string) error { return os.Truncate(filepath.Join(d, "model.safetensors"), 100000) }, "model.safetensors"},
		{"fm_gelu_bias", func(d string) error { return os.Remove(filepath.Join(d, "inputs.safetensors")) }, "inputs.safetensors"},
		{"fm_gelu_bias", func(d string) error { return os.Remove(filepath.Join(d, "expected.safetensors")) }, "expected.safetensors"},
		{"fm_gelu_bias", func(d string) error { edit(t, filepath.Join(d, "config.json"), `"dim": 24`, `"dim": 28`); return nil }, "has shape"},
		{"fm_gelu_bias", func(d string) error { edit(t, filepath.Join(d, "config.json"), `"dim": 24`, `"dim": 1e12`); return nil }, "config.json"},
		{"fm_gelu_bias", func(d string) error {
			edit(t, filepath.Join(d, "config.json"), `"kind": "tok"`, `"kind": "tik"`)
			return nil
		}, `unknown kind "tik"`},
		{"fm_gelu_bias", func(d string) error {
			edit(t, filepath.Join(d, "config.json"), `"patch_size": 16`, `"patch_size": 17`)
			return nil
		}, "make no grid"},
		{"fm_gelu_bias", func(d string) error {
			edit(t, filepath.Join(d, "config.json"), `"num_heads": 4`, `"num_heads": 5`)
			return nil
		}, "does not divide into 5 heads"},
		{"fm_gelu_bias", func(d string) error { return os.WriteFile(filepath.Join(d, "config.json"), []byte("{"), 0o644) }, "config.json"},
		{"fsq_reference_not_official", func(d string) error { edit(t, filepath.Join(d, "config.json"), "8,", "1,"); return nil }, "1 levels, expected 2"},
		{"vq_ema", func(d string) error {
			edit(t, filepath.Join(d, "config.json"), "torch.randperm", "torch.randint")
			return nil
		}, "randperm of 32"},
		{"gen_schedules", func(d string) error { return os.WriteFile(filepath.Join(d, "schedules.json"), []byte("[]"), 0o644) }, "schedules.json"},
		{"gen_schedules", func(d string) error { return os.WriteFile(filepath.Join(d, "schedules.json"), []byte("{}"), 0o644) }, "nothing in it was compared"},
		{"gen_swiglu", func(d string) error {
			edit(t, filepath.Join(d, "config.json"), `"num_tokens": 2`, `"num_tokens": 200`)
			return nil
		}, "a step of 200 tokens"},
		{"gen_swiglu", func(d string) error {
			edit(t, filepath.Join(d, "config.json"), `"scheme": "maskgit"`, `"scheme": "magic"`)
			return nil
		}, `unknown scheme "magic"`},
		{"divae_unet_patched", func(d string) error {
			edit(t, filepath.Join(d, "config.json"), `"squaredcos_cap_v2"`, `"cosine"`)
			return nil
		}, `schedule "cosine", expected linear`},
		{"divae_unet_patched", func(d string) error {
			edit(t, filepath.Join(d, "config.json"), `"model_channels": 32`, `"model_channels": 64`)
			return nil
		}, `tensor "decoder.time_embed.0.weight" is [128 32], expected [256 64]`},
		{"divae_uvit_concat", func(d string) error {
			edit(t, filepath.Join(d, "config.json"), `"mid_layers": 2`, `"mid_layers": 1`)
			return nil
		}, `belongs to no part of the decoder`},
	} {
		dir := copied(t, c.name)
		if err := c.wreck(dir); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		sum, err := Run([]string{dir}, Options{}, &out)
		if err != nil || sum.Failed != 1 || !strings.Contains(out.String(), c.want) {
			t.Errorf("%s: %v, %v, expected a failure with %q\n%s", c.name, sum, err, c.want, &out)
		}
	}
}

// Folders that are no fixtures are passed over, kinds that are not known are
// skipped, and what is printed as JSON is of one shape.
func TestKinds(t *testing.T) {
	root := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Run([]string{root, filepath.Join(root, "none")}, Options{}, &bytes.Buffer{}); !errors.Is(err, ErrNone) {
		t.Errorf("an empty folder: %v", err)
	}
	write("notes/README.md", "no fixture")
	write("file.json", "{}")
	write("model/config.json", `{"dim": 12}`)
	if _, err := Run([]string{root}, Options{}, &bytes.Buffer{}); !errors.Is(err, ErrNone) {
		t.Errorf("a folder without fixtures: %v", err)
	}
	write("later/config.json", `{"kind": "telepathy"}`)
	write("named/fixture.json", `{"kind": "gen_schedules"}`)
	write("named/config.json", `{"kind": "telepathy"}`)
	write("named/schedules.json", `{"cases": [{"num_steps": 2, "total_tokens": 5, "linear": [3, 2]}]}`)
	write("told/schedules.json", `{"cases": [{"num_steps": 2, "total_tokens": 5, "linear": [2, 3]}]}`)
	var out, log bytes.Buffer
	sum, err := Run([]string{root}, Options{JSON: true, Log: &log}, &out)
	if err != nil || sum != (Summary{Passed: 1, Failed: 1, Skipped: 1}) || !strings.Contains(log.String(), `kind "telepathy" yet`) {
		t.Errorf("%v, %v\n%s%s", sum, err, &out, &log)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for i, l := range lines {
		var m map[string]any
		if err := json.Unmarshal([]byte(l), &m); err != nil {
			t.Fatal(err)
		}
		want := []string{"fixture", "kind", "group", "max_diff", "max_ref", "tol", "pass"}
		if i == len(lines)-1 {
			want = []string{"passed", "failed", "skipped"}
		}
		for _, k := range want {
			if _, ok := m[k]; !ok {
				t.Errorf("line %d has no %s: %s", i, k, l)
			}
		}
	}
	if n := fmt.Sprint(sum); n != "1 passed, 1 failed, 1 skipped" {
		t.Error(n)
	}
}
