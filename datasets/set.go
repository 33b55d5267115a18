package datasets

// A Set: what every source of samples looks like to its users.

import (
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"sort"
	"strings"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
	"fourmlab/internal/human"
	"fourmlab/internal/memory"
	"fourmlab/internal/show"
)

// Set is a list of samples in a fixed order. It is safe for concurrent use.
// Samples are read or rendered when they are asked for, and kept while there
// is room: their values are shared, so Clone a picture before changing it.
type Set struct {
	name  string
	split string
	src   source
	index []int  // positions in src; nil: all
	seed  *int64 // of Augmented; nil: row 0 of the windows
}

// windowed is a source whose samples have several windows.
type windowed interface {
	shown(i int, seed *int64) (modality.Sample, error)
	several(i int) bool
}

// source is where samples come from.
type source interface {
	len() int
	key(i int) string
	sample(i int) (modality.Sample, error)
	modalities() []string // in the order of 4M's figures
	splitOf(i int) string // "" where the source brings no splits
	skipped() []string
}

// Concurrent tells whether it is of use to call Sample from several goroutines
// at once: not where a person's own function makes the values.
func (s *Set) Concurrent() bool {
	m, ok := s.src.(*mapped)
	return !ok || m.f == nil && m.base.Concurrent()
}

// Len gives the number of samples.
func (s *Set) Len() int {
	if s.index != nil {
		return len(s.index)
	}
	return s.src.len()
}

func (s *Set) at(i int) int {
	if s.index != nil {
		return s.index[i]
	}
	return i
}

// Sample gives sample i, 0 <= i < Len(). The error of a broken file names the
// file and the key.
func (s *Set) Sample(i int) (modality.Sample, error) {
	if i < 0 || i >= s.Len() {
		return modality.Sample{}, &fault.Error{Op: "Set.Sample", Msg: fmt.Sprintf("sample %d of %s, expected 0 to %d", i, s.title(), s.Len()-1)}
	}
	if w, ok := s.src.(windowed); ok && s.seed != nil {
		return w.shown(s.at(i), s.seed)
	}
	return s.src.sample(s.at(i))
}

// MustSample is Sample that panics with a one-line error.
func (s *Set) MustSample(i int) modality.Sample {
	out, err := s.Sample(i)
	must("Set.MustSample", err)
	return out
}

// Keys lists the names of the samples, in order.
func (s *Set) Keys() []string {
	memory.Need("Set.Keys", 16*float64(s.Len()), "a list of %d keys", s.Len())
	out := make([]string, s.Len())
	for i := range out {
		out[i] = s.src.key(s.at(i))
	}
	return out
}

// Modalities lists what every sample has, in the order of 4M's figures.
func (s *Set) Modalities() []string { return append([]string(nil), s.src.modalities()...) }

// Split gives the part called "train", "val" or "test". Where the data brings
// its own splits those are used; else a hash of the key deals samples out
// 80/10/10, so that a sample stays in its part whatever else the set holds.
// It panics with a *fault.Error when there is no such part.
func (s *Set) Split(name string) *Set {
	share := 0.1 // of the samples, whose numbers are listed
	if name == "train" && !s.ownSplits() {
		share = 0.79
	}
	memory.Need("Set.Split", 8*share*float64(s.Len()), "a part of %d samples", s.Len())
	out := &Set{name: s.name, split: name, src: s.src, index: []int{}, seed: s.seed}
	have := map[string]bool{"train": true, "val": true, "test": true}
	if s.ownSplits() {
		have = map[string]bool{}
	}
	for i := range s.Len() {
		part := s.part(i)
		have[part] = true
		if part == name {
			out.index = append(out.index, s.at(i))
		}
	}
	if !have[name] {
		var names []string
		for n := range have {
			names = append(names, n)
		}
		sort.Strings(names)
		fault.Panic("Set.Split", "no split %q (%s has %s)", name, s.title(), strings.Join(names, ", "))
	}
	return out
}

// Head gives the first n samples, or all where there are fewer.
func (s *Set) Head(n int) *Set {
	if n < 0 {
		fault.Panic("Set.Head", "%d samples, expected 0 or more", n)
	}
	memory.Need("Set.Head", 8*float64(min(n, s.Len())), "a list of %d samples", min(n, s.Len()))
	out := &Set{name: s.name, split: s.split, src: s.src, index: []int{}, seed: s.seed}
	for i := range min(n, s.Len()) {
		out.index = append(out.index, s.at(i))
	}
	return out
}

