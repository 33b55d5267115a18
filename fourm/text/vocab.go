// Package text turns captions, boxes, palettes, metadata, poses and instances
// into tokens and back.
//
// All text-like modalities share one WordPiece vocabulary. Its first tokens
// are special (docs/4m.md, 2.1): [PAD] [UNK] [SOS] [EOS], the sentinels of span
// masking [S_0] [S_1] ..., the coordinates v0=0 ... v3=N, names of object
// classes; learned pieces follow. A lab's vocabulary is small and trained on
// the data at hand:
//
//	v := text.Train([]string{"a red ball", "a blue ball"}, 300)
//	ids := v.Encode("a red ball") // without [EOS]
//	v.Decode(ids)                 // "a red ball"
//
// Open and Save read and write the files of the Hugging Face library
// tokenizers, that of the published models among them; Encode gives the ids
// that the library gives. What a text goes through is in the order of the
// files: added.go finds the special tokens, bert.go makes words of the rest,
// encode.go cuts words into pieces, decode.go joins them. Style writes the
// structured modalities as strings of such tokens, and reads them.
package text

import (
	"fmt"
	"strconv"
	"strings"

	"fourmlab/internal/fault"
)

// Ids of the first special tokens in every vocabulary that is made here, and
// in that of the published models. In one that was opened from a file they
// may be others: ask ID.
const (
	Pad, Unk, SOS, EOS = 0, 1, 2, 3
)

// Vocab is a WordPiece vocabulary: Pieces holds the tokens by id. Sentinels
// is the number of [S_i] that have no gap between them, counted from [S_0];
// Bins the number of values that each of the coordinates v0= to v3= has. It
// does not change, so goroutines may share it.
type Vocab struct {
	Pieces          []string
	Sentinels, Bins int

	rules
	added     []added
	outside   map[int]bool // ids that are added tokens, but no pieces of words
	index     map[string]int
	start     map[string]int // pieces that may begin a word
	rest      map[string]int // pieces that may continue one, without the prefix
	longest   int            // of the pieces, in bytes
	unk       int
	raw, norm matcher // added tokens to find before and after normalisation
	special   map[int]bool
	sentinel  map[int]int // ids by the number of [S_i]
	sentinels map[int]bool
	silent    map[int]bool // [PAD], [SOS], [EOS]
}

// rules say how text becomes words, words become pieces, and pieces text.
type rules struct {
	bert     *bert    // nil leaves the text as it is
	split    bool     // into words, BERT's way; else the text is one word
	unkToken string   // for words that no pieces make up
	prefix   string   // of pieces that continue a word
	maxChars int      // longer words are unknown
	decoder  *decoder // nil joins tokens by blanks
}

// labRules are those of the published vocabulary.
func labRules() rules {
	return rules{
		bert:     &bert{clean: true, chinese: true, accents: true, lower: true},
		split:    true,
		unkToken: "[UNK]",
		prefix:   "##",
		maxChars: 100,
		decoder:  &decoder{prefix: "##", cleanup: true},
	}
}

// NewVocab gives the vocabulary of special tokens followed by learned pieces;
// a piece that continues a word begins with "##". Pieces that are there
// already are left out.
func NewVocab(sentinels, bins int, learned []string) *Vocab {
	return layout("text.NewVocab", sentinels, bins, nil, learned)
}

// layout is NewVocab with classes behind the coordinates, on behalf of op.
func layout(op string, sentinels, bins int, classes, learned []string) *Vocab {
	if sentinels < 0 || bins < 0 || sentinels > 1e6 || bins > 1e6 {
		fault.Panic(op, "%d sentinels and %d bins, expected 0 to 1000000 of each", sentinels, bins)
	}
	var pieces []string
	var tokens []added
	have := map[string]bool{}
	add := func(p string, t added) {
		if !have[p] {
			have[p] = true
			if t.special {
				t.content, t.id = p, len(pieces)
				tokens = append(tokens, t)
			}
			pieces = append(pieces, p)
		}
	}
	for _, p := range []string{"[PAD]", "[UNK]", "[SOS]", "[EOS]"} {
		add(p, added{special: true})
	}
	for i := range sentinels {
		add(fmt.Sprintf("[S_%d]", i), added{special: true, word: true})
	}
	for c := range 4 {
		for i := range bins {
			add(coordinate(c, i), added{special: true, word: true})
		}
	}
	for _, p := range classes {
		add(p, added{special: true, word: true, normal: true})
	}
	for _, p := range learned {
		add(p, added{})
	}
	v, err := assemble(pieces, nil, tokens, labRules())
	if err != nil {
		fault.Panic(op, "%v", err)
	}
	return v
}

