package text

// Values of a modality as tokens.

import (
	"fmt"
	"slices"
	"strings"

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

// style is how structured values are written with the vocabulary.
func (t *Tokenizer) style() (Style, error) {
	if t.Words.Bins < 2 {
		return Style{}, fmt.Errorf("text: the vocabulary has no coordinates v0=0 and v0=1")
	}
	return Style{Bins: t.Words.Bins}, nil
}

// AsText gives the string that a value is tokenized as: a caption, chunks of
// one with blanks between them, boxes (the
// nearest to the upper left corner first), a palette, Metadata, people, or
// queries.
func (t *Tokenizer) AsText(value any) (string, error) {
	var write func(Style) (string, error)
	switch v := value.(type) {
	case string:
		return v, nil
	case []string:
		return strings.Join(v, " "), nil
	case []modality.Box:
		write = func(s Style) (string, error) {
			sorted := slices.Clone(v)
			by(sorted, nearer)
			return s.Boxes(sorted), nil
		}
	case modality.Palette:
		write = func(s Style) (string, error) { return s.Palette(v), nil }
	case Metadata:
		write = func(s Style) (string, error) {
			chunks, err := s.Metadata(v, nil)
			return strings.Join(chunks, " "), err
		}
	case []Person:
		write = func(s Style) (string, error) { return s.Poses(v, nil) }
	case []Query:
		write = func(s Style) (string, error) { return s.Instances(v) }
	default:
		return "", fmt.Errorf("text: a %T is no caption, boxes, palette, metadata, people or queries", value)
	}
	s, err := t.style()
	if err != nil {
		return "", err
	}
	return write(s)
}

// Encode gives the tokens of a value with [EOS] behind them, cut to the
// modality's MaxTokens ([EOS] may be cut, as in 4M; docs/4m.md, 3.3).
func (t *Tokenizer) Encode(value any) (modality.Tokens, error) {
	s, err := t.AsText(value)
	if err != nil {
		return modality.Tokens{}, err
	}
	ids := append(t.Words.Encode(s), t.Words.End())
	if t.Of.MaxTokens > 0 && len(ids) > t.Of.MaxTokens {
		ids = ids[:t.Of.MaxTokens]
	}
	return t.Tokens(ids), nil
}

// EncodeChunks gives the tokens of each part of a value that masking keeps or
// hides as a whole: a pair of tokens for each fact of Metadata, in an order
// that r shuffles unless it is nil; each string of a []string; any other value
// is one part. [EOS] is a part of its own. Parts that would reach beyond
// MaxTokens are dropped, [EOS] too (docs/4m.md, 3.3).
func (t *Tokenizer) EncodeChunks(value any, r Chance) ([][]int, error) {
	chunks, err := t.Chunks(value, r)
	if err != nil {
		return nil, err
	}
	parts := append(t.Words.EncodeBatch(chunks), []int{t.Words.End()})
	if t.Of.MaxTokens > 0 {
		n := 0
		for i, p := range parts {
			if n += len(p); n > t.Of.MaxTokens {
				return parts[:i], nil
			}
		}
	}
	return parts, nil
}

// Chunks gives the strings of the parts that EncodeChunks encodes.
func (t *Tokenizer) Chunks(value any, r Chance) ([]string, error) {
	switch v := value.(type) {
	case []string:
		return v, nil
	case Metadata:
		s, err := t.style()
		if err != nil {
			return nil, err
		}
		return s.Metadata(v, r)
	}
	s, err := t.AsText(value)
	return []string{s}, err
}

// Tokens wraps ids with their words.
func (t *Tokenizer) Tokens(ids []int) modality.Tokens {
	return modality.Tokens{Modality: t.Of.Name, IDs: ids, Rows: 1, Cols: len(ids), Words: t.Words.Words(ids)}.By(t)
}

// Decode gives the value that the tokens before [EOS] say; sentinels are left
// out. Boxes and palettes are values of their own, all else is a string: Style
// reads metadata, people and instances from it.
func (t *Tokenizer) Decode(tk modality.Tokens) (any, error) {
	var ids []int
	for _, id := range tk.IDs {
		if id == t.Words.End() {
			break
		}
		if !t.Words.IsSentinel(id) {
			ids = append(ids, id)
		}
	}
	s := t.Words.Decode(ids)
	read, ok := values[t.Of.Look]
	if !ok {
		return s, nil
	}
	style, err := t.style()
	if err != nil {
		return nil, err
	}
	return read(style, s), nil
}

// values reads the values that are no strings from what tokens say, by look.
var values = map[modality.Look]func(Style, string) any{
	modality.Boxes:  func(style Style, s string) any { return style.ReadBoxes(s) },
	modality.Colors: func(style Style, s string) any { return style.ReadPalette(s) },
}
