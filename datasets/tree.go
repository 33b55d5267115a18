package datasets

// A tree: a folder in ml-4m's layout as a source of samples.

import (
	"fmt"
	"slices"
	"sync"

	"fourmlab/fourm/modality"
)

type tree struct {
	keys     []string
	names    []string // modalities, in the order of the figures
	cols     []*column
	crops    *column    // crop_settings; nil: none
	tokens   bool       // some columns are ready-made tokens
	meta     *metaIndex // nil: none
	splits   []string   // by sample; nil: none
	size     int        // pixels a side to resize to; 0: as stored
	first    shape      // what every picture must measure when size is 0
	left     []string   // what was skipped, and why
	flag     []string   // modalities of 0 and 1, whatever stands for 1
	outlined bool       // the objects of meta.jsonl have polygons to be drawn
	kept     *cache
	notes    *passed   // what was passed over or changed
	asked    sync.Once // whether there are several captions
	many     bool
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
	s, err := t.shown(i, nil)
	if err != nil {
		return s, err
	}
	t.kept.put(i, s)
	return s, nil
}

// shown reads a sample with the row of its windows drawn by a seed; nil stands
// for row 0. An epoch asks for each once, so nothing is kept.
func (t *tree) shown(i int, seed *int64) (modality.Sample, error) {
	w, err := t.windowOf(i, seed)
	if err != nil {
		return modality.Sample{}, err
	}
	return t.decode(i, w)
}

// decode reads sample i from the disk.
func (t *tree) decode(i int, w window) (modality.Sample, error) {
	s := modality.Sample{Key: t.keys[i], Values: map[string]any{}}
	stored, whose := shape{}, "" // of the first picture of this sample
	pick := func(n int) int {
		if n == len(w.all) {
			return w.row // a caption of each window
		}
		return rowOf(w.seed, "caption of "+t.keys[i], n)
	}
	for _, c := range t.cols {
		e := c.entries[i]
		fail := func(err error) (modality.Sample, error) {
			return modality.Sample{}, problem{c.files[e.file], t.keys[i], err.Error()}
		}
		b, err := c.read(i)
		if err != nil {
			return fail(err)
		}
		if c.tokens {
			if e.ext != "npy" {
				return fail(fmt.Errorf("a .%s file, expected %s (.npy)", e.ext, c.holds()))
			}
			if v, ok, err := c.numbers(b); err != nil {
				return fail(err)
			} else if ok {
				s.Values[c.name] = v
				continue
			}
			tk, err := decodeTokens(c.name, b, max(1, len(w.all)), w.row)
			if err != nil {
				return fail(err)
			}
			if s.Toks == nil {
				s.Toks = map[string]modality.Tokens{}
			}
			s.Toks[tk.Modality] = tk
			continue
		}
		a := decoder{
			pick: pick,
			show: func(sh shape) (view, error) { return t.view(c.name, sh, w) },
			tell: func(kind string) { t.notes.add(kind, c.folder+"/"+t.keys[i]+"."+e.ext) },
		}
		v, sh, err := a.decode(c.name, e.ext, b)
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
		if p, ok := v.(*modality.Picture); ok && slices.Contains(t.flag, c.name) {
			for k, x := range p.Pix {
				p.Pix[k] = min(x, 1)
			}
		}
		s.Values[c.name] = v
	}
	if t.outlined {
		if err := t.outlines(i, s, stored, w); err != nil {
			return modality.Sample{}, problem{t.meta.files[0], t.keys[i], err.Error()}
		}
	}
	if t.meta != nil {
		more, err := t.meta.values(i, stored, pick)
		if err != nil {
			return modality.Sample{}, problem{t.meta.files[0], t.keys[i], err.Error()}
		}
		for n, v := range more {
			s.Values[n] = v
		}
	}
	for n, v := range s.Values {
		b, ok := v.([]modality.Box)
		if !ok || !t.cutting() || len(b) == 0 {
			continue
		}
		if stored.h == 0 {
			if t.size > 0 && w.all == nil {
				continue // nothing is cut
			}
			return modality.Sample{}, problem{t.cols[0].files[t.cols[0].entries[i].file], t.keys[i], fmt.Sprintf("it has a %s, but no picture whose size its windows refer to", n)}
		}
		s.Values[n] = w.crop(stored).Boxes(b, stored.h, stored.w)
	}
	return s, nil
}

// agree tells whether a picture fits the others. Pictures that will be
// resized need only the same proportions.
func (t *tree) agree(got, stored shape, whose string) error {
	if t.cutting() {
		if t.crops != nil && stored.h > 0 && got != stored {
			return fmt.Errorf("%dx%d pixels (wide x high), but its %s is %dx%d, and both are cut by one window", got.w, got.h, whose, stored.w, stored.h)
		}
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
