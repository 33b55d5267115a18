package cpu

// One pool of workers for the whole process, sized by GOMAXPROCS at the first
// use. A call publishes its range, takes part itself, and waits for those who
// joined, so nested calls cannot wait for one another. Workers look for the
// next range for some microseconds before they sleep: a training step is a
// thousand short ranges, and waking a sleeper takes longer than many of them.

import (
	"math/bits"
	"runtime"
	"sync"
	"sync/atomic"
)

// spins is how often a worker looks for work before it sleeps: about 30 µs.
const spins = 12000

type job struct {
	f        func(lo, hi int)
	n, chunk int64
	next     atomic.Int64
	done     atomic.Int64
}

var (
	poolOnce sync.Once
	workers  int
	current  atomic.Pointer[job] // the newest range
	asleep   atomic.Int32
	wake     chan struct{}
)

func startPool() {
	workers = runtime.GOMAXPROCS(0)
	wake = make(chan struct{}, workers)
	for range workers - 1 {
		go worker()
	}
}

func worker() {
	for {
		for i := 0; i < spins; i++ {
			if j := current.Load(); j != nil && j.next.Load() < j.n {
				j.run()
				i = 0
			}
		}
		asleep.Add(1)
		if j := current.Load(); j == nil || j.next.Load() >= j.n {
			<-wake
		}
		asleep.Add(-1)
	}
}

// run takes chunks until none is left.
func (j *job) run() {
	for {
		lo := j.next.Add(j.chunk) - j.chunk
		if lo >= j.n {
			return
		}
		hi := min(lo+j.chunk, j.n)
		j.f(int(lo), int(hi))
		j.done.Add(hi - lo)
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
	j := &job{f: f, n: int64(n), chunk: int64(chunk)}
	outer := current.Swap(j)
	for range min(int(asleep.Load()), (n-1)/chunk) {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
	j.run()
	for i := 0; j.done.Load() < j.n; i++ {
		if i > spins {
			runtime.Gosched()
		}
	}
	current.CompareAndSwap(j, outer)
}

// scratch lends slices that kernels work in, by their size in powers of two.
// They are kept for good, so that a step allocates nothing after the first.
var scratch struct {
	sync.Mutex
	free [40][]*[]float32
}

func class(n int) int { return bits.Len(uint(max(n, 1024) - 1)) }

func borrow(n int) *[]float32 {
	k := class(n)
	scratch.Lock()
	if f := scratch.free[k]; len(f) > 0 {
		p := f[len(f)-1]
		scratch.free[k] = f[:len(f)-1]
		scratch.Unlock()
		*p = (*p)[:n]
		return p
	}
	scratch.Unlock()
	s := make([]float32, n, 1<<k)
	return &s
}

func giveBack(p *[]float32) {
	k := class(cap(*p))
	scratch.Lock()
	scratch.free[k] = append(scratch.free[k], p)
	scratch.Unlock()
}
