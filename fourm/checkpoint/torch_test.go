package checkpoint_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm/checkpoint"
)

var six = floats(0, 1, 2, 3, 4, 5)

// A checkpoint of a training run: a state dictionary with a module's notes,
// arguments, and an optimizer's state.
func TestTorchCheckpoint(t *testing.T) {
	weight := tensor("FloatStorage", "0", 6, 0, tuple{2, 3}, tuple{3, 1})
	state := object{"collections OrderedDict", dict{
		"w", weight,
		"t", tensor("FloatStorage", "0", 6, 0, tuple{3, 2}, tuple{1, 3}),
		"part", tensor("FloatStorage", "0", 6, 1, tuple{2}, tuple{3}),
		"wide", tensor("FloatStorage", "0", 6, 2, tuple{3}, tuple{0}),
		"p", call{"torch._utils _rebuild_parameter", tuple{weight, true, ordered()}},
		"none", tensor("FloatStorage", "1", 0, 0, tuple{0, 4}, tuple{4, 1}),
		"one", tensor("LongStorage", "2", 1, 0, tuple{}, tuple{}),
		"column", tensor("FloatStorage", "0", 6, 0, tuple{2, 1, 1}, tuple{3, 5, 7}),
		"no tensor", 5,
	}, dict{"_metadata", ordered("", dict{"version", 1})}}
	args := object{class: "argparse Namespace", state: dict{
		"dim", 384, "lr", 1e-5, "name", "tiny", "gated", true, "seed", nil, "mods", list{"rgb@224", "det"}, "size", tuple{2, 3},
		"big", 1 << 40, "neg", -5, "opt", dict{1, 2.5}, "shape", call{"torch Size", tuple{tuple{4, 5}}}, "t", weight,
	}}
	opt := dict{"state", dict{0, dict{"step", 3, "exp_avg", weight}}, "param_groups", list{dict{"lr", 0.1, "params", list{0}}}}
	b := saved(t, dict{"model", state, "epoch", 3, "args", args, "optimizer", opt},
		"archive/data/0", six, "archive/data/1", []byte{}, "archive/data/2", []byte{7, 0, 0, 0, 0, 0, 0, 0}, "archive/byteorder", []byte("little"))
	path := put(t, "m.pth", b)
	f := open(t, path)
	if got := f.Names(); !slices.Equal(got, []string{"column", "none", "one", "p", "part", "t", "w", "wide"}) || !slices.Equal(f.AllNames(), got) {
		t.Errorf("names %v, with aliases %v", got, f.AllNames())
	}
	for name, want := range map[string]struct {
		shape []int
		v     []float32
	}{
		"w": {[]int{2, 3}, []float32{0, 1, 2, 3, 4, 5}}, "p": {[]int{2, 3}, []float32{0, 1, 2, 3, 4, 5}},
		"t": {[]int{3, 2}, []float32{0, 3, 1, 4, 2, 5}}, "part": {[]int{2}, []float32{1, 4}}, "wide": {[]int{3}, []float32{2, 2, 2}},
		"none": {[]int{0, 4}, []float32{}}, "one": {[]int{}, []float32{7}}, "column": {[]int{2, 1, 1}, []float32{0, 3}},
	} {
		got, err := f.Floats(name)
		shared, err2 := f.Shared(name)
		if err != nil || err2 != nil || !slices.Equal(got, want.v) || !slices.Equal(shared, want.v) || !slices.Equal(f.Shape(name), want.shape) {
			t.Errorf("%s is %v of shape %v, shared %v, expected %v (%v, %v)", name, got, f.Shape(name), shared, want, err, err2)
		}
	}
	if v, err := f.Ints("one"); err != nil || v[0] != 7 || !f.Whole("one") {
		t.Errorf("one is %v (%v)", v, err)
	}
	want := map[string]any{"dim": 384, "lr": 1e-5, "name": "tiny", "gated": true, "seed": nil, "mods": []any{"rgb@224", "det"}, "size": []any{2, 3},
		"big": 1 << 40, "neg": -5, "opt": map[string]any{"1": 2.5}, "shape": []any{4, 5}, "t": "F32 tensor of shape [2 3]"}
	if c, err := checkpoint.Config(path); err != nil || !reflect.DeepEqual(c, want) {
		t.Errorf("configuration %v (%v)\nexpected %v", c, err, want)
	}
	if f.Meta["dim"] != "384" || f.Meta["mods"] != "[rgb@224, det]" || f.Meta["gated"] != "True" {
		t.Errorf("metadata %v", f.Meta)
	}
	i, err := checkpoint.Peek(path)
	if err != nil || i.Format != "torch" || i.Tensors != 8 || i.Dtypes["F32"] != 7 || i.Dtypes["I64"] != 1 || i.Numbers != 6*3+2+3+1+2 || i.ConfigFrom != path {
		t.Errorf("%+v (%v)", i, err)
	}
}

