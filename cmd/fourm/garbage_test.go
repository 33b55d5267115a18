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

// The pace follows the live memory up and down again.
func TestLimitGarbage(t *testing.T) {
	t.Setenv("GOGC", "")
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	limitGarbage()
	before := settled(t, "a small heap", func(int) bool { return true })
	weights := make([]float32, 60_000_000)
	beside := settled(t, "weights of 240 MB", func(p int) bool { return p <= 14 })
	runtime.KeepAlive(weights)
	weights = nil
	after := settled(t, "the weights gone", func(p int) bool { return p > beside })
	t.Logf("%d, %d, %d percent", before, beside, after)
}

// settled collects until the percentage is as expected. Finalizers run when
// they like, so that it has to ask more than once.
func settled(t *testing.T, what string, good func(int) bool) int {
	t.Helper()
	p := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	for range 2000 {
		runtime.GC()
		metrics.Read(p)
		if got := int(p[0].Value.Uint64()); good(got) {
			return got
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("%s: %d percent after 2000 collections", what, p[0].Value.Uint64())
	return 0
}