// coordinate writes the token of value i on axis c.
func coordinate(c, i int) string { return "v" + strconv.Itoa(c) + "=" + strconv.Itoa(i) }

// assemble makes the tables of a vocabulary. Pieces are by id; outside are
// the ids of added tokens that words are never cut into.
func assemble(pieces []string, outside map[int]bool, tokens []added, r rules) (*Vocab, error) {
	v := &Vocab{Pieces: pieces, rules: r, added: tokens, outside: outside, index: map[string]int{}, start: map[string]int{}, rest: map[string]int{},
		special: map[int]bool{}, sentinel: map[int]int{}, sentinels: map[int]bool{}, silent: map[int]bool{}}
	for id, p := range pieces {
		v.index[p] = id
		if n, ok := sentinelNumber(p); ok {
			v.sentinel[n] = id
		}
		if outside[id] {
			continue
		}
		v.start[p] = id
		if tail, ok := strings.CutPrefix(p, r.prefix); ok {
			v.rest[tail] = id
		}
		v.longest = max(v.longest, len(p))
	}
	var ok bool
	if v.unk, ok = v.start[r.unkToken]; !ok {
		return nil, fmt.Errorf("the vocabulary lacks its unknown token %q", r.unkToken)
	}
	for _, p := range []string{"[PAD]", "[SOS]", "[EOS]"} {
		if id, ok := v.index[p]; ok {
			v.silent[id] = true
		}
	}
	for _, id := range v.sentinel {
		v.sentinels[id] = true
	}
	if err := v.match(); err != nil {
		return nil, err
	}
	// [S_0] is never written, so a vocabulary may go without
	if v.has(0) || v.has(1) {
		v.Sentinels = 1
	}
	for v.Sentinels > 0 && v.has(v.Sentinels) {
		v.Sentinels++
	}
	found := map[string]bool{}
	for _, t := range tokens {
		found[t.content] = true
	}
	for found[coordinate(0, v.Bins)] && found[coordinate(1, v.Bins)] && found[coordinate(2, v.Bins)] && found[coordinate(3, v.Bins)] {
		v.Bins++
	}
	return v, nil
}

// sentinelNumber reads i from "[S_i]".
func sentinelNumber(piece string) (int, bool) {
	s, ok := strings.CutPrefix(piece, "[S_")
	if !ok {
		return 0, false
	}
	s, ok = strings.CutSuffix(s, "]")
	n, err := strconv.Atoi(s)
	return n, ok && err == nil && n >= 0
}

func (v *Vocab) has(sentinel int) bool { _, ok := v.sentinel[sentinel]; return ok }

// Len gives the number of tokens.
func (v *Vocab) Len() int { return len(v.Pieces) }

// ID gives the id of a token as it is written in Pieces; false where there is
// none.
func (v *Vocab) ID(piece string) (int, bool) {
	id, ok := v.index[piece]
	return id, ok
}

// Sentinel gives the id of [S_i], wherever it lies (docs/4m.md, 2.1).
func (v *Vocab) Sentinel(i int) int {
	id, ok := v.sentinel[i]
	if !ok {
		fault.Panic("Vocab.Sentinel", "the vocabulary has no token [S_%d]; it has %d sentinels", i, len(v.sentinel))
	}
	return id
}

// IsSentinel tells whether id is one of the [S_i].
func (v *Vocab) IsSentinel(id int) bool { return v.sentinels[id] }

// Learned gives the pieces that are no special tokens.
func (v *Vocab) Learned() []string {
	var out []string
	for id, p := range v.Pieces {
		if !v.special[id] {
			out = append(out, p)
		}
	}
	return out
}

// Words gives the piece of each id, "[?]" where there is none.
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
