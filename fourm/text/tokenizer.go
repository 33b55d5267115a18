package text

import (
	"fmt"

	"fourmlab/fourm/modality"
)

// Tokenizer is a vocabulary at work for one modality; it is a
// modality.Tokenizer.
type Tokenizer struct {
	Words *Vocab
	Of    modality.Modality
}

// Vocab gives the number of tokens.
func (t *Tokenizer) Vocab() int { return t.Words.Len() }

// AsText gives the string that a caption, boxes or palette are tokenized as.
func (t *Tokenizer) AsText(value any) (string, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case []modality.Box:
		return boxesText(v, t.Words.Bins), nil
	case modality.Palette:
		return paletteText(v, t.Words.Bins), nil
	}
	return "", fmt.Errorf("text: a %T is no caption, boxes or palette", value)
}

// Encode gives the tokens of a value with [EOS] behind them, cut to the
// modality's MaxTokens ([EOS] may be cut, as in 4M; inventory 3.3).
func (t *Tokenizer) Encode(value any) (modality.Tokens, error) {
	s, err := t.AsText(value)
	if err != nil {
		return modality.Tokens{}, err
	}
	ids := append(t.Words.Encode(s), EOS)
	if t.Of.MaxTokens > 0 && len(ids) > t.Of.MaxTokens {
		ids = ids[:t.Of.MaxTokens]
	}
	return t.Tokens(ids), nil
}

// Tokens wraps ids with their words.
func (t *Tokenizer) Tokens(ids []int) modality.Tokens {
	return modality.Tokens{Modality: t.Of.Name, IDs: ids, Rows: 1, Cols: len(ids), Words: t.Words.Words(ids)}
}

// Decode gives the value that the tokens before [EOS] say; sentinels are left
// out.
func (t *Tokenizer) Decode(tk modality.Tokens) (any, error) {
	var ids []int
	for _, id := range tk.IDs {
		if id == EOS {
			break
		}
		if !t.Words.IsSentinel(id) {
			ids = append(ids, id)
		}
	}
	s := t.Words.Decode(ids)
	switch t.Of.Look {
	case modality.Boxes:
		return parseBoxes(s, t.Words.Bins), nil
	case modality.Colors:
		return parsePalette(s, t.Words.Bins), nil
	}
	return s, nil
}
