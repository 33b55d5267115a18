package vq

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/exec"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/ops"
)

// Values and gradients of attention to codes with noise, as PyTorch has them.
const gumbel = `
import json, sys, torch
x, codes, k, v, noise, to = (torch.tensor(a) for a in json.load(sys.stdin))
x, codes, k, v, noise, to = x.reshape(7, 3, 4), codes.reshape(3, 9, 4), k.reshape(3, 4, 4), v.reshape(3, 4, 4), noise.reshape(7, 3, 9), to.reshape(7, 12)
for a in (x, codes, k, v): a.requires_grad_()
keys, values = torch.einsum("hnd,hdc->hnc", codes, k), torch.einsum("hnd,hdc->hnc", codes, v)
soft = (torch.einsum("rhd,hnd->rhn", x / 2, keys) + noise).softmax(-1)
hard = torch.zeros_like(soft).scatter_(-1, soft.argmax(-1, keepdim=True), 1.)
y = torch.einsum("rhn,hnd->rhd", hard - soft.detach() + soft, values).reshape(7, 12)
((y - to) ** 2).mean().backward()
print(json.dumps([a.flatten().tolist() for a in (y, x.grad, codes.grad, k.grad, v.grad)]))
`

func TestMemcodesAgainstPyTorch(t *testing.T) {
	py := python(t)
	r := rand.New(rand.NewPCG(2, 2))
	g := G.NewGraph()
	var in [][]float32
	var nodes G.Nodes
	for i, shape := range [][]int{{7, 12}, {3, 9, 4}, {3, 4, 4}, {3, 4, 4}, {7, 3, 9}, {7, 12}} {
		x := make([]float32, count(shape))
		for k := range x {
			x[k] = float32(r.NormFloat64())
		}
		in, nodes = append(in, x), append(nodes, ops.Input(g, string(rune('a'+i)), shape, x))
	}
	y := ops.Memcodes(nodes[0], nodes[1], nodes[2], nodes[3], nodes[4])
	grads, err := G.Grad(ops.MSE(y, nodes[5]), nodes[:4]...)
	if err != nil {
		t.Fatal(err)
	}
	out := append(G.Nodes{y}, grads...)
	m, err := exec.New(g, out...)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var want [][]float64
	if err := json.Unmarshal([]byte(runWith(t, py, gumbel, string(b))), &want); err != nil {
		t.Fatal(err)
	}
	for i, n := range out {
		for k, v := range m.Floats(n) {
			if d := math.Abs(float64(v) - want[i][k]); d > 1e-5 {
				t.Fatalf("result %d: number %d is %g, %g in PyTorch", i, k, v, want[i][k])
			}
		}
	}
}

// Vectors through an MLP and memcodes: the official way for features of whole
// pictures.
func TestMemcodesTrain(t *testing.T) {
	modality.Register(modality.Modality{Name: "vqglobal", Look: modality.Feature, Height: 1, Patch: 1, Channels: 8})
	m := modality.Lookup("vqglobal")
	r := rand.New(rand.NewPCG(6, 6))
	var pics []*modality.Picture
	for range 200 {
		p := modality.NewPicture(1, 1, 8)
		a, b := float32(r.IntN(4)), float32(r.IntN(4))
		for c := range p.Pix {
			p.Pix[c] = a*float32(c) - b*float32(7-c)
		}
		pics = append(pics, p)
	}
	c := VQ{Net: "mlp", Quantizer: "memcodes:4x16", Steps: 600, Batch: 64, Dim: 64, LR: 2e-3, Seed: 1}
	k := train(t, m, pics, c)
	again := train(t, m, pics, c)
	if k.Loss != again.Loss {
		t.Error("two trainings differ")
	}
	off, all := 0.0, 0.0
	for _, p := range pics {
		off += squared(p, there(t, k, p))
		for _, v := range p.Pix {
			all += float64(v*v) / 8
		}
	}
	if off > all/10 {
		t.Errorf("vectors come back with a squared error of %.3f of their squares", off/all)
	}
	tk, err := k.Encode(pics[0])
	if err != nil || len(tk.IDs) != 4 {
		t.Errorf("tokens %v, error %v; expected one of each book", tk.IDs, err)
	}
}
