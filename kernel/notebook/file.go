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

	"fourmlab/internal/disk"
)

// File is a notebook.
type File struct {
	Cells []*Cell

	rest fields
}

// Read reads a notebook file: of nbformat 4, or of 3 and 2, which are upgraded.
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

// Decode reads a notebook from the bytes of its file. What nbformat does not
// allow and people have all the same (ids that are missing or double, metadata
// that is null) is made right as nbformat does it.
func Decode(data []byte) (*File, error) {
	nb := &File{}
	if err := json.Unmarshal(lenient(data), &nb.rest); err != nil {
		return nil, fmt.Errorf("no notebook: %w", err)
	}
	major := count(nb.rest["nbformat"])
	var raw []fields
	var err error
	switch major {
	case 2, 3:
		raw, err = upgrade(nb.rest, major)
	case 4:
		if nb.rest["cells"] == nil {
			return nil, errors.New("cells: missing, expected a list")
		}
		raw, err = objects(nb.rest, "cells")
	default:
		return nil, fmt.Errorf("nbformat is %s, expected 4 (3 and 2 are upgraded)", orNone(nb.rest["nbformat"]))
	}
	if err != nil {
		return nil, err
	}
	meta, err := object(nb.rest, "metadata")
	if err != nil {
		return nil, err
	}
	nb.rest["metadata"] = encoded(meta)
	for i, r := range raw {
		c, err := readCell(r)
		if err != nil {
			return nil, fmt.Errorf("cell %d: %w", i+1, err)
		}
		nb.Cells = append(nb.Cells, c)
	}
	nb.identify()
	return nb, nil
}

func orNone(raw json.RawMessage) string {
	if len(raw) == 0 {
		return "missing"
	}
	return shorten(string(raw), 40)
}

// readCell takes a cell apart.
func readCell(r fields) (*Cell, error) {
	if r == nil {
		return nil, errors.New("it is null")
	}
	if err := upgradeCell(r); err != nil {
		return nil, err
	}
	c := &Cell{rest: r, Count: count(r["execution_count"])}
	var source text
	for _, f := range []struct {
		name string
		into any
	}{{"cell_type", &c.Kind}, {"source", &source}} {
		if raw, ok := r[f.name]; ok {
			if err := json.Unmarshal(raw, f.into); err != nil {
				return nil, fmt.Errorf("%s: %w", f.name, err)
			}
		}
	}
	if !slices.Contains([]string{"code", "markdown", "raw"}, c.Kind) {
		return nil, fmt.Errorf("cell_type is %q, expected code, markdown or raw", c.Kind)
	}
	json.Unmarshal(r["id"], &c.ID) // one that is no text is none
	c.Source = string(source)
	meta, err := object(r, "metadata")
	if err != nil {
		return nil, err
	}
	mendMeta(meta)
	c.tags = tagsOf(meta)
	r["metadata"] = encoded(meta)
	if raw, ok := r["attachments"]; ok && isEmpty(raw) {
		delete(r, "attachments")
	}
	if c.Kind != "code" {
		for _, f := range []string{"outputs", "execution_count"} {
			if isEmpty(r[f]) {
				delete(r, f)
			}
		}
		return c, nil
	}
	var outputs []Output
	if raw, ok := r["outputs"]; ok {
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber() // large ones stay as they are
		if err := d.Decode(&outputs); err != nil {
			return nil, fmt.Errorf("outputs: %w", err)
		}
	}
	for _, o := range outputs {
		if o == nil {
			return nil, errors.New("an output is null")
		}
		upgradeOutput(o)
		mendOutput(o)
		o.join()
		c.Outputs = append(c.Outputs, o)
	}
	return c, nil
}

// isEmpty tells whether a field holds nothing.
func isEmpty(raw json.RawMessage) bool {
	return slices.Contains([]string{"", "null", "[]", "{}"}, string(bytes.TrimSpace(raw)))
}

// text is nbformat's: a string, or a list of them.
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	var list []string
	if string(b) == "null" {
		return nil
	}
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
	meta, err := object(nb.rest, "metadata")
	if err != nil {
		return nil, fmt.Errorf("notebook: %w", err)
	}
	if spec, err := object(meta, "kernelspec"); err != nil || len(spec) == 0 {
		meta["kernelspec"] = encoded(map[string]any{"name": "fourm", "display_name": "Go (fourm)", "language": "go"})
	}
	meta["language_info"] = encoded(LanguageInfo())
	out["cells"], out["metadata"], out["nbformat"] = cells, meta, 4
	out["nbformat_minor"] = max(5, count(nb.rest["nbformat_minor"]))
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(out); err != nil {
		return nil, fmt.Errorf("notebook: %w", err)
	}
	return pythons(b.Bytes()), nil
}

// Language gives the language that the file says its cells are in, in lower
// case; "" where it says none.
func (nb *File) Language() string {
	meta, err := object(nb.rest, "metadata")
	if err != nil {
		return ""
	}
	for _, at := range [][2]string{{"language_info", "name"}, {"kernelspec", "language"}} {
		said, _ := object(meta, at[0])
		var name string
		if json.Unmarshal(said[at[1]], &name) == nil && name != "" {
			return strings.ToLower(name)
		}
	}
	return ""
}

// Write writes the file, whole or not at all.
func (nb *File) Write(path string) error {
	data, err := nb.Encode()
	if err != nil {
		return err
	}
	return disk.WriteBytes(path, data)
}

// LanguageInfo is what Jupyter is told of the language of the cells.
func LanguageInfo() map[string]any {
	return map[string]any{
		"name": "go", "version": runtime.Version()[2:], "mimetype": "text/x-go",
		"file_extension": ".go", "pygments_lexer": "go", "codemirror_mode": "go",
		"nbconvert_exporter": "script",
	}
}
