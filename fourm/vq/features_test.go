package vq

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fourmlab/fourm/modality"
)

// A loss of features leads to pictures that are alike in them.
func TestPerceptual(t *testing.T) {
	m := tiny("vqcolor", modality.Color)
	pics := pictures(m, 12)
	path := filepath.Join(t.TempDir(), "eye.safetensors")
	eye := train(t, m, pics, VQ{Steps: 40, Dim: 16, Depth: 3, Latent: 8, Seed: 4})
	if err := eye.Save(path); err != nil {
		t.Fatal(err)
	}
	c := quick
	c.Perceptual, c.Features = 0.5, path
	k := train(t, m, pics, c)
	first, last := k.Points[0].Losses["features"], k.Points[len(k.Points)-1].Losses["features"]
	if !(last < first/2) || !(k.Points[0].Losses["quantizer"] > 0) {
		t.Errorf("features differ by %.4f in the beginning, by %.4f in the end", first, last)
	}
	if k.Config.Features != path || !strings.Contains(eye.features().name, "encoder of a tokenizer of pictures of 16x16x3") {
		t.Errorf("features %q of %s", k.Config.Features, eye.features().name)
	}
}

// What cannot look at the pictures is refused, and the file is named.
func TestWrongFeatures(t *testing.T) {
	m, depth := tiny("vqcolor", modality.Color), tiny("vqdepth", modality.Depth)
	dir := t.TempDir()
	save := func(name string, k *Tokenizer) string {
		path := filepath.Join(dir, name)
		if err := k.Save(path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	metres := save("metres.safetensors", train(t, depth, pictures(depth, 4), VQ{Steps: 1, Dim: 16}))
	modality.Register(modality.Modality{Name: "vqthird", Look: modality.Color, Height: 15, Patch: 3})
	third := modality.Lookup("vqthird")
	thirds := save("thirds.safetensors", train(t, third, []*modality.Picture{modality.NewPicture(15, 15, 3)}, VQ{Steps: 1, Dim: 16}))
	text := filepath.Join(dir, "text.safetensors")
	if err := os.WriteFile(text, []byte("no checkpoint"), 0o644); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		metres:                           "metres.safetensors: a tokenizer that takes 2.00 to 6.00 m, as in training, 0 = unknown of 1 channels, expected [0, 1] of 3",
		thirds:                           "thirds.safetensors: patches of 3x3, and vqcolor has pictures of 16x16",
		text:                             "text.safetensors",
		filepath.Join(dir, "no such.pt"): "no such.pt",
	} {
		c := quick
		c.Perceptual, c.Features = 1, path
		if _, err := Train(context.Background(), m, pictures(m, 4), c, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, expected %q", err, want)
		}
	}
}

// Features of VGG-16, and the loss, as PyTorch computes them.
const vgg = `
import json, sys, torch
import torch.nn.functional as F
torch.manual_seed(3)
sd, stages, last = {}, [[0, 2], [5, 7], [10, 12, 14], [17, 19, 21], [24, 26, 28]], 3
for s, convs in enumerate(stages):
    out = min(64 << s, 512)
    for i in convs:
        sd[f"features.{i}.weight"], sd[f"features.{i}.bias"] = torch.randn(out, last, 3, 3) * (2 / (9 * last)) ** 0.5, torch.randn(out) / 10
        last = out
sd["classifier.0.weight"] = torch.zeros(2, 2)
if len(sys.argv) == 2:
    torch.save(sd, sys.argv[1])
    sys.exit()
mean, dev = (torch.tensor(v).reshape(3, 1, 1) for v in ([.485, .456, .406], [.229, .224, .225]))
def look(v):
    x, found = ((torch.tensor(v).reshape(-1, 3, 16, 16) + 1) / 2 - mean) / dev, []
    for s, convs in enumerate(stages):
        if s: x = F.max_pool2d(x, 2)
        for i in convs: x = F.relu(F.conv2d(x, sd[f"features.{i}.weight"], sd[f"features.{i}.bias"], padding=1))
        found.append(x)
    return found
a, b = json.load(open(sys.argv[2]))
print(sum((1 - F.cosine_similarity(x, y, dim=1)).mean() for x, y in zip(look(a), look(b))).item() / 5)
`

func TestVGG(t *testing.T) {
	py := python(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "vgg16.pth")
	run(t, py, vgg, path)
	m := tiny("vqcolor", modality.Color)
	pics := pictures(m, 2)
	k := train(t, m, pics, VQ{Steps: 30, Batch: 2, Dim: 16, Latent: 8})
	f, err := readFeatures(path, k)
	if err != nil {
		t.Fatal(err)
	}
	g := k.net.build(training, Loss{Name: "mse", Own: 1, Perceptual: 1, features: f}, 2, 4, 4)
	for i, p := range pics {
		if err := k.put(g, i, p); err != nil {
			t.Fatal(err)
		}
	}
	k.aim(g)
	if err := g.m.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	in := g.prepared()
	codes, err := k.net.Encode(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	out, err := k.net.Decode(context.Background(), codes)
	if err != nil {
		t.Fatal(err)
	}
	both := [2][]float32{out.Data, in.Data}
	b, err := json.Marshal(both)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "pictures.json")
	if err := os.WriteFile(file, b, 0o644); err != nil {
		t.Fatal(err)
	}
	var want float64
	if err := json.Unmarshal([]byte(run(t, py, vgg, path, file)), &want); err != nil {
		t.Fatal(err)
	}
	if got := float64(g.m.Floats(g.look)[0]); math.Abs(got-want) > 1e-4*want {
		t.Errorf("features differ by %.5f, by %.5f in PyTorch", got, want)
	}
}
