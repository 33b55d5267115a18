package cpu

// One pool of workers for the whole process, sized by GOMAXPROCS at the first
// use. A call hands its range to whoever is idle and takes part itself, so
// nested calls cannot wait for one another.

import (
	"runtime"
	"sync"
	"sync/atomic"
)

type job struct {
	f     func(lo, hi int)
	n     int
	chunk int
	next  atomic.Int64
	done  atomic.Int64
	wake  chan struct{}
}

var (
	poolOnce sync.Once
	jobs     chan *job
	workers  int
)

func startPool() {
	workers = runtime.GOMAXPROCS(0)
	jobs = make(chan *job, 4*workers)
	for range workers - 1 {
		go func() {
			for j := range jobs {
				j.run()
			}
		}()
	}
}

// run takes chunks until none is left; whoever finishes the last one wakes
// the caller.
func (j *job) run() {
	for {
		lo := int(j.next.Add(int64(j.chunk))) - j.chunk
		if lo >= j.n {
			return
		}
		hi := min(lo+j.chunk, j.n)
		j.f(lo, hi)
		if int(j.done.Add(int64(hi-lo))) == j.n {
			close(j.wake)
		}
	}
}

// For calls f on parts of [0, n) of at most chunk elements, on all workers,
// and returns when all are done.
func For(n, chunk int, f func(lo, hi int)) {
	poolOnce.Do(startPool)
	chunk = max(chunk, 1)
	if n <= chunk || workers == 1 {
		for lo := 0; lo < n; lo += chunk {
			f(lo, min(lo+chunk, n))
		}
		return
	}
	j := &job{f: f, n: n, chunk: chunk, wake: make(chan struct{})}
	for range min(workers-1, (n-1)/chunk) {
		select {
		case jobs <- j:
		default:
		}
	}
	j.run()
	<-j.wake
}

// scratch lends slices that kernels work in.
var scratch = sync.Pool{New: func() any { return new([]float32) }}

func borrow(n int) *[]float32 {
	p := scratch.Get().(*[]float32)
	if cap(*p) < n {
		*p = make([]float32, n)
	}
	*p = (*p)[:n]
	return p
}

func giveBack(p *[]float32) { scratch.Put(p) }
