package display

// What package display of gophernotes has, by its names and signatures, so that
// notebooks written for it run unchanged.

import (
	"bytes"
	"fmt"
	"image"
	"io"
	"maps"
	"mime"
	"net/http"
	"path/filepath"
	"reflect"
	"strings"

	"fourmlab/internal/disk"
	"fourmlab/internal/fault"
	"fourmlab/internal/human"
)

// MIMEMap holds the forms of a thing, or what else is known of them, by mime
// type.
type MIMEMap = map[string]any

// The mime types that front ends know.
const (
	MIMETypeHTML       = "text/html"
	MIMETypeJavaScript = "application/javascript"
	MIMETypeJPEG       = "image/jpeg"
	MIMETypeJSON       = "application/json"
	MIMETypeLatex      = "text/latex"
	MIMETypeMarkdown   = "text/markdown"
	MIMETypePNG        = "image/png"
	MIMETypePDF        = "application/pdf"
	MIMETypeSVG        = "image/svg+xml"
	MIMETypeText       = "text/plain"
)

// The interfaces of what shows itself; the methods alone are what counts.
type (
	Renderer       = interface{ Render() Data }
	SimpleRenderer = interface{ SimpleRender() MIMEMap }
	HTMLer         = interface{ HTML() string }
	JavaScripter   = interface{ JavaScript() string }
	JPEGer         = interface{ JPEG() []byte }
	JSONer         = interface{ JSON() map[string]any }
	Latexer        = interface{ Latex() string }
	Markdowner     = interface{ Markdown() string }
	PNGer          = interface{ PNG() []byte }
	PDFer          = interface{ PDF() []byte }
	SVGer          = interface{ SVG() string }
)

// metadata is the key of a Data under which stands what belongs to its forms
// (the size of a picture), by mime type; forms is the key of more forms, as a
// Data of gophernotes has them, and transient that of what is not kept.
const (
	forms     = "Data"
	metadata  = "Metadata"
	transient = "Transient"
)

// Any shows a string, bytes, an io.Reader or an io.WriterTo as what the mime
// type says; an empty one is found from the bytes. All else shows as itself.
func Any(mimeType string, v any) Data {
	var b []byte
	var err error
	switch x := v.(type) {
	case Data, image.Image:
		return Of(v)
	case string:
		if mimeType == "" {
			return Data{MIMETypeText: x}
		}
		return MakeData(mimeType, x)
	case []byte:
		b = x
	case io.Reader:
		b, err = io.ReadAll(x)
	case io.WriterTo:
		var buf bytes.Buffer
		_, err = x.WriteTo(&buf)
		b = buf.Bytes()
	default:
		return Of(v)
	}
	if err != nil {
		fault.Panic("display.Any", "%T cannot be read: %v", v, err)
	}
	if mimeType == "" {
		mimeType, _, _ = mime.ParseMediaType(http.DetectContentType(b))
	}
	return MakeData(mimeType, b)
}

// Auto is Any with the mime type found from the bytes.
func Auto(v any) Data { return Any("", v) }

// mostFile is how many bytes of a file are shown.
const mostFile = 1 << 30

// File shows a file as what the mime type says; an empty one is found from the
// file's name or its bytes.
func File(mimeType, path string) Data {
	b, err := disk.Read(path, mostFile)
	if err != nil {
		fault.Panic("display.File", "%v", err)
	}
	if mimeType == "" {
		mimeType, _, _ = mime.ParseMediaType(mime.TypeByExtension(filepath.Ext(path)))
	}
	return Any(mimeType, b)
}

// Image shows a picture, with its size for the front end.
func Image(im image.Image) Data {
	d := maps.Clone(Of(im))
	if _, ok := d[MIMETypePNG]; ok {
		size := im.Bounds().Size()
		d[metadata] = MIMEMap{MIMETypePNG: MIMEMap{"width": size.X, "height": size.Y}}
	}
	return d
}

// MakeData gives one form of a thing, and its text.
func MakeData(mimeType string, v any) Data {
	d := Data{mimeType: v}
	if mimeType == MIMETypeText {
		return Data{MIMETypeText: asText(v)}
	}
	switch x := v.(type) {
	case []byte:
		if strings.HasPrefix(mimeType, "text/") || mimeType == MIMETypeSVG || mimeType == MIMETypeJavaScript {
			return MakeData(mimeType, string(x))
		}
		d[MIMETypeText] = fmt.Sprintf("%s, %s bytes", mimeType, human.Int(len(x)))
	case string:
		d[MIMETypeText] = text(x)
		if mimeType == MIMETypeHTML {
			d[MIMETypeText] = stripped(x)
		}
	default:
		d[MIMETypeText] = text(v)
	}
	return d
}

func asText(v any) string {
	if b, ok := v.([]byte); ok {
		return text(string(b))
	}
	return text(v)
}

// MakeData3 gives one form of a thing, with the text that stands beside it.
func MakeData3(mimeType, plaintext string, v any) Data {
	d := Data{mimeType: v}
	d[MIMETypeText] = plaintext
	return d
}

// MIME gives the forms of a thing, and what else a front end should know of
// them.
func MIME(data, meta MIMEMap) Data {
	d := Data(maps.Clone(data))
	if d == nil {
		d = Data{}
	}
	if len(meta) > 0 {
		d[metadata] = meta
	}
	return d
}

// Math gives a formula that stands by itself, without dollars or with them.
func Math(latex string) Data {
	return Data{MIMETypeLatex: "$$" + strings.Trim(latex, "$") + "$$", MIMETypeText: latex}
}

// PDF gives a document from the bytes of its file.
func PDF(b []byte) Data { return MakeData(MIMETypePDF, b) }

// flat gives the forms that a method gave: a map of them, or a Data of
// gophernotes, which has them in one of its fields.
func flat(v reflect.Value) map[string]any {
	out := map[string]any{}
	if v.Kind() == reflect.Struct {
		for _, name := range []string{forms, metadata} {
			out[name] = v.FieldByName(name).Interface()
		}
	} else {
		maps.Copy(out, v.Convert(reflect.TypeFor[map[string]any]()).Interface().(map[string]any))
	}
	for _, key := range []string{forms, transient} {
		if m, ok := out[key].(map[string]any); ok || out[key] == nil {
			delete(out, key)
			if key == forms {
				maps.Copy(out, m)
			}
		}
	}
	if m, ok := out[metadata].(map[string]any); ok && len(m) == 0 {
		delete(out, metadata)
	}
	return out
}

// isGophernotes tells whether a type is the Data of gophernotes, which has no
// name there.
func isGophernotes(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	for _, name := range []string{forms, metadata} {
		if f, ok := t.FieldByName(name); !ok || f.Type != reflect.TypeFor[map[string]any]() {
			return false
		}
	}
	return true
}

// SplitMetadata splits a bundle into its forms and what else is known of them, nil
// where that is nothing.
func SplitMetadata(bundle map[string]any) (only, meta map[string]any) {
	meta, ok := bundle[metadata].(map[string]any)
	if !ok {
		return bundle, nil
	}
	only = maps.Clone(bundle)
	delete(only, metadata)
	return only, meta
}
