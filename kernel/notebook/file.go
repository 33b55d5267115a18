package notebook

// The file: what is read, what is written.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"

	"fourmlab/internal/atomic"
)

// File is a notebook.
type File struct {
	Cells []*Cell

	rest map[string]json.RawMessage
}

// Read reads a notebook file of nbformat 4.
func Read(path string) (*File, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("notebook: %w", err)
	}
	nb, err := Decode(data)
	if err != nil {
		return nil, fmt.Errorf("notebook: %s: %w", path, err)
	}
	return nb, nil
}

// Decode reads a notebook from the bytes of its file.
func Decode(data []byte) (*File, error) {
	nb := &File{}
	if err := json.Unmarshal(data, &nb.rest); err != nil {
		return nil, fmt.Errorf("no notebook: %w", err)
	}
	var major int
	if err := json.Unmarshal(nb.rest["nbformat"], &major); err != nil || major != 4 {
		return nil, fmt.Errorf("nbformat is %s, expected 4", orNone(nb.rest["nbformat"]))
	}
	var raw []map[string]json.RawMessage
	if err := json.Unmarshal(nb.rest["cells"], &raw); err != nil {
		return nil, fmt.Errorf("cells: %w", err)
	}
	seen := map[string]bool{}
	for i, r := range raw {
		c, err := readCell(r)
		if err != nil {
			return nil, fmt.Errorf("cell %d: %w", i+1, err)
		}
		if c.ID == "" || seen[c.ID] {
			c.ID = fmt.Sprintf("cell-%d", i+1)
		}
		seen[c.ID] = true
		nb.Cells = append(nb.Cells, c)
	}
	return nb, nil
}

func orNone(raw json.RawMessage) string {
	if len(raw) == 0 {
		return "missing"
	}
	return string(raw)
}

// readCell takes a cell apart.
func readCell(r map[string]json.RawMessage) (*Cell, error) {
	c := &Cell{rest: r}
	var source text
	var meta struct {
		Tags []string `json:"tags"`
	}
	var outputs []Output
	for _, f := range []struct {
		name string
		into any
	}{{"cell_type", &c.Kind}, {"source", &source}, {"id", &c.ID}, {"execution_count", &c.Count}, {"outputs", &outputs}} {
		if raw, ok := r[f.name]; ok {
			if err := json.Unmarshal(raw, f.into); err != nil {
				return nil, fmt.Errorf("%s: %w", f.name, err)
			}
		}
	}
	if !slices.Contains([]string{"code", "markdown", "raw"}, c.Kind) {
		return nil, fmt.Errorf("cell_type is %q, expected code, markdown or raw", c.Kind)
	}
	if raw, ok := r["metadata"]; ok && json.Unmarshal(raw, &meta) == nil {
		c.tags = meta.Tags
	}
	c.Source = string(source)
	for _, o := range outputs {
		if o == nil {
			return nil, errors.New("an output is null")
		}
		o.join()
		c.Outputs = append(c.Outputs, o)
	}
	return c, nil
}

// text is nbformat's: a string, or a list of them.
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	var list []string
	if json.Unmarshal(b, &list) == nil {
		*t = text(strings.Join(list, ""))
		return nil
	}
	return json.Unmarshal(b, (*string)(t))
}

// lines is the form in which a text is written.
func lines(s string) []string {
	list := strings.SplitAfter(s, "\n")
	if list[len(list)-1] == "" {
		list = list[:len(list)-1]
	}
	return list
}

// Encode gives the bytes of the file: nbformat 4.5, whatever minor version
// came in.
func (nb *File) Encode() ([]byte, error) {
	cells := []map[string]any{}
	for _, c := range nb.Cells {
		cells = append(cells, c.encode())
	}
	out := map[string]any{}
	for k, v := range nb.rest {
		out[k] = v
	}
	meta := map[string]any{}
	if raw, ok := nb.rest["metadata"]; ok {
		if err := json.Unmarshal(raw, &meta); err != nil {
			return nil, fmt.Errorf("notebook: metadata: %w", err)
		}
	}
	if meta["kernelspec"] == nil {
		meta["kernelspec"] = map[string]any{"name": "fourm", "display_name": "Go (fourm)", "language": "go"}
	}
	meta["language_info"] = LanguageInfo()
	out["cells"], out["metadata"], out["nbformat"], out["nbformat_minor"] = cells, meta, 4, 5
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(out); err != nil {
		return nil, fmt.Errorf("notebook: %w", err)
	}
	return b.Bytes(), nil
}

// Write writes the file, whole or not at all.
func (nb *File) Write(path string) error {
	data, err := nb.Encode()
	if err != nil {
		return err
	}
	return atomic.WriteBytes(path, data)
}

// LanguageInfo is what Jupyter is told of the language of the cells.
func LanguageInfo() map[string]any {
	return map[string]any{
		"name": "go", "version": runtime.Version()[2:], "mimetype": "text/x-go",
		"file_extension": ".go", "pygments_lexer": "go", "codemirror_mode": "go",
		"nbconvert_exporter": "script",
	}
}
