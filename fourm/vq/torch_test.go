package vq

import (
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fixture"
)

// python gives a Python that has PyTorch, or skips.
func python(t *testing.T) string {
	t.Helper()
	fixture.Judged(t, "PyTorch")
	for _, p := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(p, "-c", "import torch").Run() == nil {
			return p
		}
	}
	t.Skip("no Python with PyTorch")
	return ""
}

// run gives what a script prints.
func run(t *testing.T, python, script string, args ...string) string {
	t.Helper()
	return runWith(t, python, script, "", args...)
}

// runWith is run of a script that reads in.
func runWith(t *testing.T, python, script, in string, args ...string) string {
	t.Helper()
	cmd := exec.Command(python, append([]string{"-c", script}, args...)...)
	cmd.Stdin = strings.NewReader(in)
	out, err := cmd.Output()
	if err != nil {
		if e, ok := err.(*exec.ExitError); ok {
			t.Fatalf("%v: %s", err, e.Stderr)
		}
		t.Fatal(err)
	}
	return string(out)
}

// writePth saves a tokenizer as the official training script does: weights under
// "model", its arguments under "args".
const writePth = `
import argparse, sys, torch
torch.manual_seed(1)
r = lambda *s: torch.randn(*s) / 4
def linear(n, o, i): return {n + ".weight": r(o, i), n + ".bias": r(o)}
sd = {}
for side in ("encoder", "decoder"):
    sd.update(linear(side + ".linear_in", 12, 9 if side == "encoder" else 12))
    sd.update(linear(side + ".linear_out", 12 if side == "encoder" else 9, 12))
    for i in range(2):
        sd.update(linear(f"{side}.blocks.{i}.block.0", 48, 12)); sd.update(linear(f"{side}.blocks.{i}.block.2", 12, 48))
        sd[f"{side}.layernorms.{i}.weight"], sd[f"{side}.layernorms.{i}.bias"] = torch.ones(12), r(12)
sd["quant_conv.weight"], sd["quant_conv.bias"] = r(8, 12, 1, 1), r(8)
sd["post_quant_conv.0.weight"], sd["post_quant_conv.0.bias"] = r(12, 8, 1, 1), r(12)
sd["quantize.codes"], sd["quantize.to_k.weight"], sd["quantize.to_v.weight"] = r(4, 20, 2), r(4, 2, 2), r(4, 2, 2)
mlp = "BottleneckMLP/B_2-Wi_12"
args = argparse.Namespace(domain="DINOv2-B14-global", encoder_type=mlp, decoder_type=mlp, quantizer_type="memcodes", codebook_size="20", num_codebooks=4,
    latent_dim=8, norm_codes=True, post_mlp=True, patch_size=14, input_size_min=224, input_size_max=224, input_size_enc=None, quantizer_ema_decay=0.99,
    loss_fn="cosine_1d", blr=1e-4, opt_betas=[0.9, 0.99], data_config=None)
torch.save({"model": sd, "epoch": 3, "args": args}, sys.argv[1])
F = torch.nn.functional
lin = lambda x, n: F.linear(x, sd[n + ".weight"], sd[n + ".bias"])
def mlp(x, side):
    x = lin(x, side + ".linear_in")
    for i in range(2):
        y = F.layer_norm(x, (12,), sd[f"{side}.layernorms.{i}.weight"], sd[f"{side}.layernorms.{i}.bias"], 1e-5)
        x = x + lin(F.gelu(lin(y, f"{side}.blocks.{i}.block.0")), f"{side}.blocks.{i}.block.2")
    return lin(x, side + ".linear_out")
z = F.linear(mlp(torch.linspace(-1, 1, 9)[None], "encoder"), sd["quant_conv.weight"][:, :, 0, 0], sd["quant_conv.bias"]).reshape(4, 2)
key = torch.einsum("hnd,hdc->hnc", sd["quantize.codes"], sd["quantize.to_k.weight"])
value = torch.einsum("hnd,hdc->hnc", sd["quantize.codes"], sd["quantize.to_v.weight"])
ids = torch.einsum("hd,hnd->hn", z, key).argmax(-1)
q = torch.cat([value[h, i] for h, i in enumerate(ids)])[None]
y = mlp(F.linear(q, sd["post_quant_conv.0.weight"][:, :, 0, 0], sd["post_quant_conv.0.bias"]), "decoder")
print(*ids.tolist(), *(y * 1000).round().int()[0].tolist())
`

// A .pth file of the training script is read, old names and arguments too, and
// gives the codes and numbers that PyTorch computes.
func TestPth(t *testing.T) {
	path := filepath.Join(t.TempDir(), "DINOv2-B14-global.pth")
	var want []int
	for _, w := range strings.Fields(run(t, python(t), writePth, path)) {
		n := 0
		for _, c := range strings.TrimPrefix(w, "-") {
			n = 10*n + int(c-'0')
		}
		if w[0] == '-' {
			n = -n
		}
		want = append(want, n)
	}
	k, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	p := modality.NewPicture(1, 1, 9)
	for i := range p.Pix {
		p.Pix[i] = -1 + float32(i)/4
	}
	tk, err := k.Encode(p)
	if err != nil || !reflect.DeepEqual(tk.IDs, want[:4]) || k.Of.Name != "DINOv2-B14-global" {
		t.Fatalf("%s: tokens %v, expected %v (%v)", k.Of.Name, tk.IDs, want[:4], err)
	}
	v, err := k.Decode(tk)
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range v.(*modality.Picture).Pix {
		if d := 1000*x - float32(want[4+i]); d > 1 || d < -1 {
			t.Errorf("number %d is %g, expected %d thousandths", i, x, want[4+i])
		}
	}
	if s, ok, err := Peek(path); !ok || err != nil || !strings.Contains(s, "memcodes of 20 codes of 2 numbers in 4 books") {
		t.Errorf("peek says %q (%v)", s, err)
	}
}

// Position tables of other grids are those of torch's interpolate.
func TestStretch(t *testing.T) {
	dir := t.TempDir()
	const script = `
import sys, torch
torch.manual_seed(2)
x = torch.randn(1, 3, 5, 7)
open(sys.argv[1] + "/x", "wb").write(x.numpy().tobytes())
for i, s in enumerate([(5, 7), (1, 1), (10, 14), (3, 20), (9, 2), (28, 28)]):
    y = torch.nn.functional.interpolate(x, size=s, mode="bicubic", align_corners=False)
    open(f"{sys.argv[1]}/{i}", "wb").write(y.contiguous().numpy().tobytes())
`
	run(t, python(t), script, dir)
	read := func(name string) []float32 {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		out := make([]float32, len(b)/4)
		for i := range out {
			out[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		}
		return out
	}
	worst := float32(0)
	x := table{5, 7, turn{1, 3, 35, 1}.of(read("x"))}
	for i, s := range [][2]int{{5, 7}, {1, 1}, {10, 14}, {3, 20}, {9, 2}, {28, 28}} {
		want := read(string(rune('0' + i)))
		got := turn{1, s[0] * s[1], 3, 1}.of(x.stretch(s[0], s[1]))
		for j := range want {
			worst = max(worst, got[j]-want[j], want[j]-got[j])
			if d := got[j] - want[j]; len(got) != len(want) || d > 4e-6 || d < -4e-6 {
				t.Fatalf("%v: number %d is %g, expected %g", s, j, got[j], want[j])
			}
		}
	}
	t.Logf("largest difference %g", worst)
}
