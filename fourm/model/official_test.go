package model

import (
	"bufio"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm/checkpoint"
	"fourmlab/fourm/modality"
	"fourmlab/internal/fixture"
	"fourmlab/internal/human"
)

// published gives a small model over published domains.
func published(change func(*Config)) *Model {
	c := Published("4M-7", "Ti")
	c.Inputs, c.Outputs = []string{"rgb@224", "tok_semseg@224"}, []string{"tok_semseg@224"}
	c.Domains = slices.DeleteFunc(c.Domains, func(d modality.Domain) bool { return !slices.Contains(c.Inputs, d.Name) })
	c.Dim, c.Heads, c.Encoder, c.Decoder = 16, 2, 1, 1
	if change != nil {
		change(&c)
	}
	m := New(c)
	r := rand.New(rand.NewPCG(1, 1))
	for _, p := range m.Params {
		for i := range p.Data {
			p.Data[i] = float32(r.NormFloat64())
		}
	}
	return m
}

// asOfficial rewrites a file as the official code would have: without what is
// this program's, and with some tensors left out.
func asOfficial(t *testing.T, path string, drop func(name string) bool, meta func(map[string]string)) string {
	t.Helper()
	f, err := checkpoint.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var tensors []checkpoint.Tensor
	for _, n := range f.Names() {
		if drop != nil && drop(n) {
			continue
		}
		d, err := f.Floats(n)
		if err != nil {
			t.Fatal(err)
		}
		tensors = append(tensors, checkpoint.Tensor{Name: n, Shape: f.Shape(n), Data: d, Dtype: f.Dtype(n)})
	}
	all := map[string]string{}
	for k, v := range f.Meta {
		if k != metaKey {
			all[k] = v
		}
	}
	if meta != nil {
		meta(all)
	}
	out := filepath.Join(t.TempDir(), "model.safetensors")
	if err := checkpoint.Write(out, tensors, all); err != nil {
		t.Fatal(err)
	}
	return out
}

// A file under the official keys comes back as the model it was, whatever its
// variant, also without its position tables and with tied tensors once.
func TestOfficialFiles(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"published": nil,
		"tied":      func(c *Config) { c.Untied = false },
		"gelu":      func(c *Config) { *c = c.GELU(); c.QKNorm, c.Registers = true, 3 },
		"apart":     func(c *Config) { c.Apart, c.Causal, c.Joint = true, true, true },
	} {
		m := published(change)
		path := filepath.Join(t.TempDir(), "m.safetensors")
		if err := m.Save(path, nil, nil); err != nil {
			t.Fatal(err)
		}
		for _, without := range []string{"nothing", "pos_emb"} {
			file := asOfficial(t, path, func(n string) bool { return strings.HasSuffix(n, without) }, nil)
			got, err := LoadStrict(file)
			if err != nil {
				t.Errorf("%s without %s: %v", name, without, err)
				continue
			}
			if !reflect.DeepEqual(m.Config, got.Config) {
				t.Errorf("%s: configuration %+v, expected %+v", name, got.Config, m.Config)
			}
			for i, p := range m.Params {
				if !reflect.DeepEqual(p, got.Params[i]) {
					t.Errorf("%s: %s came back changed", name, p.Name)
				}
			}
			for n, x := range m.pos {
				if distance(x, got.pos[n]) > 0 {
					t.Errorf("%s: %s came back changed", name, n)
				}
			}
			about, err := Peek(file)
			if _, all := m.Size(); err != nil || !strings.Contains(about, "16 wide, 1+1 blocks") || !strings.Contains(about, human.Short(float64(all))+" parameters") {
				t.Errorf("%s: peek gives %q (%v), expected %s parameters", name, about, err, human.Short(float64(all)))
			}
		}
	}
}

