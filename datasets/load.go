package datasets

// Loading a tree: which columns a folder has, and that they fit together.

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fourmlab/datasets/picture"
	"fourmlab/fourm/modality"
	"fourmlab/internal/human"
)

// loadTree indexes the folder of a location. It gives all that fits together
// and all that is wrong.
func loadTree(at location) (*tree, []problem) {
	root, only := at.path, at.only
	t := &tree{size: at.size, flag: at.flag, kept: newCache(cacheBytes), notes: &passed{}}
	dirs, err := os.ReadDir(root)
	if err != nil {
		return t, []problem{{root, "", err.Error()}}
	}
	var bad []problem
	var folders []string
	for name := range at.names {
		if !isDir(filepath.Join(root, name)) {
			bad = append(bad, problem{filepath.Join(root, name), "", "no such folder, which Options.Names has"})
		}
	}
	pictures := 0 // that lie in no folder
	for _, d := range dirs {
		switch {
		case t.notes.hides(d.Name(), d.Name()):
		case isDir(filepath.Join(root, d.Name())):
			folders = append(folders, d.Name())
		default:
			if pictureExt[extOf(d.Name())] {
				pictures++
			}
			t.notes.beside(root, d, only == nil, "meta.jsonl")
		}
	}
	if part := parts(root, folders); part != "" {
		return t, []problem{{root, "", part}}
	}
	holds := heldBy(folders, only == nil)
	for _, folder := range folders {
		name := holds[folder]
		if n, ok := at.names[folder]; ok {
			name = n
		}
		m, ok := modality.Find(name)
		if only != nil && !slices.Contains(only, folder) && !(ok && slices.Contains(only, m.Name)) {
			t.notes.aside("folders that are none of this set's, passed over", folder)
			continue
		}
		c := newColumn(folder, name)
		c.notes = t.notes
		c, wrong := openColumn(filepath.Join(root, folder), c)
		bad = append(bad, wrong...)
		if len(c.files) == 0 {
			bad = append(bad, problem{filepath.Join(root, folder), "", "neither shard-*.tar nor pictures in it"})
			continue
		}
		if len(c.entries) == 0 && len(c.unread) > 0 {
			key := slices.Min(slices.Collect(maps.Keys(c.unread)))
			bad = append(bad, problem{filepath.Join(root, folder), key, c.missing(key)})
			continue
		}
		if folder == cropFolder {
			t.crops = c
			continue
		}
		t.cols = append(t.cols, c)
		t.tokens = t.tokens || c.tokens && !holdsSymbols(c.name)
	}
	if shards, err := shardsIn(root); err != nil {
		bad = append(bad, problem{root, "", err.Error()})
	} else if len(shards) > 0 && only == nil {
		cols, wrong := openMixed(shards, t.notes)
		t.cols, bad = append(t.cols, cols...), append(bad, wrong...)
	}
	if t.crops != nil { // symbols have no place in a picture, unless windows say one
		t.tokens = t.tokens || slices.ContainsFunc(t.cols, func(c *column) bool { return c.tokens })
	}
	if !t.tokens {
		if t.crops != nil {
			t.notes.aside("windows without tokens that they concern, passed over", cropFolder)
		}
		t.crops = nil // windows concern tokens; without any, pictures are shown whole
	}
	if at.names == nil {
		t.nameByTokens()
	}
	rank := modality.Sample{Values: map[string]any{}}
	seen := map[string]bool{}
	for _, c := range t.cols {
		if what := fmt.Sprint(c.name, c.tokens); seen[what] {
			bad = append(bad, problem{root, "", "two folders hold the modality " + c.name})
		} else {
			seen[what] = true
		}
		rank.Values[c.name] = nil
	}
	order := rank.Names()
	slices.SortStableFunc(t.cols, func(a, b *column) int { return slices.Index(order, a.name) - slices.Index(order, b.name) })
	all := slices.Clone(t.cols)
	if t.crops != nil {
		all = append(all, t.crops)
	}
	if path := filepath.Join(root, "meta.jsonl"); exists(path) {
		m, wrong := openMeta(path, t.notes)
		bad = append(bad, wrong...)
		if m != nil {
			t.meta = m
			all = append(all, &m.column)
			for name := range m.fields {
				if only != nil && !slices.Contains(only, name) || rank.Has(name) {
					m.notes.aside("meta.jsonl: fields that are not wanted, or are there as a folder, passed over", name)
					delete(m.fields, name)
					continue
				}
				rank.Values[name] = nil
			}
		}
	}
	for _, n := range outlined {
		if t.meta != nil && slices.Contains(only, n) && !rank.Has(n) {
			t.outlined, rank.Values[n] = true, nil
		}
	}
	t.names = rank.Names()
	if len(all) == 0 {
		hint := "MODALITY/shard-00000.tar or MODALITY/NAME.png in it"
		if len(folders) > 0 {
			hint += fmt.Sprintf(" (it has the folders %s)", strings.Join(folders, ", "))
		} else if pictures > 0 {
			hint += fmt.Sprintf(" (it has %s itself, of which datasets.Pack makes a set)", human.Count(pictures, "picture"))
		}
		return t, append(bad, problem{root, "", "no samples: expected " + hint})
	}
	splits := map[string]string{}
	if t.meta != nil && t.meta.splits != nil {
		for i, k := range t.meta.keys {
			splits[k] = t.meta.splits[i]
		}
	}
	keys, wrong := pair(all)
	t.keys, bad = keys, append(bad, wrong...)
	if len(splits) > 0 {
		for _, k := range t.keys {
			t.splits = append(t.splits, splits[k])
		}
	}
	if len(t.keys) == 0 && len(bad) == 0 {
		bad = append(bad, problem{root, "", "no samples in it"})
	}
	t.measure()
	return t, bad
}

