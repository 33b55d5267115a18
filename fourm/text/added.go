package text

// Special tokens in a text: a trie finds the leftmost, and of those the
// longest, as the Aho-Corasick automaton of the tokenizers library does.

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// added is a token that is looked for before a text is cut into words.
type added struct {
	content string
	id      int
	word    bool // counts only where no letter, digit or mark touches it
	left    bool // takes the white space before it
	right   bool // takes the white space behind it
	normal  bool // is looked for in the normalised text
	special bool // may be left out when ids are decoded
}

// maxAdded bounds the bytes of an added token, and so the steps of a search.
const maxAdded = 1 << 12

// matcher is a trie over bytes; node 0 is its root.
type matcher struct {
	nodes  []node
	tokens []added
}

type node struct {
	edges []edge
	token int // that ends here, counted from 1; 0 for none
}

type edge struct {
	b  byte
	to int
}

// match builds the two tries. Of several tokens that read the same the first
// special one wins, as in the library.
func (v *Vocab) match() error {
	for _, special := range []bool{true, false} {
		for _, t := range v.added {
			if t.special != special {
				continue
			}
			v.special[t.id] = v.special[t.id] || t.special
			m, s := &v.raw, t.content
			if t.normal {
				m = &v.norm
				if v.bert != nil {
					s = v.bert.normalize(s)
				}
			}
			if s == "" || len(s) > maxAdded {
				return fmt.Errorf("added token %q is looked for as %d bytes, expected 1 to %d", shorten(t.content), len(s), maxAdded)
			}
			m.add(s, t)
		}
	}
	return nil
}

func (m *matcher) add(s string, t added) {
	if m.nodes == nil {
		m.nodes = []node{{}}
	}
	at := 0
	for i := range len(s) {
		next := m.step(at, s[i])
		if next == 0 {
			next = len(m.nodes)
			m.nodes = append(m.nodes, node{})
			m.nodes[at].edges = append(m.nodes[at].edges, edge{s[i], next})
		}
		at = next
	}
	if m.nodes[at].token == 0 {
		m.tokens = append(m.tokens, t)
		m.nodes[at].token = len(m.tokens)
	}
}

// step follows an edge; 0 means that there is none.
func (m *matcher) step(at int, b byte) int {
	for _, e := range m.nodes[at].edges {
		if e.b == b {
			return e.to
		}
	}
	return 0
}

// longestAt gives the longest token that begins at s[from], counted from 1,
// and where it ends.
func (m *matcher) longestAt(s string, from int) (token, end int) {
	at := 0
	for i := from; i < len(s); i++ {
		if at = m.step(at, s[i]); at == 0 {
			break
		}
		if t := m.nodes[at].token; t > 0 {
			token, end = t, i+1
		}
	}
	return token, end
}

// cut calls piece for the text between tokens and token for each of them, in
// order. A match that fails the test for single words is passed over whole. A
// token of white space counts again in the space that the one before took,
// unless it takes the space before itself, too; this is the library's way.
func (m *matcher) cut(s string, piece func(string), token func(id int)) {
	from := 0
	white := 0 // where the white space behind the last token ends
	if m.nodes != nil {
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
			if t.left && start > from {
				start = from + len(trimRight(s[from:start]))
			} else if t.left {
				start = from
			}
			if t.right {
				if stop >= white { // the same white space is looked through once
					white = len(s) - len(trimLeft(s[stop:]))
				}
				stop = white
			}
			if from < start {
				piece(s[from:start])
			}
			if start < stop {
				token(t.id)
			}
			from = stop
		}
	}
	if from < len(s) {
		piece(s[from:])
	}
}

func endsWord(s string) bool {
	r, n := utf8.DecodeLastRuneInString(s)
	return n > 0 && isWord(r)
}

func beginsWord(s string) bool {
	r, n := utf8.DecodeRuneInString(s)
	return n > 0 && isWord(r)
}

// isWord is \w of regular expressions over Unicode (UTS 18, annex C).
func isWord(r rune) bool {
	if r < utf8.RuneSelf {
		return r == '_' || '0' <= r && r <= '9' || 'a' <= r|0x20 && r|0x20 <= 'z'
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.Nd, unicode.Nl, unicode.Pc, unicode.Other_Alphabetic, unicode.Join_Control)
}

// shorten cuts a text for an error message.
func shorten(s string) string {
	if len(s) > 40 {
		return s[:40] + "..."
	}
	return s
}
