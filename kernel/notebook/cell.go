package notebook

// A cell and its outputs.

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Cell is one cell. Outputs and Count are those of a code cell.
type Cell struct {
	Kind    string // "code", "markdown" or "raw"
	ID      string
	Source  string
	Outputs []Output
	Count   int // the number of the execution, 0 for none

	tags  []string
	stale bool // the outputs go when the next one comes
	rest  fields
}

// Tagged tells whether the cell's metadata has a tag.
func (c *Cell) Tagged(tag string) bool { return slices.Contains(c.tags, tag) }

// tag adds a tag.
func (c *Cell) tag(names ...string) {
	if c.rest == nil {
		c.rest = fields{}
	}
	meta, err := object(c.rest, "metadata")
	if err != nil {
		meta = fields{} // readCell lets no other in
	}
	c.tags = append(c.tags, names...)
	meta["tags"] = encoded(c.tags)
	c.rest["metadata"] = encoded(meta)
}

// Label names a cell of the notebook in a line: by the heading above it, or
// its first line of code.
func (nb *File) Label(c *Cell) string {
	title := ""
	for _, other := range nb.Cells {
		if other == c {
			break
		}
		for _, l := range strings.Split(other.Source, "\n") {
			if other.Kind == "markdown" && strings.HasPrefix(l, "#") {
				title = strings.TrimSpace(strings.TrimLeft(l, "#"))
			}
		}
	}
	if title != "" {
		return title
	}
	for _, l := range strings.Split(c.Source, "\n") {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "import") {
			return shorten(l, 40)
		}
	}
	return "code"
}

func shorten(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// Output is one output, by the names of nbformat: "output_type" and what goes
// with it.
type Output map[string]any

// Kind is the output's type: "stream", "display_data", "execute_result" or
// "error".
func (o Output) Kind() string {
	s, _ := o["output_type"].(string)
	return s
}

// Data holds the forms of a display or result by mime type, nil for others.
func (o Output) Data() map[string]any {
	d, _ := o["data"].(map[string]any)
	return d
}

// Text is what a stream printed, or the text form of a display or result.
func (o Output) Text() string {
	if o.Kind() == "stream" {
		return datum(o["text"])
	}
	return datum(o.Data()["text/plain"])
}

// whole is a text that may have come as a list of lines.
func whole(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case []any:
		var b strings.Builder
		for _, l := range v {
			b.WriteString(datum(l))
		}
		return b.String(), true
	}
	return "", false
}

// join makes strings of texts that came as lists of lines.
func (o Output) join() {
	if s, ok := whole(o["text"]); ok {
		o["text"] = s
	}
	data := o.Data()
	for mime, v := range data {
		if s, ok := whole(v); ok && !isJSON(mime) {
			data[mime] = s
		}
	}
}

func isJSON(mime string) bool { return mime == "application/json" || strings.HasSuffix(mime, "+json") }

// Print appends printed text, to the output before it if that is the same
// stream ("stdout" or "stderr").
func (c *Cell) Print(stream, text string) {
	if n := len(c.Outputs); n > 0 && !c.stale {
		if o := c.Outputs[n-1]; o.Kind() == "stream" && o["name"] == stream {
			o["text"] = datum(o["text"]) + text
			return
		}
	}
	c.Add(Output{"output_type": "stream", "name": stream, "text": text})
}

// Add appends an output.
func (c *Cell) Add(o Output) {
	if c.stale {
		c.Clear(false)
	}
	c.Outputs = append(c.Outputs, o)
}

// Clear removes the outputs, now or when there is another.
func (c *Cell) Clear(wait bool) {
	c.stale = wait
	if !wait {
		c.Outputs = nil
	}
}

// encode gives the cell in the form of the file.
func (c *Cell) encode() map[string]any {
	out := map[string]any{}
	for k, v := range c.rest {
		out[k] = v
	}
	out["cell_type"], out["id"], out["source"] = c.Kind, c.ID, lines(c.Source)
	if _, ok := out["metadata"]; !ok {
		out["metadata"] = fields{}
	}
	if c.Kind != "code" {
		return out
	}
	outputs := []Output{}
	for _, o := range c.Outputs {
		outputs = append(outputs, o.split())
	}
	out["outputs"], out["execution_count"] = outputs, nil
	if c.Count > 0 {
		out["execution_count"] = c.Count
	}
	return out
}

// split gives the output with its texts as lists of lines; pictures and JSON
// stay as they are.
func (o Output) split() Output {
	out := maps.Clone(o)
	if s, ok := out["text"].(string); ok {
		out["text"] = lines(s)
	}
	if d := o.Data(); d != nil {
		data := map[string]any{}
		for mime, v := range d {
			s, ok := v.(string)
			if ok && (strings.HasPrefix(mime, "text/") || mime == "image/svg+xml" || mime == "application/javascript") {
				v = lines(s)
			}
			data[mime] = v
		}
		out["data"] = data
	}
	return out
}

// datum is a mime type's value as text: pictures are base64 here as well as on
// the wire.
func datum(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case []byte:
		return base64.StdEncoding.EncodeToString(x)
	case string:
		return plain(x)
	}
	return plain(fmt.Sprint(v))
}
