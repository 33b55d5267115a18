package checkpoint_test

import (
	"encoding/json"
	"math"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm/checkpoint"
)

// writeWithTorch saves a checkpoint as a training run does, and tells what is in it.
const writeWithTorch = `
import argparse, collections, json, sys, torch
torch.manual_seed(1)
net = torch.nn.Sequential(torch.nn.Linear(5, 7), torch.nn.BatchNorm1d(7), torch.nn.Embedding(4, 3))
state = net.state_dict()
base = torch.arange(60, dtype=torch.float32).reshape(3, 4, 5)
state["view"] = base[1:, ::2, 1:4].permute(2, 0, 1)
state["shared"] = base
state["expanded"] = torch.tensor([[1.5], [2.5]]).expand(2, 6)
state["column"] = base[:, 1:2, 2:3]
state["scalar"] = torch.tensor(3.25)
state["empty"] = torch.zeros(0, 3)
state["parameter"] = torch.nn.Parameter(torch.randn(2, 2))
for d in "float64 float16 bfloat16 int64 int32 int16 int8 uint8 bool".split():
    state[d] = (torch.arange(6).reshape(2, 3) - (0 if d in ("uint8", "bool") else 3)).to(getattr(torch, d))
args = argparse.Namespace(model="fm", dim=768, lr=1e-5, mods=["a", "b"], size=(2, 3), none=None, flag=True, big=2**40, neg=-3, inner={"k": [1.5]})
opt = torch.optim.AdamW(net.parameters(), lr=0.1)
for p in net.parameters(): p.grad = torch.zeros_like(p)
opt.step()
torch.save({"model": state, "optimizer": opt.state_dict(), "epoch": 3, "args": args, "scaler": {}}, sys.argv[1])
torch.save(net.state_dict(), sys.argv[2])
torch.save({"model": state}, sys.argv[3], _use_new_zipfile_serialization=False)
print(json.dumps({k: {"shape": list(v.shape), "values": [float(x) for x in v.detach().double().reshape(-1)]} for k, v in state.items()}))
`

// A checkpoint that PyTorch itself wrote a moment ago holds here what it holds
// there.
func TestRealTorch(t *testing.T) {
	if out, err := exec.Command("python3", "-c", "import torch").CombinedOutput(); err != nil {
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		t.Skipf("no PyTorch to compare with: %v: %s", err, lines[len(lines)-1])
	}
	dir := t.TempDir()
	full, bare, old := filepath.Join(dir, "full.pth"), filepath.Join(dir, "bare.pt"), filepath.Join(dir, "old.pth")
	cmd := exec.Command("python3", "-c", writeWithTorch, full, bare, old)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, err.(*exec.ExitError).Stderr)
	}
	var want map[string]struct {
		Shape  []int
		Values []float64
	}
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	f := open(t, full)
	if len(want) < 20 || len(f.Names()) != len(want) {
		t.Errorf("%d tensors, expected %d", len(f.Names()), len(want))
	}
	for name, w := range want {
		got, err := f.Floats(name)
		if err != nil || !slices.Equal(f.Shape(name), w.Shape) || len(got) != len(w.Values) {
			t.Errorf("%s is %d numbers of shape %v, expected %v (%v)", name, len(got), f.Shape(name), w.Shape, err)
			continue
		}
		for i, v := range got {
			if v != float32(w.Values[i]) || math.IsNaN(float64(v)) {
				t.Errorf("%s[%d] is %g, expected %g", name, i, v, w.Values[i])
				break
			}
		}
	}
	args := map[string]any{"model": "fm", "dim": 768, "lr": 1e-5, "mods": []any{"a", "b"}, "size": []any{2, 3}, "none": nil, "flag": true, "big": 1 << 40, "neg": -3, "inner": map[string]any{"k": []any{1.5}}}
	if c, err := checkpoint.Config(full); err != nil || !reflect.DeepEqual(c, args) {
		t.Errorf("arguments %v (%v), expected %v", c, err, args)
	}
	if got := open(t, bare).Shape("0.weight"); !slices.Equal(got, []int{7, 5}) {
		t.Errorf("0.weight of a bare state dictionary has shape %v", got)
	}
	if _, err := checkpoint.Open(old); err == nil || !strings.Contains(err.Error(), "torch.save(torch.load(") {
		t.Errorf("the old format: %v", err)
	}
}

const readWithSafetensors = `
import sys, numpy
from safetensors import safe_open
with safe_open(sys.argv[1], framework="np") as f:
    assert f.metadata() == {"dim": "8"}, f.metadata()
    assert f.get_tensor("a").tolist() == [[1.0, 2.0]], f.get_tensor("a")
    assert f.get_tensor("h").tolist() == [0.5], f.get_tensor("h")
    assert f.get_tensor("i").tolist() == [-1], f.get_tensor("i")
`

// The format's own library reads what is written here.
func TestRealSafetensors(t *testing.T) {
	if err := exec.Command("python3", "-c", "import safetensors, numpy").Run(); err != nil {
		t.Skipf("no safetensors library to compare with: %v", err)
	}
	path := filepath.Join(t.TempDir(), "m.safetensors")
	err := checkpoint.Write(path, []checkpoint.Tensor{
		{Name: "h", Shape: []int{1}, Data: []float32{0.5}, Dtype: "F16"},
		{Name: "a", Shape: []int{1, 2}, Data: []float32{1, 2}},
		{Name: "i", Shape: []int{1}, Ints: []int64{-1}},
	}, map[string]string{"dim": "8"})
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("python3", "-c", readWithSafetensors, path).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
