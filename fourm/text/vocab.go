// Package text turns captions, boxes and palettes into tokens and back.
//
// All text-like modalities share one WordPiece vocabulary in the layout of
// 4M's (inventory 2.1): [PAD] [UNK] [SOS] [EOS], the sentinels of span
// masking [S_0] [S_1] ..., the coordinates v0=0 ... v3=N, then learned
// pieces. A lab's vocabulary is small and trained on the data at hand:
//
//	v := text.Train([]string{"a red ball", "a blue ball"}, 200)
//	ids := v.Encode("a red ball") // without [EOS]
//	v.Decode(ids)                 // "a red ball"
package text

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Ids of the first special tokens, the same in every vocabulary.
const (
	Pad, Unk, SOS, EOS = 0, 1, 2, 3
	firstSentinel      = 4
)

// Vocab is a WordPiece vocabulary. Sentinels is the number of [S_i]; Bins the
// number of values of each coordinate.
type Vocab struct {
	Pieces          []string
	Sentinels, Bins int

	index   map[string]int
	longest int // of the learned pieces, in runes
}

// NewVocab gives the vocabulary of special tokens followed by learned pieces;
// a piece that continues a word begins with "##".
func NewVocab(sentinels, bins int, learned []string) *Vocab {
	v := &Vocab{Sentinels: sentinels, Bins: bins, index: map[string]int{}}
	add := func(p string) {
		if _, ok := v.index[p]; !ok {
			v.index[p] = len(v.Pieces)
			v.Pieces = append(v.Pieces, p)
		}
	}
	for _, p := range []string{"[PAD]", "[UNK]", "[SOS]", "[EOS]"} {
		add(p)
	}
	for i := range sentinels {
		add(fmt.Sprintf("[S_%d]", i))
	}
	for c := range 4 {
		for i := range bins {
			add(fmt.Sprintf("v%d=%d", c, i))
		}
	}
	for _, p := range learned {
		add(p)
		v.longest = max(v.longest, len([]rune(p)))
	}
	return v
}

// Len gives the number of tokens.
func (v *Vocab) Len() int { return len(v.Pieces) }

// Sentinel gives the id of [S_i].
func (v *Vocab) Sentinel(i int) int { return firstSentinel + i }

// IsSentinel tells whether id is one of the [S_i].
func (v *Vocab) IsSentinel(id int) bool {
	return id >= firstSentinel && id < firstSentinel+v.Sentinels
}

// Learned gives the pieces behind the special ones.
func (v *Vocab) Learned() []string { return v.Pieces[firstSentinel+v.Sentinels+4*v.Bins:] }

// Words gives the piece of each id.
func (v *Vocab) Words(ids []int) []string {
	w := make([]string, len(ids))
	for i, id := range ids {
		w[i] = "[?]"
		if id >= 0 && id < len(v.Pieces) {
			w[i] = v.Pieces[id]
		}
	}
	return w
}

// Encode gives the tokens of a text, without [EOS]. Special tokens stand for
// themselves; what no piece covers becomes [UNK].
func (v *Vocab) Encode(s string) []int {
	var ids []int
	for _, field := range strings.Fields(s) {
		if id, ok := v.index[field]; ok && id < firstSentinel+v.Sentinels+4*v.Bins {
			ids = append(ids, id)
			continue
		}
		for _, w := range Split(field) {
			ids = append(ids, v.pieces(w)...)
		}
	}
	return ids
}

// pieces cuts a word greedily into the longest pieces.
func (v *Vocab) pieces(word string) []int {
	r := []rune(word)
	var ids []int
	for at := 0; at < len(r); {
		found := -1
		for end := min(len(r), at+v.longest); end > at; end-- {
			p := string(r[at:end])
			if at > 0 {
				p = "##" + p
			}
			if id, ok := v.index[p]; ok {
				ids, found, at = append(ids, id), id, end
				break
			}
		}
		if found < 0 {
			return []int{Unk}
		}
	}
	return ids
}

// Decode joins tokens to a text. [PAD], [SOS] and [EOS] vanish; sentinels and
// coordinates stay.
func (v *Vocab) Decode(ids []int) string {
	var b strings.Builder
	for _, id := range ids {
		if id < 0 || id >= len(v.Pieces) || id == Pad || id == SOS || id == EOS {
			continue
		}
		p := v.Pieces[id]
		if rest, ok := strings.CutPrefix(p, "##"); ok {
			b.WriteString(rest)
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(p)
	}
	return b.String()
}

// Split cuts a text as BERT's uncased pre-tokenizer does: lower case, no
// accents, at white space and around every punctuation character.
func Split(s string) []string {
	var out []string
	var word strings.Builder
	flush := func() {
		if word.Len() > 0 {
			out = append(out, word.String())
			word.Reset()
		}
	}
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsSpace(r):
			flush()
		case unicode.IsPunct(r) || r < 128 && unicode.IsSymbol(r):
			flush()
			out = append(out, string(r))
		case unicode.IsControl(r):
		default:
			word.WriteRune(r)
		}
	}
	flush()
	return out
}
