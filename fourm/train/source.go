package train

// Where a step's samples come from: read and tokenized once where they fit and
// stay the same, else read when they are drawn.

import (
	"context"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
)

// mostKept is how many samples are kept with their tokens; a larger set is
// read as it is drawn from.
const mostKept = 1 << 16

// varied is a set whose samples show something else in every epoch: another
// crop of a picture, and the tokens of that crop. Epoch gives nil where they
// do not.
type varied interface {
	Epoch(n int) modality.Data
}

// source gives the samples of a set by number and epoch.
type source struct {
	m    *model.Model
	data Data
	kept []modality.Sample
}

// newSource reads the set where it is to be kept.
func newSource(ctx context.Context, m *model.Model, data Data) (*source, error) {
	s := &source{m: m, data: data}
	v, ok := data.(varied)
	if ok && v.Epoch(0) != nil || data.Len() > mostKept {
		return s, nil
	}
	var err error
	s.kept, err = Tokenized(ctx, m, data)
	return s, err
}

// take gives samples of an epoch.
func (s *source) take(ctx context.Context, epoch int, at []int) ([]modality.Sample, error) {
	if s.kept != nil {
		out := make([]modality.Sample, len(at))
		for i, k := range at {
			out[i] = s.kept[k]
		}
		return out, nil
	}
	data := s.data
	if v, ok := data.(varied); ok {
		if e := v.Epoch(epoch); e != nil {
			data = e
		}
	}
	return Tokenized(ctx, s.m, chosen{data, at})
}

// chosen are some samples of a set.
type chosen struct {
	Data
	at []int
}

func (c chosen) Len() int                              { return len(c.at) }
func (c chosen) Sample(i int) (modality.Sample, error) { return c.Data.Sample(c.at[i]) }

// Concurrent tells whether samples may be read at once.
func (c chosen) Concurrent() bool {
	d, ok := c.Data.(interface{ Concurrent() bool })
	return ok && d.Concurrent()
}
