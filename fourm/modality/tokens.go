package modality

// Tokens, and who makes them: the registry of tokenizers.

import (
	"fmt"
	"reflect"
	"strings"
	"sync"

	"fourmlab/internal/fault"
	"fourmlab/internal/show"
)

// Tokens are the discrete symbols of one modality. An image's lie on a grid
// in row-major order; a sequence has Rows 1 and carries its pieces of text in
// Words. An id of -1 is not decided yet. Tokens remember the tokenizer that made
// them, so that they stand for the same value when another one is registered.
type Tokens struct {
	Modality   string
	IDs        []int
	Rows, Cols int
	Words      []string

	maker Tokenizer
}

// By gives the tokens as those of a tokenizer: what they stand for is what it
// says.
func (t Tokens) By(k Tokenizer) Tokens {
	t.maker = k
	return t
}

// Tokenizer gives the tokenizer that made the tokens, or nil where nobody
// knows: tokens that were read from a file, or put together by hand.
func (t Tokens) Tokenizer() Tokenizer { return t.maker }

// Fits tells whether tokens mean to k what they mean to who made them: an error
// says that another tokenizer did. Tokens of which that is not known fit.
func (t Tokens) Fits(k Tokenizer) error {
	if t.maker == nil || k == nil || alike(t.maker, k) {
		return nil
	}
	return fmt.Errorf("%s: the tokens were made by another tokenizer than the model's; give the value instead", t.Modality)
}

// alike tells whether two tokenizers are the same, or copies of one. Values of
// one type that cannot be compared count as the same.
func alike(a, b Tokenizer) bool {
	if reflect.TypeOf(a) != reflect.TypeOf(b) {
		return false
	}
	if !reflect.ValueOf(a).Comparable() || !reflect.ValueOf(b).Comparable() || a == b {
		return true
	}
	x, xs := a.(Storer)
	y, ys := b.(Storer)
	if !xs || !ys {
		return false
	}
	s, err := x.Store()
	if err != nil {
		return false
	}
	r, err := y.Store()
	return err == nil && reflect.DeepEqual(s, r)
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

// Value gives what the tokens stand for, by the tokenizer that made them, else
// by the registered one: a *Picture, a string, boxes, a palette, or numbers.
func (t Tokens) Value() any {
	k := t.maker
	if k == nil {
		k = NeedTokenizer("Tokens.Value", t.Modality)
	}
	v, err := k.Decode(t)
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

// TokenizerOf gives the modality's tokenizer, or nil. Symbols are tokens
// already: theirs counts and checks them.
func TokenizerOf(name string) Tokenizer {
	tokenizers.RLock()
	t := tokenizers.by[name]
	tokenizers.RUnlock()
	if t == nil {
		if m, ok := Find(name); ok && m.Kind == Symbols {
			return numbers{m}
		}
	}
	return t
}

// Registered is TokenizerOf without the one that Symbols have by themselves.
func Registered(name string) Tokenizer {
	t := TokenizerOf(name)
	if _, plain := t.(numbers); plain {
		return nil
	}
	return t
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
	k := NeedTokenizer(op, m.Name)
	t, err := k.Encode(value)
	if err != nil {
		fault.Panic(op, "%s: %v", m.Name, err)
	}
	return t.By(k)
}
