package datasets

// Gathering: which pictures and texts of a folder make one sample.

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"fourmlab/fourm/modality"
)

// pile is a folder sorted by key and modality.
type pile struct {
	paths map[string]map[string]string // by key, by modality
	keys  []string                     // those that are whole, in alphabetical order
	texts *texts
	bad   []problem
}

func gather(dir, captions string) (*pile, error) {
	p := &pile{paths: map[string]map[string]string{}}
	files, err := pictures(dir)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: no pictures (png, jpg, gif) in it", dir)
	}
	have := map[string]bool{}
	for _, f := range place(files) {
		have[f.mod] = true
		if p.paths[f.key] == nil {
			p.paths[f.key] = map[string]string{}
		}
		if first := p.paths[f.key][f.mod]; first != "" {
			p.bad = append(p.bad, problem{filepath.Join(dir, f.rel), f.key, "has the same key as " + first})
			continue
		}
		p.paths[f.key][f.mod] = filepath.Join(dir, f.rel)
	}
	if p.texts, err = findTexts(dir, captions); err != nil {
		return nil, err
	}
	if p.texts != nil {
		p.bad = append(p.bad, p.texts.bad...)
		for _, k := range p.texts.keys {
			if p.paths[k] == nil {
				p.bad = append(p.bad, problem{p.texts.file, k, "no picture of that name in " + dir})
			}
		}
	}
	var all []string
	for k := range p.paths {
		all = append(all, k)
	}
	sort.Strings(all)
	for _, k := range all {
		if wrong := p.lacks(k, have); wrong != "" {
			some := ""
			for _, m := range sorted(have) {
				if some = p.paths[k][m]; some != "" {
					break
				}
			}
			p.bad = append(p.bad, problem{some, k, wrong})
			continue
		}
		p.keys = append(p.keys, k)
	}
	return p, nil
}

// lacks says what a key is without that others have.
func (p *pile) lacks(key string, have map[string]bool) string {
	for _, m := range sorted(have) {
		if p.paths[key][m] == "" {
			return "no picture of the modality " + m + ", which others have"
		}
	}
	if p.texts != nil && p.texts.rows[key] == nil {
		return "no usable row in " + p.texts.file
	}
	return ""
}

func sorted(set map[string]bool) []string {
	var out []string
	for k := range set {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// pictures lists the pictures of a folder and its sub-folders, as paths from
// it with forward slashes.
func pictures(dir string) ([]string, error) {
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if strings.HasPrefix(d.Name(), ".") && path != dir {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() || !pictureExt[strings.ToLower(strings.TrimPrefix(filepath.Ext(path), "."))] {
			return nil
		}
		rel, err := filepath.Rel(dir, path)
		out = append(out, filepath.ToSlash(rel))
		return err
	})
	return out, err
}

// placed is a picture with its modality and key.
type placed struct{ rel, mod, key string }

// place finds modality and key of each picture.
func place(files []string) []placed {
	plain := map[string]bool{} // keys of pictures, by their whole name
	for _, f := range files {
		plain[keyOfName(f)] = true
	}
	var out []placed
	for _, f := range files {
		if dir, rest, ok := strings.Cut(f, "/"); ok {
			if m, ok := modality.Find(dir); ok && m.Kind == modality.Image {
				out = append(out, placed{f, m.Name, keyOfName(rest)})
				continue
			}
		}
		at := placed{f, "rgb", keyOfName(f)}
		stem := strings.TrimSuffix(f, filepath.Ext(f))
		if i := strings.LastIndexAny(stem, "._-"); i > 0 {
			m, ok := modality.Find(stem[i+1:])
			key := keyOfName(stem[:i])
			// finish_line.jpg is a photograph, unless there is a finish.jpg.
			if ok && m.Kind == modality.Image && m.Name == stem[i+1:] && (stem[i] == '.' || plain[key] || plain[key+"_rgb"]) {
				at.mod, at.key = m.Name, key
			}
		}
		out = append(out, at)
	}
	return out
}

// findTexts reads the caption file, or gives nil where there is none.
func findTexts(dir, named string) (*texts, error) {
	if named != "" {
		return readTexts(named)
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, f := range list {
		if slices.Contains([]string{".csv", ".tsv", ".jsonl"}, strings.ToLower(filepath.Ext(f.Name()))) && !f.IsDir() {
			found = append(found, filepath.Join(dir, f.Name()))
		}
	}
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
		return readTexts(found[0])
	}
	return nil, fmt.Errorf("%s: %d files could hold the captions (%s): name one in PackOptions.Captions", dir, len(found), strings.Join(found, ", "))
}
