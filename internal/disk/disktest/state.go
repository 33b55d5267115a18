package disktest

// A folder as the system shows it, as the disk holds it, and what lies between.

import (
	"maps"
	"path"
	"slices"

	"fourmlab/internal/disk"
)

// node is a file or a folder, whatever its names are.
type node struct {
	folder bool
	now    []byte           // of a file, as the system shows it
	kept   []byte           // as the disk holds it
	writes []write          // what lies between
	names  map[string]*node // of a folder, as the system shows it
	lasts  map[string]*node // as the disk holds it
	moves  []move           // what lies between
}

// write is one that was not flushed.
type write struct {
	off  int64
	data []byte
}

// move is a change of names that was not flushed: a name that is made, one that
// goes, or both together.
type move struct {
	gone, made string
	node       *node
}

func newFolder() *node {
	return &node{folder: true, names: map[string]*node{}, lasts: map[string]*node{}}
}

// begin gives the state before the first operation.
func (r *Recording) begin() *node {
	root := newFolder()
	for _, p := range slices.Sorted(maps.Keys(r.was)) { // folders come before what is in them
		if p[len(p)-1] == '/' {
			dir, name := root.at(path.Dir(p[:len(p)-1])), path.Base(p)
			dir.names[name] = newFolder()
			dir.lasts[name] = dir.names[name]
		}
	}
	for p, b := range r.was {
		if p[len(p)-1] != '/' {
			dir, name := root.at(path.Dir(p)), path.Base(p)
			dir.names[name] = &node{now: b, kept: b}
			dir.lasts[name] = dir.names[name]
		}
	}
	return root
}

// at follows a path as the system shows it; nil where there is nothing.
func (n *node) at(rel string) *node {
	if rel == "" || rel == "." {
		return n
	}
	dir := n.at(path.Dir(rel))
	if dir == nil {
		return nil
	}
	return dir.names[path.Base(rel)]
}

// apply carries an operation out.
func (r *Recording) apply(root *node, o disk.Op) {
	rel := r.rel(o.Path)
	dir, name := root.at(path.Dir(rel)), path.Base(rel)
	if rel == "" {
		dir = nil
	}
	switch o.Kind {
	case disk.Create, disk.MadeFolder:
		if dir == nil || o.Kind == disk.Create && dir.names[name] != nil {
			return // the folder itself
		}
		n := &node{}
		if o.Kind == disk.MadeFolder {
			n = newFolder()
		}
		dir.move("", name, n)
	case disk.Wrote:
		if n := root.at(rel); n != nil {
			n.now = laid(n.now, o.Off, o.Data)
			n.writes = append(n.writes, write{o.Off, o.Data})
		}
	case disk.Flushed:
		if n := root.at(rel); n != nil {
			n.kept, n.writes = slices.Clone(n.now), nil
		}
	case disk.Renamed:
		if n := root.at(rel); n != nil && path.Dir(rel) == path.Dir(r.rel(o.To)) {
			dir.move(name, path.Base(r.rel(o.To)), n)
		}
	case disk.Removed:
		if dir != nil {
			dir.move(name, "", nil)
		}
	case disk.FlushedFolder:
		if n := root.at(rel); n != nil {
			n.lasts, n.moves = maps.Clone(n.names), nil
		}
	}
}

func (n *node) move(gone, made string, of *node) {
	m := move{gone, made, of}
	m.in(n.names)
	n.moves = append(n.moves, m)
}

func (m move) in(names map[string]*node) {
	if m.gone != "" {
		delete(names, m.gone)
	}
	if m.made != "" {
		names[m.made] = m.node
	}
}

// laid gives bytes with others at an offset; what lies between is zeros.
func laid(b []byte, off int64, data []byte) []byte {
	if end := int(off) + len(data); end > len(b) {
		b = append(slices.Clone(b), make([]byte, end-len(b))...)
	} else {
		b = slices.Clone(b)
	}
	copy(b[off:], data)
	return b
}