// Skipped says of each sample that Options.SkipBroken left out why.
func (s *Set) Skipped() []string { return append([]string(nil), s.src.skipped()...) }

func (s *Set) ownSplits() bool { return s.src.len() > 0 && s.src.splitOf(0) != "" }

func (s *Set) part(i int) string {
	if own := s.src.splitOf(s.at(i)); own != "" {
		return own
	}
	return partOf(s.src.key(s.at(i)))
}

// partOf deals a key out by its hash. The finishing steps (those of
// SplitMix64) spread FNV's weak low bits.
func partOf(key string) string {
	h := fnv.New64a()
	h.Write([]byte(key))
	switch v := mix(h.Sum64()) % 10; v {
	case 8:
		return "val"
	case 9:
		return "test"
	}
	return "train"
}

// mix is the finishing function of SplitMix64 (Steele et al. 2014).
func mix(v uint64) uint64 {
	v = (v ^ v>>30) * 0xbf58476d1ce4e5b9
	v = (v ^ v>>27) * 0x94d049bb133111eb
	return v ^ v>>31
}

func (s *Set) title() string {
	if s.split != "" {
		return s.name + "/" + s.split
	}
	return s.name
}

// counted is of how many samples String counts the splits: a second's worth.
const counted = 4e6

// String gives a short table: how many samples, and what they hold.
func (s *Set) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", s.title(), human.Count(s.Len(), "sample"))
	if s.split == "" && s.Len() > counted {
		b.WriteString(" (too many to count those of each split)")
	} else if s.split == "" && s.Len() > 0 {
		n := map[string]int{}
		for i := range s.Len() {
			n[s.part(i)]++
		}
		fmt.Fprintf(&b, " (%s)", splitsText(n))
	}
	b.WriteByte('\n')
	if s.Len() > 0 {
		first, err := s.Sample(0)
		if err != nil {
			fmt.Fprintf(&b, "  %v\n", err)
		}
		for _, n := range first.Names() {
			switch v := first.Values[n].(type) {
			case *modality.Picture:
				fmt.Fprintf(&b, "  %-9s %dx%dx%d\n", n, v.H, v.W, v.C)
			default:
				said := first.Text(n)
				if r := []rune(said); len(r) > 60 {
					said = string(r[:57]) + "..."
				}
				fmt.Fprintf(&b, "  %-9s such as %q\n", n, said)
			}
		}
		for _, n := range s.Modalities() {
			if t, ok := first.Toks[n]; ok {
				fmt.Fprintf(&b, "  %-9s %dx%d tokens\n", domainOf(n), t.Rows, t.Cols)
			}
		}
	}
	if t, ok := s.src.(*tree); ok {
		for _, n := range t.notes.lines() {
			fmt.Fprintf(&b, "  note: %s\n", n)
		}
	}
	if sk := s.src.skipped(); len(sk) > 0 {
		fmt.Fprintf(&b, "  skipped %d:\n", len(sk))
		for i, w := range sk {
			if i == 5 {
				fmt.Fprintf(&b, "    and %d more\n", len(sk)-5)
				break
			}
			fmt.Fprintf(&b, "    %s\n", w)
		}
	}
	return b.String()
}

// splitsText gives "train 80, val 10, test 10", other names after these.
func splitsText(n map[string]int) string {
	rank := map[string]string{"train": "1", "val": "2", "test": "3"}
	var names, out []string
	for p := range n {
		names = append(names, p)
	}
	sort.Slice(names, func(i, j int) bool {
		a, b := names[i], names[j]
		return cmp.Or(rank[a], "4"+a) < cmp.Or(rank[b], "4"+b)
	})
	for _, p := range names {
		out = append(out, fmt.Sprintf("%s %d", p, n[p]))
	}
	return strings.Join(out, ", ")
}

// SimpleRender shows the set in a notebook.
func (s *Set) SimpleRender() map[string]any { return show.Bundle(s) }

// must panics with err as one line.
func must(op string, err error) {
	if err == nil {
		return
	}
	if f := (*fault.Error)(nil); errors.As(err, &f) && f.Error() == err.Error() {
		panic(f)
	}
	panic(&fault.Error{Op: op, Msg: err.Error()})
}
