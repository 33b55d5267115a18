package vq

// Tokens as a sequence: tokenizers of modalities of kind Symbols, whose values are
// numbers, vectors, signals, or pictures that get several code numbers a place.

import (
	"encoding/json"
	"fmt"
	"strings"

	"fourmlab/fourm/modality"
)

// Serial is a tokenizer of a modality of kind Symbols. Its tokens are those of
// Inner in a line, place by place and row by row, all code numbers of a place one
// after another, coarse before fine. Values are
//
//	a number              float64, where Inner is of one number
//	a list, or a vector   []float32 of as many as Inner's pictures have channels
//	a signal              []float32 of N samples, where Inner is of convolutions
//	a picture             *Picture, of Inner's modality
//
// Encode takes []float64 and whole numbers as well.
type Serial struct {
	Of    modality.Modality // of kind Symbols
	Inner *Tokenizer
}

// AsSymbols gives a tokenizer for a modality of kind Symbols; an error where its
// sequence has no room for the tokens.
func AsSymbols(t *Tokenizer, m modality.Modality) (*Serial, error) {
	if t.Err != nil {
		return nil, t.Err
	}
	if m.Kind != modality.Symbols {
		return nil, fmt.Errorf("vq: %s is of kind %v, expected symbols", m.Name, m.Kind)
	}
	s := &Serial{m, t}
	if n := s.length(); n > m.MaxTokens {
		return nil, fmt.Errorf("vq: %s for %s: it gives %d tokens, expected at most %d (MaxTokens)", t.called(), m.Name, n, m.MaxTokens)
	}
	return s, nil
}

// length is how many tokens a value gets.
func (s *Serial) length() int { return s.Inner.net.Spec.Books * s.Inner.rows() * s.Inner.cols() }

// Vocab gives the number of codes of a book.
func (s *Serial) Vocab() int { return s.Inner.Vocab() }

// Range says what values the tokenizer takes.
func (s *Serial) Range() string { return s.Inner.Range() }

func (s *Serial) String() string {
	return fmt.Sprintf("%s as %d symbols of %s", strings.TrimPrefix(s.Inner.String(), "tokenizer of "), s.length(), s.Of.Name)
}

// Numbers tells whether values are numbers, not pictures.
func (s *Serial) Numbers() bool { return s.shape() != pictured }

// Pictured is the modality of the pictures.
func (s *Serial) Pictured() modality.Modality { return s.Inner.Of }

// shapes of values.
const (
	single   = "a number"
	listed   = "a list of numbers"
	signal   = "a signal"
	pictured = "a picture"
)

func (s *Serial) shape() string {
	m := s.Inner.Of
	switch {
	case m.Look.Spec().Scaling != modality.Standardised || m.Grid() != 1:
		return pictured
	case m.Cols() == 1 && m.Channels == 1:
		return single
	case m.Cols() == 1:
		return listed
	}
	return signal
}

// picture gives a value as the network's picture.
func (s *Serial) picture(value any) (*modality.Picture, error) {
	m := s.Inner.Of
	if s.shape() == pictured {
		return s.Inner.fit(value)
	}
	if p, ok := value.(*modality.Picture); ok {
		return s.Inner.fit(p)
	}
	v, ok := modality.NumbersOf(value)
	if want := m.Cols() * m.Channels; !ok || len(v) != want {
		got := fmt.Sprintf("%d numbers", len(v))
		if !ok {
			got = fmt.Sprintf("a %T", value)
		}
		return nil, fmt.Errorf("vq: %s: %s, expected %s of %d", s.Of.Name, got, s.shape(), want)
	}
	p, err := PictureOfNumbers(v, m.Cols(), m.Channels)
	if err != nil {
		return nil, fmt.Errorf("vq: %s: %w", s.Of.Name, err)
	}
	return p, nil
}

