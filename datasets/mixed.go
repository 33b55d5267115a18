package datasets

// Shards that hold all of a sample in one archive, as WebDataset and
// img2dataset write them: 000.jpg, 000.txt and 000.json side by side.

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"fourmlab/fourm/modality"
)

// openMixed makes a column of each kind of member of the shards: pictures are
// rgb, texts captions, and what carries a modality's name before its suffix
// (a.depth.png) is that. The captions of .json members count where there are no
// texts.
func openMixed(shards []string, notes *passed) ([]*column, []problem) {
	cols := map[string]*column{}
	seen := map[string]map[string]int{}
	var bad []problem
	whole := &column{notes: notes} // all members, before they are told apart
	for n, path := range shards {
		members, wrong := whole.shard(path)
		bad = append(bad, wrong...)
		for _, m := range members {
			name, ext := mixedName(m.ext)
			if name == "" {
				notes.add(unread(m.ext), m.key+"."+m.ext)
				continue
			}
			c := cols[name]
			if c == nil {
				c = newColumn(name, strings.TrimSuffix(name, ".json"))
				c.notes = notes
				cols[name], seen[name] = c, map[string]int{}
			}
			c.files = shards[:n+1]
			m.ext = ext
			bad = append(bad, c.add(m, seen[name])...)
		}
	}
	for _, c := range cols {
		c.unpacked = whole.unpacked
	}
	if c := cols[besideJSON]; c != nil {
		delete(cols, besideJSON)
		if cols["caption"] == nil && c.saysCaptions() {
			c.name, c.folder = "caption", "caption"
			cols["caption"] = c
		} else {
			for _, k := range c.keys {
				notes.add(".json files beside pictures, passed over", k+".json")
			}
		}
	}
	var out []*column
	for _, c := range cols {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b *column) int { return strings.Compare(a.name, b.name) })
	return out, bad
}

// besideJSON is the column of .json members, until it is known what they hold.
const besideJSON = "caption.json"

// mixedName says which column a member belongs to by its suffix, and what the
// suffix of its bytes is.
func mixedName(ext string) (name, kind string) {
	before, last := "", ext
	if i := strings.LastIndexByte(ext, '.'); i >= 0 && ext != "json.gz" {
		before, last = ext[:i], ext[i+1:]
	}
	if before != "" {
		if mod, sure := folderHolds(before); sure || mod != "" {
			return mod, last
		}
		return "", last
	}
	switch {
	case pictureExt[ext]:
		return "rgb", ext
	case ext == "txt" || ext == "caption":
		return "caption", "txt"
	case ext == "json" || ext == "json.gz":
		return besideJSON, ext
	}
	if m, ok := modality.Find(ext); ok && m.Look.Spec().Words { // a.caption, a.tags
		return m.Name, "txt"
	}
	return "", ext
}

// saysCaptions tells whether the first value has a caption.
func (c *column) saysCaptions() bool {
	if len(c.entries) == 0 {
		return false
	}
	b, err := c.read(0)
	if err != nil {
		return false
	}
	_, err = sidecar(b)
	return err == nil
}

// sidecar gives the captions that a .json file beside a picture has: alone, in
// a list, or under a name of an object.
func sidecar(b []byte) ([]string, error) {
	var row map[string]json.RawMessage
	if json.Unmarshal(b, &row) != nil {
		return captionsOf(b)
	}
	for _, n := range captionNames {
		for f, raw := range row {
			if !strings.EqualFold(f, n) || string(raw) == "null" {
				continue
			}
			if said, err := captionsOf(raw); err == nil && len(said) > 0 {
				return said, nil
			}
		}
	}
	return nil, fmt.Errorf("%s has no caption (%s)", clip(b), strings.Join(captionNames, ", "))
}
