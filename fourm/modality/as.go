package modality

// One modality under several names: a set's "rgb" is the "rgb@224" of a
// published model, and its "edge" the "canny_edge@224".

import (
	"maps"
	"slices"
	"strings"
)

// As gives the sample with what it has under other names put under the given
// ones, too: "rgb" as "rgb@224", where it has no "rgb@224" of its own. Two names
// with different resolutions are never the same. Nothing is resized.
func (s Sample) As(names ...string) Sample {
	out := s
	for _, name := range names {
		_, value := s.Values[name]
		_, tokens := s.Toks[name]
		if value || tokens {
			continue
		}
		twin, ok := s.twin(name)
		if !ok {
			continue
		}
		if v, ok := s.Values[twin]; ok {
			if len(out.Values) == len(s.Values) {
				out.Values = maps.Clone(s.Values)
			}
			out.Values[name] = v
		}
		if t, ok := s.Toks[twin]; ok {
			if len(out.Toks) == len(s.Toks) {
				out.Toks = maps.Clone(s.Toks)
			}
			out.Toks[name] = t
		}
	}
	return out
}

// twin finds the one modality of the sample that a name is another name of.
func (s Sample) twin(name string) (string, bool) {
	base, sized := plain(name)
	var found []string
	for _, have := range []map[string]bool{keys(s.Values), keys(s.Toks)} {
		for n := range have {
			b, sz := plain(n)
			if b == base && !(sized && sz) && !slices.Contains(found, n) {
				found = append(found, n)
			}
		}
	}
	if len(found) != 1 {
		return "", false
	}
	return found[0], true
}

// Same tells whether two names are of one modality, but for a resolution that
// one of them leaves out: "rgb" and "tok_rgb@224".
func Same(a, b string) bool {
	x, xs := plain(a)
	y, ys := plain(b)
	return x == y && !(xs && ys)
}

func keys[T any](m map[string]T) map[string]bool {
	out := map[string]bool{}
	for k := range m {
		out[k] = true
	}
	return out
}

// plain gives the lab's name of a modality without a resolution, and whether
// the name had one.
func plain(name string) (base string, sized bool) {
	base, _, sized = strings.Cut(name, "@")
	for _, n := range []string{"tok_" + base, base} {
		registry.RLock()
		m, ok := registry.alias[n]
		registry.RUnlock()
		if ok {
			return m, sized
		}
	}
	return base, sized
}
