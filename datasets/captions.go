package datasets

// The texts of a folder of pictures: tables whose rows name a picture and say
// something of it, or files beside the pictures.

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"fourmlab/datasets/table"
	"fourmlab/fourm/modality"
)

// texts are the rows of a caption file by key.
type texts struct {
	file    string
	columns []string // modality names
	has     map[string]bool
	rows    map[string]textRow
	keys    []string  // in the order of the file
	bad     []problem // rows that are left out
}

// textRow is what is said of a picture, by modality; of a caption there may be
// several.
type textRow struct {
	said   map[string][]string
	split  string
	before map[string]map[string]bool // by modality: what was said, where it is much
}

// Names by which the columns of a caption file are known, in small letters.
var (
	keyNames = []string{"file", "filename", "file_name", "image", "path", "key", "image_path", "img_path", "filepath", "file_path",
		"imagepath", "img", "image_name", "imagename", "image_file", "image_id", "imageid", "img_id", "uri", "url", "id", "uid", "name", "cocoid"}
	captionNames = []string{"caption", "text", "captions", "description", "caption_text", "sentence", "sentences", "comment", "raw", "prompt", "title"}
)

// numberedCaption are columns of several captions: caption_0, caption 1.
var numberedCaption = regexp.MustCompile(`^(caption|text|sentence|comment|description)s?[ _-]?\d+$`)

// role is what a column is for.
type role struct {
	key, split bool
	name       string // the modality of its texts; "" is passed over
}