// What is missing, left over or wrong is named.
func TestOfficialFaults(t *testing.T) {
	m := published(nil)
	path := filepath.Join(t.TempDir(), "m.safetensors")
	if err := m.Save(path, nil, nil); err != nil {
		t.Fatal(err)
	}
	bias := func(n string) bool { return n == "encoder_norm.bias" }
	for _, c := range []struct {
		drop func(string) bool
		meta func(map[string]string)
		want string
	}{
		{func(n string) bool { return n == "mask_token" || n == "decoder_norm.weight" }, nil, "2 missing: mask_token, decoder_norm.weight"},
		{nil, func(m map[string]string) { m["decoder_depth"] = "2" }, "12 missing"},
		{nil, func(m map[string]string) { m["encoder_depth"] = "0" }, "0 encoder and 1 decoder blocks"},
		{nil, func(m map[string]string) { m["gated_mlp"] = "False" }, "fc1.weight\" has shape [42 16], expected [64 16]"},
		{nil, func(m map[string]string) { m["qkv_biass"] = "False" }, `unknown key "qkv_biass"`},
		{nil, func(m map[string]string) { m["dim"] = "sixteen" }, "dim is sixteen, expected a number"},
		{nil, func(m map[string]string) { m["dim"] = "1.0e+30" }, "expected a whole number"},
		{nil, func(m map[string]string) { m["domains_in"] = "[tok_rgbb@224]" }, `unknown domain "tok_rgbb@224"`},
		{nil, func(m map[string]string) { m["domains_in"] = "rgb@224" }, "expected a list of domains"},
		{nil, func(m map[string]string) { m["domains_out"] = "['rgb@224']" }, `"rgb@224" cannot be predicted`},
		{nil, func(m map[string]string) { m["act_layer"] = "Tanh" }, `act "tanh"`},
		{nil, func(m map[string]string) { clear(m) }, "no configuration"},
		{bias, func(m map[string]string) { m["norm_bias"] = "True" }, "1 missing: encoder_norm.bias"},
	} {
		file := asOfficial(t, path, c.drop, c.meta)
		if _, err := Load(file); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), file) {
			t.Errorf("error %v, expected one with %q and the file's name", err, c.want)
		}
	}
	if _, err := Load(asOfficial(t, path, bias, nil)); err != nil {
		t.Errorf("without a bias of zeros: %v", err)
	}
	file := asOfficial(t, path, nil, func(m map[string]string) { m["decoder_depth"] = "0" })
	if _, err := LoadStrict(file); err == nil {
		t.Error("a decoder of no block")
	}
	more := filepath.Join(t.TempDir(), "more.safetensors")
	if err := m.Save(more, []checkpoint.Tensor{{Name: "extra", Shape: []int{1}, Data: []float32{1}}}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(more); err != nil {
		t.Errorf("a tensor left over: %v", err)
	}
	if _, err := LoadStrict(more); err == nil || !strings.Contains(err.Error(), "1 left over: extra") {
		t.Errorf("strict: %v", err)
	}
}

// Half the bits keep the numbers to their precision.
func TestSaveAs(t *testing.T) {
	m := published(nil)
	for dtype, tol := range map[string]float64{"F32": 0, "F16": 1e-3, "BF16": 8e-3} {
		path := filepath.Join(t.TempDir(), "m.safetensors")
		if err := m.SaveAs(path, dtype, nil, nil); err != nil {
			t.Fatal(err)
		}
		got, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range m.Params {
			for k, v := range p.Data {
				if d := math.Abs(float64(v - got.Params[i].Data[k])); d > tol*math.Abs(float64(v))+tol*1e-2 {
					t.Fatalf("%s: %s[%d] is %g, expected %g", dtype, p.Name, k, got.Params[i].Data[k], v)
				}
			}
		}
	}
	if err := m.SaveAs("x", "F8", nil, nil); err == nil || !strings.Contains(err.Error(), "expected F32, F16 or BF16") {
		t.Errorf("F8: %v", err)
	}
}

// The names and shapes are those of the published models.
func TestOfficialKeys(t *testing.T) {
	for _, family := range []string{"4M-7", "4M-21"} {
		f, err := os.Open(fixture.Path(t, "4m", "keys_"+family+"_B.txt"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		want := map[string]string{}
		for s := bufio.NewScanner(f); s.Scan(); {
			name, rest, ok := strings.Cut(s.Text(), " ")
			if from, to := strings.Index(rest, "["), strings.Index(rest, "]"); ok && from >= 0 && to > from {
				want[name] = rest[from : to+1]
			}
		}
		m := outline(Published(family, "B"))
		got := m.shapes()
		for name, shape := range want {
			// sine tables of sequences are as long as they were built, whatever
			// the listing says (docs/4m.md, 4.4)
			s := strings.ReplaceAll(fmt.Sprint(got[name]), " ", ", ")
			if got[name] == nil || s != shape && !strings.HasSuffix(name, ".pos_emb") {
				t.Errorf("%s: %s is %s, expected %s", family, name, s, shape)
			}
		}
		for name := range got {
			if want[name] == "" {
				t.Errorf("%s: %s is no official key", family, name)
			}
		}
		if len(want) < 300 {
			t.Errorf("%s: %d keys are listed", family, len(want))
		}
	}
}

// The arguments in a training script's file say the same as a configuration.
func TestArguments(t *testing.T) {
	c, err := OfficialConfig(map[string]any{"model": "fm_large_24e_24d_swiglu_qknorm_nobias", "in_domains": "caption-rgb@224-tok_rgb@224",
		"out_domains": []any{"caption", "tok_rgb@224"}, "input_size": 224, "blr": 1e-4, "epochs": 100})
	if err != nil || c.Dim != 1024 || c.Heads != 16 || c.Encoder != 24 || !c.QKNorm || c.QKVBias || c.NormBias || c.Plain || c.Untied ||
		!reflect.DeepEqual(c.Inputs, []string{"caption", "rgb@224", "tok_rgb@224"}) || !reflect.DeepEqual(c.Outputs, []string{"caption", "tok_rgb@224"}) {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err = OfficialConfig(map[string]any{"model": "fm_tiny_6e_6d_gelu", "in_domains": "caption", "out_domains": "caption"}); err != nil || !c.Plain || !c.MLPBias || c.Act != "gelu" || c.Decoder != 6 {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := OfficialConfig(map[string]any{"model": "vit_b", "in_domains": "caption"}); err == nil || !strings.Contains(err.Error(), `unknown model "vit_b"`) {
		t.Errorf("vit_b: %v", err)
	}
}
