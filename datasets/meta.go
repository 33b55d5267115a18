package datasets

// meta.jsonl: the side file of a set, one JSON object a sample and line, with
// what is no picture. Its lines are found once and parsed when needed.

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"fourmlab/fourm/modality"
	"fourmlab/internal/disk"
	"fourmlab/internal/plain"
)

// alias gives the modality of fields with other names; such a field is read
// where the modality's own is not there.
var alias = map[string]string{"captions": "caption", "objects": "box", "det": "box", "color_palette": "palette"}

// metaIndex is what openMeta finds.
type metaIndex struct {
	column                     // keys and where their lines are
	fields map[string][]string // the JSON fields of each modality: its own name, then others
	splits []string            // by line; nil where lines name none
	many   bool                // some line has several captions
	others map[string]bool     // fields that hold no modality

	lines []metaLine
}

// metaLine is what a line has, while the others are still to come.
type metaLine struct {
	number int
	names  []string // modalities
	split  string
}

// openMeta indexes a meta.jsonl. Its modalities are those of all its lines
// together; a line that lacks one of them is a problem. Texts under a name that
// is no modality's are one where every line has them, and else passed over.
func openMeta(path string, notes *passed) (*metaIndex, []problem) {
	f, err := disk.Open(path)
	if err != nil {
		return nil, []problem{{path, "", err.Error()}}
	}
	defer f.Close()
	return indexMeta(f, path, notes)
}

func indexMeta(in io.Reader, path string, notes *passed) (*metaIndex, []problem) {
	m := &metaIndex{column: column{name: "meta.jsonl", folder: "meta.jsonl", files: []string{path}, loose: true, notes: notes}}
	var bad []problem
	seen := map[string]int{}
	r := bufio.NewReaderSize(in, 1<<16)
	at := int64(0)
	if mark, _ := r.Peek(3); plain.Marked(mark) {
		all, err := io.ReadAll(r)
		if err == nil {
			all, err = plain.UTF8(all)
		}
		if err != nil {
			return m, []problem{{path, "", err.Error()}}
		}
		m.unpacked = map[int][]byte{0: all}
		r = bufio.NewReader(bytes.NewReader(all))
	} else if bytes.Equal(mark, plain.Mark) {
		n, _ := r.Discard(len(mark))
		at = int64(n)
	}
	for line := 1; ; line++ {
		b, err := lineOf(r)
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
			return m, append(bad, m.settle()...)
		}
	}
}

// mostLine is how many bytes a line may have.
const mostLine = 1 << 28

// lineOf reads a line with its end.
func lineOf(r *bufio.Reader) (line []byte, err error) {
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		if err != bufio.ErrBufferFull {
			return line, err
		}
		if len(line) > mostLine {
			return nil, fmt.Errorf("a line of more than %d bytes", mostLine)
		}
	}
}

// addLine takes one line in, or says what is wrong with it.
func (m *metaIndex) addLine(b []byte, off int64, seen map[string]int, line int) (key, msg string) {
	var row map[string]json.RawMessage
	err := json.Unmarshal(plain.JSON(b), &row)
	key = keyOf(row)
	if f := plain.Invalid(b); f != nil {
		return key, fmt.Sprintf("has the byte %#02x at %d (%d of the file), which is not UTF-8", f.Value, f.Byte, off+int64(f.Offset)+1)
	}
	if err != nil {
		return "", "is no JSON object: " + err.Error()
	}
	if key == "" {
		return "", `has no "id" (or "key") that is a word or a number`
	}
	if first, twice := seen[key]; twice {
		return key, fmt.Sprintf("repeats the id of line %d", first)
	}
	seen[key] = line
	m.keys = append(m.keys, key)
	m.entries = append(m.entries, entry{size: int64(len(b)), off: off})
	m.lines = append(m.lines, metaLine{line, m.textFields(row), text(row["split"])})
	return key, ""
}

