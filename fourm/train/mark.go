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
// digest of a few samples. Sum is empty where a sample is another each time it
// is read, as it is where chance crops it.
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

// same tells whether two marks may be of the same set.
func (m mark) same(o mark) bool {
	return m.N == o.N && m.First == o.First && (m.Sum == o.Sum || m.Sum == "" || o.Sum == "")
}

// beside is a mark in words, next to another that it differs from.
func (m mark) beside(o mark) string {
	if m.String() == o.String() {
		return "as many with the same key, but other values"
	}
	return m.String()
}

// marked is how many samples are looked at.
const marked = 8

// mark looks at the sets of the run.
func (l *loop) mark(data Data) (err error) {
	if l.data, err = markOf(l.m, data); err != nil {
		return err
	}
	if l.o.Val != nil && l.o.Val.Len() > 0 {
		l.held, err = markOf(l.m, l.o.Val)
	}
	return err
}

// markOf reads a few samples, spread over the set, and looks at what the model
// takes of them.
func markOf(m *model.Model, d Data) (*mark, error) {
	uses := map[string]bool{}
	for _, dom := range append(slices.Clone(m.In), m.Out...) {
		uses[dom.Modality] = true
	}
	n := d.Len()
	k := min(n, marked)
	at := make([]int, 0, k+1)
	for i := range k {
		at = append(at, i*(n-1)/max(k-1, 1))
	}
	samples, err := modality.Collect(chosen{d, append(at, 0)}, 0, k+1)
	if err != nil {
		return nil, err
	}
	out := &mark{N: n, First: samples[0].Key}
	if digest(uses, samples[:1]) == digest(uses, samples[k:]) {
		out.Sum = digest(uses, samples[:k])
	}
	return out, nil
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
