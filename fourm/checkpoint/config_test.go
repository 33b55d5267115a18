package checkpoint_test

import (
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"fourmlab/fourm/checkpoint"
)

// meta writes a file of metadata alone.
func meta(t *testing.T, dir string, m map[string]string) string {
	t.Helper()
	path := filepath.Join(dir, "model.safetensors")
	if err := checkpoint.Write(path, []checkpoint.Tensor{{Name: "t", Shape: []int{1}, Data: []float32{1}}}, m); err != nil {
		t.Fatal(err)
	}
	return path
}

// Values of the metadata as Python writes them, and as no one should.
func TestMetadataValues(t *testing.T) {
	bomb := "[&a [x, x, x], &b [*a, *a, *a], &c [*b, *b, *b], *c]"
	deep := strings.Repeat("[", 40) + strings.Repeat("]", 40)
	long := "[" + strings.Repeat("1, ", 4000) + "1]"
	for text, want := range map[string]any{
		"768": 768, "-3": -3, "4.0": 4.0, "1e-06": 1e-6, "True": true, "false": false, "None": nil, "null": nil, "~": nil,
		"SiLU": "SiLU", "rgb@224": "rgb@224", "": "", "two words": "two words", "'8'": "8", `"a\nb"`: "a\nb",
		"['caption', 'det', None]": []any{"caption", "det", nil}, "[]": []any{}, "[1, 2.5, [True]]": []any{1, 2.5, []any{true}},
		"{'a': 1, b: [x]}": map[string]any{"a": 1, "b": []any{"x"}}, ".inf": math.Inf(1),
		"None of these": "None of these", "a: b": "a: b", "- a\n- b": "- a\n- b", "# all of it": "# all of it", "some # of it": "some # of it",
		"[1, 2": "[1, 2", "{": "{", "@x": "@x", "!!python/object:os.system 'x'": "!!python/object:os.system 'x'",
		"2024-01-31": "2024-01-31", "99999999999999999999": 99999999999999999999.0, "&x 1": "&x 1", "*x": "*x", "{<<: {a: 1}}": "{<<: {a: 1}}",
		"{a: 1, a: 2}": "{a: 1, a: 2}", "--- 1\n--- 2": "--- 1\n--- 2", "|\n text": "|\n text", "\x00": "\x00", "\t": "\t",
		bomb: bomb, deep: deep, long: long,
	} {
		got, err := checkpoint.Config(meta(t, t.TempDir(), map[string]string{"k": text}))
		if err != nil || !reflect.DeepEqual(got["k"], want) {
			t.Errorf("%.60q is %#v, expected %#v (%v)", text, got["k"], want, err)
		}
	}
}

// Where a configuration is looked for.
func TestConfigPlaces(t *testing.T) {
	dir := t.TempDir()
	path := meta(t, dir, map[string]string{"format": "pt", "alias": "t"})
	if c, err := checkpoint.Config(path); err == nil || !strings.Contains(err.Error(), filepath.Join(dir, "config.json")) || c != nil {
		t.Errorf("none: %v, %v", c, err)
	}
	if _, err := checkpoint.Config(dir); err == nil {
		t.Error("none in a folder, no error")
	}
	from := func(at, want string) {
		t.Helper()
		i, err := checkpoint.Peek(at)
		c, err2 := checkpoint.Config(at)
		if err != nil || err2 != nil || i.ConfigFrom != want || !reflect.DeepEqual(i.Config, c) || len(c) == 0 {
			t.Errorf("%v from %q (%v, %v), expected that of %s", i.Config, i.ConfigFrom, err, err2, want)
		}
	}
	beside := filepath.Join(dir, "config.json")
	if err := checkpoint.WriteConfig(beside, map[string]any{"dim": 1}); err != nil {
		t.Fatal(err)
	}
	from(path, beside)
	from(dir, beside)
	meta(t, dir, map[string]string{"format": "pt", "dim": "2"})
	from(path, path)
	from(dir, beside)
	if err := os.Remove(beside); err != nil {
		t.Fatal(err)
	}
	from(dir, path)
	if err := os.WriteFile(beside, []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := checkpoint.Config(dir); err == nil || !strings.Contains(err.Error(), beside) {
		t.Errorf("a broken config.json: %v", err)
	}
	from(path, path)
}

// A config.json from elsewhere that is an error.
func TestHostileConfig(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "expected a number, found the end",
		"[1]":                               "expected an object",
		`{"a": 1, "a": 2}`:                  `"a" stands twice`,
		`{"a": ` + strings.Repeat("[", 1e6): "levels deep",
		`{"a": 1e999}`:                      "too large",
		`{"a": NaN}`:                        "expected a number",
		`{"a": 01}`:                         "expected",
		`{"a": "` + "\xff" + `"}`:           "not UTF-8",
		`{"a": "\ud800"}`:                   "surrogate",
		`{"a": tru}`:                        "expected a value",
		`{"a": 1}x`:                         "expected the end",
		strings.Repeat(" ", 16<<20+1):       "expected at most 16777216",
	} {
		path := put(t, "config.json", []byte(text))
		if c, err := checkpoint.ReadConfig(path); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%.40q: %v and the error %v, expected one with %q", text, c, err, want)
		}
	}
}

