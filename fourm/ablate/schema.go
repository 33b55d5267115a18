package ablate

// The keys of an experiment follow from its fields: this file finds them, puts
// values under them, and says what was meant by those that do not exist.

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/fourm/train"
	"fourmlab/fourm/vq"
	"fourmlab/internal/fault"
)

// closed are the fields that an experiment decides by itself.
var closed = map[reflect.Type][]string{
	reflect.TypeOf(train.Options{}): {"Mask", "Masks", "ValMask", "Seed", "Val", "Dir", "Name", "Quiet", "NoEvents", "OnStep"},
	reflect.TypeOf(model.Config{}):  {"Seed", "Domains"},
	reflect.TypeOf(mask.Mask{}):     {"Seed"},
	reflect.TypeOf(vq.VQ{}):         {"Val", "ValEvery", "ValSize", "Dir", "From"},
}

var factors = reflect.TypeOf([]Factor{})

// key gives the key of a field, "" for one that has none.
func key(t reflect.Type, i int) string {
	f := t.Field(i)
	if !f.IsExported() || slices.Contains(closed[t], f.Name) {
		return ""
	}
	var b strings.Builder
	name := []rune(f.Name)
	for i, r := range name {
		// a word begins behind a small letter, and with the last capital before one
		word := i > 0 && (unicode.IsLower(name[i-1]) || i+1 < len(name) && unicode.IsLower(name[i+1]))
		if unicode.IsUpper(r) && word {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// keysOf lists the keys of a struct in the order of its fields.
func keysOf(t reflect.Type) []string {
	var out []string
	for i := range t.NumField() {
		if k := key(t, i); k != "" {
			out = append(out, k)
		}
	}
	return out
}

// sections are the parts whose keys may be typed alone: "dim" for "model.dim".
var sections = []string{"data", "model", "mask", "train"}

// canonical gives the full path of a key.
func canonical(path string) (string, error) {
	first, _, _ := strings.Cut(path, ".")
	t := reflect.TypeOf(Experiment{})
	top := keysOf(t)
	if slices.Contains(top, first) {
		return path, nil
	}
	all, found := slices.Clone(top), []string{}
	for i := range t.NumField() {
		part := key(t, i)
		if !slices.Contains(sections, part) {
			continue
		}
		for _, k := range keysOf(t.Field(i).Type) {
			all = append(all, k)
			if k == first {
				found = append(found, part+"."+path)
			}
		}
	}
	if slices.Contains(top, first+"s") { // "seed" may mean the seeds
		found = append(found, first+"s")
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", fmt.Errorf("unknown key %q%s", path, meant(first, all))
	}
	return "", fmt.Errorf("key %q is not unique; write %s", path, strings.Join(found, " or "))
}

// reader puts parsed values into an experiment; at says in its errors where
// they stand: the path of a file, or an override.
type reader struct{ at string }

func (r reader) errorf(line int, format string, args ...any) error {
	s := r.at
	if line > 0 {
		s = fmt.Sprintf("%s:%d", s, line)
	}
	return fmt.Errorf("%s: %s", s, fmt.Sprintf(format, args...))
}

// put decodes n into the part of v that path leads to; done is the path so
// far. What the old value shares with other experiments is not written to.
func (r reader) put(v reflect.Value, done string, path []string, n *yaml.Node) error {
	if n.Kind == yaml.AliasNode { // it may lie within what it stands for
		return r.errorf(n.Line, "%s is an alias, expected a value", strings.Join(append([]string{done}, path...), "."))
	}
	if v.Type() == factors {
		return r.vary(v, path, n)
	}
	if len(path) == 0 {
		return r.whole(v, done, n)
	}
	name := path[0]
	full := strings.TrimPrefix(done+"."+name, ".")
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if key(v.Type(), i) == name {
				return r.put(v.Field(i), full, path[1:], n)
			}
		}
		in := ""
		if done != "" {
			in = " in " + done
		}
		return r.errorf(n.Line, "unknown key %q%s%s", name, in, meant(name, keysOf(v.Type())))
	case reflect.Map: // by modality or domain
		if _, ok := modality.Find(name); !ok {
			return r.errorf(n.Line, "no modality %q for %s%s", name, done, meant(name, modality.Names()))
		}
		next := reflect.MakeMap(v.Type())
		for _, k := range v.MapKeys() {
			next.SetMapIndex(k, v.MapIndex(k))
		}
		one := reflect.New(v.Type().Elem()).Elem()
		if old := v.MapIndex(reflect.ValueOf(name)); old.IsValid() {
			one.Set(old)
		}
		if err := r.put(one, full, path[1:], n); err != nil {
			return err
		}
		next.SetMapIndex(reflect.ValueOf(name), one)
		v.Set(next)
		return nil
	}
	return r.errorf(n.Line, "%s has no parts, so no %q", done, full)
}

// whole decodes n as all of v.
func (r reader) whole(v reflect.Value, done string, n *yaml.Node) error {
	wrong := func(what string) error {
		return r.errorf(n.Line, "%s is %s, expected %s", done, inline(n), what)
	}
	tag := n.ShortTag()
	switch v.Kind() {
	case reflect.Struct, reflect.Map:
		if n.Kind != yaml.MappingNode {
			return wrong("keys with values")
		}
		seen := map[string]bool{}
		for i := 0; i < len(n.Content); i += 2 {
			k, val := n.Content[i].Value, n.Content[i+1]
			if seen[k] {
				return r.errorf(n.Content[i].Line, "key %q stands twice", k)
			}
			seen[k] = true
			at := *val
			if at.Kind == yaml.ScalarNode || at.Kind == yaml.MappingNode {
				at.Line = n.Content[i].Line // of the key, which may stand above
			}
			if err := r.put(v, done, []string{k}, &at); err != nil {
				return err
			}
		}
	case reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			return wrong("a list such as [a, b]")
		}
		s := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
		for i, e := range n.Content {
			if err := r.put(s.Index(i), fmt.Sprintf("%s[%d]", done, i), nil, e); err != nil {
				return err
			}
		}
		v.Set(s)
	case reflect.String:
		if tag != "!!str" {
			return wrong("a word")
		}
		v.SetString(n.Value)
	case reflect.Bool:
		if tag != "!!bool" || n.Decode(v.Addr().Interface()) != nil {
			return wrong("true or false")
		}
	case reflect.Int, reflect.Int64:
		if tag != "!!int" || n.Decode(v.Addr().Interface()) != nil {
			return wrong("a whole number")
		}
	case reflect.Float64:
		if tag != "!!int" && tag != "!!float" || n.Decode(v.Addr().Interface()) != nil || math.IsNaN(v.Float()) || math.IsInf(v.Float(), 0) {
			return wrong("a number")
		}
	default:
		return r.errorf(n.Line, "%s cannot be set from a file", done)
	}
	return nil
}