// readTexts reads tables of texts of a folder; of several each is a part of the
// set, named as the file is, or says what lies in its own folder. names finds the
// pictures that rows name.
func readTexts(dir string, files []string, names *nameIndex, notes *passed) (*texts, error) {
	out := &texts{file: files[0], has: map[string]bool{}, rows: map[string]textRow{}}
	for _, file := range files {
		t, err := table.Read(file)
		if err == nil && len(t.Rows) == 0 {
			err = fmt.Errorf("no rows")
		}
		part := ""
		if len(files) > 1 {
			part = partIn(stemOf(file))
		}
		within, wrong := filepath.Rel(dir, filepath.Dir(file))
		if wrong != nil || strings.HasPrefix(within, "..") {
			within = ""
		}
		if err == nil {
			err = out.take(file, filepath.ToSlash(within), t, part, names, notes)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return out, nil
}

func stemOf(file string) string {
	base := strings.ToLower(filepath.Base(file))
	stem, _, _ := strings.Cut(base, ".")
	return stem
}

// take adds the rows of a table.
func (t *texts) take(file, within string, in *table.Table, part string, names *nameIndex, notes *passed) error {
	if len(in.Columns) == 2 && names.keys[names.find(in.Columns[0])] { // no header: a name and a caption
		first := table.Row{Line: 1, Cells: []table.Cell{{Words: in.Columns[:1]}, {Words: in.Columns[1:]}}}
		in = &table.Table{Columns: []string{"file", "caption"}, Rows: append([]table.Row{first}, in.Rows...)}
	}
	roles, err := rolesOf(in, names, func(kind string) { notes.add(filepath.Base(file)+": "+kind, filepath.Base(file)) })
	if err != nil {
		return err
	}
	for _, r := range roles {
		if r.name != "" && !t.has[r.name] {
			t.has[r.name] = true
			t.columns = append(t.columns, r.name)
		}
	}
	for _, row := range in.Rows {
		r := textRow{said: map[string][]string{}, split: part}
		name := ""
		for i, c := range row.Cells {
			switch o := roles[row.Column(i)]; {
			case o.key:
				name = strings.Join(c.Words, "")
			case o.split && len(c.Words) > 0:
				r.split = c.Text()
			case o.name != "":
				r.said[o.name] = append(r.said[o.name], c.Words...)
			}
		}
		if in := names.find(path.Join(within, name)); name != "" && (names.keys[in] || !names.keys[names.find(name)]) {
			name = path.Join(within, name) // the one in the table's own folder
		}
		t.add(file, names.find(name), r, row)
	}
	return nil
}

// rolesOf says what each column is for. Of those that can name the picture the
// one whose values are pictures most often does.
func rolesOf(t *table.Table, names *nameIndex, note func(kind string)) ([]role, error) {
	lower := make([]string, len(t.Columns))
	for i, n := range t.Columns {
		lower[i] = strings.ToLower(n)
	}
	key, most := -1, -1
	for _, k := range keyNames {
		if i := slices.Index(lower, k); i >= 0 {
			if n := names.hits(t, i); n > most {
				key, most = i, n
			}
		}
	}
	if key < 0 || most == 0 { // a name that nobody thought of
		for i, n := range names.allHits(t) {
			if n > max(most, len(t.Rows)/2) {
				key, most = i, n
			}
		}
	}
	if key < 0 {
		return nil, fmt.Errorf("columns %s, expected one that names the picture (%s)", quoted(t.Columns), strings.Join(keyNames, ", "))
	}
	caption := ""
	for _, c := range captionNames {
		if slices.Contains(lower, c) {
			caption = c
			break
		}
	}
	roles := make([]role, len(lower))
	texts := 0
	seen := map[string]bool{}
	for i, n := range lower {
		r := &roles[i]
		twice := seen[n]
		seen[n] = true
		switch {
		case i == key:
			r.key = true
		case n == "split":
			r.split = true
		case n == caption || numberedCaption.MatchString(n):
			r.name = "caption"
		case slices.Contains(keyNames, n):
		case slices.Contains(captionNames, n):
			note(fmt.Sprintf("column %q beside %q, passed over", t.Columns[i], caption))
		case n == "" || strings.HasPrefix(n, "unnamed:") || t.Numbers(i):
			note(fmt.Sprintf("column %q of numbers, passed over", t.Columns[i]))
		case twice:
			return nil, fmt.Errorf("two columns for %q", n)
		case strings.ContainsAny(n, " \t/\\@."):
			note(fmt.Sprintf("column %q, which is no word that can name a modality, passed over", t.Columns[i]))
		case !t.Said(i):
			note(fmt.Sprintf("column %q without words, passed over", t.Columns[i]))
		default:
			if m, ok := modality.Find(n); ok && (!m.Look.Spec().Words || parsers[m.Look] != nil) {
				return nil, fmt.Errorf("column %q: %s is no text", n, m.Name)
			}
			r.name = n
		}
		if r.name != "" {
			texts++
		}
	}
	if texts == 0 {
		return nil, fmt.Errorf("columns %s, expected a caption (%s) beside the picture's name", quoted(t.Columns), strings.Join(captionNames, ", "))
	}
	return roles, nil
}

// quoted lists names for an error, the first of them where they are many.
func quoted(names []string) string {
	const most = 20
	if len(names) <= most {
		return fmt.Sprintf("%q", names)
	}
	return fmt.Sprintf("%q and %d more", names[:most], len(names)-most)
}

// add takes a row in under the key of its picture; rows of one key are several
// captions of it.
func (t *texts) add(file, key string, r textRow, row table.Row) {
	wrong := func(format string, args ...any) {
		t.bad = append(t.bad, problem{file, key, fmt.Sprintf("line %d ", row.Line) + fmt.Sprintf(format, args...)})
	}
	switch {
	case row.Err != nil:
		wrong("%v", row.Err)
		return
	case key == "":
		wrong("names no picture")
		return
	}
	for _, c := range t.columns {
		if len(r.said[c]) == 0 {
			wrong("has no %s", c)
			return
		}
	}
	have, again := t.rows[key]
	if !again {
		t.rows[key] = r
		t.keys = append(t.keys, key)
		return
	}
	if r.split != have.split {
		wrong("puts it into the part %q, an earlier one into %q", r.split, have.split)
		return
	}
	for c, said := range r.said {
		for _, s := range said {
			if !have.heard(c, s) {
				have.said[c] = append(have.said[c], s)
			}
		}
	}
	t.rows[key] = have
}

// few is how many captions of a picture are compared with one another one by
// one.
const few = 8

// heard tells whether something was said before, and notes that it is.
func (r *textRow) heard(column, s string) bool {
	if len(r.said[column]) < few {
		return slices.Contains(r.said[column], s)
	}
	if r.before == nil {
		r.before = map[string]map[string]bool{}
	}
	by := r.before[column]
	if by == nil {
		by = map[string]bool{}
		for _, x := range r.said[column] {
			by[x] = true
		}
		r.before[column] = by
	}
	was := by[s]
	by[s] = true
	return was
}

// values gives what is said of a picture as a sample holds it: several captions
// stay several.
func (r textRow) values() map[string]any {
	out := map[string]any{}
	for n, said := range r.said {
		if n == "caption" && len(said) > 1 {
			out[n] = said
		} else {
			out[n] = strings.Join(said, ", ")
		}
	}
	return out
}

// findTexts lists the tables of captions of a folder: the only one, one for each
// part of the set (train.csv, val.csv), or the metadata files of the folders
// below.
func findTexts(dir string) ([]string, error) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var found, lists []string
	for _, f := range list {
		name := strings.TrimSuffix(strings.ToLower(f.Name()), ".gz")
		if f.IsDir() || hidden(f.Name()) {
			continue
		}
		at := filepath.Join(dir, f.Name())
		switch ext := filepath.Ext(name); {
		case slices.Contains([]string{".csv", ".tsv", ".jsonl", ".ndjson"}, ext):
			found = append(found, at)
		case ext == ".json" && strings.Contains(name, "caption"),
			slices.Contains([]string{"captions.txt", "annotations.json", "metadata.json", "dataset.json"}, name):
			lists = append(lists, at)
		}
	}
	if len(found) == 0 {
		found = lists
	}
	if len(found) == 0 {
		return metadataBelow(dir)
	}
	parts := map[string]bool{}
	for _, f := range found {
		if p := partIn(stemOf(f)); p != "" {
			parts[p] = true
		}
	}
	if len(found) > 1 && len(parts) < len(found) {
		return nil, fmt.Errorf("%s: %d files could hold the captions (%s): name one in PackOptions.Captions", dir, len(found), strings.Join(found, ", "))
	}
	return found, nil
}

// metadataBelow lists metadata.csv and metadata.jsonl in the folders below, as
// the hub's loader of pictures has them.
func metadataBelow(dir string) ([]string, error) {
	files, err := walk(dir, "", nil)
	var out []string
	for _, f := range files {
		if strings.Contains(f.rel, "/") && slices.Contains([]string{"metadata.csv", "metadata.jsonl", "metadata.tsv"}, strings.ToLower(path.Base(f.rel))) {
			out = append(out, f.path)
		}
	}
	return out, err
}
