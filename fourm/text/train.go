package text

// Vocabularies made on the spot.

import (
	"slices"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// Defaults of a lab's vocabulary: no sequence of it has more than 32 tokens,
// so at most 17 spans; 64 bins are one a pixel.
const (
	LabSentinels = 20
	LabBins      = 64
)

// Trainer learns a vocabulary from texts: it begins with their characters and
// joins the commonest pair of neighbouring pieces until the size is reached
// (WordPiece as the published vocabulary was trained; docs/4m.md, 2.1). The zero
// value stands for the published sizes:
//
//	v := text.Trainer{Size: 5000, Classes: []string{"ball", "wine glass"}}.Train(captions)
type Trainer struct {
	Size      int      // tokens at most, special ones included; 0 stands for 30,000
	MinCount  int      // pairs seen less often are not joined; 0 stands for 1
	Sentinels int      // of span masking; 0 stands for 200
	Bins      int      // values of each coordinate; 0 stands for 1,000
	Classes   []string // names that are single tokens, even with blanks in them
}

// Train learns a vocabulary. The result depends on how often each word is
// there, and on nothing else. Special tokens and characters are there even
// where Size is smaller.
func (t Trainer) Train(texts []string) *Vocab {
	const op = "Trainer.Train"
	def := func(p *int, v int) {
		if *p == 0 {
			*p = v
		}
	}
	def(&t.Size, 30000)
	def(&t.MinCount, 1)
	def(&t.Sentinels, 200)
	def(&t.Bins, 1000)
	if t.Size < 0 || t.MinCount < 0 || t.Sentinels < 0 || t.Bins < 0 {
		fault.Panic(op, "size %d, min count %d, %d sentinels, %d bins; expected 0 or more of each", t.Size, t.MinCount, t.Sentinels, t.Bins)
	}
	counts := map[string]int{}
	b := labRules().bert
	for _, s := range texts {
		words(b.normalize(valid(s)), func(w string) { counts[w]++ })
	}
	special := layout(op, t.Sentinels, t.Bins, t.Classes, nil).Pieces
	return layout(op, t.Sentinels, t.Bins, t.Classes, learn(special, counts, t.Size, t.MinCount))
}

// Train learns a lab's vocabulary of at most size tokens (special ones
// included) from texts. What is seen once only is not worth a token.
func Train(texts []string, size int) *Vocab {
	return Trainer{Size: max(size, 1), MinCount: 2, Sentinels: LabSentinels, Bins: LabBins}.Train(texts)
}

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

// alphabet gives the single characters of words in order, then what the same
// characters are called inside a word.
func alphabet(counts map[string]int) []string {
	begin, inside := map[rune]bool{}, map[rune]bool{}
	for w := range counts {
		for i, r := range w {
			begin[r] = true
			if i > 0 {
				inside[r] = true
			}
		}
	}
	var out []string
	for _, r := range sorted(begin) {
		out = append(out, string(r))
	}
	for _, r := range sorted(inside) {
		out = append(out, "##"+string(r))
	}
	return out
}

func sorted(set map[rune]bool) []rune {
	var out []rune
	for r := range set {
		out = append(out, r)
	}
	slices.Sort(out)
	return out
}
