package display

// The forms of a value, found by its methods and its kind.

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"fourmlab/internal/human"
)

// Data holds the forms of one thing: mime types, and for each a string,
// []byte or what becomes JSON. It shows as itself. As gophernotes writes it,
// the forms stand under "Data", and under "Metadata" what a front end should
// know of them.
type Data map[string]any

// SimpleRender gives the forms.
func (d Data) SimpleRender() map[string]any { return d }

// String gives the text form, or what can be read of another one.
func (d Data) String() string {
	all := flat(reflect.ValueOf(d))
	for _, mime := range []string{MIMETypeText, MIMETypeMarkdown, MIMETypeLatex} {
		if s, ok := all[mime].(string); ok {
			return s
		}
	}
	if s, ok := all[MIMETypeHTML].(string); ok {
		return stripped(s)
	}
	return strings.Join(slices.Sorted(maps.Keys(all)), ", ")
}

// Of gives all forms of a value, text/plain always among them. For what is on
// the page already, a *Handle or a *Bar, it gives nil. What of the value fails
// or does not end in time is told of in the text.
func Of(v any) Data {
	switch v.(type) {
	case *Handle, *Bar:
		return nil
	}
	leave, ok := enter(reflect.TypeOf(v))
	if !ok {
		return Data{"text/plain": fmt.Sprintf("%s cannot be shown: its methods show it again, or %d of them are shown at once", nameOf(v), crowd)}
	}
	defer leave()
	a := &asking{out: Data{}}
	a.within(patience, func() { a.ask(v) })
	a.mu.Lock()
	defer a.mu.Unlock()
	out := maps.Clone(a.out)
	lines := a.failures
	s, _ := out["text/plain"].(string)
	if name := fmt.Sprintf("%T", v); len(lines) == 0 || s != "" && s != name && s != nameOf(v) {
		lines = append([]string{s}, lines...) // what is more than the name that the others say
	}
	out["text/plain"] = strings.Join(lines, "\n")
	return out
}

// nameOf names a value by its type.
func nameOf(v any) string {
	if t := reflect.TypeOf(v); t != nil {
		return typeName(t)
	}
	return "nil"
}

// ask asks for the forms, the value's own methods first.
func (a *asking) ask(v any) {
	a.rich(v)
	name := nameOf(v) + " cannot be shown"
	if a.empty() && a.step(name) {
		a.guarded(func() { a.drawn(v) })
	}
	if a.empty() && a.step(name) {
		a.guarded(func() { a.put(tabled(v)) })
	}
	a.mu.Lock()
	_, said := a.out["text/plain"].(string)
	a.mu.Unlock()
	if !said && a.step(name) {
		a.guarded(func() { a.put(Data{"text/plain": text(v)}) })
	}
}

// renderers are the methods by which a value shows itself.
var renderers = []struct{ method, mime string }{
	{"PNG", "image/png"},
	{"JPEG", "image/jpeg"},
	{"SVG", "image/svg+xml"},
	{"HTML", "text/html"},
	{"Markdown", "text/markdown"},
	{"Latex", "text/latex"},
	{"JavaScript", "application/javascript"},
	{"JSON", "application/json"},
	{"PDF", "application/pdf"},
	{"SimpleRender", ""},
	{"Render", ""},
}

// rich asks the value's own methods; those that fail are named.
func (a *asking) rich(v any) {
	r := reflect.ValueOf(v)
	if !r.IsValid() || r.Kind() == reflect.Pointer && r.IsNil() {
		return
	}
	if isGophernotes(r.Type()) {
		v = Data(flat(r))
		r = reflect.ValueOf(v)
	}
	for _, m := range renderers {
		f := r.MethodByName(m.method)
		if !f.IsValid() || !renders(f.Type(), m.mime) || !a.step(fmt.Sprintf("%T.%s", v, m.method)) {
			continue
		}
		got, err := call(f)
		if err != nil {
			a.fail(err)
			continue
		}
		out := Data{}
		if m.mime != "" {
			err = form(out, m.mime, got.Interface())
		} else {
			for mime, v := range flat(got) {
				err = errors.Join(err, form(out, mime, v))
			}
		}
		if err != nil {
			a.fail(err)
		}
		a.put(out)
	}
}

// renders tells whether a method has the shape that its name promises: no
// argument, the content, and perhaps an error.
func renders(t reflect.Type, mime string) bool {
	if t.NumIn() != 0 || t.NumOut() == 0 || t.NumOut() > 2 || t.NumOut() == 2 && t.Out(1) != reflect.TypeFor[error]() {
		return false
	}
	o := t.Out(0)
	switch mime {
	case "image/png", "image/jpeg", "application/pdf":
		return o.Kind() == reflect.Slice && o.Elem().Kind() == reflect.Uint8
	case "application/json":
		return o.Kind() == reflect.Map && o.Key().Kind() == reflect.String || o.Kind() == reflect.Interface
	case "":
		return o.Kind() == reflect.Map && o.ConvertibleTo(reflect.TypeFor[map[string]any]()) || isGophernotes(o)
	}
	return o.Kind() == reflect.String
}

func call(f reflect.Value) (out reflect.Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("panic: " + inLine(r))
		}
	}()
	results := f.Call(nil)
	if len(results) == 2 && !results[1].IsNil() {
		err = results[1].Interface().(error)
	}
	return results[0], err
}

// mostForm is how large one form of a value may be, in bytes; a front end takes
// no more, and a notebook should not hold it.
const mostForm = 32 << 20

// form adds one form: text as text, pictures as bytes, all else as the JSON
// that it is.
func form(out Data, mime string, v any) error {
	r := reflect.ValueOf(v)
	if mime == metadata && r.Kind() == reflect.Map {
		out[mime] = v
		return nil
	}
	isBytes := r.Kind() == reflect.Slice && r.Type().Elem().Kind() == reflect.Uint8
	if (isBytes || r.Kind() == reflect.String) && r.Len() > mostForm {
		return fmt.Errorf("%s of %s bytes is left out, at most %s are shown", mime, human.Int(r.Len()), human.Int(mostForm))
	}
	switch {
	case isBytes && (strings.HasPrefix(mime, "image/") && mime != "image/svg+xml" || mime == "application/pdf"):
		if r.Len() > 0 {
			out[mime] = r.Bytes() // base64 on the wire
		}
	case isBytes && !strings.HasSuffix(mime, "json"):
		out[mime] = string(r.Bytes())
	case mime == "text/latex" && r.Kind() == reflect.String:
		out[mime] = delimited(r.String())
	case r.Kind() == reflect.String:
		out[mime] = r.String()
	default:
		b, err := encoded(v)
		if err != nil {
			return fmt.Errorf("%s: %w", mime, err)
		}
		out[mime] = json.RawMessage(b)
	}
	return nil
}

// delimited puts a formula between dollars where nothing else says that it is
// one.
func delimited(s string) string {
	t := strings.TrimSpace(s)
	if strings.HasPrefix(t, "$") || strings.HasPrefix(t, `\(`) || strings.HasPrefix(t, `\[`) || strings.HasPrefix(t, `\begin`) {
		return t
	}
	return "$" + t + "$"
}
