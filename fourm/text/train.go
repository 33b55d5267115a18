package text

import (
	"sort"

	"fourmlab/fourm/modality"
)

// Defaults of a lab's vocabulary: no sequence of it has more than 32 tokens,
// so at most 17 spans; 64 bins are one a pixel.
const (
	LabSentinels = 20
	LabBins      = 64
)

// Written gives the texts of a value that a vocabulary is learned from: a
// caption itself, the classes of boxes; a palette has none.
func Written(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []modality.Box:
		var out []string
		for _, b := range v {
			out = append(out, b.Class)
		}
		return out
	}
	return nil
}

// Train learns a vocabulary of at most size tokens (special ones included)
// from texts: it begins with the characters and merges the commonest pair of
// neighbours until the size is reached. The result depends on the texts
// alone.
func Train(texts []string, size int) *Vocab {
	counts := map[string]int{}
	for _, t := range texts {
		for _, w := range Split(t) {
			counts[w]++
		}
	}
	type word struct {
		parts []string
		n     int
	}
	var words []word
	pieces := map[string]bool{}
	var learned []string
	add := func(p string) {
		if !pieces[p] {
			pieces[p] = true
			learned = append(learned, p)
		}
	}
	var keys []string
	for w := range counts {
		keys = append(keys, w)
	}
	sort.Strings(keys)
	for _, k := range keys {
		w := word{n: counts[k]}
		for i, r := range []rune(k) {
			p := string(r)
			if i > 0 {
				p = "##" + p
			}
			w.parts = append(w.parts, p)
		}
		words = append(words, w)
	}
	var chars []string
	for _, w := range words {
		chars = append(chars, w.parts...)
	}
	sort.Strings(chars)
	for _, c := range chars {
		add(c)
	}
	room := size - (firstSentinel + LabSentinels + 4*LabBins)
	for len(learned) < room {
		pairs := map[[2]string]int{}
		for _, w := range words {
			for i := 0; i+1 < len(w.parts); i++ {
				pairs[[2]string{w.parts[i], w.parts[i+1]}] += w.n
			}
		}
		var best [2]string
		n := 0
		for p, c := range pairs {
			if c > n || c == n && (p[0] < best[0] || p[0] == best[0] && p[1] < best[1]) {
				best, n = p, c
			}
		}
		if n < 2 {
			break // nothing repeats any more
		}
		joined := best[0] + best[1][2:]
		add(joined)
		for i := range words {
			w := &words[i]
			for j := 0; j+1 < len(w.parts); j++ {
				if w.parts[j] == best[0] && w.parts[j+1] == best[1] {
					w.parts[j] = joined
					w.parts = append(w.parts[:j+1], w.parts[j+2:]...)
				}
			}
		}
	}
	return NewVocab(LabSentinels, LabBins, learned)
}
