package checkpoint_test

// Checkpoints as people have them.

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm/checkpoint"
	"fourmlab/internal/fixture"
)

// besides saves weights beside plain values, as torch.save does: its classes
// are stood in for, NumPy's are real.
const besides = `
import sys, types, pickle, zipfile, struct, io, pathlib, collections, argparse
import numpy as np
def module(name):
    m = types.ModuleType(name); sys.modules[name] = m
    if "." in name:
        up, last = name.rsplit(".", 1); setattr(sys.modules[up], last, m)
    return m
torch = module("torch"); utils = module("torch._utils"); storage = module("torch.storage")
def named(m, name, make=lambda *a: None):
    def f(*a): return make(*a)
    f.__module__, f.__qualname__, f.__name__ = m.__name__, name, name
    setattr(m, name, f)
    return f
class Call:
    def __init__(self, f, *a): self.f, self.a = f, a
    def __reduce__(self): return self.f, self.a
device = named(torch, "device"); v2 = named(utils, "_rebuild_tensor_v2"); v3 = named(utils, "_rebuild_tensor_v3")
class dtype:
    def __init__(self, n): self.n = n
    def __reduce__(self): return self.n
torch.float32 = torch.float8_e4m3fn = torch.uint16 = 1
for n in ("float32", "float8_e4m3fn", "uint16"):
    named(torch, n)
FloatStorage = type("FloatStorage", (), {"__module__": "torch"}); torch.FloatStorage = FloatStorage
Untyped = type("UntypedStorage", (), {"__module__": "torch.storage"}); storage.UntypedStorage = Untyped
class Storage:
    def __init__(self, cls, key, n): self.id = ("storage", cls, key, "cpu", n)
class P(pickle.Pickler):
    def persistent_id(self, o): return o.id if isinstance(o, Storage) else None
data = {"0": struct.pack("<4f", 1, 2, 3, 4), "1": bytes([0x38, 0x7e, 0xb8, 0x01])}
t = Call(v2, Storage(FloatStorage, "0", 4), 0, (2, 2), (2, 1), False, collections.OrderedDict())
eight = Call(v3, Storage(Untyped, "1", 4), 0, (4,), (1,), False, collections.OrderedDict(), torch.float8_e4m3fn)
sixteen = Call(v3, Storage(Untyped, "1", 4), 0, (2,), (1,), False, collections.OrderedDict(), torch.uint16)
args = dict(best=np.float64(2.5), loss=np.float32(-0.5), step=np.int64(-7), small=np.uint8(200), big=np.array(3, ">i4")[()], half=np.float16(1.5), flag=np.bool_(True),
    where=Call(device, "cuda", 1), cpu=Call(device, "cpu"), kind=torch.float32, tags={"a"}, frozen=frozenset(["b"]), out=pathlib.PosixPath("/me/runs/a"),
    curve=np.arange(6.0).reshape(2, 3), counts=collections.Counter(["x", "x"]), by=collections.defaultdict(list, {"k": [1]}), raw=b"\x00\xff")
for protocol in (2, 3, 4, 5):
    b = io.BytesIO(); P(b, protocol).dump({"model": {"w": t, "eight": eight, "sixteen": sixteen}, "args": argparse.Namespace(**args), "rng": np.random.RandomState(1).get_state()})
    with zipfile.ZipFile(f"{sys.argv[1]}/{protocol}.pth", "w") as z:
        z.writestr("a/data.pkl", b.getvalue())
        for k, v in data.items(): z.writestr("a/data/" + k, v)
`

