package display

import "reflect"

func flat(v reflect.Value) map[string]any {
	return v.Convert(reflect.TypeFor[map[string]any]()).Interface().(map[string]any)
}
