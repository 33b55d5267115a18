package session

// What a session holds, for a person who asks, and names that a kernel gives
// it.

import (
	"reflect"
	"sort"
	"strings"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/session/cell"
)

// Name is something that cells have defined.
type Name = engine.Name

// Names lists what cells have defined, by name; packages are those that cells
// have imported themselves.
func (s *Session) Names() (out []Name) {
	for name, e := range s.names {
		if strings.Contains(name, cell.Hidden) || e.kind == isPackage && s.given[e.path] {
			continue
		}
		n := Name{Name: name, Kind: [...]string{"package", "type", "function", "constant", "variable"}[e.kind]}
		if e.kind == isVar {
			var b strings.Builder
			write(&b, e.typ, false)
			n.Type = plainLabel(b.String())
			if e.ptr.IsValid() && e.ptr.Elem().CanInterface() {
				n.Value = e.ptr.Elem().Interface()
			}
		}
		out = append(out, n)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}

// plainLabel is a type's text as a person writes it: packages by their names.
func plainLabel(text string) string {
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("[]*(){} ,", r) })
	for _, w := range words {
		pkg, name, ok := strings.Cut(w, ".")
		if ok && strings.HasPrefix(pkg, "pkg"+cell.Hidden) {
			path := strings.TrimPrefix(pkg, "pkg"+cell.Hidden)
			text = strings.ReplaceAll(text, w, path[strings.LastIndexByte(path, '_')+1:]+"."+name)
		}
	}
	return cell.Clean(text)
}

// Let gives cells a name that they cannot type themselves, for a value whose
// type is made of Go's own, and returns it: a way for the kernel to be called by
// a cell.
func (s *Session) Let(name string, v any) string {
	name += cell.Hidden
	ptr := reflect.New(reflect.TypeOf(v))
	ptr.Elem().Set(reflect.ValueOf(v))
	s.names[name] = &entity{kind: isVar, name: name, typ: []segment{{text: ptr.Type().Elem().String()}}, ptr: ptr}
	return name
}
