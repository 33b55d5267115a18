package train

// By what a set of samples is known again when a run goes on.

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash"
	"maps"
	"slices"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
)

// mark is what a set is known by: its size, the key of its first sample, and a
// digest of a few samples.
type mark struct {
	N     int
	First string `json:",omitempty"`
	Sum   string `json:",omitempty"`
}

func (m mark) String() string {
	if m.First == "" {
		return fmt.Sprintf("%d samples", m.N)
	}
	return fmt.Sprintf("%d samples, the first %q", m.N, m.First)
}

// beside is a mark in words, next to another that it differs from.
func (m mark) beside(o mark) string {
	if m.String() == o.String() {
		return "as many with the same key, but other values"
	}
	return m.String()
}

// marked is a set whose mark is known. The samples that were read for it are
// kept until they are asked for, so that every sample is read once.
type marked struct {
	Data
	m    *model.Model
	mark mark
	got  map[int]modality.Sample
}

// of gives the mark, nil where there is no set.
func (d *marked) of() *mark {
	if d == nil {
		return nil
	}
	return &d.mark
}

// few is how many samples a mark looks at, spread over the set.
const few = 8

// markOf reads a few samples and looks at what the model takes of them.
func markOf(m *model.Model, d Data) (*marked, error) {
	out := &marked{Data: d, m: m, mark: mark{N: d.Len()}, got: map[int]modality.Sample{}}
	var err error
	out.mark.Sum, err = out.sum()
	out.mark.First = out.got[0].Key
	return out, err
}

// sum reads the samples anew and gives their digest.
func (d *marked) sum() (string, error) {
	n := d.mark.N
	k := min(n, few)
	at := make([]int, k)
	for i := range at {
		at[i] = i * (n - 1) / max(k-1, 1)
	}
	samples, err := modality.Collect(chosen{d.Data, at}, 0, k)
	if err != nil {
		return "", err
	}
	for i, s := range samples {
		d.got[at[i]] = s
	}
	uses := map[string]bool{}
	for _, dom := range append(slices.Clone(d.m.In), d.m.Out...) {
		uses[dom.Modality] = true
	}
	for i, s := range samples {
		samples[i] = d.m.As(s)
	}
	return digest(uses, samples), nil
}

// same tells whether a mark may be of this set. Of a set whose samples are
// others each time they are read, as where chance crops them, size and first
// key alone count; that is found out where the values differ.
func (d *marked) same(o mark) (bool, error) {
	if d.mark.N != o.N || d.mark.First != o.First {
		return false, nil
	}
	if d.mark.Sum == o.Sum {
		return true, nil
	}
	again, err := d.sum()
	return again != d.mark.Sum, err
}

// Sample gives a sample that was read for the mark once more, without reading
// it again.
func (d *marked) Sample(i int) (modality.Sample, error) {
	if s, ok := d.got[i]; ok {
		return s, nil
	}
	return d.Data.Sample(i)
}

// Concurrent tells whether samples may be read at once.
func (d *marked) Concurrent() bool {
	c, ok := d.Data.(interface{ Concurrent() bool })
	return ok && c.Concurrent()
}

// Epoch gives the set of an epoch where it is another in each.
func (d *marked) Epoch(n int) modality.Data {
	if v, ok := d.Data.(varied); ok {
		return v.Epoch(n)
	}
	return nil
}

func digest(uses map[string]bool, samples []modality.Sample) string {
	h := sha256.New()
	for _, s := range samples {
		fmt.Fprintf(h, "%q\n", s.Key)
		for _, name := range slices.Sorted(maps.Keys(s.Values)) {
			if uses[name] {
				fmt.Fprintf(h, "%q\n", name)
				put(h, s.Values[name])
			}
		}
		for _, name := range slices.Sorted(maps.Keys(s.Toks)) {
			if uses[name] {
				fmt.Fprintf(h, "%q %v\n", name, s.Toks[name].IDs)
			}
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:16])
}

// put puts a value into a digest. What cannot be written as JSON counts by
// its type.
func put(h hash.Hash, v any) {
	if p, ok := v.(*modality.Picture); ok && p != nil {
		fmt.Fprintln(h, p.H, p.W, p.C)
		binary.Write(h, binary.LittleEndian, p.Pix)
		return
	}
	b, err := json.Marshal(v)
	if err != nil {
		b = fmt.Appendf(nil, "%T", v)
	}
	h.Write(append(b, '\n'))
}
