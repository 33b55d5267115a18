package checkpoint

// The keys of a configuration, read one by one.

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

// Keys takes values of a configuration by key and keeps the first fault, which
// End gives. A key that is absent, or null, has its default.
type Keys struct {
	Raw map[string]any
	Of  string // what an error begins with: "model: configuration"

	used map[string]bool
	err  error
}

// Fail notes a fault.
func (k *Keys) Fail(format string, args ...any) {
	if k.err == nil {
		k.err = fmt.Errorf(k.Of+": "+format, args...)
	}
}

// End gives the first fault; a key that nobody asked for is one, those that
// change nothing aside.
func (k *Keys) End(without ...string) error {
	for _, key := range slices.Sorted(maps.Keys(k.Raw)) {
		if !k.used[key] && !slices.Contains(without, key) {
			k.Fail("unknown key %q", key)
		}
	}
	return k.err
}

// Value gives what a key has; false where it has nothing.
func (k *Keys) Value(key string) (any, bool) {
	if k.used == nil {
		k.used = map[string]bool{}
	}
	k.used[key] = true
	v, ok := k.Raw[key]
	return v, ok && v != nil
}

// Number reads a real number.
func (k *Keys) Number(key string, def float64) float64 {
	v, ok := k.Value(key)
	if !ok {
		return def
	}
	x, ok := number(v)
	if !ok {
		k.Fail("%s is %v, expected a number", key, v)
		return def
	}
	return x
}

func number(v any) (float64, bool) {
	switch x := v.(type) {
	case float64:
		return x, true
	case int:
		return float64(x), true
	case int64:
		return float64(x), true
	}
	return 0, false
}

// Int reads a whole number from 0 to 2²⁰.
func (k *Keys) Int(key string, def int) int { return k.whole(key, k.Number(key, float64(def)), def) }

func (k *Keys) whole(key string, x float64, def int) int {
	if x != math.Trunc(x) || x < 0 || x > 1<<20 {
		k.Fail("%s is %v, expected a whole number from 0 to %d", key, x, 1<<20)
		return def
	}
	return int(x)
}

// Pair reads two whole numbers, or one that stands for both.
func (k *Keys) Pair(key string, def [2]int) [2]int {
	v, ok := k.Value(key)
	if !ok {
		return def
	}
	list, ok := v.([]any)
	if !ok {
		n := k.Int(key, def[0])
		return [2]int{n, n}
	}
	if len(list) != 2 {
		k.Fail("%s is %v, expected one or two whole numbers", key, v)
		return def
	}
	for i, e := range list {
		x, ok := number(e)
		if !ok {
			k.Fail("%s is %v, expected one or two whole numbers", key, v)
		}
		def[i] = k.whole(key, x, def[i])
	}
	return def
}

// Bool reads true or false.
func (k *Keys) Bool(key string, def bool) bool {
	v, ok := k.Value(key)
	if !ok {
		return def
	}
	b, ok := v.(bool)
	if !ok {
		k.Fail("%s is %v, expected true or false", key, v)
	}
	return b
}

// Text reads a word.
func (k *Keys) Text(key, def string) string {
	v, ok := k.Value(key)
	if !ok {
		return def
	}
	s, ok := v.(string)
	if !ok {
		k.Fail("%s is %v, expected a word", key, v)
	}
	return s
}

// Names reads a list of names that is not empty.
func (k *Keys) Names(key string) []string {
	v, _ := k.Value(key)
	list, ok := v.([]any)
	if !ok || len(list) == 0 || len(list) > 1000 {
		k.Fail("%s is %v, expected a list of domains", key, v)
		return nil
	}
	var out []string
	for _, x := range list {
		s, ok := x.(string)
		if !ok {
			k.Fail("%s holds %v, expected names of domains", key, x)
		}
		out = append(out, s)
	}
	return out
}
