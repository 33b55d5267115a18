package display

// JSON of bounded size: encoding/json makes all of it in memory before anybody
// can say that it is too much.

import (
	"encoding/json"
	"fmt"
	"reflect"

	"fourmlab/internal/human"
)

// mostNodes is how many values in values become JSON.
const mostNodes = 4 << 20

// encoded is a value as JSON, if that is not too large.
func encoded(v any) ([]byte, error) {
	if left := counted(reflect.ValueOf(v), mostNodes, 0); left < 0 {
		return nil, fmt.Errorf("%T has more than %s values in it and is left out", v, human.Int(mostNodes))
	}
	return json.Marshal(v)
}

// counted takes the values within v, and the bytes of texts beyond a few, from
// what is left; it stops below 0. Circles are left to encoding/json.
func counted(v reflect.Value, left, depth int) int {
	left--
	if left < 0 || depth > 1000 || !v.IsValid() {
		return left
	}
	switch v.Kind() {
	case reflect.String:
		return left - v.Len()/8
	case reflect.Pointer, reflect.Interface:
		return counted(v.Elem(), left, depth+1)
	case reflect.Struct:
		for i := range v.NumField() {
			if left = counted(v.Field(i), left, depth+1); left < 0 {
				break
			}
		}
	case reflect.Slice, reflect.Array:
		if k := v.Type().Elem().Kind(); k <= reflect.Complex128 {
			if k == reflect.Uint8 {
				return left - v.Len()/8
			}
			return left - v.Len()
		}
		for i := range v.Len() {
			if left = counted(v.Index(i), left, depth+1); left < 0 {
				break
			}
		}
	case reflect.Map:
		for it := v.MapRange(); left >= 0 && it.Next(); {
			left = counted(it.Value(), left-1, depth+1)
		}
	}
	return left
}
