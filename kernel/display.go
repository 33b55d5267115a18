package kernel

// How a value is shown: by its methods, with text beside every picture.

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"maps"
	"reflect"
	"strings"
)

// bundle gives the mime types of a cell's last values, or nil for no value.
// One value may show itself by the methods PNG, JPEG, SVG, HTML, Markdown,
// Latex, JSON or SimpleRender; several are text.
func bundle(values []any) map[string]any {
	if len(values) == 0 {
		return nil
	}
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = text(v)
	}
	out := map[string]any{"text/plain": strings.Join(words, " ")}
	if len(values) == 1 {
		maps.Copy(out, rich(values[0]))
	}
	return out
}

// rich asks the value's own methods. A method that panics shows as text, for
// a value that cannot be drawn can still be used.
func rich(v any) (out map[string]any) {
	out = map[string]any{}
	defer func() {
		if r := recover(); r != nil {
			out["text/plain"] = fmt.Sprintf("%T cannot be shown: %v", v, r)
		}
	}()
	if p := reflect.ValueOf(v); p.Kind() == reflect.Pointer && p.IsNil() {
		return out
	}
	if x, ok := v.(interface{ PNG() []byte }); ok {
		put(out, "image/png", x.PNG())
	}
	if x, ok := v.(interface{ JPEG() []byte }); ok {
		put(out, "image/jpeg", x.JPEG())
	}
	if x, ok := v.(interface{ SVG() string }); ok {
		out["image/svg+xml"] = x.SVG()
	}
	if x, ok := v.(interface{ HTML() string }); ok {
		out["text/html"] = x.HTML()
	}
	if x, ok := v.(interface{ Markdown() string }); ok {
		out["text/markdown"] = x.Markdown()
	}
	if x, ok := v.(interface{ Latex() string }); ok {
		out["text/latex"] = "$" + strings.Trim(x.Latex(), "$") + "$"
	}
	if x, ok := v.(interface{ JSON() map[string]any }); ok {
		out["application/json"] = x.JSON()
	}
	if x, ok := v.(interface{ SimpleRender() map[string]any }); ok {
		maps.Copy(out, x.SimpleRender())
	}
	if x, ok := v.(image.Image); ok && len(out) == 0 {
		var b bytes.Buffer
		if png.Encode(&b, x) == nil {
			put(out, "image/png", b.Bytes())
		}
	}
	return out
}

func put(out map[string]any, mime string, data []byte) {
	if len(data) > 0 {
		out[mime] = data // base64 on the wire
	}
}

// maxText is where a value's text ends: a front end is no place for a slice of
// a million numbers.
const maxText = 20000

// text is a value as fmt prints it, structs with their field names.
func text(v any) string {
	var s string
	switch x := v.(type) {
	case error, fmt.Stringer, string:
		s = fmt.Sprint(x)
	default:
		s = fmt.Sprintf("%+v", x)
	}
	if len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "") + fmt.Sprintf(" ... (%d bytes)", len(s))
	}
	return s
}