// heldBy says what each folder holds: what its name says in whatever letters,
// else, with habits, what people mean by it beside a folder of another
// modality.
func heldBy(folders []string, withHabits bool) map[string]string {
	out := map[string]string{}
	taken := map[string]bool{}
	for _, f := range folders {
		out[f] = f
		if m, ok := modality.Find(f); ok {
			taken[m.Name] = taken[m.Name] || !strings.HasPrefix(f, "tok_")
		} else if mod, sure := folderHolds(f); sure && !taken[mod] {
			out[f], taken[mod] = mod, true
		}
	}
	if !withHabits {
		return out
	}
	mods := map[string]bool{}
	for _, f := range folders {
		if mod, _ := folderHolds(f); mod != "" {
			mods[mod] = true
		}
	}
	for _, f := range folders {
		if mod, sure := folderHolds(f); mod != "" && !sure && len(mods) > 1 {
			out[f] = mod // two folders of one modality are a fault that is told
		}
	}
	return out
}

// parts says that a folder is a corpus of several sets; "" where it is none.
func parts(root string, folders []string) string {
	if len(folders) == 0 {
		return ""
	}
	for _, f := range folders {
		if partNamed(f) == "" {
			return ""
		}
		list, _ := os.ReadDir(filepath.Join(root, f))
		if !slices.ContainsFunc(list, func(e os.DirEntry) bool { return isDir(filepath.Join(root, f, e.Name())) && !hidden(e.Name()) }) {
			return ""
		}
	}
	return fmt.Sprintf("the parts of a corpus (%s), each of which is a set: open %s", strings.Join(folders, ", "), filepath.Join(root, folders[0]))
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

// nameByTokens calls a picture's modality as the tokens beside it are called:
// rgb next to tok_rgb@224 is what those are tokens of (docs/4m.md, 1.2, "path").
func (t *tree) nameByTokens() {
	of := map[string][]string{}
	for _, c := range t.cols {
		if base, _, ok := strings.Cut(c.name, "@"); ok && c.tokens {
			of[base] = append(of[base], c.name)
		}
	}
	for _, c := range t.cols {
		if names := of[c.folder]; len(names) == 1 && !c.tokens {
			c.name = names[0]
		}
	}
}

// measure finds the shape that all pictures must have: that of most of the
// first samples, so that one that is wrong does not condemn the others.
func (t *tree) measure() {
	for _, c := range t.cols {
		if len(t.keys) == 0 || !pictureExt[c.entries[0].ext] || t.cutting() {
			continue
		}
		n := map[shape]int{}
		for i := range min(9, len(t.keys)) {
			b, err := c.read(i)
			if err != nil {
				continue
			}
			h, w, err := picture.Size(b)
			if err != nil {
				continue
			}
			sh := shape{h, w}
			if n[sh]++; n[sh] > n[t.first] {
				t.first = sh
			}
		}
		return
	}
}
