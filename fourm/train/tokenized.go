package train

// The tokens of a set, made once before the first step.

import (
	"context"
	"fmt"
	"maps"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
)

// Tokenized reads all samples once and puts their tokens beside their values,
// so that a step need not make them again. Tokens that a sample brings stay.
// Pictures that are only needed as tokens are let go.
func Tokenized(ctx context.Context, m *model.Model, data Data) ([]modality.Sample, error) {
	keep := map[string]bool{}
	for _, d := range m.In {
		keep[d.Modality] = keep[d.Modality] || d.Pixels
	}
	out := make([]modality.Sample, 0, data.Len())
	const chunk = 64
	for at := 0; at < data.Len(); at += chunk {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		part, err := modality.Collect(data, at, min(at+chunk, data.Len()))
		if err != nil {
			return nil, err
		}
		for i := range part {
			part[i] = m.As(part[i])
			toks := map[string]modality.Tokens{}
			maps.Copy(toks, part[i].Toks)
			for n, t := range toks {
				if err := t.Fits(m.Tokenizer(n)); err != nil {
					return nil, fmt.Errorf("train: sample %s: %w", part[i].Key, err)
				}
			}
			part[i].Toks = toks
		}
		for name, t := range m.Tokenizers {
			if err := tokenize(t, name, part); err != nil {
				return nil, err
			}
		}
		for _, s := range part {
			slim := map[string]any{}
			for n, v := range s.Values {
				_, pic := v.(*modality.Picture)
				if keep[n] || !pic && (m.Tokenizers[n] != nil || m.Takes(n)) {
					slim[n] = v
				} else if m.Tokenizers[n] != nil {
					slim[n] = nil // the tokens stand for it
				}
			}
			out = append(out, modality.Sample{Key: s.Key, Values: slim, Toks: s.Toks})
		}
	}
	return out, nil
}

// batchTokenizer is a tokenizer that does many at once faster.
type batchTokenizer interface {
	EncodeAll(values []any) ([]modality.Tokens, error)
}

func tokenize(t modality.Tokenizer, name string, part []modality.Sample) error {
	var values []any
	var have []int
	for i, s := range part {
		_, done := s.Toks[name]
		if v, ok := s.Values[name]; ok && !done {
			values, have = append(values, v), append(have, i)
		}
	}
	if b, ok := t.(batchTokenizer); ok {
		if toks, err := b.EncodeAll(values); err == nil {
			for k, i := range have {
				part[i].Toks[name] = toks[k].By(t)
			}
			return nil
		} // one by one, to find out whose fault it is
	}
	for k, i := range have {
		tk, err := t.Encode(values[k])
		if err != nil {
			return fmt.Errorf("train: sample %s: %w", part[i].Key, err)
		}
		part[i].Toks[name] = tk.By(t)
	}
	return nil
}
