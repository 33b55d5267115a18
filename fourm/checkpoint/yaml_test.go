package checkpoint

import (
	"reflect"
	"slices"
	"testing"
)

// Whatever the text of a value, it is read without harm, and what was read is
// written and read as the same.
func FuzzMetadataValue(f *testing.F) {
	for _, s := range []string{"1", "-0.5e-3", "True", "None", "[a, 'b, c', [1, None]]", "{a: 1, 'b': [.inf]}", "'it''s'", `"\x41\n"`, "&a [*a]", "a: b", "0x_1", "\u2028", "- ,", "{{a: b}: c}", "1__0", "? x", "\ufeff1", "[\"\\ud800\"]", "[\xff]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v := parseValue(text)
		m, err := Flatten(map[string]any{"k": v})
		if err != nil {
			return // no UTF-8, or longer written out than a value may be
		}
		if again := parseValue(m["k"]); !reflect.DeepEqual(v, again) && !hasNaN(v) {
			t.Errorf("%q is %#v, written as %q, read as %#v", text, v, m["k"], again)
		}
	})
}

func hasNaN(v any) bool {
	switch v := v.(type) {
	case float64:
		return v != v
	case []any:
		return slices.ContainsFunc(v, hasNaN)
	case map[string]any:
		for _, x := range v {
			if hasNaN(x) {
				return true
			}
		}
	}
	return false
}
