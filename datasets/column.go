package datasets

// A column: where the values of one modality lie, in shards or in loose
// files, and whether the columns of a set belong together.

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"fourmlab/datasets/tarfile"
	"fourmlab/fourm/modality"
	"fourmlab/internal/disk"
	"fourmlab/internal/plain"
)

// problem is a fault of the data: which file, which sample, what is wrong.
// Without a key it concerns the file as a whole.
type problem struct{ file, key, msg string }

func (p problem) Error() string {
	if p.key == "" {
		return plain.Shown(p.file + ": " + p.msg)
	}
	return plain.Shown(fmt.Sprintf("%s: key %q: %s", p.file, p.key, p.msg))
}

// mostFile is how many bytes a file of one value may have.
const mostFile = 1 << 30

// entry is where one value lies.
type entry struct {
	file      int // index in the column's files
	ext       string
	off, size int64
	data      []byte // its bytes, where they do not lie there in one piece
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

	unpacked map[int][]byte    // by file: the bytes of packed shards
	unread   map[string]string // by key: the suffix of what is not read
	notes    *passed           // what was passed over
}

// readable tells whether the column can hold such files. Arrays are tokens,
// windows, or numbers on a grid.
func (c *column) readable(ext string) bool {
	m, ok := modality.Find(c.name)
	look := m.Look.Spec()
	switch {
	case ok && look.Decode != nil && ext == look.Ext && !c.tokens:
		return true
	case arrayExt[ext]:
		return c.tokens || c.folder == cropFolder || ok && !look.Words
	}
	return pictureExt[ext] || captionExt[ext] || ext == "json.gz"
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

// member is one file in a shard or a folder.
type member struct {
	key, ext  string // "a/b.depth.png" is key "a/b", ext "depth.png"
	off, size int64  // of its bytes in the file
	data      []byte // its bytes, where they do not lie there in one piece
}

// add takes a member of file number len(files)-1 in.
func (c *column) add(m member, seen map[string]int) []problem {
	path := c.files[len(c.files)-1]
	switch at, twice := seen[m.key]; {
	case !c.readable(m.ext):
		c.notes.add(c.folder+": "+unread(m.ext), m.key+"."+m.ext)
		if c.unread == nil {
			c.unread = map[string]string{}
		}
		c.unread[m.key] = m.ext
	case twice && c.beside(m.key, m.ext):
	case twice:
		return []problem{{path, m.key, "appears twice, first in " + c.files[at]}}
	default:
		seen[m.key] = len(c.files) - 1
		c.keys = append(c.keys, m.key)
		c.entries = append(c.entries, entry{len(c.files) - 1, m.ext, m.off, m.size, m.data})
	}
	return nil
}

// beside tells whether a text lies beside a picture of the same key in a
// column of pictures, as img2dataset leaves them, and notes it.
func (c *column) beside(key, ext string) bool {
	if !captionExt[ext] || specOf(c.name, true).Words {
		return false
	}
	c.notes.add(fmt.Sprintf("%s: .%s files beside pictures, passed over", c.folder, ext), key+"."+ext)
	return true
}

// openColumn indexes a modality's folder: its shards (*.tar), else the files
// in it and in its sub-folders.
func openColumn(dir string, c *column) (*column, []problem) {
	shards, err := shardsIn(dir)
	if err != nil {
		return c, []problem{{dir, "", err.Error()}}
	}
	var bad []problem
	seen := map[string]int{}
	for _, p := range shards {
		members, wrong := c.shard(p)
		bad = append(bad, wrong...)
		for _, m := range members {
			bad = append(bad, c.add(m, seen)...)
		}
	}
	if len(shards) > 0 {
		c.besideShards(dir)
		return c, bad
	}
	c.loose = true
	files, err := walk(dir, c.folder, c.notes)
	for _, f := range files {
		key, ext := splitName(f.rel)
		if last := extOf(f.rel); !c.readable(ext) && c.readable(last) { // holiday.2024.jpg
			key, ext = strings.ReplaceAll(strings.TrimSuffix(f.rel, path.Ext(f.rel)), ".", "_"), last
		}
		if wrong := plain.Invalid([]byte(f.rel)); wrong != nil {
			bad = append(bad, problem{f.path, key, fmt.Sprintf("byte %d of its name is %#02x, which is not UTF-8", wrong.Offset+1, wrong.Value)})
			continue
		}
		c.files = append(c.files, f.path)
		bad = append(bad, c.add(member{key: key, ext: ext, size: f.size}, seen)...)
	}
	if err != nil {
		bad = append(bad, problem{dir, "", err.Error()})
	}
	return c, bad
}

// shard indexes one more shard of the column.
func (c *column) shard(path string) ([]member, []problem) {
	c.files = append(c.files, path)
	a, err := tarfile.Open(path)
	if a.Bytes != nil {
		if c.unpacked == nil {
			c.unpacked = map[int][]byte{}
		}
		c.unpacked[len(c.files)-1] = a.Bytes
	}
	var members []member
	of := strings.TrimPrefix(c.folder+": ", ": ") + "members of archives "
	for _, m := range a.Members {
		key, ext := splitName(m.Name)
		if key == "" || hiddenIn(m.Name) {
			c.notes.aside(of+"that are hidden, not looked at", filepath.Base(path)+": "+m.Name)
			continue
		}
		members = append(members, member{key, ext, m.Off, m.Size, m.Data})
	}
	for _, name := range a.Others {
		c.notes.add(of+"that are no plain files, passed over", filepath.Base(path)+": "+name)
	}
	if err == nil {
		return members, nil
	}
	var bad []problem
	for _, line := range strings.Split(err.Error(), "\n") { // one a fault
		bad = append(bad, problem{path, "", line})
	}
	return members, bad
}

// besideShards notes what lies beside the shards of a folder.
func (c *column) besideShards(dir string) {
	list, _ := os.ReadDir(dir) // which has just been read
	for _, f := range list {
		name := c.folder + "/" + f.Name()
		switch ext := extOf(f.Name()); {
		case c.notes.hides(f.Name(), name):
		case isDir(filepath.Join(dir, f.Name())):
			c.notes.add(c.folder+": folders beside the shards, passed over", name)
		case tarfile.Is(f.Name()):
		case c.readable(ext):
			c.notes.add(c.folder+": ."+ext+" files beside the shards, passed over", name)
		default:
			c.notes.aside(c.folder+": other files beside the shards, passed over", name)
		}
	}
}

// shardsIn lists the shards that lie in a folder itself.
func shardsIn(dir string) ([]string, error) {
	list, err := os.ReadDir(dir)
	var out []string
	for _, f := range list { // in alphabetical order
		if path := filepath.Join(dir, f.Name()); tarfile.Is(f.Name()) && !hidden(f.Name()) && !isDir(path) {
			out = append(out, path)
		}
	}
	return out, err
}

// read gives the bytes of value i.
func (c *column) read(i int) ([]byte, error) {
	e := c.entries[i]
	if e.data != nil {
		return e.data, nil
	}
	if all, ok := c.unpacked[e.file]; ok {
		return all[e.off : e.off+e.size], nil
	}
	return readAt(c.files[e.file], e.off, e.size)
}

func readAt(path string, off, size int64) ([]byte, error) {
	f, err := disk.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if size > mostFile {
		return nil, fmt.Errorf("%d bytes, expected at most %d", size, mostFile)
	}
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
				bad = append(bad, problem{c.near(ref, i), key, c.missing(key) + ", but " + ref.files[ref.entries[i].file] + " has it"})
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

// missing says that a column has no value of a key.
func (c *column) missing(key string) string {
	if ext, ok := c.unread[key]; ok {
		return fmt.Sprintf("missing in %s, which has %s.%s: %q is no kind of file that is read here (%s, txt, json; npy for numbers on a grid, and for tokens, whose folder is called tok_ and their modality)", c.folder, key, ext, ext, pictureKinds)
	}
	return "missing in " + c.folder
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
