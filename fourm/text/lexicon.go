package text

// What masking and generation ask of a vocabulary: sentinels, and how ids read.

import (
	"strconv"

	"fourmlab/fourm/modality"
)

// Lexicon is a vocabulary as far as spans go: [S_1], [S_2] and so on, which
// stand for spans; the token that ends a text, -1 where it is the last sentinel
// that ends one; the tokens that are no part of any; and how ids read. *Vocab
// and Numbers are ones.
type Lexicon interface {
	Sentinel(i int) int
	IsSentinel(id int) bool
	End() int
	Never() []int
	Words(ids []int) []string
}

// End gives the id of [EOS].
func (v *Vocab) End() int {
	if id, ok := v.ID("[EOS]"); ok {
		return id
	}
	return EOS
}

// Never lists [PAD] and [SOS], which no text has.
func (v *Vocab) Never() (ids []int) {
	for _, p := range []string{"[PAD]", "[SOS]"} {
		if id, ok := v.ID(p); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// Numbers is the vocabulary of a domain of symbols. Its sentinels lie as in
// every vocabulary of text (docs/4m.md, 2.1): behind the four other special
// tokens, and before First, where the numbers begin.
type Numbers struct{ First int }

// Sentinel gives the id of [S_i].
func (n Numbers) Sentinel(i int) int { return EOS + 1 + i }

// IsSentinel tells whether an id is one of [S_0], [S_1] and so on.
func (n Numbers) IsSentinel(id int) bool { return id > EOS && id < n.First }

// End gives -1: the sentinel that closes the target ends it.
func (n Numbers) End() int { return -1 }

// Never lists the special tokens of text.
func (n Numbers) Never() (ids []int) {
	for id := range EOS + 1 {
		ids = append(ids, id)
	}
	return ids
}

// Words gives numbers as they are, and the names of sentinels.
func (n Numbers) Words(ids []int) []string {
	w := make([]string, len(ids))
	for i, id := range ids {
		w[i] = strconv.Itoa(id - n.First)
		if n.IsSentinel(id) {
			w[i] = "[S_" + strconv.Itoa(id-n.Sentinel(0)) + "]"
		}
	}
	return w
}

// LexiconOf gives that of a domain, whose texts are of vocabulary v.
func LexiconOf(d modality.Domain, v *Vocab) Lexicon {
	if d.Kind == modality.Symbols {
		return Numbers{d.Offset}
	}
	return v
}
