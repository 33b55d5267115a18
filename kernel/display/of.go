package display

// The forms of a value, found by its methods and its kind.

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"reflect"
	"strings"

	"gonum.org/v1/plot/vg"
	_ "gonum.org/v1/plot/vg/vgimg" // plots can be PNG
)

// Data holds the forms of one thing: mime types, and for each a string,
// []byte or what becomes JSON. It shows as itself.
type Data map[string]any

// SimpleRender gives the forms.
func (d Data) SimpleRender() map[string]any { return d }

// String gives the text form.
func (d Data) String() string {
	s, _ := d["text/plain"].(string)
	return s
}

// Of gives all forms of a value, text/plain always among them. For what is on
// the page already, a *Handle or a *Bar, it gives nil.
func Of(v any) Data {
	switch v.(type) {
	case *Handle, *Bar:
		return nil
	}
	out, failures := rich(v)
	if len(out) == 0 {
		out = drawn(v, &failures)
	}
	if len(out) == 0 {
		out = guarded(func() Data { return tabled(v) }, &failures)
	}
	if out == nil {
		out = Data{}
	}
	if _, ok := out["text/plain"].(string); !ok {
		out["text/plain"] = guarded(func() string { return text(v) }, &failures)
	}
	if len(failures) > 0 {
		out["text/plain"] = strings.Join(append([]string{out["text/plain"].(string)}, failures...), "\n")
	}
	return out
}

// guarded calls f; a panic becomes a line in failures.
func guarded[T any](f func() T, failures *[]string) (out T) {
	defer func() {
		if r := recover(); r != nil {
			*failures = append(*failures, fmt.Sprintf("cannot be shown: %v", r))
		}
	}()
	return f()
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
	{"SimpleRender", ""},
}

// rich asks the value's own methods; those that fail are named.
func rich(v any) (Data, []string) {
	out := Data{}
	var failures []string
	r := reflect.ValueOf(v)
	if !r.IsValid() || r.Kind() == reflect.Pointer && r.IsNil() {
		return out, nil
	}
	for _, m := range renderers {
		f := r.MethodByName(m.method)
		if !f.IsValid() || !renders(f.Type(), m.mime) {
			continue
		}
		got, err := call(f)
		if err != nil {
			failures = append(failures, fmt.Sprintf("%T.%s: %v", v, m.method, err))
			continue
		}
		if m.mime != "" {
			err = form(out, m.mime, got.Interface())
		} else {
			for mime, v := range got.Convert(reflect.TypeFor[map[string]any]()).Interface().(map[string]any) {
				err = errors.Join(err, form(out, mime, v))
			}
		}
		if err != nil {
			failures = append(failures, fmt.Sprintf("%T.%s: %v", v, m.method, err))
		}
	}
	return out, failures
}

// renders tells whether a method has the shape that its name promises: no
// argument, the content, and perhaps an error.
func renders(t reflect.Type, mime string) bool {
	if t.NumIn() != 0 || t.NumOut() == 0 || t.NumOut() > 2 || t.NumOut() == 2 && t.Out(1) != reflect.TypeFor[error]() {
		return false
	}
	o := t.Out(0)
	switch mime {
	case "image/png", "image/jpeg":
		return o.Kind() == reflect.Slice && o.Elem().Kind() == reflect.Uint8
	case "application/json":
		return o.Kind() == reflect.Map && o.Key().Kind() == reflect.String || o.Kind() == reflect.Interface
	case "":
		return o.Kind() == reflect.Map && o.ConvertibleTo(reflect.TypeFor[map[string]any]())
	}
	return o.Kind() == reflect.String
}

func call(f reflect.Value) (out reflect.Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	results := f.Call(nil)
	if len(results) == 2 && !results[1].IsNil() {
		err = results[1].Interface().(error)
	}
	return results[0], err
}

// form adds one form: text as text, pictures as bytes, all else as the JSON
// that it is.
func form(out Data, mime string, v any) error {
	r := reflect.ValueOf(v)
	isBytes := r.Kind() == reflect.Slice && r.Type().Elem().Kind() == reflect.Uint8
	switch {
	case isBytes && strings.HasPrefix(mime, "image/") && mime != "image/svg+xml":
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
		b, err := json.Marshal(v)
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

// drawn makes a PNG of pictures and of gonum's plots.
func drawn(v any, failures *[]string) Data {
	out := Data{}
	if r := reflect.ValueOf(v); r.Kind() == reflect.Pointer && r.IsNil() {
		return out
	}
	switch x := v.(type) {
	case image.Image:
		words := guarded(func() string {
			b := x.Bounds()
			if b.Empty() {
				return fmt.Sprintf("%T, empty", v)
			}
			var buf bytes.Buffer
			if err := png.Encode(&buf, x); err != nil {
				panic(err)
			}
			out["image/png"] = buf.Bytes()
			return fmt.Sprintf("%T, %d × %d", v, b.Dx(), b.Dy())
		}, failures)
		out["text/plain"] = cmp.Or(words, fmt.Sprintf("%T", v))
	case interface {
		WriterTo(w, h vg.Length, format string) (io.WriterTo, error)
	}:
		out["text/plain"] = fmt.Sprintf("%T", v)
		guarded(func() bool {
			w, err := x.WriterTo(6*vg.Inch, 4*vg.Inch, "png")
			if err != nil {
				panic(err)
			}
			var buf bytes.Buffer
			if _, err := w.WriteTo(&buf); err != nil {
				panic(err)
			}
			out["image/png"] = buf.Bytes()
			return true
		}, failures)
	}
	return out
}