func TestValuesBesideWeights(t *testing.T) {
	dir := t.TempDir()
	fixture.Python(t, besides, []string{dir}, "numpy")
	for _, protocol := range []string{"2", "3", "4", "5"} {
		path := filepath.Join(dir, protocol+".pth")
		f, err := checkpoint.Open(path)
		if err != nil {
			t.Errorf("protocol %s: %v", protocol, err)
			continue
		}
		defer f.Close()
		if w, err := f.Floats("w"); err != nil || !slices.Equal(w, []float32{1, 2, 3, 4}) {
			t.Errorf("protocol %s: %v (%v)", protocol, w, err)
		}
		if w, err := f.Floats("eight"); err != nil || !slices.Equal(w, []float32{1, 448, -1, 1.0 / 512}) || f.Dtype("eight") != "F8_E4M3" {
			t.Errorf("protocol %s: %v of %s (%v)", protocol, w, f.Dtype("eight"), err)
		}
		if w, err := f.Ints("sixteen"); err != nil || !slices.Equal(w, []int64{0x7e38, 0x01b8}) {
			t.Errorf("protocol %s: %v (%v)", protocol, w, err)
		}
		c := f.Config()
		for k, want := range map[string]any{"best": 2.5, "loss": -0.5, "step": -7, "small": 200, "big": 3, "half": 1.5, "flag": true, "where": "cuda:1", "cpu": "cpu",
			"kind": "torch.float32", "tags": []any{"a"}, "frozen": []any{"b"}, "out": "/me/runs/a", "curve": "NumPy array of f8, shape [2 3]",
			"counts": map[string]any{"x": 2}, "by": map[string]any{"k": []any{1}}, "raw": "bytes"} {
			if !reflect.DeepEqual(c[k], want) {
				t.Errorf("protocol %s: %s is %#v, expected %#v", protocol, k, c[k], want)
			}
		}
	}
}

// Nothing is run: a name that is not on the list is refused, whatever it is.
func TestOtherNamesAreRefused(t *testing.T) {
	for _, name := range []string{"os system", "builtins eval", "numpy load", "torch load", "pathlib Path", "__builtin__ getattr"} {
		path := put(t, "x.pth", saved(t, dict{"model", dict{"w", call{global(name), tuple{"echo"}}}}))
		if _, err := checkpoint.Open(path); err == nil || !strings.Contains(err.Error(), "nothing is run") {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A text that the memo shares is not copied again and again.
	long := strings.Repeat("x", 1<<16)
	path := put(t, "x.pth", saved(t, dict{"args", dict{"p", call{"pathlib PosixPath", tuple{long, long}}}}))
	if _, err := checkpoint.Open(path); err == nil || !strings.Contains(err.Error(), "pathlib.PosixPath of 2 arguments") {
		t.Errorf("%v", err)
	}
}

// one writes a safetensors file of a tensor of any type.
func one(t *testing.T, path, name, dtype string, shape []int, data []byte) {
	t.Helper()
	head, err := json.Marshal(map[string]any{name: map[string]any{"dtype": dtype, "shape": shape, "data_offsets": []int{0, len(data)}}})
	if err != nil {
		t.Fatal(err)
	}
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(head)))
	if err := os.WriteFile(path, append(append(b, head...), data...), 0o644); err != nil {
		t.Fatal(err)
	}
}

// The numbers of 8 bits, from the formats' own definition.
func TestEightBits(t *testing.T) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for dtype, want := range map[string]map[byte]float64{
		"F8_E4M3": {0: 0, 1: 1.0 / 512, 7: 7.0 / 512, 8: 1.0 / 64, 0x38: 1, 0x39: 1.125, 0x7e: 448, 0x7f: math.NaN(), 0x80: math.Copysign(0, -1), 0xfe: -448, 0xff: math.NaN()},
		"F8_E5M2": {0: 0, 1: math.Ldexp(1, -16), 4: math.Ldexp(1, -14), 0x3c: 1, 0x3d: 1.25, 0x7b: 57344, 0x7c: math.Inf(1), 0x7d: math.NaN(), 0xfb: -57344, 0xfc: math.Inf(-1)},
		"F8_E8M0": {0: math.Ldexp(1, -127), 127: 1, 254: math.Ldexp(1, 127), 255: math.NaN()},
	} {
		path := filepath.Join(t.TempDir(), "x.safetensors")
		one(t, path, "w", dtype, []int{256}, all)
		f, err := checkpoint.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		v, err := f.Floats("w")
		if err != nil || f.Whole("w") || f.Dtype("w") != dtype {
			t.Fatalf("%s: %v", dtype, err)
		}
		for i, w := range want {
			if got := float64(v[i]); got != w && !(math.IsNaN(got) && math.IsNaN(w)) {
				t.Errorf("%s: %#02x is %g, expected %g", dtype, i, got, w)
			}
		}
	}
	err := checkpoint.Write(filepath.Join(t.TempDir(), "x.safetensors"), []checkpoint.Tensor{{Name: "w", Dtype: "F8_E4M3", Shape: []int{1}, Data: []float32{1}}}, nil)
	if err == nil {
		t.Error("F8 was written")
	}
}

