package modality

// Sources of samples.

import (
	"runtime"
	"sync"
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
// processors where the source allows it. The error is that of the first
// sample that failed.
func Collect(d Data, from, to int) ([]Sample, error) {
	out := make([]Sample, to-from)
	errs := make([]error, to-from)
	workers := 1
	if c, ok := d.(concurrent); ok && c.Concurrent() {
		workers = runtime.GOMAXPROCS(0)
	}
	var wg sync.WaitGroup
	for w := range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := w; i < len(out); i += workers {
				if out[i], errs[i] = d.Sample(from + i); errs[i] != nil {
					return
				}
			}
		}()
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
