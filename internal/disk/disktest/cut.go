package disktest

// Cutting the power: after each operation, with every choice of what had not
// reached the disk, or with some of them.

import (
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"fourmlab/internal/disk"
)

// Plan says which cuts are made. Always: after each operation, nothing of what
// was not flushed has happened, all of it, all but one, and one alone.
type Plan struct {
	Seed   uint64
	Chance int // further choices at random after each operation, with torn writes
	Every  int // make the cuts after every n-th operation alone; 0: after each
}

// Cut is a folder as it is found when the power is back.
type Cut struct {
	After int      // operations that were carried out
	Notes []string // those of the test that came before it
	What  string   // which choice was made, in words

	files map[string][]byte // as in Recording
}

// Cuts calls f for each cut whose folder is another than those before it had,
// with the notes that had been made, and gives their number.
func (r *Recording) Cuts(p Plan, f func(Cut)) int {
	root, chance := r.begin(), rand.New(rand.NewPCG(p.Seed, 1))
	seen := map[uint64]bool{}
	var notes []string
	for k := 0; k <= len(r.ops); k++ {
		if k > 0 {
			if o := r.ops[k-1]; o.Kind == disk.Noted {
				notes = append(notes, o.Note)
				continue // seen from the outside only
			} else {
				r.apply(root, o)
			}
		}
		if p.Every > 1 && k%p.Every != 0 {
			continue
		}
		for _, c := range choices(root.pending(), p.Chance, chance) {
			files := map[string][]byte{}
			left := c.kept
			root.left("", files, &left, chance)
			if h := hash(files, len(notes)); !seen[h] {
				seen[h] = true
				f(Cut{After: k, Notes: slices.Clone(notes), What: c.what, files: files})
			}
		}
	}
	return len(seen)
}

// pending counts what was not flushed.
func (n *node) pending() int {
	seen := map[*node]bool{}
	var count func(n *node) int
	count = func(n *node) int {
		if n == nil || seen[n] {
			return 0
		}
		seen[n] = true
		sum := len(n.writes) + len(n.moves)
		for _, name := range n.reach() {
			sum += count(name)
		}
		return sum
	}
	return count(n)
}

// reach lists what a folder may hold, in an order that does not change.
func (n *node) reach() []*node {
	var out []*node
	for _, k := range slices.Sorted(maps.Keys(n.lasts)) {
		out = append(out, n.lasts[k])
	}
	for _, m := range n.moves {
		if m.node != nil {
			out = append(out, m.node)
		}
	}
	return out
}

// choice says of each operation that was not flushed whether it has happened:
// 0 not, 1 yes, 2 torn.
type choice struct {
	kept []int
	what string
}

func choices(n, extra int, chance *rand.Rand) []choice {
	all := slices.Repeat([]int{1}, n)
	out := []choice{{make([]int, n), "nothing that was not flushed"}, {all, "all that was not flushed"}}
	for i := range n {
		but, one := slices.Clone(all), make([]int, n)
		but[i], one[i] = 0, 1
		out = append(out, choice{but, fmt.Sprintf("all but operation %d of %d that were not flushed", i+1, n)},
			choice{one, fmt.Sprintf("operation %d alone of %d that were not flushed", i+1, n)})
	}
	for range extra {
		some := make([]int, n)
		for i := range some {
			some[i] = chance.IntN(3)
		}
		out = append(out, choice{some, fmt.Sprintf("%v of what was not flushed", some)})
	}
	return out
}

// left puts what is found of a node into files; choices are used up in the
// order of pending.
func (n *node) left(at string, files map[string][]byte, choices *[]int, chance *rand.Rand) {
	found := map[*node][]byte{}
	moved := map[*node]map[string]*node{}
	var settle func(n *node)
	settle = func(n *node) {
		_, file := found[n]
		if _, folder := moved[n]; file || folder {
			return
		}
		next := func() int {
			c := (*choices)[0]
			*choices = (*choices)[1:]
			return c
		}
		b, names := n.kept, maps.Clone(n.lasts)
		for _, w := range n.writes {
			switch next() {
			case 1:
				b = laid(b, w.off, w.data)
			case 2:
				b = laid(b, w.off, w.data[:chance.IntN(len(w.data)+1)])
			}
		}
		for _, m := range n.moves {
			if next() > 0 {
				m.in(names)
			}
		}
		found[n] = b
		if n.folder {
			moved[n] = names
			for _, o := range n.reach() {
				settle(o)
			}
		}
	}
	settle(n)
	var put func(n *node, at string)
	put = func(n *node, at string) {
		if !n.folder {
			files[at] = found[n]
			return
		}
		if at != "" {
			files[at+"/"] = nil
			at += "/"
		}
		for name, o := range moved[n] {
			put(o, at+name)
		}
	}
	put(n, at)
}

func hash(files map[string][]byte, notes int) uint64 {
	h := fnv.New64a()
	fmt.Fprint(h, notes)
	for _, p := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(h, "\n%q %d ", p, len(files[p]))
		h.Write(files[p])
	}
	return h.Sum64()
}

// Put writes what is found into a folder, which is made anew.
func (c Cut) Put(dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for _, p := range slices.Sorted(maps.Keys(c.files)) {
		to := filepath.Join(dir, filepath.FromSlash(p))
		var err error
		if p[len(p)-1] == '/' {
			err = os.MkdirAll(to, 0o777)
		} else if err = os.MkdirAll(filepath.Dir(to), 0o777); err == nil {
			err = os.WriteFile(to, c.files[p], 0o666)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Files lists what is found.
func (c Cut) Files() []string { return slices.Sorted(maps.Keys(c.files)) }

func (c Cut) String() string {
	return fmt.Sprintf("cut after operation %d, %s: %v", c.After, c.What, c.Files())
}
