package checkpoint

// What a model wants of a file, against what is there.

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Mismatch is the error of Compare.
type Mismatch struct {
	Path    string
	Missing []string     // wanted, not there
	Extra   []string     // there, not wanted under any name
	Shapes  []WrongShape // there with another shape
}

// WrongShape is a tensor with another shape than wanted.
type WrongShape struct {
	Name       string
	Have, Want []int
}

// Compare checks the tensors of the file against those that a model wants, as
// shapes by name. Aliases count as there. The error is a *Mismatch, or nil
// where both agree.
func (c *File) Compare(want map[string][]int) error {
	m := &Mismatch{Path: c.path}
	used := map[string]bool{}
	for _, name := range sortedKeys(want) {
		stored, err := c.Resolve(name)
		if err != nil {
			m.Missing = append(m.Missing, name)
			continue
		}
		used[stored] = true
		if have := c.entries[stored].shape; !slices.Equal(have, want[name]) {
			m.Shapes = append(m.Shapes, WrongShape{name, slices.Clone(have), slices.Clone(want[name])})
		}
	}
	for _, name := range c.Names() {
		if !used[name] {
			m.Extra = append(m.Extra, name)
		}
	}
	if len(m.Missing)+len(m.Extra)+len(m.Shapes) == 0 {
		return nil
	}
	return m
}

// Error says how many tensors do not fit, and names the first of each kind:
// at most twenty lines.
func (m *Mismatch) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "checkpoint: %s does not fit: %d missing, %d not wanted, %d of another shape", m.Path, len(m.Missing), len(m.Extra), len(m.Shapes))
	const most = 5
	list := func(what string, n int, say func(i int) string) {
		if n == 0 {
			return
		}
		fmt.Fprintf(&b, "\n  %s:", what)
		for i := range min(n, most) {
			fmt.Fprintf(&b, "\n    %s", say(i))
		}
		if n > most {
			fmt.Fprintf(&b, "\n    and %d more", n-most)
		}
	}
	list("missing", len(m.Missing), func(i int) string { return clip(m.Missing[i]) })
	list("not wanted", len(m.Extra), func(i int) string { return clip(m.Extra[i]) })
	list("of another shape", len(m.Shapes), func(i int) string {
		s := m.Shapes[i]
		return fmt.Sprintf("%s is %v, expected %v", clip(s.Name), clipInts(s.Have), clipInts(s.Want))
	})
	return b.String()
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