// settle says which modalities there are, and drops lines that lack one.
func (m *metaIndex) settle() (bad []problem) {
	n, split := map[string]int{}, false
	for _, l := range m.lines {
		for _, name := range l.names {
			n[name]++
		}
		split = split || l.split != ""
	}
	for name := range m.others {
		if m.fields[name] == nil {
			m.notes.aside("meta.jsonl: fields that hold no modality, passed over", name)
		}
	}
	for name, have := range n {
		if _, known := modality.Find(name); !known && have < len(m.lines) {
			m.notes.add(fmt.Sprintf("meta.jsonl: fields on some lines only, passed over (%q on %d of %d)", name, have, len(m.lines)), name)
			delete(m.fields, name)
			delete(n, name)
		}
	}
	var rows []int
	all := slices.Sorted(maps.Keys(n))
	for i, l := range m.lines {
		lacks := ""
		if name := missing(all, l.names); name != "" {
			lacks = fmt.Sprintf("has no %q for the modality %s, which other lines have", m.fields[name][0], name)
		}
		if lacks == "" && split && l.split == "" {
			lacks = `has no "split", which other lines have`
		}
		if lacks != "" {
			bad = append(bad, problem{m.files[0], m.keys[i], fmt.Sprintf("line %d %s", l.number, lacks)})
			continue
		}
		rows = append(rows, i)
		if split {
			m.splits = append(m.splits, l.split)
		}
	}
	m.entries, m.lines = pick(m.entries, rows), nil
	keys := make([]string, len(rows))
	for k, i := range rows {
		keys[k] = m.keys[i]
	}
	m.keys = keys
	return bad
}

// missing gives the first name of a sorted list that is not among others; "":
// all are.
func missing(all, others []string) string {
	have := make(map[string]bool, len(others))
	for _, n := range others {
		have[n] = true
	}
	for _, n := range all {
		if !have[n] {
			return n
		}
	}
	return ""
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

// noText are fields that say something of a line and not of its picture.
var noText = []string{"id", "key", "split", "file", "file_name", "width", "height"}

// textFields finds the text-like modalities of a line: fields that carry the
// name of a registered one, and any other text. What is null is not there.
func (m *metaIndex) textFields(row map[string]json.RawMessage) (names []string) {
	have := map[string]bool{}
	add := func(name, field string) {
		if m.fields == nil {
			m.fields = map[string][]string{}
		}
		if !slices.Contains(m.fields[name], field) {
			m.fields[name] = append(m.fields[name], field)
			slices.SortFunc(m.fields[name], func(a, b string) int { // its own name first
				return cmp.Or(cmp.Compare(rankOf(a, name), rankOf(b, name)), cmp.Compare(a, b))
			})
		}
		if !have[name] {
			have[name] = true
			names = append(names, name)
		}
	}
	for f, raw := range row {
		if slices.Contains(noText, f) || string(raw) == "null" {
			continue
		}
		if name := alias[f]; name != "" {
			add(name, f)
		} else if x, ok := modality.Find(f); ok && (x.Kind == modality.Sequence || x.Kind == modality.Symbols) {
			add(x.Name, f)
		} else if many, err := captionsOf(raw); err == nil && len(many) > 0 && strings.Join(many, "") != "" {
			add(f, f)
		} else {
			if m.others == nil {
				m.others = map[string]bool{}
			}
			m.others[f] = true
		}
		if name := alias[f]; f == "caption" || name == "caption" {
			if many, err := captionsOf(raw); err == nil && len(many) > 1 {
				m.many = true
			}
		}
	}
	return names
}

func rankOf(field, name string) int {
	if field == name {
		return 0
	}
	return 1
}

// values reads the line of sample i.
func (m *metaIndex) values(i int, s shape, pick func(n int) int) (map[string]any, error) {
	b, err := m.read(i)
	if err != nil {
		return nil, err
	}
	return m.parse(b, s, pick)
}

// parse gives the values of a line. Boxes in pixels are taken for those of a
// picture of the given shape; their class is the sample's group.
func (m *metaIndex) parse(b []byte, s shape, pick func(n int) int) (map[string]any, error) {
	var row map[string]json.RawMessage
	if err := json.Unmarshal(plain.JSON(b), &row); err != nil {
		return nil, err
	}
	out := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(m.fields)) { // of several faults always the same is told
		var raw json.RawMessage
		for _, f := range m.fields[name] {
			if v, ok := row[f]; ok && string(v) != "null" {
				raw = v
				break
			}
		}
		v, err := parseOne(lookOf(name, false), name, raw, pick)
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