// PictureOfNumbers lays numbers in a row of width places of so many channels; one
// that is not finite as a float32 is an error.
func PictureOfNumbers(v []float64, width, channels int) (*modality.Picture, error) {
	p := modality.NewPicture(1, width, channels)
	for i, x := range v {
		if p.Pix[i] = float32(x); p.Pix[i]-p.Pix[i] != 0 {
			return nil, fmt.Errorf("number %d is %g, expected a finite one", i, x)
		}
	}
	return p, nil
}

// Encode gives the tokens of a value.
func (s *Serial) Encode(value any) (modality.Tokens, error) {
	all, err := s.EncodeAll([]any{value})
	if err != nil {
		return modality.Tokens{}, err
	}
	return all[0], nil
}

// EncodeAll gives the tokens of many values, several at a time.
func (s *Serial) EncodeAll(values []any) ([]modality.Tokens, error) {
	pics := make([]any, len(values))
	for i, v := range values {
		p, err := s.picture(v)
		if err != nil {
			return nil, sample(i, len(values), err)
		}
		pics[i] = p
	}
	all, err := s.Inner.EncodeAll(pics)
	if err != nil {
		return nil, err
	}
	for i, tk := range all {
		ids := make([]int, len(tk.IDs))
		for at, id := range byPlace(tk.IDs, s.Inner.net.Spec.Books) {
			ids[at] = int(id)
		}
		all[i] = modality.Tokens{Modality: s.Of.Name, IDs: ids, Rows: 1, Cols: len(ids), Words: modality.Numerals(ids)}.By(s)
	}
	return all, nil
}

// byPlace gives code numbers that lie book by book place by place, as quantizers
// have them.
func byPlace(ids []int, books int) []int32 {
	places := len(ids) / books
	out := make([]int32, len(ids))
	for at := range out {
		out[at] = int32(ids[at%books*places+at/books])
	}
	return out
}

// Decode gives the value of tokens. Those that are missing, or not decided yet,
// are left open as Inner leaves them; those behind the last place are left out.
func (s *Serial) Decode(tk modality.Tokens) (any, error) {
	n, books := s.length(), s.Inner.net.Spec.Books
	inner := modality.Tokens{Modality: s.Inner.Of.Name, Rows: books * s.Inner.rows(), Cols: s.Inner.cols(), IDs: make([]int, n)}
	for at := range n {
		id := -1
		if at < len(tk.IDs) {
			id = tk.IDs[at]
		}
		inner.IDs[at%books*(n/books)+at/books] = id
	}
	v, err := s.Inner.Decode(inner)
	if err != nil {
		return nil, err
	}
	switch p := v.(*modality.Picture); s.shape() {
	case single:
		return float64(p.Pix[0]), nil
	case pictured:
		return p, nil
	default:
		return p.Pix, nil
	}
}

// serialKind is what a checkpoint calls such a tokenizer.
const serialKind = "vq symbols"

// storedSerial is what it says of one.
type storedSerial struct {
	Inner   modality.Stored
	Picture modality.Modality
}

// Store gives the tokenizer for a checkpoint.
func (s *Serial) Store() (modality.Stored, error) {
	in, err := s.Inner.Store()
	if err != nil {
		return in, err
	}
	b, err := json.Marshal(storedSerial{in, s.Inner.Of})
	return modality.Stored{Kind: serialKind, Config: string(b), Tensors: in.Tensors}, err
}

func init() {
	modality.RegisterKind(serialKind, func(m modality.Modality, s modality.Stored) (modality.Tokenizer, error) {
		var c storedSerial
		if err := json.Unmarshal([]byte(s.Config), &c); err != nil {
			return nil, fmt.Errorf("vq: %w", err)
		}
		c.Inner.Tensors = s.Tensors
		in, err := modality.Restore(c.Picture, c.Inner)
		if err != nil {
			return nil, err
		}
		t, ok := in.(*Tokenizer)
		if !ok {
			return nil, fmt.Errorf("vq: the tokenizer of %s holds a %T", m.Name, in)
		}
		return AsSymbols(t, m)
	})
}
