package text

// From a text to ids.

import (
	"runtime"
	"sync"
)

// Encode gives the tokens of a text, without [EOS]. Special tokens stand for
// themselves where they are whole words; a word that no pieces make up becomes
// [UNK].
func (v *Vocab) Encode(s string) []int {
	var ids []int
	token := func(id int) { ids = append(ids, id) }
	word := func(w string) { ids = v.pieces(ids, w) }
	plain := func(s string) {
		if v.split {
			words(s, word)
		} else {
			word(s)
		}
	}
	v.raw.cut(valid(s), func(s string) {
		if v.bert != nil {
			s = v.bert.normalize(s)
		}
		v.norm.cut(s, plain, token)
	}, token)
	return ids
}

// EncodeBatch is Encode of many texts, on all processors.
func (v *Vocab) EncodeBatch(texts []string) [][]int {
	out := make([][]int, len(texts))
	workers := min(runtime.GOMAXPROCS(0), len(texts))
	var wg sync.WaitGroup
	for w := range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := w; i < len(texts); i += workers {
				out[i] = v.Encode(texts[i])
			}
		}()
	}
	wg.Wait()
	return out
}

// pieces cuts a word into the longest pieces from the left and appends their
// ids.
func (v *Vocab) pieces(ids []int, word string) []int {
	if len(word) > v.maxChars { // bytes, of which there are no fewer
		n := 0
		for range word {
			n++
		}
		if n > v.maxChars {
			return append(ids, v.unk)
		}
	}
	begin := len(ids)
	table := v.start
	for at := 0; at < len(word); {
		id, end, ok := 0, min(len(word), at+v.longest), false
		for ; end > at; end-- {
			// a piece is valid UTF-8, so a cut inside a character finds none
			if id, ok = table[word[at:end]]; ok {
				break
			}
		}
		if !ok {
			return append(ids[:begin], v.unk)
		}
		ids, at, table = append(ids, id), end, v.rest
	}
	return ids
}