// Every type of storage, and the places where a state dictionary may be.
func TestTorchTypes(t *testing.T) {
	for class, want := range map[string]struct {
		dtype string
		bytes []byte
		v     float32
	}{
		"DoubleStorage": {"F64", []byte{0, 0, 0, 0, 0, 0, 0xf8, 0xbf}, -1.5}, "FloatStorage": {"F32", floats(2.5), 2.5},
		"HalfStorage": {"F16", []byte{0, 0xc0}, -2}, "BFloat16Storage": {"BF16", []byte{0x40, 0x40}, 3},
		"LongStorage": {"I64", bytes.Repeat([]byte{0xff}, 8), -1}, "IntStorage": {"I32", []byte{4, 0, 0, 0}, 4}, "ShortStorage": {"I16", []byte{0xff, 0xff}, -1},
		"CharStorage": {"I8", []byte{0x80}, -128}, "ByteStorage": {"U8", []byte{0x80}, 128}, "BoolStorage": {"BOOL", []byte{1}, 1},
	} {
		x := tensor(class, "0", 1, 0, tuple{1}, tuple{1})
		for _, root := range []any{dict{"x", x}, ordered("x", x), dict{"state_dict", dict{"x", x}}, dict{"model", ordered("x", x), "state_dict", dict{"y", x}}} {
			f := open(t, put(t, "m.pt", saved(t, root, "archive/data/0", want.bytes)))
			v, err := f.Floats("x")
			if err != nil || !slices.Equal(v, []float32{want.v}) || f.Dtype("x") != want.dtype {
				t.Errorf("%s in %T: %v of %s (%v), expected %v", class, root, v, f.Dtype("x"), err, want)
			}
		}
	}
}

