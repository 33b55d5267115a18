package datasets

// Reading all of a set on all cores, and dropping what cannot be read.

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"fourmlab/fourm/modality"
)

// verify reads every sample and gives the fault of each, or nil. With see it
// is told every sample that is whole, one at a time and in order.
func verify(src source, see func(i int, s modality.Sample)) []error {
	errs := make([]error, src.len())
	const most = 256 // samples that are there at once, and no more than some are of their size
	samples := make([]modality.Sample, most)
	together := 1
	for from, n := 0, 0; from < len(errs); from += n {
		n = min(together, len(errs)-from)
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
		largest := 1
		for i := range n {
			largest = max(largest, bytesOf(samples[i]))
			if see != nil && errs[from+i] == nil {
				see(from+i, samples[i])
			}
			samples[i] = modality.Sample{}
		}
		together = max(1, min(most, cacheBytes/largest))
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
	cols := slices.Clone(t.cols)
	if t.meta != nil {
		cols = append(cols, &t.meta.column)
	}
	if t.crops != nil {
		cols = append(cols, t.crops)
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
