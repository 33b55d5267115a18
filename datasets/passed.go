package datasets

// What was passed over or changed on the way, counted by kind: nothing is
// dropped or turned without a word. What nobody would miss (hidden files, a
// licence) is said where somebody asks, in Check.

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"fourmlab/datasets/tarfile"
	"fourmlab/internal/plain"
)

// passed counts by kind, and keeps the first name of each. The zero value is
// empty; a nil one forgets what it is told.
type passed struct {
	mu sync.Mutex
	by map[string]*tally
}

// tally is the count of one kind.
type tally struct {
	n     int
	aside bool // said by all alone
	first string
	seen  map[string]bool // the names that were told
}

// add counts a name under a kind, once.
func (p *passed) add(kind, name string) { p.count(kind, name, false) }

// aside counts what nobody would miss.
func (p *passed) aside(kind, name string) { p.count(kind, name, true) }

func (p *passed) count(kind, name string, aside bool) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.by == nil {
		p.by = map[string]*tally{}
	}
	t := p.by[kind]
	if t == nil {
		t = &tally{first: name, aside: aside, seen: map[string]bool{}}
		p.by[kind] = t
	}
	if t.seen[name] {
		return
	}
	t.seen[name] = true
	t.aside = t.aside && aside
	t.n++
	t.first = min(t.first, name) // whichever goroutine came first
}

// lines says it, a kind a line, in alphabetical order; what stands aside is
// left out.
func (p *passed) lines() []string { return p.said(false) }

// all says all of it.
func (p *passed) all() []string { return p.said(true) }

func (p *passed) said(aside bool) []string {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
	for kind, t := range p.by {
		first := plain.Shown(t.first)
		switch {
		case t.aside && !aside:
		case t.n == 1:
			out = append(out, fmt.Sprintf("%s: 1 (%s)", plain.Shown(kind), first))
		default:
			out = append(out, fmt.Sprintf("%s: %d (first %s)", plain.Shown(kind), t.n, first))
		}
	}
	slices.Sort(out)
	return out
}

// unread is the kind of a file whose suffix nobody reads.
func unread(ext string) string {
	if ext == "" {
		return "files without a suffix, passed over"
	}
	return fmt.Sprintf(".%s files, passed over", ext)
}

// hides notes a name that is not looked at: hidden, or what a system has left.
// It tells whether it is one.
func (p *passed) hides(base, name string) bool {
	switch {
	case strings.HasPrefix(base, "."):
		p.aside("hidden files and folders, not looked at", name)
	case hidden(base):
		p.aside("files and folders that systems leave, not looked at", name)
	default:
		return false
	}
	return true
}

// beside notes a file that lies in the folder of a set and not in one of a
// modality, but for those that are read. whole says that the set is all that
// lies there, and not a list of folders.
func (p *passed) beside(root string, d os.DirEntry, whole bool, read ...string) {
	ext := extOf(d.Name())
	kind := "." + ext + " files beside the folders, passed over"
	if ext == "" {
		kind = "files without a suffix beside the folders, passed over"
	}
	info, err := os.Stat(filepath.Join(root, d.Name()))
	switch {
	case err != nil && d.Type()&os.ModeSymlink != 0:
		p.add("links to nothing, passed over", d.Name())
	case err == nil && !info.Mode().IsRegular():
		p.add("no plain files, passed over", d.Name())
	case slices.Contains(read, d.Name()) || whole && tarfile.Is(d.Name()):
	case pictureExt[ext] || whole && (dataExt[ext] || arrayExt[ext]):
		p.add(kind, d.Name())
	default:
		p.aside(kind, d.Name())
	}
}

// after gives all in one line, behind a sign; "" where nothing was told.
func (p *passed) after(sign string) string {
	all := strings.Join(p.lines(), "; ")
	if all == "" {
		return ""
	}
	return sign + all
}
