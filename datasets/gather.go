package datasets

// Gathering: which pictures and texts of a folder make one sample.

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"sort"

	"fourmlab/datasets/table"
	"fourmlab/internal/plain"
)

// pile is a folder sorted by key and modality.
type pile struct {
	dir    string
	paths  map[string]map[string]string // by key, by modality
	splits map[string]string            // by key: the part that a folder names
	keys   []string                     // those that are whole, in alphabetical order
	texts  *texts
	bad    []problem
	notes  *passed
}

func gather(dir, captions string) (*pile, error) {
	p := &pile{dir: dir, paths: map[string]map[string]string{}, splits: map[string]string{}, notes: &passed{}}
	tables, err := p.tables(captions)
	if err != nil {
		return nil, err
	}
	files, err := p.files(tables)
	if err != nil {
		return nil, err
	}
	var beside []placed
	have := map[string]bool{}
	for _, f := range place(files, p.notes) {
		if f.text {
			beside = append(beside, f)
			continue
		}
		have[f.mod] = true
		if p.paths[f.key] == nil {
			p.paths[f.key] = map[string]string{}
		}
		if first := p.paths[f.key][f.mod]; first != "" {
			p.bad = append(p.bad, problem{p.at(f.rel), f.key, "has the same key as " + first})
			continue
		}
		p.paths[f.key][f.mod] = p.at(f.rel)
		if f.split != "" {
			p.splits[f.key] = f.split
		}
	}
	if len(have) == 0 {
		return nil, fmt.Errorf("%s: no pictures (%s) in it%s", dir, pictureKinds, p.notes.after("; "))
	}
	names := indexNames(sortedKeys(p.paths))
	if len(tables) > 0 {
		if p.texts, err = readTexts(p.dir, tables, names, p.notes); err != nil {
			return nil, err
		}
		for _, f := range beside {
			p.notes.add(unread(extOf(f.rel))+", since a table has the captions", f.rel)
		}
	} else if err := p.sidecars(beside); err != nil {
		return nil, err
	}
	p.sift(have)
	return p, nil
}

func (p *pile) at(rel string) string { return filepath.Join(p.dir, filepath.FromSlash(rel)) }

// tables lists the files whose rows hold the captions.
func (p *pile) tables(named string) ([]string, error) {
	if named != "" {
		return []string{named}, nil
	}
	return findTexts(p.dir)
}

// files lists all files but those tables. A name that is no UTF-8 names no
// sample.
func (p *pile) files(tables []string) ([]string, error) {
	list, err := walk(p.dir, "", p.notes)
	var out []string
	for _, f := range list {
		if slices.Contains(tables, f.path) {
			continue
		}
		if wrong := plain.Invalid([]byte(f.rel)); wrong != nil {
			p.bad = append(p.bad, problem{f.path, f.rel, fmt.Sprintf("byte %d of its name is %#02x, which is not UTF-8", wrong.Offset+1, wrong.Value)})
			continue
		}
		out = append(out, f.rel)
	}
	return out, err
}

// ofNumbers is a text of numbers alone: a box or a point a line, no caption.
var ofNumbers = regexp.MustCompile(`^([-+0-9.eE]+[ ,\t]+){3,}[-+0-9.eE]+$`)

// sidecars takes the texts beside pictures as captions: the lines of a .txt,
// what a .json says under a name for captions.
func (p *pile) sidecars(beside []placed) error {
	t := &texts{file: p.dir, columns: []string{"caption"}, rows: map[string]textRow{}}
	for _, f := range beside {
		if p.paths[f.key] == nil {
			p.notes.add(unread(extOf(f.rel))+": no picture has their name", f.rel)
			continue
		}
		b, err := os.ReadFile(p.at(f.rel))
		if err != nil {
			return err
		}
		wrong := func(err error) { t.bad = append(t.bad, problem{p.at(f.rel), f.key, err.Error()}) }
		if b, err = plain.UTF8(b); err != nil {
			wrong(err)
			continue
		}
		said := linesOf(b)
		if extOf(f.rel) == "json" {
			if said, err = sidecar(plain.JSON(b)); err != nil {
				p.notes.add(unread("json")+": they say no caption", f.rel)
				continue
			}
		} else if len(said) > 0 && ofNumbers.MatchString(said[0]) {
			p.notes.add(unread(extOf(f.rel))+": they are of numbers", f.rel)
			continue
		}
		row := table.Row{Line: 1}
		t.add(p.at(f.rel), f.key, textRow{said: map[string][]string{"caption": said}}, row)
	}
	if len(t.rows) > 0 || len(t.bad) > 0 {
		p.texts = t
	}
	return nil
}

// sift keeps the keys that have all that others have.
func (p *pile) sift(have map[string]bool) {
	if p.texts != nil {
		p.bad = append(p.bad, p.texts.bad...)
		for _, k := range p.texts.keys {
			if p.paths[k] == nil {
				p.bad = append(p.bad, problem{p.texts.file, k, "no picture of that name in " + p.dir})
			}
		}
	}
	for _, k := range sortedKeys(p.paths) {
		if wrong := p.lacks(k, have); wrong != "" {
			some := ""
			for _, m := range sortedKeys(have) {
				if some = p.paths[k][m]; some != "" {
					break
				}
			}
			p.bad = append(p.bad, problem{some, k, wrong})
			continue
		}
		p.keys = append(p.keys, k)
	}
	for _, k := range p.keys {
		if len(p.splits) > 0 && p.splits[k] == "" {
			p.notes.add("pictures in no folder of a part (train, val, test), so that the parts are not kept", path.Base(k))
		}
	}
	if len(p.splits) > 0 && slices.ContainsFunc(p.keys, func(k string) bool { return p.splits[k] == "" }) {
		p.splits = nil
	}
}

// lacks says what a key is without that others have.
func (p *pile) lacks(key string, have map[string]bool) string {
	for _, m := range sortedKeys(have) {
		if p.paths[key][m] == "" {
			return "no picture of the modality " + m + ", which others have"
		}
	}
	if p.texts != nil && p.texts.rows[key].said == nil {
		if p.texts.file == p.dir {
			return "no usable text beside it, which others have"
		}
		return "no usable row in " + p.texts.file
	}
	return ""
}

// split gives the part of a key: that of its row, else of its folder.
func (p *pile) split(key string) string {
	if p.texts != nil && p.texts.rows[key].split != "" {
		return p.texts.rows[key].split
	}
	return p.splits[key]
}

func sortedKeys[T any](of map[string]T) []string {
	var out []string
	for k := range of {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
