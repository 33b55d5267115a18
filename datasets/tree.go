package datasets

// A tree: a folder in ml-4m's layout as a source of samples.

import (
	"bytes"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

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

// loadTree indexes a folder; only, where it is not nil, names the modalities
// that are wanted. It gives all that fits together and all that is wrong.
func loadTree(root string, only []string, size int) (*tree, []problem) {
	t := &tree{size: size, kept: newCache(cacheBytes)}
	dirs, err := os.ReadDir(root)
	if err != nil {
		return t, []problem{{root, "", err.Error()}}
	}
	var bad []problem
	var folders []string
	for _, d := range dirs {
		info, err := os.Stat(filepath.Join(root, d.Name()))
		// ml-4m keeps its crop windows in a folder beside the modalities;
		// they concern its tokens, which are not read.
		if err != nil || !info.IsDir() || strings.HasPrefix(d.Name(), ".") || d.Name() == "crop_settings" {
			continue
		}
		folders = append(folders, d.Name())
		m, ok := modality.Find(d.Name())
		if only != nil && !slices.Contains(only, d.Name()) && !(ok && slices.Contains(only, m.Name)) {
			continue
		}
		c, wrong := openColumn(filepath.Join(root, d.Name()))
		bad = append(bad, wrong...)
		if len(c.files) == 0 {
			bad = append(bad, problem{filepath.Join(root, d.Name()), "", "neither shard-*.tar nor pictures in it"})
			continue
		}
		t.cols = append(t.cols, c)
	}
	rank := modality.Sample{Values: map[string]any{}}
	for _, c := range t.cols {
		if rank.Has(c.name) {
			bad = append(bad, problem{root, "", "two folders hold the modality " + c.name})
		}
		rank.Values[c.name] = nil
	}
	order := rank.Names()
	slices.SortStableFunc(t.cols, func(a, b *column) int { return slices.Index(order, a.name) - slices.Index(order, b.name) })
	all := slices.Clone(t.cols)
	if path := filepath.Join(root, "meta.jsonl"); exists(path) {
		m, wrong := openMeta(path)
		bad = append(bad, wrong...)
		if m != nil {
			t.meta = m
			all = append(all, &m.column)
			for name := range m.fields {
				if only != nil && !slices.Contains(only, name) || rank.Has(name) {
					delete(m.fields, name) // not wanted, or there as a folder
					continue
				}
				rank.Values[name] = nil
			}
		}
	}
	t.names = rank.Names()
	if len(all) == 0 {
		hint := "MODALITY/shard-00000.tar or MODALITY/NAME.png in it"
		if len(folders) > 0 {
			hint += fmt.Sprintf(" (it has the folders %s)", strings.Join(folders, ", "))
		}
		return t, append(bad, problem{root, "", "no samples: expected " + hint})
	}
	splits := map[string]string{}
	if t.meta != nil && t.meta.splits != nil {
		for i, k := range t.meta.keys {
			splits[k] = t.meta.splits[i]
		}
	}
	keys, wrong := pair(all)
	t.keys, bad = keys, append(bad, wrong...)
	if len(splits) > 0 {
		for _, k := range t.keys {
			t.splits = append(t.splits, splits[k])
		}
	}
	if len(t.keys) == 0 && len(bad) == 0 {
		bad = append(bad, problem{root, "", "no samples in it"})
	}
	t.measure()
	return t, bad
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

// measure finds the shape that all pictures must have: that of most of the
// first samples, so that one that is wrong does not condemn the others.
func (t *tree) measure() {
	for _, c := range t.cols {
		if len(t.keys) == 0 || !pictureExt[c.entries[0].ext] {
			continue
		}
		n := map[shape]int{}
		for i := range min(9, len(t.keys)) {
			b, err := c.read(i)
			if err != nil {
				continue
			}
			cfg, _, err := image.DecodeConfig(bytes.NewReader(b))
			if err != nil {
				continue
			}
			sh := shape{cfg.Height, cfg.Width}
			if n[sh]++; n[sh] > n[t.first] {
				t.first = sh
			}
		}
		return
	}
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

// verify reads every sample and gives the fault of each, or nil. With see it
// is told every sample that is whole, one at a time and in order.
func verify(src source, see func(i int, s modality.Sample)) []error {
	errs := make([]error, src.len())
	const together = 256
	samples := make([]modality.Sample, together)
	for from := 0; from < len(errs); from += together {
		n := min(together, len(errs)-from)
		var next atomic.Int64
		var all sync.WaitGroup
		for range runtime.GOMAXPROCS(0) {
			all.Go(func() {
				for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
					samples[i], errs[from+i] = src.sample(from + i)
				}
			})
		}
		all.Wait()
		for i := range n {
			if see != nil && errs[from+i] == nil {
				see(from+i, samples[i])
			}
		}
	}
	return errs
}

// keep drops the samples that are not to stay.
func (t *tree) keep(stay func(i int) bool) {
	var rows []int
	for i := range t.keys {
		if stay(i) {
			rows = append(rows, i)
		}
	}
	cols := t.cols
	if t.meta != nil {
		cols = append(slices.Clone(cols), &t.meta.column)
	}
	for _, c := range cols {
		c.entries = pick(c.entries, rows)
	}
	keys := make([]string, len(rows))
	var splits []string
	for k, i := range rows {
		keys[k] = t.keys[i]
		if t.splits != nil {
			splits = append(splits, t.splits[i])
		}
	}
	t.keys, t.splits = keys, splits
}

func pick(in []entry, rows []int) []entry {
	out := make([]entry, len(rows))
	for k, i := range rows {
		out[k] = in[i]
	}
	return out
}

// skipBroken leaves out what is wrong and notes why.
func (t *tree) skipBroken(bad []problem) {
	for _, p := range bad {
		t.left = append(t.left, p.Error())
	}
	errs := verify(t, nil)
	for _, err := range errs {
		if err != nil {
			t.left = append(t.left, err.Error())
		}
	}
	t.keep(func(i int) bool { return errs[i] == nil })
	t.kept = newCache(cacheBytes) // it goes by number, and the numbers are new
}
