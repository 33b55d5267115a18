package modality

// Sources of samples.

import (
	"fmt"
	"runtime"
	"sync"
	"unsafe"

	"fourmlab/internal/memory"
)

// Data is a source of samples.
type Data interface {
	Len() int
	Sample(i int) (Sample, error)
}

// concurrent is a source whose Sample may be called from several goroutines
// at once.
type concurrent interface {
	Concurrent() bool
}

// Collect reads samples from (inclusive) to (exclusive) in order, on all
// processors where the source allows it. They are checked (see Sample.Checked). The error is that of the first
// sample that failed, with its number.
func Collect(d Data, from, to int) ([]Sample, error) {
	memory.Need("fourm.Collect", float64(to-from)*float64(unsafe.Sizeof(Sample{})), "a list of %d samples", to-from)
	out := make([]Sample, to-from)
	errs := make([]error, to-from)
	read := func(first, stride int) {
		for i := first; i < len(out); i += stride {
			if out[i], errs[i] = d.Sample(from + i); errs[i] == nil {
				out[i], errs[i] = out[i].Checked()
			}
			if errs[i] != nil {
				return
			}
		}
	}
	if c, ok := d.(concurrent); ok && c.Concurrent() {
		workers := runtime.GOMAXPROCS(0)
		panics := make([]any, workers)
		var wg sync.WaitGroup
		for w := range workers {
			wg.Add(1)
			go func() {
				defer wg.Done()
				defer func() { panics[w] = recover() }()
				read(w, workers)
			}()
		}
		wg.Wait()
		for _, p := range panics {
			if p != nil {
				panic(p) // on the caller's goroutine, who may catch it
			}
		}
	} else {
		read(0, 1)
	}
	for i, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("sample %d: %w", from+i, err)
		}
	}
	return out, nil
}
