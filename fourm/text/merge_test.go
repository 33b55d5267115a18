package text

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// recount is learn in plain loops: all pairs are counted anew for every merge.
func recount(special []string, counts map[string]int, size, least int) []string {
	names := slices.Concat(special, nil)
	index := map[string]int{}
	for i, p := range names {
		index[p] = i
	}
	number := func(p string) int {
		if _, ok := index[p]; !ok {
			index[p] = len(names)
			names = append(names, p)
		}
		return index[p]
	}
	for _, p := range alphabet(counts) {
		number(p)
	}
	cut := map[string][]string{}
	for w := range counts {
		for i, r := range w {
			p := string(r)
			if i > 0 {
				p = "##" + p
			}
			cut[w] = append(cut[w], p)
		}
	}
	for len(names) < size {
		seen := map[[2]string]int{}
		for w, parts := range cut {
			for i := 1; i < len(parts); i++ {
				seen[[2]string{parts[i-1], parts[i]}] += counts[w]
			}
		}
		var best [2]string
		n := 0
		for p, c := range seen {
			older := index[p[0]] < index[best[0]] || p[0] == best[0] && index[p[1]] < index[best[1]]
			if c > n || c == n && older {
				best, n = p, c
			}
		}
		if n < max(least, 1) {
			break
		}
		joined := best[0] + strings.TrimPrefix(best[1], "##")
		number(joined)
		for w, parts := range cut {
			var out []string
			for i := 0; i < len(parts); i++ {
				if i+1 < len(parts) && parts[i] == best[0] && parts[i+1] == best[1] {
					out = append(out, joined)
					i++
				} else {
					out = append(out, parts[i])
				}
			}
			cut[w] = out
		}
	}
	return names[len(special):]
}

// The heap gives what counting anew gives, to the last piece.
func TestLearnIsRecount(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for n := range 200 {
		letters := []rune("abcdé日")[:1+r.IntN(6)]
		counts := map[string]int{}
		for range 1 + r.IntN(30) {
			var w []rune
			for range 1 + r.IntN(9) {
				w = append(w, letters[r.IntN(len(letters))])
			}
			counts[string(w)] += 1 + r.IntN(4)
		}
		special := []string{"[PAD]", "ab", "##a", "abc"}[:r.IntN(5)]
		size, least := r.IntN(80), r.IntN(4)
		got, want := learn(special, maps.Clone(counts), size, least), recount(special, counts, size, least)
		if !slices.Equal(got, want) {
			t.Fatalf("case %d: %v with %v, size %d, least %d:\n%v, expected\n%v", n, counts, special, size, least, got, want)
		}
	}
}

// A million words, as texts have them: few that are common, many that are rare.
func BenchmarkTrain(b *testing.B) {
	r := rand.New(rand.NewPCG(2, 2))
	z := rand.NewZipf(r, 1.1, 4, 200000)
	var texts []string
	for range 100000 {
		var w []string
		for range 10 {
			w = append(w, name(z.Uint64()))
		}
		texts = append(texts, strings.Join(w, " "))
	}
	b.ResetTimer()
	for b.Loop() {
		v := Trainer{}.Train(texts)
		b.ReportMetric(float64(v.Len()), "tokens")
	}
}

// name makes a word of syllables from a number.
func name(n uint64) string {
	var b strings.Builder
	for n = n*2654435761%1000003 + 7; n > 0; n /= 41 {
		fmt.Fprintf(&b, "%c%c", 'b'+n%19, "aeiou"[n%5])
	}
	return b.String()
}

// A word of 300,000 letters is learned from in the time of as many letters in
// short words, where a scan of the word for each merge would take minutes; and
// what is learned can be written and read again.
func TestLongWord(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	letters := make([]byte, 300000)
	for i := range letters {
		letters[i] = byte('a' + r.IntN(26))
	}
	began := time.Now()
	for _, w := range []string{string(letters), strings.Repeat("a", len(letters))} {
		v := Train([]string{w, w, "a word"}, 1000)
		if ids := v.Encode(w); !slices.Equal(ids, []int{Unk}) { // of more than 100 characters, as in the library
			t.Errorf("a word of %d letters is %d tokens, expected [UNK]", len(w), len(ids))
		}
		if got, want := v.Encode("a word"), 1; len(got) < want || slices.Contains(got, Unk) {
			t.Errorf("%q is %v", "a word", got)
		}
		path := filepath.Join(t.TempDir(), "vocabulary.json")
		if err := v.Save(path); err != nil {
			t.Fatal(err)
		}
		back, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(back.Pieces, v.Pieces) {
			t.Error("another vocabulary was read than was written")
		}
	}
	if spent := time.Since(began); spent > time.Minute {
		t.Errorf("it took %v", spent)
	}
}
