package main

// Garbage beside weights. Go lets as much garbage gather as there is live
// memory, which for a model of 1.4 GB is another 1.4 GB. But weights hold no
// pointers, so that the collector passes over them for nothing: it may come
// far more often.

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// roomForGarbage is how many bytes may gather beside a large heap.
const roomForGarbage = 32 << 20

// limitGarbage watches the heap from now on, unless the person has set GOGC.
func limitGarbage() {
	if os.Getenv("GOGC") == "" {
		pace(100)
	}
}

// cycle is memory that every collection finds free.
type cycle struct{ _ [16]byte }

// pace sets the collector's percentage for the live memory of today, and again
// after the next collection. now is the percentage that is set.
func pace(now int) {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	want := percent(live[0].Value.Uint64())
	if want != now { // setting it stops the world for a moment
		debug.SetGCPercent(want)
	}
	runtime.SetFinalizer(new(cycle), func(*cycle) { pace(want) })
}

// percent gives how much garbage may gather, in percent of live memory: as
// much as Go's own rule says while the heap is small.
func percent(live uint64) int {
	return int(min(100, max(2, 100*roomForGarbage/max(live, 1))))
}
