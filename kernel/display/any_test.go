package display_test

import (
	"encoding/json"
	"math/rand"
	"reflect"
	"strings"
	"testing"
	"testing/quick"
	"unicode/utf8"

	"fourmlab/kernel/display"
)

type pair struct {
	Key   string
	Value *float32
}

// anyType makes a type of nested parts.
func anyType(r *rand.Rand, depth int) reflect.Type {
	basic := []any{false, 0, int8(0), uint8(0), uint64(0), float32(0), 0.0, 1i, "", display.Data(nil), (*int)(nil), [3]float64{}, celsius(0), pair{}}
	if depth == 0 {
		return reflect.TypeOf(basic[r.Intn(len(basic))])
	}
	elem := anyType(r, depth-1)
	switch r.Intn(6) {
	case 0:
		return reflect.SliceOf(elem)
	case 1:
		return reflect.PointerTo(elem)
	case 2:
		return reflect.ArrayOf(r.Intn(20), elem)
	case 3:
		return reflect.MapOf(reflect.TypeFor[string](), elem)
	case 4:
		return reflect.MapOf(reflect.TypeFor[float64](), elem)
	}
	return reflect.StructOf([]reflect.StructField{{Name: "A", Type: elem}, {Name: "B", Type: anyType(r, 0)}})
}

// Whatever a value is made of, it has a text of bounded size, valid UTF-8 and
// JSON, and no panic in it.
func TestAnyValue(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for range 1000 {
		typ := anyType(r, 1+r.Intn(3))
		v, ok := quick.Value(typ, r)
		if !ok {
			continue
		}
		d := display.Of(v.Interface())
		text, ok := d["text/plain"].(string)
		if !ok || text == "" && typ.Kind() != reflect.String || strings.Contains(text, "cannot be shown") || len(text) > 40000 || !utf8.ValidString(text) {
			t.Fatalf("%v: text %.300q (%d bytes)", typ, text, len(text))
		}
		if page, ok := d["text/html"].(string); ok && (len(page) > 1<<18 || !utf8.ValidString(page) || strings.Count(page, "<tr>") != strings.Count(page, "</tr>")) {
			t.Fatalf("%v: HTML %.300q (%d bytes)", typ, page, len(page))
		}
		if _, err := json.Marshal(d); err != nil {
			t.Fatalf("%v: %v", typ, err)
		}
	}
}
