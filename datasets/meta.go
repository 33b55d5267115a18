package datasets

// meta.jsonl: the side file of a set, one JSON object a sample and line, with
// what is no picture. Its lines are found once and parsed when needed.

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"sort"

	"fourmlab/fourm/modality"
)

// alias gives the modality of fields with other names; such a field is read
// where the modality's own is not there.
var alias = map[string]string{"captions": "caption", "objects": "box", "det": "box", "color_palette": "palette"}

// metaIndex is what openMeta finds.
type metaIndex struct {
	column                   // keys and where their lines are
	fields map[string]string // the JSON field of each modality
	splits []string          // by line; nil where lines name none
}

// openMeta indexes a meta.jsonl. The first line says which modalities there
// are; a line that lacks one of them is a problem.
func openMeta(path string) (*metaIndex, []problem) {
	f, err := os.Open(path)
	if err != nil {
		return nil, []problem{{path, "", err.Error()}}
	}
	defer f.Close()
	return indexMeta(f, path)
}

func indexMeta(in io.Reader, path string) (*metaIndex, []problem) {
	m := &metaIndex{column: column{name: "meta.jsonl", folder: "meta.jsonl", files: []string{path}, loose: true}}
	var bad []problem
	seen := map[string]int{}
	r := bufio.NewReaderSize(in, 1<<16)
	at := int64(0)
	for line := 1; ; line++ {
		b, err := r.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return m, append(bad, problem{path, "", err.Error()})
		}
		off := at
		at += int64(len(b))
		if len(bytes.TrimSpace(b)) > 0 {
			key, msg := m.addLine(b, off, seen, line)
			if msg != "" {
				bad = append(bad, problem{path, key, fmt.Sprintf("line %d %s", line, msg)})
			}
		}
		if err == io.EOF {
			return m, bad
		}
	}
}

// addLine takes one line in, or says what is wrong with it.
func (m *metaIndex) addLine(b []byte, off int64, seen map[string]int, line int) (key, msg string) {
	var row map[string]json.RawMessage
	if err := json.Unmarshal(b, &row); err != nil {
		return "", "is no JSON object: " + err.Error()
	}
	key = keyOf(row)
	if key == "" {
		return "", `has no "id" (or "key") that is a word or a number`
	}
	if first, twice := seen[key]; twice {
		return key, fmt.Sprintf("repeats the id of line %d", first)
	}
	if m.fields == nil {
		m.fields = textFields(row)
	}
	for name, field := range m.fields {
		if _, ok := row[field]; !ok {
			return key, fmt.Sprintf("has no %q for the modality %s", field, name)
		}
	}
	split := text(row["split"])
	if len(m.keys) == 0 && split != "" {
		m.splits = []string{}
	}
	if m.splits != nil {
		if split == "" {
			return key, `has no "split", which earlier lines have`
		}
		m.splits = append(m.splits, split)
	}
	seen[key] = line
	m.keys = append(m.keys, key)
	m.entries = append(m.entries, entry{size: int64(len(b)), off: off})
	return key, ""
}

func keyOf(row map[string]json.RawMessage) string {
	for _, f := range []string{"id", "key"} {
		raw := row[f]
		if s := text(raw); s != "" {
			return s
		}
		var n json.Number
		if len(raw) > 0 && raw[0] != '"' && json.Unmarshal(raw, &n) == nil && n != "" {
			return n.String()
		}
	}
	return ""
}

func text(raw json.RawMessage) string {
	var s string
	if raw == nil || json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// textFields finds the text-like modalities of a line: fields that carry the
// name of a registered one, and any other text.
func textFields(row map[string]json.RawMessage) map[string]string {
	out := map[string]string{}
	for f, raw := range row {
		if slices.Contains([]string{"id", "key", "split", "file", "width", "height"}, f) {
			continue
		}
		if name := alias[f]; name != "" {
			if _, own := row[name]; !own {
				out[name] = f
			}
			continue
		}
		if m, ok := modality.Find(f); ok && m.Kind == modality.Sequence {
			out[m.Name] = f
			continue
		}
		var many []string
		if text(raw) != "" || json.Unmarshal(raw, &many) == nil && len(many) > 0 {
			out[f] = f
		}
	}
	return out
}

// values reads the line of sample i.
func (m *metaIndex) values(i int, s shape) (map[string]any, error) {
	b, err := m.read(i)
	if err != nil {
		return nil, err
	}
	return m.parse(b, s)
}

// parse gives the values of a line. Boxes in pixels are taken for those of a
// picture of the given shape; their class is the sample's group.
func (m *metaIndex) parse(b []byte, s shape) (map[string]any, error) {
	var row map[string]json.RawMessage
	if err := json.Unmarshal(b, &row); err != nil {
		return nil, err
	}
	out := map[string]any{}
	var names []string
	for n := range m.fields {
		names = append(names, n)
	}
	sort.Strings(names) // so that of several faults always the same is told
	for _, name := range names {
		v, err := parseField(lookOf(name, false), name, row[m.fields[name]])
		if p, ok := v.(pixelBoxes); ok && err == nil {
			class := text(row["group"])
			if class == "" {
				class = "object"
			}
			v, err = p.fractions(s, class)
		}
		if err != nil {
			return nil, err
		}
		out[name] = v
	}
	return out, nil
}