func index(t *testing.T, path string, where map[string]string) {
	t.Helper()
	b, err := json.Marshal(map[string]any{"metadata": map[string]any{"total_size": 8}, "weight_map": where})
	if err == nil {
		err = os.WriteFile(path, b, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A checkpoint in several files, opened by its index or its folder.
func TestShards(t *testing.T) {
	dir := t.TempDir()
	put := func(name string, v float32) {
		one(t, filepath.Join(dir, name), "w"+name[:1], "F32", []int{1}, binary.LittleEndian.AppendUint32(nil, math.Float32bits(v)))
	}
	put("1-of-2.safetensors", 1.5)
	put("2-of-2.safetensors", 2.5)
	path := filepath.Join(dir, "model.safetensors.index.json")
	index(t, path, map[string]string{"w1": "1-of-2.safetensors", "w2": "2-of-2.safetensors"})
	if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte("\ufeff{\"dim\": 4}"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, dir} {
		f, err := checkpoint.Open(p)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for name, want := range map[string]float32{"w1": 1.5, "w2": 2.5} {
			a, err := f.Floats(name)
			b, err2 := f.Shared(name)
			if err != nil || err2 != nil || a[0] != want || b[0] != want {
				t.Errorf("%s: %v %v (%v, %v)", name, a, b, err, err2)
			}
		}
		info, err := checkpoint.Peek(p)
		if err != nil || info.Tensors != 2 || info.Bytes != 8 || info.Config["dim"] != 4 {
			t.Errorf("%+v (%v)", info, err)
		}
	}
	for want, where := range map[string]map[string]string{
		"no file 3.safetensors beside it":      {"w1": "3.safetensors"},
		`no tensor "w3" in 1-of-2.safetensors`: {"w3": "1-of-2.safetensors"},
		`no tensor "w1" in 2-of-2.safetensors`: {"w1": "2-of-2.safetensors", "w2": "1-of-2.safetensors"},
		"is not in the folder of the index":    {"w1": "../x.safetensors"},
		`no "weight_map" of tensors and files`: {},
	} {
		p := filepath.Join(dir, "other.index.json")
		index(t, p, where)
		if _, err := checkpoint.Open(p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, expected %q", where, err, want)
		}
	}
	put("1-again.safetensors", 3)
	index(t, path, map[string]string{"w1": "1-of-2.safetensors", "x": "1-again.safetensors"})
	if _, err := checkpoint.Open(dir); err == nil || !strings.Contains(err.Error(), `"w1" is both in`) {
		t.Errorf("%v", err)
	}
	// PyTorch's own pieces.
	pieces := t.TempDir()
	for i, v := range []float32{1, 2} {
		name := fmt.Sprintf("pytorch_model-0000%d-of-00002.bin", i+1)
		file := saved(t, dict{fmt.Sprintf("w%d", i), call{"torch._utils _rebuild_tensor_v2", tuple{persistent{"storage", global("torch FloatStorage"), "0", "cpu", 1}, 0, tuple{1}, tuple{1}, false, object{class: "collections OrderedDict"}}}},
			"archive/data/0", binary.LittleEndian.AppendUint32(nil, math.Float32bits(v)))
		if err := os.WriteFile(filepath.Join(pieces, name), file, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	index(t, filepath.Join(pieces, "pytorch_model.bin.index.json"), map[string]string{"w0": "pytorch_model-00001-of-00002.bin", "w1": "pytorch_model-00002-of-00002.bin"})
	f, err := checkpoint.Open(pieces)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if v, err := f.Floats("w1"); err != nil || v[0] != 2 {
		t.Errorf("%v (%v)", v, err)
	}
}
