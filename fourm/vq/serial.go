package vq

// Tokens in a line: tokenizers of modalities of kind Symbols, whose values are
// numbers, vectors, signals, or pictures that get several code numbers a place; and
// of features of a whole picture, whose code numbers fill a grid.

import (
	"encoding/json"
	"fmt"
	"strings"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/quantize"
)

// Serial is a tokenizer of a modality of kind Symbols. Its tokens are those of
// Inner in a line, place by place and row by row, all code numbers of a place one
// after another, coarse before fine. Values are
//
//	a number              float64, where Inner is of one number
//	a list, or a vector   []float32 of as many as Inner's pictures have channels
//	a signal              []float32 of N samples, where Inner is of convolutions;
//	                      of several channels a *Picture of 1xNxC
//	a picture             *Picture, of Inner's modality
//
// Encode takes []float64 and whole numbers as well. Of an image modality the
// tokens fill its grid: the sixteen of DINOv2's and ImageBind's features of a whole
// picture are a grid of 4x4 in 4M-21 (docs/4m.md, 1.2), and values are *Picture of
// 1x1xC.
type Serial struct {
	Of    modality.Modality // of kind Symbols, or an image
	Inner *Tokenizer
}

// AsSymbols gives a tokenizer for a modality of kind Symbols, or for an image
// modality with as many places as Inner gives tokens of one place; an error where
// they do not fit.
func AsSymbols(t *Tokenizer, m modality.Modality) (*Serial, error) {
	if t.Err != nil {
		return nil, t.Err
	}
	n := t.net.Spec.Books * t.rows() * t.cols()
	if m.Kind == modality.Image && t.rows()*t.cols() == 1 && t.net.Spec.Books > 1 {
		if m.Channels != t.Of.Channels || m.Look.Spec().Scaling != modality.Standardised {
			return nil, fmt.Errorf("vq: %s for %s: it takes features of %d numbers, expected %s of %d", t.called(), m.Name, t.Of.Channels, m.Look.Spec().Called(), m.Channels)
		}
		if n != m.Grid()*m.Cols() {
			return nil, fmt.Errorf("vq: %s for %s: it gives %d tokens, expected those of a grid of %dx%d", t.called(), m.Name, n, m.Grid(), m.Cols())
		}
		return &Serial{m, t}, nil
	}
	if err := room(m, n); err != nil {
		return nil, fmt.Errorf("vq: %s for %s: %w", t.called(), m.Name, err)
	}
	return &Serial{m, t}, nil
}

// RoomFor tells why the tokens that a tokenizer of pictures of in would give, if
// trained as c says, are none of a modality of kind Symbols.
func (c VQ) RoomFor(in, m modality.Modality) error {
	c = c.resolved(in)
	books := 1
	if c.Quantizer != "" {
		books = quantize.ShapeOf(c.Quantizer, c.Latent).Books
	}
	return room(m, books*in.Grid()*in.Cols())
}

// room tells why n tokens are none of a modality of kind Symbols.
func room(m modality.Modality, n int) error {
	if m.Kind != modality.Symbols {
		return fmt.Errorf("%s is of kind %v, expected symbols", m.Name, m.Kind)
	}
	if n > m.MaxTokens {
		return fmt.Errorf("it gives %d tokens, expected at most %d (MaxTokens)", n, m.MaxTokens)
	}
	return nil
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
	channels = "a signal of several channels"
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
	case s.channels() > 1:
		return channels
	}
	return signal
}

// channels of a signal; a place has Stride samples of each.
func (s *Serial) channels() int {
	if stride := s.Inner.Config.Stride; stride > 0 {
		return max(s.Inner.Of.Channels/stride, 1)
	}
	return 1
}

// Fit gives a value as the picture that Inner takes, or says what does not fit.
func (s *Serial) Fit(value any) (*modality.Picture, error) {
	m := s.Inner.Of
	if s.shape() == pictured {
		return s.Inner.fit(value)
	}
	want, n := m.Cols()*m.Channels, s.channels()
	got := fmt.Sprintf("a %T", value)
	if p, ok := value.(*modality.Picture); ok && p != nil {
		if p.H == 1 && p.W == m.Cols() && p.C == m.Channels {
			return s.Inner.fit(p)
		}
		if p.H == 1 && p.W*n == want && p.C == n && len(p.Pix) == want {
			return s.Inner.fit(&modality.Picture{H: 1, W: m.Cols(), C: m.Channels, Pix: p.Pix})
		}
		got = fmt.Sprintf("a picture of %dx%dx%d", p.H, p.W, p.C)
	} else if v, ok := modality.NumbersOf(value); ok {
		if len(v) == want && n == 1 {
			p, err := PictureOfNumbers(v, m.Cols(), m.Channels)
			if err != nil {
				return nil, fmt.Errorf("vq: %s: %w", s.Of.Name, err)
			}
			return p, nil
		}
		got = fmt.Sprintf("%d numbers", len(v))
	}
	if n > 1 {
		return nil, fmt.Errorf("vq: %s: %s, expected a picture of 1x%dx%d: %d samples of %d channels", s.Of.Name, got, want/n, n, want/n, n)
	}
	return nil, fmt.Errorf("vq: %s: %s, expected %s of %d", s.Of.Name, got, s.shape(), want)
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
		p, err := s.Fit(v)
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
		tk = modality.Tokens{Modality: s.Of.Name, IDs: ids, Rows: 1, Cols: len(ids)}
		if s.Of.Kind == modality.Image {
			tk.Rows, tk.Cols = s.Of.Grid(), s.Of.Cols()
		} else {
			tk.Words = modality.Numerals(ids)
		}
		all[i] = tk.By(s)
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
	p, n := v.(*modality.Picture), s.channels()
	switch shape := s.shape(); {
	case shape == channels:
		return &modality.Picture{H: 1, W: len(p.Pix) / n, C: n, Pix: p.Pix}, nil
	case shape == pictured || s.Of.Kind == modality.Image:
		return p, nil
	case shape == single:
		return float64(p.Pix[0]), nil
	}
	return p.Pix, nil
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