// Whatever is not a plain checkpoint is an error that says what it is.
func TestTorchRefused(t *testing.T) {
	f32 := func(numel, offset int, shape, stride tuple) any {
		return dict{"x", tensor("FloatStorage", "0", numel, offset, shape, stride)}
	}
	system := call{"posix system", tuple{"touch /tmp/owned"}}
	nest := opcodes(strings.Repeat("]", 200) + strings.Repeat("a", 199))
	// lists of two times the list before: 2^60 values in 60 lists
	laughs := "]q\x00"
	for i := range 60 {
		laughs += "](h" + string(rune(i)) + "h" + string(rune(i)) + "eq" + string(rune(i+1))
	}
	selfish := opcodes("]q\x00h\x00a")
	good := tensor("FloatStorage", "0", 6, 0, tuple{6}, tuple{1})
	for _, c := range []struct {
		what, want string
		file       []byte
	}{
		{"code", `"system" of the module "posix"`, saved(t, dict{"x", system})},
		{"code in the arguments", `"system" of the module "posix"`, saved(t, dict{"model", dict{"x", good}, "args", dict{"a", system}}, "archive/data/0", six)},
		{"eval", `"eval" of the module "__builtin__"`, saved(t, call{"__builtin__ eval", tuple{"1"}})},
		{"another of torch", `"_rebuild_sparse_tensor" of the module "torch._utils"`, saved(t, call{"torch._utils _rebuild_sparse_tensor", tuple{}})},
		{"a module", `"ResNet" of the module "torchvision.models"`, saved(t, dict{"model", object{class: "torchvision.models ResNet"}})},
		{"call of no function", "a call of a dictionary", saved(t, opcodes("})R"))},
		{"call of a storage type", "torch.FloatStorage of 0 arguments", saved(t, call{"torch FloatStorage", tuple{}})},
		{"filled OrderedDict", "OrderedDict of 1 arguments", saved(t, call{"collections OrderedDict", tuple{list{1}}})},
		{"attributes of a tensor", "attributes for a tensor", saved(t, dict{"x", opcodes(string(pickle(good)[2:len(pickle(good))-1]) + "}b")}, "archive/data/0", six)},
		{"no dictionary", "holds a list, expected", saved(t, list{1})},
		{"a tensor alone", "holds a tensor, expected", saved(t, good, "archive/data/0", six)},
		{"no tensors", `no tensors, neither in it nor under "model" or "state_dict"; its keys begin with "epoch"`, saved(t, dict{"epoch", 1})},
		{"no storage", `no record "data/0"`, saved(t, f32(6, 0, tuple{6}, tuple{1}))},
		{"short storage", "has 24 bytes, expected 7 numbers of F32", saved(t, f32(7, 0, tuple{6}, tuple{1}), "archive/data/0", six)},
		{"long storage", "has 24 bytes, expected 5 numbers of F32", saved(t, f32(5, 0, tuple{5}, tuple{1}), "archive/data/0", six)},
		{"storage of any size", "expected 2305843009213693952 numbers", saved(t, f32(1<<61, 0, tuple{6}, tuple{1}), "archive/data/0", six)},
		{"negative storage", "a storage of", saved(t, f32(-6, 0, tuple{6}, tuple{1}), "archive/data/0", six)},
		{"outside", "in a storage of 6 numbers", saved(t, f32(6, 0, tuple{7}, tuple{1}), "archive/data/0", six)},
		{"offset outside", "offset 3 in a storage of 6", saved(t, f32(6, 3, tuple{2, 2}, tuple{2, 1}), "archive/data/0", six)},
		{"stride outside", "in a storage of 6 numbers", saved(t, f32(6, 0, tuple{2, 3}, tuple{4, 1}), "archive/data/0", six)},
		{"stride overflow", "strides", saved(t, f32(6, 0, tuple{3, 3}, tuple{math.MaxInt / 2, math.MaxInt / 2}), "archive/data/0", six)},
		{"negative stride", "strides", saved(t, f32(6, 5, tuple{6}, tuple{-1}), "archive/data/0", six)},
		{"negative offset", "offset -1", saved(t, f32(6, -1, tuple{6}, tuple{1}), "archive/data/0", six)},
		{"negative shape", "shape [-1]", saved(t, f32(6, 0, tuple{-1}, tuple{1}), "archive/data/0", six)},
		{"huge shape", "shape [1073741824 1073741824 1073741824]", saved(t, f32(6, 0, tuple{1 << 30, 1 << 30, 1 << 30}, tuple{0, 0, 0}), "archive/data/0", six)},
		{"endless repetition", "repeats the 6 numbers", saved(t, f32(6, 0, tuple{1 << 40}, tuple{0}), "archive/data/0", six)},
		{"strides of another length", "strides [1 1]", saved(t, f32(6, 0, tuple{6}, tuple{1, 1}), "archive/data/0", six)},
		{"shape of text", "other kinds", saved(t, f32(6, 0, tuple{"6"}, tuple{1}), "archive/data/0", six)},
		{"deep arguments", "too large or refers to itself", saved(t, dict{"model", dict{"x", good}, "args", dict{"a", nest}}, "archive/data/0", six)},
		{"billion laughs", "too large or refers to itself", saved(t, dict{"model", dict{"x", good}, "args", dict{"a", opcodes("](" + laughs + "e")}}, "archive/data/0", six)},
		{"a circle", "too large or refers to itself", saved(t, dict{"model", dict{"x", good}, "args", dict{"a", selfish}}, "archive/data/0", six)},
		{"many values", "more than 1048576 values", saved(t, opcodes(strings.Repeat("N", 1<<21)))},
		{"list as a key", "a list as a key", saved(t, dict{list{}, 1})},
		{"protocol", "protocol 6, expected 2 to 5", zipped(t, "a/data.pkl", []byte("\x80\x06N."))},
		{"opcode", "opcode 0x49", zipped(t, "a/data.pkl", []byte("\x80\x02Ic."))},
		{"empty pickle", "cut off", zipped(t, "a/data.pkl", []byte{})},
		{"cut pickle", "cut off", zipped(t, "a/data.pkl", []byte("\x80\x02X\xff\xff\xff\xffab"))},
		{"endless name", "a name without end", zipped(t, "a/data.pkl", []byte("\x80\x02c"+strings.Repeat("a", 1000)))},
		{"empty stack", "nothing on the stack", zipped(t, "a/data.pkl", []byte("\x80\x02."))},
		{"below the mark", "nothing on the stack", zipped(t, "a/data.pkl", []byte("\x80\x02N(\x85."))},
		{"no mark", "no mark", zipped(t, "a/data.pkl", []byte("\x80\x02t."))},
		{"unknown memo", "value 3 of the memo", zipped(t, "a/data.pkl", []byte("\x80\x02h\x03."))},
		{"odd dictionary", "1 keys and values", zipped(t, "a/data.pkl", []byte("\x80\x02}(Nu."))},
		{"append to none", "appending to None", zipped(t, "a/data.pkl", []byte("\x80\x02NNa."))},
		{"no data.pkl", "without data.pkl", zipped(t, "a/b", []byte{})},
		{"two data.pkl", "two data.pkl", zipped(t, "a/data.pkl", []byte{}, "b/data.pkl", []byte{})},
		{"a record twice", "stands twice", zipped(t, "a/data.pkl", []byte{}, "a/data.pkl", []byte{})},
		{"big endian", "big", zipped(t, "a/data.pkl", pickle(nil), "a/byteorder", []byte("big"))},
		{"compressed", "compressed", squeezed(t, bytes.Repeat([]byte("N"), 1<<20))},
		{"no zip", "no whole zip", []byte("PK\x03\x04 and nothing more")},
		{"cut zip", "no whole zip", saved(t, dict{"x", good}, "archive/data/0", six)[:200]},
		{"old format", "torch.save(torch.load(", append([]byte("\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03."), make([]byte, 50)...)},
		{"a bare pickle", "without a zip around it", []byte("\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00}\x94.")},
	} {
		path := put(t, "x.pth", c.file)
		if _, err := checkpoint.Open(path); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v, expected one with %q", c.what, err, c.want)
		} else if len(err.Error()) > 800 {
			t.Errorf("%s: an error of %d characters", c.what, len(err.Error()))
		}
	}
}

// squeezed is a compressed archive, as torch.save never writes it.
func squeezed(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, 9) })
	w, err := z.Create("a/data.pkl")
	_, err2 := w.Write(data)
	if err := errors.Join(err, err2, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
