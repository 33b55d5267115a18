package datasets

// A tree: a folder in ml-4m's layout as a source of samples.

import (
	"fmt"

	"fourmlab/fourm/modality"
)

type tree struct {
	keys   []string
	names  []string // modalities, in the order of the figures
	cols   []*column
	meta   *metaIndex // nil: none
	splits []string   // by sample; nil: none
	size   int        // pixels a side to resize to; 0: as stored
	first  shape      // what every picture must measure when size is 0
	left   []string   // what was skipped, and why
	kept   *cache
}

func (t *tree) len() int             { return len(t.keys) }
func (t *tree) key(i int) string     { return t.keys[i] }
func (t *tree) modalities() []string { return t.names }
func (t *tree) skipped() []string    { return t.left }

func (t *tree) splitOf(i int) string {
	if t.splits == nil {
		return ""
	}
	return t.splits[i]
}

func (t *tree) sample(i int) (modality.Sample, error) {
	if s, ok := t.kept.get(i); ok {
		return s, nil
	}
	s, err := t.decode(i)
	if err != nil {
		return s, err
	}
	t.kept.put(i, s)
	return s, nil
}

// decode reads sample i from the disk.
func (t *tree) decode(i int) (modality.Sample, error) {
	s := modality.Sample{Key: t.keys[i], Values: map[string]any{}}
	stored, whose := shape{}, "" // of the first picture of this sample
	for _, c := range t.cols {
		fail := func(err error) (modality.Sample, error) {
			return modality.Sample{}, problem{c.files[c.entries[i].file], t.keys[i], err.Error()}
		}
		b, err := c.read(i)
		if err != nil {
			return fail(err)
		}
		v, sh, err := decode(c.name, c.entries[i].ext, b, t.size)
		if err != nil {
			return fail(err)
		}
		if sh.h > 0 {
			if err := t.agree(sh, stored, whose); err != nil {
				return fail(err)
			}
			if stored.h == 0 {
				stored, whose = sh, c.name
			}
		}
		if p, ok := v.(pixelBoxes); ok {
			if v, err = p.fractions(stored, "object"); err != nil {
				return fail(err)
			}
		}
		s.Values[c.name] = v
	}
	if t.meta != nil {
		more, err := t.meta.values(i, stored)
		if err != nil {
			return modality.Sample{}, problem{t.meta.files[0], t.keys[i], err.Error()}
		}
		for n, v := range more {
			s.Values[n] = v
		}
	}
	for n, v := range s.Values {
		if b, ok := v.([]modality.Box); ok && t.size > 0 && stored.h > 0 {
			s.Values[n] = cropBoxes(b, stored.w, stored.h)
		}
	}
	return s, nil
}

// agree tells whether a picture fits the others. Pictures that will be
// resized need only the same proportions.
func (t *tree) agree(got, stored shape, whose string) error {
	if t.size > 0 {
		if stored.h == 0 {
			return nil
		}
		a, b := float64(got.w)/float64(got.h), float64(stored.w)/float64(stored.h)
		if a/b > 1.02 || b/a > 1.02 {
			return fmt.Errorf("%dx%d pixels (wide x high), which is not the shape of %s, %dx%d", got.w, got.h, whose, stored.w, stored.h)
		}
		return nil
	}
	if stored.h > 0 && got != stored {
		return fmt.Errorf("%dx%d pixels (wide x high), but its %s is %dx%d (Options.Size brings all to one size)", got.w, got.h, whose, stored.w, stored.h)
	}
	if t.first.h > 0 && got != t.first {
		return fmt.Errorf("%dx%d pixels (wide x high), expected %dx%d as of other samples (Options.Size brings all to one size)", got.w, got.h, t.first.w, t.first.h)
	}
	return nil
}
