package datasets

// Places: which modality, part and key a file of a folder has, by the folders
// it lies in and by its name.

import (
	"path"
	"strings"

	"fourmlab/fourm/modality"
)

// placed is a file with its modality, key and part.
type placed struct {
	rel, mod, key string
	split         string // "" where no folder names one
	text          bool   // of captions: it is no picture
}

// folders knows what the folders of a pile are for.
type folders struct {
	holds map[string]string // by path: the modality
	part  map[string]string // by path: the part of the set
}

// foldersOf looks at every folder together with those beside it: a habit counts
// where another modality lies beside it, and a part where another part does, or
// where it is alone and holds folders of modalities.
func foldersOf(files []string) folders {
	children := map[string][]string{}
	seen := map[string]bool{}
	for _, f := range files {
		if ext := extOf(f); !pictureExt[ext] && !captionExt[ext] && !numbersExt(ext) {
			continue // a folder of other files holds no modality
		}
		for dir := path.Dir(f); dir != "." && !seen[dir]; dir = path.Dir(dir) {
			seen[dir] = true
			up := path.Dir(dir)
			children[up] = append(children[up], path.Base(dir))
		}
	}
	f := folders{map[string]string{}, map[string]string{}}
	for up, names := range children {
		for name, mod := range heldBy(names, true) {
			if m, ok := modality.Find(mod); ok && (m.Kind == modality.Image || m.Name == "caption") {
				f.holds[path.Join(up, name)] = m.Name
			}
		}
	}
	for up, names := range children {
		parts := map[string]bool{}
		for _, n := range names {
			if p := partNamed(n); p != "" {
				parts[p] = true
			}
		}
		for _, n := range names {
			p, dir := partNamed(n), path.Join(up, n)
			inside := false
			for _, c := range children[dir] {
				inside = inside || f.holds[path.Join(dir, c)] != ""
			}
			if p != "" && (len(parts) > 1 || len(names) == 1 && inside) {
				f.part[dir] = p
			}
		}
	}
	return f
}

// of gives what the folders of a path say, and the rest of the path, of which
// the key is made: folders of modalities are left out.
func (f folders) of(rel string) (mod, split, rest string) {
	parts := strings.Split(rel, "/")
	var left []string
	for i, p := range parts {
		dir := strings.Join(parts[:i+1], "/")
		if i == len(parts)-1 {
			left = append(left, p)
			break
		}
		if s := f.part[dir]; s != "" && split == "" {
			split = s
		}
		if m := f.holds[dir]; m != "" && mod == "" {
			mod = m
			continue
		}
		left = append(left, p)
	}
	return mod, split, strings.Join(left, "/")
}

// place finds modality and key of each picture, array and text; what is none of
// them does not come out, and is noted.
func place(files []string, notes *passed) []placed {
	f := foldersOf(files)
	plain := map[string]bool{} // keys of pictures, by their whole name
	for _, rel := range files {
		if pictureExt[extOf(rel)] {
			_, _, rest := f.of(rel)
			plain[keyOfName(rest)] = true
		}
	}
	var out, texts []placed
	for _, rel := range files {
		mod, split, rest := f.of(rel)
		ext := extOf(rel)
		stem := strings.TrimSuffix(rest, path.Ext(rest))
		at := placed{rel: rel, mod: mod, key: keyOfName(stem), split: split}
		switch {
		case captionExt[ext] && (mod == "" || mod == "caption" || mod == "rgb"):
			at.mod, at.text = "caption", true
			texts = append(texts, at)
			continue
		case !pictureExt[ext] && !numbersExt(ext) || mod == "caption":
			notes.add(unread(ext), rel)
			continue
		case mod == "":
			at.mod = "rgb"
			if i := strings.LastIndexAny(stem, "._-"); i > 0 {
				m, ok := modality.Find(stem[i+1:])
				key := keyOfName(stem[:i])
				// finish_line.jpg is a photograph, unless there is a finish.jpg.
				if ok && m.Kind == modality.Image && m.Name == stem[i+1:] && (stem[i] == '.' || plain[key] || plain[key+"_rgb"]) {
					at.mod, at.key = m.Name, key
					mod = m.Name
				}
			}
			if mod == "" && numbersExt(ext) {
				notes.add("."+ext+" files in no folder of a modality, passed over", rel)
				continue
			}
		}
		out = append(out, at)
	}
	return append(out, texts...)
}
