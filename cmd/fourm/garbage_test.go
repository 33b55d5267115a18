package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"
)

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		live uint64
		want int
	}{{0, 100}, {10 << 20, 100}, {32 << 20, 100}, {64 << 20, 50}, {320 << 20, 10}, {100 << 30, 2}} {
		if got := percent(c.live); got != c.want {
			t.Errorf("%d bytes live: %d percent, expected %d", c.live, got, c.want)
		}
	}
}

// Beside a large heap without pointers garbage stays small.
func TestLimitGarbage(t *testing.T) {
	t.Setenv("GOGC", "")
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	limitGarbage()
	weights := make([]float32, 60_000_000)
	most := uint64(0)
	var waste []byte
	for i := range 600 {
		waste = make([]byte, 1<<20)
		if i == 100 { // the pace of a small heap is over
			for metric("/gc/gogc:percent") > 20 {
				runtime.GC()
				time.Sleep(time.Millisecond)
			}
		}
		if i > 100 {
			most = max(most, metric("/memory/classes/heap/objects:bytes"))
		}
	}
	runtime.KeepAlive(waste)
	if held := most - 4*uint64(len(weights)); held > 180<<20 {
		t.Errorf("%d MB gathered beside %d MB", held>>20, 4*len(weights)>>20)
	}
	runtime.KeepAlive(weights)
}

func metric(name string) uint64 {
	s := []metrics.Sample{{Name: name}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
