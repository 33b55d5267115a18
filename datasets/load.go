package datasets

// Loading a tree: which columns a folder has, and that they fit together.

import (
	"bytes"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fourmlab/fourm/modality"
)

// loadTree indexes the folder of a location. It gives all that fits together
// and all that is wrong.
func loadTree(at location) (*tree, []problem) {
	root, only := at.path, at.only
	t := &tree{size: at.size, flag: at.flag, kept: newCache(cacheBytes)}
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
	for _, d := range dirs {
		info, err := os.Stat(filepath.Join(root, d.Name()))
		if err != nil || !info.IsDir() || strings.HasPrefix(d.Name(), ".") {
			continue
		}
		folders = append(folders, d.Name())
		name := d.Name()
		if n, ok := at.names[name]; ok {
			name = n
		}
		m, ok := modality.Find(name)
		if only != nil && !slices.Contains(only, d.Name()) && !(ok && slices.Contains(only, m.Name)) {
			continue
		}
		c, wrong := openColumn(filepath.Join(root, d.Name()), newColumn(d.Name(), name))
		bad = append(bad, wrong...)
		if len(c.files) == 0 {
			bad = append(bad, problem{filepath.Join(root, d.Name()), "", "neither shard-*.tar nor pictures in it"})
			continue
		}
		if d.Name() == cropFolder {
			t.crops = c
			continue
		}
		t.cols = append(t.cols, c)
		t.tokens = t.tokens || c.tokens
	}
	if !t.tokens {
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
		m, wrong := openMeta(path)
		bad = append(bad, wrong...)
		if m != nil {
			t.meta = m
			all = append(all, &m.column)
			for name := range m.fields {
				if only != nil && !slices.Contains(only, name) || rank.Has(name) {
					delete(m.fields, name) // not wanted, or there as a folder
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

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

// nameByTokens calls a picture's modality as the tokens beside it are called:
// rgb next to tok_rgb@224 is what those are tokens of (inventory 1.2, "path").
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
			cfg, _, err := image.DecodeConfig(bytes.NewReader(b))
			if err != nil {
				continue
			}
			sh := shape{cfg.Height, cfg.Width}
			if n[sh]++; n[sh] > n[t.first] {
				t.first = sh
			}
		}
		return
	}
}
