package ablate

// Experiments in files: reading one with overrides, and writing one as it was
// carried out.

import (
	"bytes"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"

	"fourmlab/internal/disk"
	"fourmlab/internal/plain"
)

// mostFile is how many bytes an experiment may have.
const mostFile = 16 << 20

// Load reads an experiment from a YAML file and applies overrides such as
// "train.steps=50", "dim=128" or "vary.mask.in_alpha=[0.1, 1]". Its name is
// that of the file unless it gives another. A key that does not exist, or a
// value of the wrong type, is an error with its line.
func Load(path string, overrides ...string) (Experiment, error) {
	e := Experiment{}
	b, err := disk.Given(path, mostFile)
	if err != nil {
		return e, err
	}
	if b, err = plain.UTF8(b); err != nil {
		return e, fmt.Errorf("%s: %w", path, err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(b, &doc); err != nil {
		return e, fmt.Errorf("%s: %s", path, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	v := reflect.ValueOf(&e).Elem()
	if len(doc.Content) > 0 {
		if err := (reader{path}).put(v, "", nil, doc.Content[0]); err != nil {
			return e, err
		}
	}
	for _, o := range overrides {
		if err := e.override(o); err != nil {
			return e, err
		}
	}
	if e.Name == "" {
		e.Name = strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	}
	return e, nil
}

func (e *Experiment) override(text string) error {
	r := reader{fmt.Sprintf("override %q", text)}
	k, value, ok := strings.Cut(text, "=")
	if !ok {
		return r.errorf(0, "expected key=value, such as train.steps=50")
	}
	k, err := canonical(strings.TrimSpace(k))
	if err != nil {
		return r.errorf(0, "%v", err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(value), &doc); err != nil {
		return r.errorf(0, "%s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if len(doc.Content) == 0 {
		return r.errorf(0, "no value for %s", k)
	}
	unplaced(doc.Content[0])
	return r.put(reflect.ValueOf(e).Elem(), "", strings.Split(k, "."), doc.Content[0])
}

// unplaced forgets the lines of what stands in no file.
func unplaced(n *yaml.Node) {
	n.Line = 0
	for _, c := range n.Content {
		unplaced(c)
	}
}

// node gives value i of a factor as a file would have it.
func (f Factor) node(i int) *yaml.Node {
	if f.typed != nil {
		return f.typed[i]
	}
	if f.Values[i] == nil {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
	}
	return encode(reflect.ValueOf(f.Values[i]))
}

// encode gives a value as put reads it. Fields of zero are left out: they
// stand for defaults, some of which depend on other fields.
func encode(v reflect.Value) *yaml.Node {
	n := &yaml.Node{}
	if v.Type() == factors {
		n.Kind = yaml.MappingNode
		for _, f := range v.Interface().([]Factor) {
			k, _ := canonical(f.Key)
			list := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
			for i := range f.Values {
				list.Content = append(list.Content, bare(f.node(i)))
			}
			n.Content = append(n.Content, word(k), list)
		}
		return n
	}
	switch v.Kind() {
	case reflect.Interface:
		return encode(v.Elem())
	case reflect.Struct:
		n.Kind = yaml.MappingNode
		for i := range v.NumField() {
			f := v.Field(i)
			if f.IsZero() || (f.Kind() == reflect.Slice || f.Kind() == reflect.Map) && f.Len() == 0 {
				continue
			}
			if k := key(v.Type(), i); k != "" {
				n.Content = append(n.Content, word(k), encode(v.Field(i)))
			}
		}
	case reflect.Map:
		n.Kind = yaml.MappingNode
		keys := v.MapKeys()
		sort.Slice(keys, func(i, j int) bool { return keys[i].String() < keys[j].String() })
		for _, k := range keys {
			n.Content = append(n.Content, word(k.String()), encode(v.MapIndex(k)))
		}
	case reflect.Slice:
		n.Kind, n.Style = yaml.SequenceNode, yaml.FlowStyle
		for i := range v.Len() {
			if e := encode(v.Index(i)); e != nil {
				n.Content = append(n.Content, e)
			}
		}
	default:
		if err := n.Encode(v.Interface()); err != nil {
			return word(fmt.Sprint(v.Interface())) // refused by the type of its field
		}
	}
	return n
}

func word(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	return n
}

// bare is a value without the comments that stood beside it.
func bare(n *yaml.Node) *yaml.Node {
	c := *n
	c.HeadComment, c.LineComment, c.FootComment = "", "", ""
	c.Content = nil
	for _, x := range n.Content {
		c.Content = append(c.Content, bare(x))
	}
	return &c
}

// inline gives a value in one line, as a person would type it.
func inline(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode {
		return n.Value
	}
	c := bare(n)
	c.Style = yaml.FlowStyle
	b, err := yaml.Marshal(c)
	if err != nil {
		return "(unreadable)"
	}
	return strings.Join(strings.Fields(string(b)), " ")
}

// file gives the experiment as a file: what was typed and what was overridden.
func (e Experiment) file() []byte {
	e.Dir = "" // a folder may be moved
	var b bytes.Buffer
	b.WriteString("# What was carried out. Fields that are missing have their defaults;\n# run.json of a cell has all of them in numbers.\n")
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(encode(reflect.ValueOf(e))); err != nil {
		panic(err) // nodes made here can be written
	}
	return b.Bytes()
}

// differs names the keys, at most three, in which two files of experiments
// differ; "" for none.
func differs(there, now []byte) (string, error) {
	a, b := map[string]string{}, map[string]string{}
	for _, x := range []struct {
		text []byte
		flat map[string]string
	}{{there, a}, {now, b}} {
		var doc yaml.Node
		if err := yaml.Unmarshal(x.text, &doc); err != nil {
			return "", err
		}
		if len(doc.Content) > 0 {
			flatten(doc.Content[0], "", x.flat)
		}
	}
	var keys []string
	for k, v := range a {
		if w, ok := b[k]; !ok || w != v {
			keys = append(keys, k)
		}
	}
	for k := range b {
		if _, ok := a[k]; !ok {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	var out []string
	for _, k := range keys {
		say := func(m map[string]string) string {
			if v, ok := m[k]; ok {
				return v
			}
			return "not set"
		}
		out = append(out, fmt.Sprintf("%s is %s there and %s now", k, say(a), say(b)))
	}
	if len(out) > 3 {
		out = append(out[:3], fmt.Sprintf("%d more", len(out)-3))
	}
	return strings.Join(out, ", "), nil
}

func flatten(n *yaml.Node, path string, out map[string]string) {
	if n.Kind != yaml.MappingNode {
		out[path] = inline(n)
		return
	}
	for i := 0; i < len(n.Content); i += 2 {
		flatten(n.Content[i+1], strings.TrimPrefix(path+"."+n.Content[i].Value, "."), out)
	}
}