// vary decodes factors: all of them, or one of which path is the key.
func (r reader) vary(v reflect.Value, path []string, n *yaml.Node) error {
	if len(path) == 0 {
		if n.Kind != yaml.MappingNode {
			return r.errorf(n.Line, "vary is %s, expected keys with lists of values", inline(n))
		}
		v.Set(reflect.Zero(v.Type()))
		for i := 0; i < len(n.Content); i += 2 {
			val := *n.Content[i+1]
			val.Line = n.Content[i].Line
			if err := r.vary(v, strings.Split(n.Content[i].Value, "."), &val); err != nil {
				return err
			}
		}
		return nil
	}
	k, err := canonical(strings.Join(path, "."))
	if err == nil {
		err = variable(k)
	}
	if err != nil {
		return r.errorf(n.Line, "vary: %v", err)
	}
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		return r.errorf(n.Line, "vary: %s is %s, expected a list of values such as [1, 2]", k, inline(n))
	}
	f := Factor{Key: k, typed: n.Content}
	for _, c := range n.Content {
		var trial Experiment
		if err := r.put(reflect.ValueOf(&trial).Elem(), "", strings.Split(k, "."), c); err != nil {
			return err
		}
		var value any
		if err := c.Decode(&value); err != nil {
			return r.errorf(c.Line, "vary: %s: %v", k, err)
		}
		f.Values = append(f.Values, value)
	}
	old := v.Interface().([]Factor)
	fs := slices.Clone(old)
	if i := slices.IndexFunc(fs, func(g Factor) bool { return g.Key == k }); i >= 0 {
		fs[i] = f
	} else {
		fs = append(fs, f)
	}
	v.Set(reflect.ValueOf(fs))
	return nil
}

// meant names the known word nearest to one that is not known.
func meant(word string, known []string) string {
	best, at := max(2, len(word)/3)+1, ""
	for _, k := range known {
		d := fault.Distance(word, k)
		if len(word) > 2 && strings.Contains(k, word) {
			d = min(d, 2)
		}
		if d < best {
			best, at = d, k
		}
	}
	if at == "" {
		return fmt.Sprintf(" (have %s)", strings.Join(known, ", "))
	}
	return fmt.Sprintf(" (did you mean %q?)", at)
}
