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
type entry struct {
	key, value reflect.Value
	text       string // of a key that is ordered by it
}

// entries gives a map's first entries in the order of their keys, at most so
// many.
func entries(v reflect.Value, most int) []entry {
	var out []entry
	for it := v.MapRange(); it.Next(); {
		e := entry{key: it.Key(), value: it.Value()}
		if e.key.Kind() == reflect.Interface {
			e.key = e.key.Elem()
		}
		if k := e.key.Kind(); !e.key.IsValid() || k > reflect.Float64 && k != reflect.String || k == reflect.Bool {
			e.text = printed(e.key, maxWord, 2)
		}
		out = append(out, e)
		if v.Len() > sortable && len(out) >= most {
			break
		}
	}
	slices.SortStableFunc(out, compare)
	return out[:min(most, len(out))]
}

// compare orders keys: numbers by size, texts by theirs, all else by what is
// printed of it.
func compare(a, b entry) int {
	x, y := a.key, b.key
	switch {
	case a.text != "" || b.text != "":
	case x.CanInt() && y.CanInt():
		return cmp.Compare(x.Int(), y.Int())
	case x.CanUint() && y.CanUint():
		return cmp.Compare(x.Uint(), y.Uint())
	case x.CanFloat() && y.CanFloat():
		return cmp.Compare(x.Float(), y.Float())
	case x.Kind() == reflect.String && y.Kind() == reflect.String:
		return cmp.Compare(x.String(), y.String())
	}
	return cmp.Compare(a.words(), b.words())
}

func (e entry) words() string {
	if e.text == "" {
		return printed(e.key, maxWord, 2)
	}
	return e.text
}
