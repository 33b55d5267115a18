package vq

// The tokenizer: pictures to codes and back.

import (
	"context"
	"fmt"

	"fourmlab/fourm/diffusion"
	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// Tokenizer is a trained VQ-VAE of one modality; it is a modality.Tokenizer.
// It is safe for concurrent use.
type Tokenizer struct {
	Of     modality.Modality
	Config VQ
	// Scale maps values to what the network sees and back.
	Scale Scale
	// Params are the weights by their official names; the codebook is
	// "quantize._codebook.embed". Patches lie by pixels in them.
	Params map[string]*Param
	// Loss is the reconstruction loss at the end of training.
	Loss float64
	// Points are what was known after each step of its training; nil: it was read.
	Points []Point
	// Err tells why there is nothing but this: the training failed.
	Err error

	// Sampler is how a diffusion decoder draws pictures.
	Sampler diffusion.Sampler

	net  *Network
	file string // that it was read from; empty: none
	free bool   // it takes pictures of any size that is a multiple of its patch
	wide [2]int // height and width that a modality asks of such a one; zeros: the network's
}

const codebook = "quantize._codebook.embed"

// Network gives the network behind the tokenizer; nil where there is none (Err).
// It is not safe for concurrent use.
func (t *Tokenizer) Network() *Network { return t.net }

// Vocab gives the number of codes.
func (t *Tokenizer) Vocab() int { return t.Config.Vocab }

// Range says what values the tokenizer takes.
func (t *Tokenizer) Range() string {
	return t.scaling().takes(t.Of.Look.Spec(), t.Scale)
}

func (t *Tokenizer) String() string {
	if t.Err != nil {
		return fmt.Sprintf("no tokenizer of %s: %v", t.Of.Name, t.Err)
	}
	if t.free {
		return fmt.Sprintf("%v; %d parameters, takes %s", t.net.Spec, t.net.numbers(), t.Range())
	}
	codes := fmt.Sprintf("%d codes of %d numbers", t.Config.Vocab, t.Config.Latent)
	if t.Config.Quantizer != "" {
		codes = t.Config.Quantizer
	}
	if t.net.Spec.Diffusion != nil {
		codes += ", " + t.net.Spec.drawn()
	}
	return fmt.Sprintf("tokenizer of %s: %s, %dx%d tokens, %d parameters, takes %s", t.Of.Name, codes, t.net.Spec.Books*t.Of.Grid(), t.Of.Cols(), t.net.numbers(), t.Range())
}

// Encode gives the tokens of a picture of the modality's size.
func (t *Tokenizer) Encode(value any) (modality.Tokens, error) {
	all, err := t.EncodeAll([]any{value})
	if err != nil {
		return modality.Tokens{}, err
	}
	return all[0], nil
}

// EncodeAll gives the tokens of many pictures, several at a time.
func (t *Tokenizer) EncodeAll(values []any) ([]modality.Tokens, error) {
	if t.Err != nil {
		return nil, t.Err
	}
	var out []modality.Tokens
	t.net.mu.Lock()
	defer t.net.mu.Unlock()
	pics := make([]*modality.Picture, len(values))
	for i, v := range values {
		p, err := t.fit(v)
		if err != nil {
			return nil, sample(i, len(values), err)
		}
		pics[i] = p
	}
	for from := 0; from < len(pics); {
		to := from + 1 // pictures of one size
		for to < min(len(pics), from+32) && pics[to].H == pics[from].H && pics[to].W == pics[from].W {
			to++
		}
		rows, cols := t.grid(pics[from])
		g := t.net.graph(encoding, Loss{}, pow2(to-from), rows, cols)
		for i, p := range pics[from:to] {
			if err := t.put(g, i, p); err != nil {
				return nil, sample(from+i, len(values), err)
			}
		}
		if err := g.m.Run(context.Background()); err != nil {
			return nil, err
		}
		c := t.net.assign(g)
		for i := range to - from {
			out = append(out, t.tokens(c, i).By(t))
		}
		from = to
	}
	return out, nil
}

// sample says which of several values an error is about.
func sample(i, of int, err error) error {
	if of == 1 {
		return err
	}
	return fmt.Errorf("value %d: %w", i, err)
}

// tokens gives the code numbers of one sample. Books lie one behind the other,
// those of a single place on a line.
func (t *Tokenizer) tokens(c Codes, i int) modality.Tokens {
	n := c.Books * c.Rows * c.Cols
	tk := modality.Tokens{Modality: t.Of.Name, Rows: c.Books * c.Rows, Cols: c.Cols, IDs: make([]int, n)}
	if c.Rows*c.Cols == 1 {
		tk.Rows, tk.Cols = 1, c.Books
	}
	for j := range tk.IDs {
		tk.IDs[j] = int(c.IDs[i*n+j])
	}
	return tk
}

// Usage counts how often each code is used for the samples of a set, those
// that have the modality. A sample that cannot be read panics with its error.
func (t *Tokenizer) Usage(ds modality.Data) []int {
	const op, chunk = "Tokenizer.Usage", 256
	if ds == nil {
		fault.Panic(op, "the set is nil")
	}
	use := make([]int, t.Config.Vocab)
	for from := 0; from < ds.Len(); from += chunk {
		samples, err := modality.Collect(ds, from, min(from+chunk, ds.Len()))
		if err != nil {
			panic(err)
		}
		var values []any
		for _, s := range samples {
			if s.Has(t.Of.Name) {
				p, err := t.fit(s.Values[t.Of.Name])
				if err != nil {
					fault.Panic(op, "%v", err)
				}
				values = append(values, p)
			}
		}
		tokens, err := t.EncodeAll(values)
		if err != nil {
			panic(fmt.Errorf("%s: %w", op, err))
		}
		for _, tk := range tokens {
			for _, id := range tk.IDs {
				use[id]++
			}
		}
	}
	return use
}

func pow2(n int) int {
	p := 1
	for p < n {
		p *= 2
	}
	return p
}
