package modality

// Symbols: sequences of whole numbers, which are tokens as they are.

import (
	"fmt"
	"strconv"
)

// numbers is the tokenizer of Symbols: a value is a []int of numbers below
// Vocab, at most MaxTokens of them; a part of a code would stand for another
// value, so none is cut. Tokens have them as they are; where they lie in a model's vocabulary
// is the Domain's business (see Domain.ToModel).
type numbers struct{ of Modality }

func (n numbers) Vocab() int { return n.of.Vocab }

func (n numbers) Encode(value any) (Tokens, error) {
	ids, ok := value.([]int)
	if !ok {
		return Tokens{}, fmt.Errorf("%s: a %T is no list of whole numbers, expected []int", n.of.Name, value)
	}
	if len(ids) > n.of.MaxTokens {
		return Tokens{}, fmt.Errorf("%s: %d symbols, expected at most %d (MaxTokens)", n.of.Name, len(ids), n.of.MaxTokens)
	}
	if err := n.check(ids); err != nil {
		return Tokens{}, err
	}
	ids = append([]int{}, ids...)
	return Tokens{Modality: n.of.Name, IDs: ids, Rows: 1, Cols: len(ids), Words: Numerals(ids)}.By(n), nil
}

func (n numbers) Decode(t Tokens) (any, error) {
	ids := []int{}
	for _, id := range t.IDs {
		if id >= 0 { // others are not decided yet
			ids = append(ids, id)
		}
	}
	return ids, n.check(ids)
}

func (n numbers) check(ids []int) error {
	for i, id := range ids {
		if id < 0 || id >= n.of.Vocab {
			return fmt.Errorf("%s: symbol %d is %d, expected 0 to %d", n.of.Name, i, id, n.of.Vocab-1)
		}
	}
	return nil
}

// Numerals are whole numbers as words.
func Numerals(ids []int) []string {
	w := make([]string, len(ids))
	for i, id := range ids {
		w[i] = strconv.Itoa(id)
	}
	return w
}
