package fourm

// Tokenizers of modalities of kind Symbols: numbers by bins, vectors, signals.

import (
	"errors"
	"fmt"
	"strings"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/vq"
	"fourmlab/internal/fault"
)

// trainSymbols trains a tokenizer of numbers (a float64, or a list of them, by
// bins), vectors or signals ([]float32, or a *Picture of 1xNxC, by an MLP or by
// convolutions), and makes it that of a modality of kind Symbols. The first sample
// says how many numbers there are.
func trainSymbols(op string, ds Data, m Modality, c VQ, samples int) *vq.Tokenizer {
	if c.Samples == 0 && strings.HasPrefix(c.Quantizer, "bins:") && ds != nil {
		samples = ds.Len() // they are counted, no more
	}
	in := Modality{Name: m.Name, Kind: Image, Look: Feature, Height: 1, Width: 1, Patch: 1, Vocab: m.Vocab}
	var pics []*Picture
	var wide, deep int // of a value
	err := walk(op, ds, samples, func(_ int, s Sample) error {
		value, has := s.Values[m.Name]
		if !has {
			return nil
		}
		v, n, err := samplesOf(value)
		if err != nil {
			return fmt.Errorf("sample %s: %w", s.Key, err)
		}
		if pics == nil {
			wide, deep = len(v)/n, n
			in.Channels, in.Width = folded(m.Name, wide, deep, &c)
			if err := c.RoomFor(in, m); err != nil {
				fault.Panic(op, "%s: %v", m.Name, err)
			}
		}
		if len(v) != wide*deep || n != deep {
			return fmt.Errorf("sample %s has %s, expected %s", s.Key, extent(len(v)/n, n), extent(wide, deep))
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

// samplesOf gives the numbers of a value, those of a sample of a signal one after
// another, and how many channels it has.
func samplesOf(value any) ([]float64, int, error) {
	if p, ok := value.(*Picture); ok && p != nil && p.H == 1 && p.W > 0 && p.C > 0 && len(p.Pix) == p.W*p.C {
		v, _ := modality.NumbersOf(p.Pix)
		return v, p.C, nil
	}
	v, ok := modality.NumbersOf(value)
	if !ok {
		return nil, 0, fmt.Errorf("a %T, expected a number, a list of numbers, or a picture of one row", value)
	}
	if len(v) == 0 {
		return nil, 0, errors.New("an empty list, expected numbers")
	}
	return v, 1, nil
}

// extent says how many numbers there are.
func extent(n, channels int) string {
	if channels == 1 {
		return fmt.Sprintf("%d numbers", n)
	}
	return fmt.Sprintf("%d numbers of %d channels", n, channels)
}

// folded says how n numbers of so many channels lie as a picture: a vector in one
// place, a signal as a row of places of Stride numbers of each channel.
func folded(name string, n, channels int, c *VQ) (deep, wide int) {
	if c.Net != "conv" {
		if c.Net == "" {
			c.Net = "mlp"
		}
		return n * channels, 1
	}
	if c.Stride == 0 {
		c.Stride = 8
	}
	if c.Stride < 1 || n%c.Stride != 0 {
		fault.Panic("fourm.TrainTokenizer", "signals of %d samples of %s and a stride of %d, expected a multiple of it", n, name, c.Stride)
	}
	return c.Stride * channels, n / c.Stride
}
