package text

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// plainCut is cut as it reads: white space is looked through anew for each
// token.
func plainCut(m *matcher, s string, say func(string)) {
	from := 0
	for i := 0; i < len(s); {
		n, end := m.longestAt(s, i)
		if n == 0 {
			i++
			continue
		}
		start, stop := i, end
		i = end
		t := m.tokens[n-1]
		if t.word && (endsWord(s[:start]) || beginsWord(s[stop:])) {
			continue
		}
		if t.left {
			start = max(from, len(trimRight(s[:start])))
		}
		if t.right {
			stop = len(s) - len(trimLeft(s[stop:]))
		}
		if from < start {
			say(s[from:start])
		}
		if start < stop {
			say(fmt.Sprint("#", t.id))
		}
		from = stop
	}
	if from < len(s) {
		say(s[from:])
	}
}

func TestCutIsPlainCut(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for range 20000 {
		m := matcher{}
		for id := range 1 + r.IntN(4) {
			c := []string{" ", "  ", "[A]", " [A]", "[A] ", "b", "\u3000", " b"}[r.IntN(8)]
			m.add(c, added{content: c, id: id, word: r.IntN(3) == 0, left: r.IntN(2) == 0, right: r.IntN(2) == 0})
		}
		var b strings.Builder
		for range r.IntN(30) {
			b.WriteString([]string{" ", " ", " ", "[A]", "b", "x", "\u3000", "\t"}[r.IntN(8)])
		}
		var got, want []string
		m.cut(b.String(), func(s string) { got = append(got, s) }, func(id int) { got = append(got, fmt.Sprint("#", id)) })
		plainCut(&m, b.String(), func(s string) { want = append(want, s) })
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Fatalf("%q with %+v:\n%q, expected\n%q", b.String(), m.tokens, got, want)
		}
	}
}

// White space between tokens that take it is looked through once.
func TestMuchWhiteSpace(t *testing.T) {
	m := matcher{}
	m.add(" ", added{content: " ", id: 1, right: true})
	began := time.Now()
	n := 0
	m.cut(strings.Repeat(" ", 1_000_000), func(string) {}, func(int) { n++ })
	if spent := time.Since(began); n != 1_000_000 || spent > 30*time.Second {
		t.Errorf("%d tokens in %v", n, spent)
	}
}
