package datasets

// Names and keys: which picture a row of a table means.

import (
	"path"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

	"fourmlab/datasets/table"
)

// keyOfName makes a key of a file name: no folder separators, no extension.
// Letters with accents are one sign each, however a system writes them.
func keyOfName(name string) string {
	if name = strings.TrimSpace(name); name == "" {
		return ""
	}
	name = strings.TrimPrefix(path.Clean(strings.ReplaceAll(name, `\`, "/")), "./")
	if e := path.Ext(name); pictureExt[strings.ToLower(strings.TrimPrefix(e, "."))] {
		name = strings.TrimSuffix(name, e)
	}
	return separators.Replace(norm.NFC.String(name))
}

// separators are what a key has none of.
var separators = strings.NewReplacer("/", "__", ".", "_")

// nameIndex finds the key of a picture by any of the names that people give it:
// a path from somewhere, its last part, its number.
type nameIndex struct {
	keys   map[string]bool
	last   map[string]string // by the last part; "" where several have it
	number map[string]string // by the digits at the end, without zeros before
}

var digits = regexp.MustCompile(`\d+$`)

func indexNames(keys []string) *nameIndex {
	x := &nameIndex{map[string]bool{}, map[string]string{}, map[string]string{}}
	once := func(by map[string]string, name, key string) {
		if _, twice := by[name]; twice {
			key = ""
		}
		by[name] = key
	}
	for _, k := range keys {
		x.keys[k] = true
		parts := strings.Split(k, "__")
		once(x.last, parts[len(parts)-1], k)
		if d := digits.FindString(k); d != "" {
			once(x.number, strings.TrimLeft(d, "0"), k)
		}
	}
	return x
}

// serial is the number of one of several captions: a.jpg#0.
var serial = regexp.MustCompile(`#\w{1,4}$`)

// find gives the key of the picture that a name means; of one that is none, the
// key that it would have.
func (x *nameIndex) find(name string) string {
	name = strings.TrimSpace(serial.ReplaceAllString(name, ""))
	if name, _, ok := strings.Cut(name, "?"); ok && strings.Contains(name, "://") {
		return x.find(name)
	}
	rest := strings.TrimPrefix(path.Clean(strings.ReplaceAll(name, `\`, "/")), "/")
	for {
		k := keyOfName(rest)
		if x.keys[k] {
			return k
		}
		_, after, more := strings.Cut(rest, "/")
		if !more {
			if full := x.last[k]; full != "" {
				return full
			}
			if full := x.number[strings.TrimLeft(k, "0")]; full != "" && digits.FindString(k) == k {
				return full
			}
			return keyOfName(name)
		}
		rest = after
	}
}

// hits tells how many rows of a column name a picture.
func (x *nameIndex) hits(t *table.Table, column int) int {
	n := 0
	for _, r := range t.Rows {
		if x.hit(r.Cell(column)) {
			n++
		}
	}
	return n
}

// hit tells whether a value names a picture.
func (x *nameIndex) hit(c table.Cell) bool { return len(c.Words) == 1 && x.keys[x.find(c.Words[0])] }

// allHits is hits of every column.
func (x *nameIndex) allHits(t *table.Table) []int {
	n := make([]int, len(t.Columns))
	for _, r := range t.Rows {
		for i, c := range r.Cells {
			if x.hit(c) {
				n[r.Column(i)]++
			}
		}
	}
	return n
}
