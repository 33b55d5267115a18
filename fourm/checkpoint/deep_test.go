package checkpoint

import (
	"reflect"
	"strings"
	"testing"
)

// Brackets in texts are no lists, however many.
func TestBracketsInTexts(t *testing.T) {
	many := strings.Repeat("[", maxNest+1)
	for _, v := range []any{many, "it's " + many, `"` + many, []any{many, "'" + many + "'"}, map[string]any{many: many}} {
		m, err := Flatten(map[string]any{"k": v})
		if err != nil {
			t.Fatal(err)
		}
		if got := parseValue(m["k"]); !reflect.DeepEqual(got, v) {
			t.Errorf("%#v, written as %q, read as %#v", v, m["k"], got)
		}
	}
	for _, s := range []string{many, "[a'" + many, many + strings.Repeat("]", maxNest+1)} {
		if got := parseValue(s); got != s {
			t.Errorf("%q is %#v, expected the text", s, got)
		}
	}
}
