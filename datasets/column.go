package datasets

// A column: where the values of one modality lie, in shards or in loose
// files, and whether the columns of a set belong together.

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"fourmlab/fourm/modality"
)

// problem is a fault of the data: which file, which sample, what is wrong.
// Without a key it concerns the file as a whole.
type problem struct{ file, key, msg string }

func (p problem) Error() string {
	if p.key == "" {
		return p.file + ": " + p.msg
	}
	return fmt.Sprintf("%s: key %q: %s", p.file, p.key, p.msg)
}

// entry is where one value lies.
type entry struct {
	file      int // index in the column's files
	ext       string
	off, size int64
}

// column holds the values of a modality in the order of the keys.
type column struct {
	name    string   // the modality's short name
	folder  string   // as it is called on disk
	tokens  bool     // ready-made tokens, rows of .npy files
	files   []string // paths
	keys    []string
	entries []entry
	loose   bool // not from shards: its order says nothing
}

var pictureExt = map[string]bool{"png": true, "jpg": true, "jpeg": true, "gif": true}

// readable tells whether the column can hold such files. Arrays are tokens,
// windows, or numbers that no picture file keeps.
func (c *column) readable(ext string) bool {
	if ext == "npy" {
		look := lookOf(c.name, true)
		return c.tokens || c.folder == cropFolder || look == modality.Depth || look == modality.Normal || look == modality.Feature
	}
	return pictureExt[ext] || ext == "txt" || ext == "json" || ext == "json.gz"
}

// newColumn is the empty column of a folder that holds what is called name: a
// modality, or the token domain of one.
func newColumn(folder, name string) *column {
	c := &column{name: name, folder: folder}
	m, ok := modality.Find(name)
	if ok {
		c.name = m.Name
	}
	c.tokens = strings.HasPrefix(name, "tok_") || ok && m.Kind == modality.Symbols
	return c
}

// openColumn indexes a modality's folder: its shards (*.tar), else the files
// in it and in its sub-folders.
func openColumn(dir string, c *column) (*column, []problem) {
	shards, err := filepath.Glob(filepath.Join(globEscape(dir), "*.tar"))
	if err != nil {
		return c, []problem{{dir, "", err.Error()}}
	}
	sort.Strings(shards)
	var bad []problem
	seen := map[string]int{}
	add := func(m member, path string) {
		switch at, twice := seen[m.key]; {
		case !c.readable(m.ext):
			bad = append(bad, problem{path, m.key, fmt.Sprintf("%q is no kind of file that is read here (png, jpg, gif, txt, json, json.gz; npy where its folder is of tokens, called tok_ and their modality)", m.ext)})
		case twice:
			bad = append(bad, problem{path, m.key, "appears twice, first in " + c.files[at]})
		default:
			seen[m.key] = len(c.files) - 1
			c.keys = append(c.keys, m.key)
			c.entries = append(c.entries, entry{len(c.files) - 1, m.ext, m.off, m.size})
		}
	}
	for _, p := range shards {
		c.files = append(c.files, p)
		members, err := indexFile(p)
		for _, m := range members {
			add(m, p)
		}
		if err != nil {
			bad = append(bad, problem{p, "", err.Error()})
		}
	}
	if len(shards) > 0 {
		return c, bad
	}
	c.loose = true
	err = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		key, ext := splitName(filepath.ToSlash(rel))
		if key == "" {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		c.files = append(c.files, p)
		add(member{key, ext, 0, info.Size()}, p)
		return nil
	})
	if err != nil {
		bad = append(bad, problem{dir, "", err.Error()})
	}
	return c, bad
}

func indexFile(path string) ([]member, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return indexTar(f, info.Size())
}

// globEscape makes a path stand for itself in a pattern.
func globEscape(p string) string {
	if filepath.Separator == '\\' {
		return p
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(p)
}

// read gives the bytes of value i.
func (c *column) read(i int) ([]byte, error) {
	e := c.entries[i]
	return readAt(c.files[e.file], e.off, e.size)
}

func readAt(path string, off, size int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b := make([]byte, size)
	if _, err := f.ReadAt(b, off); err != nil {
		return nil, err
	}
	return b, nil
}

// pair brings every column into the order of the first and keeps the keys
// that all have. What does not fit is a problem, never a silent shift.
func pair(cols []*column) (keys []string, bad []problem) {
	ref := cols[0]
	keep := make([]bool, len(ref.keys))
	for i := range keep {
		keep[i] = true
	}
	order := make([][]int, len(cols))
	for k, c := range cols {
		at := make(map[string]int, len(c.keys))
		for i, key := range c.keys {
			at[key] = i
		}
		place := make([]int, len(ref.keys))
		before, swapped := -1, false
		for i, key := range ref.keys {
			j, ok := at[key]
			place[i] = j
			if !ok {
				keep[i] = false
				bad = append(bad, problem{c.near(ref, i), key, fmt.Sprintf("missing in %s, but %s has it", c.folder, ref.files[ref.entries[i].file])})
				continue
			}
			delete(at, key)
			if j < before && !swapped && !c.loose && !ref.loose {
				swapped = true
				bad = append(bad, problem{c.files[c.entries[j].file], "", fmt.Sprintf("key %q comes before %q, in %s it comes after: the order differs", key, c.keys[before], ref.files[ref.entries[i].file])})
			}
			before = j
		}
		for i, key := range c.keys {
			if _, extra := at[key]; extra {
				bad = append(bad, problem{c.files[c.entries[i].file], key, "missing in " + ref.folder})
			}
		}
		order[k] = place
	}
	for i, key := range ref.keys {
		if keep[i] {
			keys = append(keys, key)
		}
	}
	for k, c := range cols {
		entries := make([]entry, 0, len(keys))
		for i, j := range order[k] {
			if keep[i] {
				entries = append(entries, c.entries[j])
			}
		}
		c.entries, c.keys = entries, nil
	}
	return keys, bad
}

// near names the file of c in which value i of ref was to be expected: the
// shard of the same name, else the folder.
func (c *column) near(ref *column, i int) string {
	want := filepath.Base(ref.files[ref.entries[i].file])
	for _, f := range c.files {
		if filepath.Base(f) == want {
			return f
		}
	}
	if len(c.files) > 0 {
		return filepath.Dir(c.files[0])
	}
	return c.folder
}
