package datasets

// Ready-made tokens: rows of a .npy file, one for each window of the sample,
// made by a tokenizer of 4M beforehand (docs/4m.md, 3.6).

import (
	"fmt"

	"fourmlab/fourm/modality"
)

// wantedTokens says what the tokens of a modality must be: the grid they lie
// on and how many codes there are.
func wantedTokens(name string) (m modality.Modality, rows, cols, codes int, err error) {
	m, ok := modality.Find(name)
	if !ok {
		return m, 0, 0, 0, fmt.Errorf("tokens of %q, which is no modality; Options.Names says whose they are", name)
	}
	switch m.Kind {
	case modality.Image:
		rows, cols = m.Grid(), m.Cols()
	case modality.Symbols:
		rows, cols = 1, m.MaxTokens
	default:
		return m, 0, 0, 0, fmt.Errorf("tokens of %s, expected text or numbers of its own kind (%v)", name, m.Kind)
	}
	codes = m.Vocab
	if t := modality.TokenizerOf(m.Name); t != nil {
		codes = t.Vocab()
	}
	return m, rows, cols, codes, nil
}

// decodeTokens reads a file of tokens and gives those of a row; windows is how
// many rows it must have.
func decodeTokens(name string, b []byte, windows, row int) (modality.Tokens, error) {
	m, rows, cols, codes, err := wantedTokens(name)
	if err != nil {
		return modality.Tokens{}, err
	}
	n, each, v, err := tableOf(b)
	switch {
	case err != nil:
		return modality.Tokens{}, err
	case n != windows && windows == 1:
		return modality.Tokens{}, fmt.Errorf("%d rows of tokens, but one window (%s has a row for each, where there are more)", n, cropFolder)
	case n != windows:
		return modality.Tokens{}, fmt.Errorf("%d rows of tokens, but %s has %d windows", n, cropFolder, windows)
	case m.Kind == modality.Image && each != rows*cols:
		return modality.Tokens{}, fmt.Errorf("%d tokens, expected the grid of %s, %dx%d", each, m.Name, rows, cols)
	case m.Kind == modality.Symbols && (each < 1 || each > cols):
		return modality.Tokens{}, fmt.Errorf("%d tokens, expected 1 to %d", each, cols)
	}
	for i, id := range v {
		if id < 0 || id >= codes {
			return modality.Tokens{}, fmt.Errorf("token %d in row %d is %d, expected 0 to %d", i%each, i/each, id, codes-1)
		}
	}
	t := modality.Tokens{Modality: m.Name, IDs: v[row*each : (row+1)*each : (row+1)*each], Rows: rows, Cols: cols}
	if m.Kind == modality.Symbols {
		t.Cols = each
	}
	return t, nil
}
