package modality

// Tokens, and who makes them: the registry of tokenizers.

import (
	"fmt"
	"strings"
	"sync"

	"fourmlab/internal/fault"
	"fourmlab/internal/show"
)

// Tokens are the discrete symbols of one modality. An image's lie on a grid
// in row-major order; a sequence has Rows 1 and carries its pieces of text in
// Words. An id of -1 is not decided yet.
type Tokens struct {
	Modality   string
	IDs        []int
	Rows, Cols int
	Words      []string
}

// At gives the id in row r and column c.
func (t Tokens) At(r, c int) int { return t.IDs[r*t.Cols+c] }

// Text gives the words of a sequence, or the ids of an image row by row.
func (t Tokens) Text() string {
	if t.Words != nil {
		return strings.Join(t.Words, " ")
	}
	var b strings.Builder
	for r := range t.Rows {
		for c := range t.Cols {
			fmt.Fprintf(&b, "%4d", t.At(r, c))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func (t Tokens) String() string {
	if t.Words != nil {
		return fmt.Sprintf("%s, %d tokens: %s", t.Modality, len(t.IDs), t.Text())
	}
	return fmt.Sprintf("%s, %dx%d tokens\n%s", t.Modality, t.Rows, t.Cols, t.Text())
}

// Value gives what the tokens stand for, by the modality's tokenizer: a
// *Picture, a string, boxes or a palette.
func (t Tokens) Value() any {
	v, err := NeedTokenizer("Tokens.Value", t.Modality).Decode(t)
	if err != nil {
		fault.Panic("Tokens.Value", "%v", err)
	}
	return v
}

// Picture gives the picture that an image modality's tokens stand for.
func (t Tokens) Picture() *Picture {
	p, ok := t.Value().(*Picture)
	if !ok {
		fault.Hint("Tokens.Picture", "use Value", "tokens of %q stand for no picture", t.Modality)
	}
	return p
}

// SimpleRender shows the token map in a notebook.
func (t Tokens) SimpleRender() map[string]any { return show.Bundle(t) }

// Tokenizer turns a value of one modality (a *Picture, string, []Box or
// Palette) into tokens and back. Decode may be given ids of -1, which it
// leaves blank.
type Tokenizer interface {
	Encode(value any) (Tokens, error)
	Decode(t Tokens) (any, error)
	Vocab() int
}

var tokenizers = struct {
	sync.RWMutex
	by map[string]Tokenizer
}{by: map[string]Tokenizer{}}

// SetTokenizer makes t the tokenizer of the modality from now on.
func SetTokenizer(name string, t Tokenizer) {
	m := Need("fourm.SetTokenizer", name)
	tokenizers.Lock()
	tokenizers.by[m.Name] = t
	tokenizers.Unlock()
}

// TokenizerOf gives the modality's tokenizer, or nil.
func TokenizerOf(name string) Tokenizer {
	tokenizers.RLock()
	defer tokenizers.RUnlock()
	return tokenizers.by[name]
}

// NeedTokenizer is TokenizerOf that panics with what to do about it.
func NeedTokenizer(op, name string) Tokenizer {
	t := TokenizerOf(name)
	if t == nil {
		fault.Hint(op, fmt.Sprintf("train one: fourm.TrainTokenizers(ds, %q), or load a checkpoint that brings it", name),
			"%q has no tokenizer", name)
	}
	return t
}

// Tokenize makes tokens of a value on behalf of the call op.
func Tokenize(op string, m Modality, value any) Tokens {
	t, err := NeedTokenizer(op, m.Name).Encode(value)
	if err != nil {
		fault.Panic(op, "%s: %v", m.Name, err)
	}
	return t
}
