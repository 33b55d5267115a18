package display_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourmlab/kernel/display"
	"fourmlab/kernel/display/bare"
	"fourmlab/kernel/display/fields"
)

type (
	rendered struct{}
	document struct{}
	foreign  struct{ Data, Metadata, Transient map[string]any }
)

func (rendered) Render() display.Data {
	return display.Data{fields.Data: display.MIMEMap{"text/html": "<b>r</b>"}, fields.Metadata: display.MIMEMap{"a": 1}, fields.Transient: display.MIMEMap{"display_id": "x"}}
}
func (document) PDF() []byte { return []byte("%PDF-1.4") }

// gophernotes' functions give the mime types that they give there.
func TestGophernotes(t *testing.T) {
	im := image.NewGray(image.Rect(0, 0, 5, 4))
	var file bytes.Buffer
	if err := png.Encode(&file, im); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	svg := filepath.Join(dir, "a.svg")
	if err := os.WriteFile(svg, []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		d           display.Data
		mimes, text string
		content     any // of the form that is not text/plain
	}{
		"Any bytes":       {display.Any("image/png", file.Bytes()), "image/png text/plain", "image/png, ", file.Bytes()},
		"Any text":        {display.Any("text/html", "<b>a</b>"), "text/html text/plain", "a", "<b>a</b>"},
		"Auto bytes":      {display.Auto(file.Bytes()), "image/png text/plain", "", file.Bytes()},
		"Auto reader":     {display.Auto(bytes.NewReader(file.Bytes())), "image/png text/plain", "", file.Bytes()},
		"Auto WriterTo":   {display.Auto(bytes.NewBuffer(file.Bytes())), "image/png text/plain", "", file.Bytes()},
		"Auto text":       {display.Auto("a"), "text/plain", "a", nil},
		"Auto page":       {display.Auto([]byte("<html><p>a</html>")), "text/html text/plain", "a", "<html><p>a</html>"},
		"Auto picture":    {display.Auto(im), "image/png text/plain", "5 × 4", nil},
		"File":            {display.File("image/svg+xml", svg), "image/svg+xml text/plain", "", `<svg xmlns="http://www.w3.org/2000/svg"/>`},
		"File by name":    {display.File("", svg), "image/svg+xml text/plain", "", nil},
		"HTML":            {display.HTML("<i>a</i>"), "text/html text/plain", "a", "<i>a</i>"},
		"Image":           {display.Image(im), "Metadata image/png text/plain", "5 × 4", nil},
		"JPEG":            {display.MakeData("image/jpeg", []byte("x")), "image/jpeg text/plain", "", []byte("x")},
		"JSON":            {display.JSON(map[string]any{"a": 1}), "application/json text/plain", `"a": 1`, json.RawMessage(`{"a":1}`)},
		"JavaScript":      {display.JavaScript("1"), "application/javascript text/plain", "1", "1"},
		"Latex":           {display.Latex("x^2"), "text/latex text/plain", "x^2", "$x^2$"},
		"MakeData":        {display.MakeData("text/x", 3), "text/plain text/x", "3", 3},
		"MakeData of all": {display.MakeData("text/plain", 3), "text/plain", "3", nil},
		"MakeData3":       {display.MakeData3("text/html", "words", "<b>"), "text/html text/plain", "words", "<b>"},
		"Markdown":        {display.Markdown("*a*"), "text/markdown text/plain", "*a*", "*a*"},
		"Math":            {display.Math("$x$"), "text/latex text/plain", "$x$", "$$x$$"},
		"MIME":            {display.MIME(display.MIMEMap{"text/html": "<b>a"}, display.MIMEMap{"x": 1}), "Metadata text/html", "a", "<b>a"},
		"PDF":             {display.PDF([]byte("%PDF")), "application/pdf text/plain", "application/pdf, 4 bytes", []byte("%PDF")},
		"PNG":             {display.PNG(file.Bytes()), "image/png text/plain", "PNG, 5 × 4", file.Bytes()},
		"SVG":             {display.SVG("<svg/>"), "image/svg+xml text/plain", "SVG", "<svg/>"},
		"a Renderer":      {display.Of(rendered{}), "Metadata text/html text/plain", "{}", "<b>r</b>"},
		"a PDFer":         {display.Of(document{}), "application/pdf text/plain", "{}", []byte("%PDF-1.4")},
		"its own Data":    {display.Of(foreign{Data: map[string]any{"text/html": "<u>", "text/plain": "u"}}), "text/html text/plain", "u", "<u>"},
		"as it writes it": {display.Of(display.Data{fields.Data: display.MIMEMap{"text/latex": "$x$"}}), "text/latex text/plain", "$x$", "$x$"},
	} {
		if got := strings.Join(slices.Sorted(maps.Keys(c.d)), " "); got != c.mimes {
			t.Errorf("%s: %s, expected %s", name, got, c.mimes)
		}
		if got := c.d.String(); !strings.Contains(got, c.text) {
			t.Errorf("%s: text %q, expected %q", name, got, c.text)
		}
		for mime, v := range c.d {
			if mime != "text/plain" && mime != fields.Metadata && c.content != nil && !reflect.DeepEqual(v, c.content) {
				t.Errorf("%s: %s is %v, expected %v", name, mime, v, c.content)
			}
		}
	}
	forms, meta := display.SplitMetadata(display.Image(im))
	if want := (map[string]any{"image/png": map[string]any{"width": 5, "height": 4}}); !reflect.DeepEqual(meta, want) || forms[fields.Metadata] != nil {
		t.Errorf("a picture's metadata is %v, expected %v", meta, want)
	}
	var _ display.Renderer = rendered{}
	var _ display.PDFer = document{}
	if err := bare.Display(display.Markdown("*shown*")); err != nil {
		t.Error(err)
	}
}
