package mask

// What is masked: one domain of a sample, with its part in the draw.

import (
	"errors"
	"fmt"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/text"
	"fourmlab/internal/fault"
)

// Entry is one domain of a sample, ready to be masked. A Mask makes entries of
// a sample by itself; EntryOf makes one for who wants to say more.
type Entry struct {
	Domain modality.Domain

	// In and Out are the concentrations of the Dirichlet on either side. 0
	// counts as 1e-9, as in 4M: next to nothing. A negative one keeps the
	// domain out of that side altogether.
	In, Out float64

	Min  int    // tokens that it gets at least, on either side
	Keep string // "random", "all" or "binary": how many tokens of a sequence stay (see Mask.Keep); "" stands for "random"

	Tokens  modality.Tokens // of all but pixels and vectors; Symbols without their offset
	Chunks  []int           // sizes of the chunks of a sequence, which stay or go as one; nil: every token by itself
	Vectors [][]float32     // of Vectors: a row of Domain.Dim numbers a token
	Words   *text.Vocab     // brings the sentinels; nil for Symbols: then they lie between 4 and Domain.Offset
}

// EntryOf makes an entry of a value, by the domain's kind:
//
//	Image      modality.Tokens, or what t encodes
//	pixels     nil: they are not looked at
//	Sequence   modality.Tokens, what t (a *text.Tokenizer) encodes, or []string:
//	           chunks, with [EOS] as one more, of which those that reach beyond
//	           the domain's Max are left out
//	Symbols    modality.Tokens, what t encodes, or []int, without the offset
//	Vectors    [][]float32
//
// Sequences are cut to Max, as in 4M; more Symbols are an error. Both concentrations of the entry are 1; pixels and
// vectors are an input only. The error says what does not fit.
func EntryOf(d modality.Domain, t modality.Tokenizer, value any) (Entry, error) {
	e := Entry{Domain: d, In: 1, Out: 1}
	if w, ok := t.(*text.Tokenizer); ok {
		e.Words = w.Words
	}
	e.Tokens.Modality = d.Modality
	err := e.take(t, value)
	if err == nil {
		err = e.fit()
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", d.Name, err)
	}
	return e, err
}

// take puts a value into the entry.
func (e *Entry) take(t modality.Tokenizer, value any) (err error) {
	d := e.Domain
	switch v := value.(type) {
	case modality.Tokens:
		if !d.Pixels && d.Kind != modality.Vectors {
			e.Tokens = v
			return nil
		}
	case [][]float32:
		if d.Kind == modality.Vectors {
			e.Vectors = v
			return nil
		}
	case []int:
		if _, own := t.(interface{ Numbers() bool }); d.Kind == modality.Symbols && !own {
			e.Tokens.IDs, e.Tokens.Rows, e.Tokens.Cols = v, 1, len(v)
			return nil
		}
	case []string:
		if w, ok := t.(*text.Tokenizer); ok && d.Kind == modality.Sequence {
			e.Tokens.IDs, e.Chunks, err = chunked(w, v, d.Max)
			e.Tokens = e.tokens(e.Tokens.IDs)
			return err
		}
	}
	switch {
	case d.Pixels && value == nil:
		e.Tokens.Rows, e.Tokens.Cols = d.Rows, d.Cols
		return nil
	case d.Pixels || d.Kind == modality.Vectors || t == nil:
		return fmt.Errorf("a %T is no value of %v", value, d.Kind)
	}
	if e.Tokens, err = t.Encode(value); err == nil {
		e.Tokens = e.Tokens.By(t)
	}
	return err
}

// chunked encodes chunks, with [EOS] behind them as one more, as many as fit
// into most tokens (docs/4m.md, 3.3).
func chunked(t *text.Tokenizer, texts []string, most int) (ids, sizes []int, err error) {
	u := *t
	u.Of.MaxTokens = most
	parts, err := u.EncodeChunks(texts, nil)
	sizes = []int{}
	for _, p := range parts {
		ids, sizes = append(ids, p...), append(sizes, len(p))
	}
	return ids, sizes, err
}

// fit cuts a sequence to its longest, and refuses what the domain has no place
// for.
func (e *Entry) fit() error {
	d := e.Domain
	switch d.Kind {
	case modality.Image:
		if d.Pixels {
			e.Out = -1
		} else if n := len(e.Tokens.IDs); n != d.Max {
			return fmt.Errorf("%d tokens, expected %d", n, d.Max)
		}
		return nil
	case modality.Vectors:
		e.Out = -1
		e.Vectors = e.Vectors[:min(len(e.Vectors), d.Max)]
		for i, v := range e.Vectors {
			if len(v) != d.Dim {
				return fmt.Errorf("vector %d of %d numbers, expected %d", i, len(v), d.Dim)
			}
		}
		e.Tokens.Rows, e.Tokens.Cols = 1, len(e.Vectors)
		return nil
	case modality.Sequence:
		if e.Words == nil {
			return errors.New("the tokenizer has no sentinels")
		}
	case modality.Symbols:
		if e.Words == nil && d.Offset < text.EOS+4 {
			return fmt.Errorf("symbols begin at id %d, expected 7 or more: no room for sentinels before them", d.Offset)
		}
		if n := len(e.Tokens.IDs); n > d.Max {
			return fmt.Errorf("%d symbols, expected at most %d", n, d.Max)
		}
		for i, id := range e.Tokens.IDs {
			if id < 0 {
				return fmt.Errorf("symbol %d is %d, expected 0 or more", i, id)
			}
			if most := d.Vocab - d.Offset; most > 0 && id >= most {
				return fmt.Errorf("symbol %d is %d, expected one below %d", i, id, most)
			}
		}
		e.Tokens.Words = modality.Numerals(e.Tokens.IDs)
	}
	if t := &e.Tokens; len(t.IDs) > d.Max {
		t.IDs, t.Cols = t.IDs[:d.Max], d.Max
		t.Words = t.Words[:min(len(t.Words), d.Max)]
	}
	return nil
}

