package datasets

// Windows: which part of its pictures a sample shows. A pre-tokenised set
// brings them in crop_settings, one row for each crop that its tokens were made
// of (docs/4m.md, 3.6); one row is chosen for a sample and used for all of it.

import (
	"fmt"
	"hash/fnv"
	"image"

	"fourmlab/datasets/augment"
	"fourmlab/fourm/modality"
)

// cropFolder is the folder of the windows.
const cropFolder = "crop_settings"

// view is what is made of a picture: the zero value leaves it as it is stored.
type view struct {
	crop augment.Crop // H 0: all of it
	h, w int          // pixels of what comes out; 0: as many as went in
}

// centred gives the view that Options.Size stands for.
func centred(sh shape, size int) view {
	if size == 0 {
		return view{}
	}
	return view{augment.Centre(sh.h, sh.w), size, size}
}

// fitting gives the largest window in the middle that has the proportions of h
// by w pixels, at that size.
func fitting(sh shape, h, w int) view {
	c := augment.Crop{H: sh.h, W: sh.w}
	if sh.h*w > sh.w*h {
		c.H = max(sh.w*h/w, 1)
	} else {
		c.W = max(sh.h*w/h, 1)
	}
	c.Top, c.Left = (sh.h-c.H)/2, (sh.w-c.W)/2
	return view{c, h, w}
}

// parseWindows reads a crop_settings file.
func parseWindows(b []byte) ([]augment.Crop, error) {
	rows, cols, v, err := tableOf(b)
	if err != nil {
		return nil, err
	}
	if rows == 0 || cols != 5 {
		return nil, fmt.Errorf("windows of shape (%d, %d), expected one row or more of 5 numbers", rows, cols)
	}
	out := make([]augment.Crop, rows)
	for i := range out {
		if out[i], err = augment.FromRow(v[5*i : 5*i+5]); err != nil {
			return nil, fmt.Errorf("row %d: %w", i, err)
		}
	}
	return out, nil
}

// Augmented gives the set with another window for each sample: a row of its
// crop_settings drawn by seed and key, so that pictures, boxes and tokens
// still show the same. Of a file of several captions it takes that of the row,
// where there is one for each, else one at random; so of a field of meta.jsonl. The same seed gives the
// same set again; an epoch of training takes a seed of its own. Without
// Augmented a sample shows row 0, the square in the middle, and its first
// caption.
func (s *Set) Augmented(seed int64) *Set {
	out := *s
	out.seed = &seed
	return &out
}

// Epoch gives the set as training sees it in an epoch: Augmented by the seed
// that the set has and the epoch's number. It is nil where every epoch would
// show the same.
func (s *Set) Epoch(n int) modality.Data {
	w, ok := s.src.(windowed)
	if !ok || s.Len() == 0 || !w.several(s.at(0)) {
		return nil
	}
	seed := int64(n)
	if s.seed != nil {
		seed += *s.seed << 32
	}
	return s.Augmented(seed)
}

// several tells whether sample i has several windows, or any of the set several
// captions.
func (t *tree) several(i int) bool {
	w, err := t.windowOf(i, nil)
	return err == nil && len(w.all) > 1 || t.captions()
}

// tried is how many files of captions are read to tell whether one of them
// holds several.
const tried = 1000

// captions tells whether a sample has several captions; of a large set some
// samples are asked, all over it.
func (t *tree) captions() bool {
	t.asked.Do(func() {
		if t.meta != nil && t.meta.fields["caption"] != nil && t.meta.many {
			t.many = true
		}
		for _, c := range t.cols {
			if c.name != "caption" || c.tokens {
				continue
			}
			step := max(1, len(c.entries)/tried)
			for i := 0; i < len(c.entries) && !t.many; i += step {
				if b, err := c.read(i); err == nil {
					decoder{pick: func(n int) int { t.many = t.many || n > 1; return 0 }}.decode(c.name, c.entries[i].ext, b)
				}
			}
		}
	})
	return t.many
}

// rowOf chooses among n rows for a key; without a seed it is row 0.
func rowOf(seed *int64, key string, n int) int {
	if seed == nil || n < 2 {
		return 0
	}
	h := fnv.New64a()
	h.Write([]byte(key))
	return int(mix(mix(h.Sum64())+uint64(*seed)*0x9e3779b97f4a7c15) % uint64(n))
}

// window is what a sample shows of itself.
type window struct {
	row  int
	all  []augment.Crop // nil: the set has no windows
	seed *int64
}

// windowOf chooses the window of sample i.
func (t *tree) windowOf(i int, seed *int64) (window, error) {
	if t.crops == nil {
		return window{seed: seed}, nil
	}
	b, err := t.crops.read(i)
	var all []augment.Crop
	if err == nil {
		all, err = parseWindows(b)
	}
	if err != nil {
		return window{}, problem{t.crops.files[t.crops.entries[i].file], t.keys[i], err.Error()}
	}
	return window{rowOf(seed, t.keys[i], len(all)), all, seed}, nil
}

// cutting tells whether samples show a part of what is stored.
func (t *tree) cutting() bool { return t.size > 0 || t.tokens }

// crop gives the window that is chosen, in a picture of the given shape: the
// square in the middle where the set has none.
func (w window) crop(sh shape) augment.Crop {
	if w.all == nil {
		return augment.Centre(sh.h, sh.w)
	}
	return w.all[w.row]
}

// view says what is made of a picture of a modality: the sample's window, at
// the modality's size where the set has tokens of windows.
func (t *tree) view(name string, sh shape, w window) (view, error) {
	if !t.cutting() {
		return view{}, nil
	}
	for i, c := range w.all {
		if !c.Within(sh.h, sh.w) {
			return view{}, fmt.Errorf("row %d of its %s is the window %v, outside of its %dx%d pixels (wide x high)", i, cropFolder, c.Row(), sh.w, sh.h)
		}
	}
	v := view{w.crop(sh), t.size, t.size}
	if m, ok := modality.Find(name); t.size == 0 && ok && m.Kind == modality.Image {
		v.h, v.w = m.Height, m.Width
		if v.w == 0 {
			v.w = m.Height
		}
	}
	return v, nil
}

// cut gives the part of an image that a window shows, without the rest being
// converted.
func cut(im image.Image, c augment.Crop) augment.Bytes {
	r := im.Bounds()
	in := image.Rect(c.Left, c.Top, c.Left+c.W, c.Top+c.H).Add(r.Min)
	if part, ok := im.(interface {
		SubImage(image.Rectangle) image.Image
	}); ok && in.In(r) {
		return augment.FromImage(part.SubImage(in))
	}
	return augment.FromImage(im).Cut(c)
}

// colors gives the pixels of a view of an image: cut out, resized by a
// bicubic filter, mirrored.
func (v view) colors(im image.Image) augment.Bytes {
	if v.crop.H == 0 {
		return augment.FromImage(im)
	}
	b := cut(im, v.crop)
	if v.h > 0 {
		b = b.Resize(v.h, v.w, augment.Bicubic)
	}
	return b.Mirror(v.crop.Flip)
}

// values is the same for numbers that must not be mixed: labels, depth,
// normals.
func (v view) values(p *modality.Picture, look modality.Look) *modality.Picture {
	if v.crop.H == 0 {
		return p
	}
	if v.crop != (augment.Crop{H: p.H, W: p.W}) {
		p = augment.Cut(p, v.crop)
		if v.crop.Flip {
			p = augment.Mirror(p, look, true)
		}
	}
	if v.h > 0 && (p.H != v.h || p.W != v.w) {
		p = augment.Resize(p, v.h, v.w, augment.Nearest)
	}
	return p
}
