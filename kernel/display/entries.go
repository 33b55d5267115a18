package display

// What is in a map, in an order that is the same every time.

import (
	"cmp"
	"reflect"
	"slices"
)

// sortable is how many keys of a map are put in order; of a larger one some
// are shown as they come.
const sortable = 100_000

// entry is one of a map's; a key that is NaN cannot be looked up again.
type entry struct{ key, value reflect.Value }

// entries gives a map's first entries in the order of their keys, at most so
// many.
func entries(v reflect.Value, most int) []entry {
	var out []entry
	for it := v.MapRange(); it.Next(); {
		out = append(out, entry{it.Key(), it.Value()})
		if v.Len() > sortable && len(out) >= most {
			break
		}
	}
	slices.SortStableFunc(out, func(a, b entry) int { return compare(a.key, b.key) })
	return out[:min(most, len(out))]
}

// compare orders keys: numbers by size, all else by its text.
func compare(a, b reflect.Value) int {
	if a.Kind() == reflect.Interface {
		a = a.Elem()
	}
	if b.Kind() == reflect.Interface {
		b = b.Elem()
	}
	switch {
	case a.IsValid() && b.IsValid() && a.CanInt() && b.CanInt():
		return cmp.Compare(a.Int(), b.Int())
	case a.IsValid() && b.IsValid() && a.CanUint() && b.CanUint():
		return cmp.Compare(a.Uint(), b.Uint())
	case a.IsValid() && b.IsValid() && a.CanFloat() && b.CanFloat():
		return cmp.Compare(a.Float(), b.Float())
	case a.IsValid() && b.IsValid() && a.Kind() == reflect.String && b.Kind() == reflect.String:
		return cmp.Compare(a.String(), b.String())
	}
	return cmp.Compare(printed(a, maxWord, 2), printed(b, maxWord, 2))
}
