package checkpoint

// The values that a pickle builds, and how its opcodes fill them.

import (
	"errors"
	"fmt"
	"strings"
)

// The values that a pickle builds, beside nil, bool, int, float64 and string.
type (
	pyTuple []any
	pyList  struct{ items []any }
	pyDict  struct { // a dict, an OrderedDict, or the attributes of a Namespace
		keys, values []any
		at           map[any]int
		namespace    bool
	}
	pyClass string   // "module.name" of the list
	pyBytes struct { // bytes, or a text whose characters below 256 are bytes
		b    []byte
		text string
	}
	pyNumber struct { // a type of NumPy's numbers: "f8", and whether the highest byte comes first
		kind string
		big  bool
	}
	pyStorage struct {
		dtype string
		at    int64 // in the file
		count int
	}
)

func (d *pyDict) set(k, v any) error {
	switch k.(type) {
	case nil, bool, int, float64, string:
	default:
		return fmt.Errorf("%s as a key", kindOf(k))
	}
	if i, ok := d.at[k]; ok {
		d.values[i] = v
		return nil
	}
	if d.at == nil {
		d.at = map[any]int{}
	}
	d.at[k] = len(d.keys)
	d.keys, d.values = append(d.keys, k), append(d.values, v)
	return nil
}

func (d *pyDict) get(k any) any {
	if i, ok := d.at[k]; ok {
		return d.values[i]
	}
	return nil
}

// kindOf names a value for an error.
func kindOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case pyTuple:
		return "a tuple"
	case *pyList:
		return "a list"
	case *pyDict:
		return "a dictionary"
	case pyClass:
		return string(v)
	case pyBytes:
		return "bytes"
	case *pyNumber:
		return "a NumPy type"
	case *pyArray:
		return "a NumPy array"
	case pyStorage:
		return "a storage"
	case entry:
		return "a tensor"
	}
	return fmt.Sprintf("a %T", v)
}

// extend appends to a list.
func (u *unpickler) extend(one bool) error {
	v, err := u.args(one, 1)
	if err != nil {
		return err
	}
	l, ok := u.top().(*pyList)
	if !ok {
		return fmt.Errorf("appending to %s", kindOf(u.top()))
	}
	l.items = append(l.items, v...)
	return nil
}

// set puts keys and values into a dictionary.
func (u *unpickler) set(one bool) error {
	v, err := u.args(one, 2)
	if err != nil {
		return err
	}
	d, ok := u.top().(*pyDict)
	if !ok || len(v)%2 != 0 {
		return fmt.Errorf("%d keys and values for %s", len(v), kindOf(u.top()))
	}
	for i := 0; i < len(v); i += 2 {
		if err := d.set(v[i], v[i+1]); err != nil {
			return err
		}
	}
	return nil
}

// args takes n values, or all above the mark.
func (u *unpickler) args(one bool, n int) ([]any, error) {
	if one {
		return u.popN(n)
	}
	return u.popMark()
}

// build gives an object its attributes. Those of a Namespace are its contents;
// those of an OrderedDict are a module's version notes, which are left out.
func (u *unpickler) build() error {
	state, err := u.pop()
	if err != nil {
		return err
	}
	if known, err := attributes(u.top(), state); known {
		return err
	}
	s, ok := state.(*pyDict)
	d, isDict := u.top().(*pyDict)
	if !ok || !isDict {
		return fmt.Errorf("attributes for %s", kindOf(u.top()))
	}
	if !d.namespace {
		return nil
	}
	for i, k := range s.keys {
		u.made++ // the same state may be set again and again
		if err := d.set(k, s.values[i]); err != nil {
			return err
		}
		if u.made > maxValues {
			return fmt.Errorf("more than %d values", maxValues)
		}
	}
	return nil
}

// plainOf turns values into those that Config gives. It counts them: what the
// memo shares is one value in the file and many here.
func plainOf(v any, depth int, left *int) (any, error) {
	if *left--; *left < 0 || depth > maxDepth {
		return nil, errors.New("the configuration is too large or refers to itself")
	}
	list := func(items []any) (any, error) {
		out := make([]any, len(items))
		for i, x := range items {
			var err error
			if out[i], err = plainOf(x, depth+1, left); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	switch v := v.(type) {
	case pyTuple:
		return list(v)
	case *pyList:
		return list(v.items)
	case *pyDict:
		out := map[string]any{}
		for i, k := range v.keys {
			x, err := plainOf(v.values[i], depth+1, left)
			if err != nil {
				return nil, err
			}
			out[fmt.Sprint(k)] = x
		}
		return out, nil
	case entry:
		return fmt.Sprintf("%s tensor of shape %v", v.dtype, clipInts(v.shape)), nil
	case pyBytes:
		return "bytes", nil
	case *pyArray:
		return v.text(), nil
	case *pyNumber:
		return v.kind, nil
	case pyClass, pyStorage:
		return strings.TrimPrefix(kindOf(v), "a "), nil
	}
	return v, nil
}
