package datasets

// The texts of a folder of pictures: a CSV or JSONL file whose rows name a
// picture and say something of it.

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"fourmlab/fourm/modality"
)

// texts are the rows of a caption file by key.
type texts struct {
	file    string
	columns []string // modality names
	rows    map[string]map[string]string
	keys    []string  // in the order of the file
	bad     []problem // rows that are left out
}

// Names by which the columns of a caption file are known.
var (
	keyNames     = []string{"file", "filename", "file_name", "image", "path", "key", "id"}
	captionNames = []string{"caption", "text", "captions", "description"}
)

// readTexts reads a .csv, .tsv or .jsonl file.
func readTexts(file string) (*texts, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	t := &texts{file: file, rows: map[string]map[string]string{}}
	if strings.EqualFold(filepath.Ext(file), ".jsonl") {
		err = t.jsonl(b)
	} else {
		err = t.csv(b)
	}
	if err == nil && len(t.rows) == 0 {
		err = fmt.Errorf("no rows")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return t, nil
}

// csv reads a header and its rows; the delimiter is the commonest of comma,
// semicolon and tab in the header.
func (t *texts) csv(b []byte) error {
	b = bytes.TrimPrefix(b, []byte("\ufeff")) // the mark some spreadsheets write
	head, _, _ := bytes.Cut(b, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(b))
	r.Comma = ','
	for _, c := range ";\t" {
		if bytes.Count(head, []byte(string(c))) > bytes.Count(head, []byte(string(r.Comma))) {
			r.Comma = c
		}
	}
	r.TrimLeadingSpace = r.Comma != '\t'
	names, err := r.Read()
	if err != nil {
		return fmt.Errorf("no header line: %w", err)
	}
	for i := range names {
		names[i] = strings.ToLower(strings.TrimSpace(names[i]))
	}
	key, err := t.header(names)
	if err != nil {
		return err
	}
	for {
		row, err := r.Read()
		if row == nil {
			if err == io.EOF {
				return nil
			}
			return err
		}
		line, _ := r.FieldPos(0)
		if err != nil {
			return err
		}
		values := map[string]string{}
		for i, n := range names {
			values[columnName(n)] = strings.TrimSpace(row[i])
		}
		t.add(row[key], values, line)
	}
}

// header finds the column of the keys and names those of the texts. Of
// several columns that could name the picture the first of keyNames does.
func (t *texts) header(names []string) (key int, err error) {
	key = -1
	for _, k := range keyNames {
		if key = slices.Index(names, k); key >= 0 {
			break
		}
	}
	if key < 0 {
		return 0, fmt.Errorf("columns %q, expected one that names the picture (%s)", names, strings.Join(keyNames, ", "))
	}
	for _, n := range names {
		c := columnName(n)
		switch {
		case slices.Contains(keyNames, n) || n == "split":
			continue
		case c == "" || strings.ContainsAny(c, " \t/\\@."):
			return 0, fmt.Errorf("column %q, expected a word that can name a modality", n)
		case slices.Contains(t.columns, c):
			return 0, fmt.Errorf("two columns for %q", c)
		}
		if m, ok := modality.Find(c); ok && m.Look != modality.Caption {
			return 0, fmt.Errorf("column %q: %s is no text", n, m.Name)
		}
		t.columns = append(t.columns, c)
	}
	if len(t.columns) == 0 {
		return 0, fmt.Errorf("columns %q, expected a caption (%s) beside the picture's name", names, strings.Join(captionNames, ", "))
	}
	return key, nil
}

func columnName(n string) string {
	if slices.Contains(captionNames, n) {
		return "caption"
	}
	return n
}

// jsonl reads one object a line; the first says which fields there are.
// Numbers and structures are no texts.
func (t *texts) jsonl(b []byte) error {
	sc := bufio.NewScanner(bytes.NewReader(b))
	sc.Buffer(nil, 1<<24)
	keyField := ""
	for line := 1; sc.Scan(); line++ {
		if len(bytes.TrimSpace(sc.Bytes())) == 0 {
			continue
		}
		var row map[string]json.RawMessage
		if err := json.Unmarshal(sc.Bytes(), &row); err != nil {
			return fmt.Errorf("line %d is no JSON object: %w", line, err)
		}
		values := map[string]string{}
		var names []string
		for f, raw := range row {
			v, err := parseField(modality.Caption, columnName(f), raw)
			if err != nil && slices.Contains(keyNames, f) {
				v, err = string(raw), nil // a number
			}
			if err == nil {
				values[f] = v.(string)
				names = append(names, f)
			}
		}
		if keyField == "" {
			slices.Sort(names)
			k, err := t.header(names)
			if err != nil {
				return fmt.Errorf("line %d: %w", line, err)
			}
			keyField = names[k]
		}
		name := values[keyField]
		for f, v := range values {
			values[columnName(f)] = v
		}
		t.add(name, values, line)
	}
	return sc.Err()
}

// add takes a row in under the key of its picture.
func (t *texts) add(name string, values map[string]string, line int) {
	key := keyOfName(name)
	wrong := func(format string, args ...any) {
		t.bad = append(t.bad, problem{t.file, key, fmt.Sprintf("line %d ", line) + fmt.Sprintf(format, args...)})
	}
	if key == "" {
		wrong("names no picture")
		return
	}
	if t.rows[key] != nil {
		wrong("repeats it")
		return
	}
	for _, c := range t.columns {
		if values[c] == "" {
			wrong("has no %s", c)
			return
		}
	}
	t.rows[key] = values
	t.keys = append(t.keys, key)
}

// keyOfName makes a key of a file name: no folder separators, no extension.
func keyOfName(name string) string {
	if name = strings.TrimSpace(name); name == "" {
		return ""
	}
	name = strings.TrimPrefix(path.Clean(filepath.ToSlash(name)), "./")
	if e := strings.ToLower(strings.TrimPrefix(path.Ext(name), ".")); pictureExt[e] {
		name = name[:len(name)-len(e)-1]
	}
	return strings.NewReplacer("/", "__", ".", "_").Replace(name)
}