// Part masks the entry with budgets of in and out tokens, sentinels included;
// a negative out makes every token that is no input a target. Budgets over the
// domain's Max panic with a *fault.Error: 4M's buffers have no room for them.
func (e Entry) Part(c Chance, in, out int) Part { return e.part(c, in, out, nil) }

// part is Part with a pattern.
func (e Entry) part(c Chance, in, out int, by *by) Part {
	d := e.Domain
	if in < 0 || in > d.Max || out > d.Max {
		fault.Panic("mask.Part", "%s: budgets of %d input and %d target tokens, expected at most %d", d.Name, in, out, d.Max)
	}
	switch e.Keep {
	case "", keepRandom, keepAll, keepBinary:
	default:
		fault.Panic("mask.Part", "%s: keep scheme %q, expected random, all or binary", d.Name, e.Keep)
	}
	p := Part{Domain: d.Name, Modality: d.Modality, Pixels: d.Pixels, Tokens: e.Tokens, Room: in}
	if d.Grid() {
		if by == nil {
			p.Input, p.Target = grid(c, d.Max, in, out)
		} else {
			p.Input, p.Target = ordered(by.order(c, e, in, out), d.Max, in, out)
		}
		return p
	}
	cut := e.pieces()
	if d.Kind == modality.Vectors {
		kept := visible(c, cut, in, cut.n+1, e.Keep)
		p.Vectors, p.Input, p.Target = e.rows(kept, in), kept, make([]bool, cut.n)
		if in == 0 {
			clear(p.Input)
		}
		return p
	}
	v, spans := e.sentinels()
	kept := visible(c, cut, in, spans, e.Keep)
	w := write(v, e.Domain.ToModel(e.Tokens.IDs), cut, kept, in)
	w.cut(c, v, cut, kept, out)
	p.Input, p.Target, p.In, p.Out = w.kept, w.target, e.tokens(w.in), e.tokens(w.out)
	return p
}

func (e Entry) pieces() pieces {
	switch {
	case e.Domain.Kind == modality.Vectors:
		return pieces{n: len(e.Vectors)}
	case e.Chunks != nil:
		sum, wrong := 0, false
		for _, n := range e.Chunks {
			sum, wrong = sum+n, wrong || n < 0
		}
		if wrong || sum != len(e.Tokens.IDs) {
			fault.Panic("mask.Part", "%s: chunks of %v tokens, expected %d together", e.Domain.Name, e.Chunks, len(e.Tokens.IDs))
		}
		return pieces{len(e.Chunks), e.Chunks}
	}
	return pieces{n: len(e.Tokens.IDs)}
}

// sentinels gives those of the vocabulary, and how many spans they can stand
// for: [S_0] stands for none, and the last one is left to close the target.
func (e Entry) sentinels() (v text.Lexicon, spans int) {
	v, spans = text.Numbers{First: e.Domain.Offset}, e.Domain.Offset-text.EOS-3
	if e.Words != nil {
		v, spans = e.Words, e.Words.Sentinels-2
	}
	if spans < 1 {
		fault.Panic("mask.Part", "%s: a vocabulary without sentinels for a span, expected [S_1] and [S_2]", e.Domain.Name)
	}
	return v, spans
}

// tokens wraps ids of a sequence.
func (e Entry) tokens(ids []int) modality.Tokens {
	t := modality.Tokens{Modality: e.Domain.Modality, IDs: ids, Rows: 1, Cols: len(ids)}
	if e.Domain.Kind == modality.Symbols {
		t.Words = text.Numbers{First: e.Domain.Offset}.Words(ids)
	} else if e.Words != nil {
		t.Words = e.Words.Words(ids)
	}
	return t.By(e.Tokens.Tokenizer())
}

// rows gives the vectors that stay, and a row of zeros for each span.
func (e Entry) rows(kept []bool, in int) [][]float32 {
	out := [][]float32{}
	for i, k := range kept {
		switch {
		case in == 0:
		case k:
			out = append(out, e.Vectors[i])
		case i == 0 || kept[i-1]:
			out = append(out, make([]float32, e.Domain.Dim))
		}
	}
	return out
}
