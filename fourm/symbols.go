package fourm

// Tokenizers of modalities of kind Symbols: numbers by bins, vectors, signals.

import (
	"fmt"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/vq"
	"fourmlab/internal/fault"
)

// trainSymbols trains a tokenizer of numbers (a float64, or a list of them, by
// bins), vectors or signals ([]float32, by an MLP or by convolutions), and makes it
// that of a modality of kind Symbols. The first sample says how many numbers
// there are.
func trainSymbols(op string, ds Data, m Modality, c VQ, samples int) *vq.Tokenizer {
	in := Modality{Name: m.Name, Kind: Image, Look: Feature, Height: 1, Width: 1, Patch: 1, Vocab: m.Vocab}
	var pics []*Picture
	err := walk(op, ds, samples, func(_ int, s Sample) error {
		value, has := s.Values[m.Name]
		if !has {
			return nil
		}
		v, ok := modality.NumbersOf(value)
		if !ok {
			return fmt.Errorf("sample %s has a %T, expected a number or a list of numbers", s.Key, value)
		}
		if pics == nil {
			in.Channels, in.Width = folded(m.Name, len(v), &c)
		}
		if len(v) != in.Channels*in.Width {
			return fmt.Errorf("sample %s has %d numbers, expected %d", s.Key, len(v), in.Channels*in.Width)
		}
		p, err := vq.PictureOfNumbers(v, in.Width, in.Channels)
		if err != nil {
			return fmt.Errorf("sample %s: %w", s.Key, err)
		}
		pics = append(pics, p)
		return nil
	})
	if err != nil {
		return &vq.Tokenizer{Of: m, Config: c, Err: fmt.Errorf("%s: %s: %w", op, m.Name, err)}
	}
	if pics == nil {
		fault.Panic(op, "no sample has %q", m.Name)
	}
	t := trainPictures(op, in, pics, c)
	if t.Err != nil {
		return t
	}
	s, err := vq.AsSymbols(t, m)
	if err != nil {
		fault.Panic(op, "%v", err)
	}
	modality.SetTokenizer(m.Name, s)
	return t
}

// folded says how n numbers lie as a picture: a vector in one place, a signal as
// a row of places of Stride numbers each.
func folded(name string, n int, c *VQ) (channels, width int) {
	if c.Net != "conv" {
		if c.Net == "" {
			c.Net = "mlp"
		}
		return n, 1
	}
	if c.Stride == 0 {
		c.Stride = 8
	}
	if c.Stride < 1 || n%c.Stride != 0 {
		fault.Panic("fourm.TrainTokenizer", "signals of %d samples of %s and a stride of %d, expected a multiple of it", n, name, c.Stride)
	}
	return c.Stride, n / c.Stride
}