// What is written comes back, from the metadata and from a config.json.
func TestConfigRoundTrip(t *testing.T) {
	want := map[string]any{
		"dim": 768, "ratio": 4.0, "lr": 1e-5, "tiny": 2.5e-300, "big": 1e300, "yes": true, "no": false, "none": nil,
		"act": "SiLU", "word": "on", "digits": "224", "point": "1.5", "null": "null", "None": "None", "empty": "", "quote": `it's "x"`,
		"odd": "a: b # c\n\té\u2028🙂\\", "list": []any{"rgb@224", "yes", "a, b", 1, 2.0, nil, true, []any{}}, "map": map[string]any{"a b": []any{1.5}, "no": 1},
		"f\"k": "- x", "star": "*a", "at": "@x", "date": "2024-01-31",
	}
	dir := t.TempDir()
	m, err := checkpoint.Flatten(want)
	if err != nil {
		t.Fatal(err)
	}
	if m["none"] != "None" || m["yes"] != "True" || m["lr"] != "1.0e-05" || m["ratio"] != "4.0" || m["act"] != "SiLU" || m["word"] != "'on'" {
		t.Errorf("written as %v", m)
	}
	path := meta(t, dir, m)
	check := func(got map[string]any, err error) {
		t.Helper()
		for k, w := range want {
			if g, ok := got[k]; !ok || !reflect.DeepEqual(g, w) {
				t.Errorf("%s: %#v came back as %#v, written as %s", k, w, g, m[k])
			}
		}
		if err != nil || len(got) != len(want) {
			t.Errorf("%d values, expected %d (%v)", len(got), len(want), err)
		}
	}
	check(checkpoint.Config(path))
	beside := filepath.Join(dir, "config.json")
	if err := checkpoint.WriteConfig(beside, want); err != nil {
		t.Fatal(err)
	}
	check(checkpoint.ReadConfig(beside))
}

// Other types of Go are written as what they mean; what has no meaning is an
// error.
func TestFlattenTypes(t *testing.T) {
	type name string
	m, err := checkpoint.Flatten(map[string]any{"f": float32(0.1), "s": []string{"a"}, "i": []int32{1}, "n": name("x"), "u": uint8(3), "m": map[string]int{"a": 1}, "nan": math.NaN(), "inf": math.Inf(-1)})
	if err != nil || !reflect.DeepEqual(m, map[string]string{"f": "0.1", "s": "[a]", "i": "[1]", "n": "x", "u": "3", "m": "{a: 1}", "nan": ".nan", "inf": "-.inf"}) {
		t.Errorf("%v (%v)", m, err)
	}
	loop := []any{nil}
	loop[0] = loop
	for want, v := range map[string]any{"expected a number": struct{}{}, "no UTF-8": "\xff", "levels deep": loop, "expected at most 10000": strings.Repeat("x", 10_001), "key 1": map[int]int{1: 1}, "too large": uint64(math.MaxUint64)} {
		if _, err := checkpoint.Flatten(map[string]any{"k": v}); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), `"k"`) {
			t.Errorf("error %v, expected one with %q", err, want)
		}
	}
	if err := checkpoint.WriteConfig(filepath.Join(t.TempDir(), "config.json"), map[string]any{"k": math.NaN()}); err == nil {
		t.Error("NaN was written as JSON")
	}
}
