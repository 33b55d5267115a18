package cases

// Seconds, threads and the peak of memory.

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Result is what is known of a case that was timed.
type Result struct {
	Case    string  `json:"case"`
	Seconds Seconds `json:"seconds"` // of one repetition
	// GFLOP is the work of one repetition: 10^9 times 2 operations for every
	// multiply-add of the matrix and attention products of the plain path.
	GFLOP   float64 `json:"gflop"`
	PeakRSS float64 `json:"peak_rss_mb"` // of the process, in 10^6 bytes; 0 where the system does not tell
	Threads int     `json:"threads"`     // that may run Go code at once

	EncodePerS float64 `json:"encode_per_s,omitempty"` // pictures that a tokenizer encodes in a second
	DecodePerS float64 `json:"decode_per_s,omitempty"` // and decodes
}

// Seconds are the times of the repetitions, in their order.
type Seconds struct {
	Median float64   `json:"median"`
	Best   float64   `json:"best"`
	All    []float64 `json:"all"`
}

// String gives one line.
func (r Result) String() string {
	tail := ""
	if r.EncodePerS > 0 {
		tail = fmt.Sprintf(", %.2f pictures encoded and %.2f decoded a second", r.EncodePerS, r.DecodePerS)
	}
	return fmt.Sprintf("%s: %.3f s (best %.3f of %d), %.1f GFLOP at %.0f GFLOP/s, %.0f MB, %d threads",
		r.Case, r.Seconds.Median, r.Seconds.Best, len(r.Seconds.All), r.GFLOP, r.GFLOP/r.Seconds.Median, r.PeakRSS, r.Threads) + tail
}

// warm is how long the untimed repetitions of a case take together at least,
// in seconds.
const warm = 1.0

// timed warms up for at least so many seconds and one repetition, and times
// others, which are counted from 0 again.
func timed(ctx context.Context, reps int, warm float64, run func(ctx context.Context, i int) error) (Result, error) {
	one := func(i int) (float64, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		began := time.Now()
		err := run(ctx, i)
		return time.Since(began).Seconds(), err
	}
	for i, spent := 0, 0.0; i == 0 || spent < warm; i++ {
		s, err := one(i)
		if err != nil {
			return Result{}, err
		}
		spent += s
	}
	r := Result{Threads: runtime.GOMAXPROCS(0)}
	for i := range reps {
		s, err := one(i)
		if err != nil {
			return Result{}, err
		}
		r.Seconds.All = append(r.Seconds.All, s)
	}
	r.Seconds.Median, r.Seconds.Best = median(r.Seconds.All), slices.Min(r.Seconds.All)
	r.PeakRSS = peak()
	return r, nil
}

// median gives the middle of x, or the mean of the two in the middle.
func median(x []float64) float64 {
	s := slices.Sorted(slices.Values(x))
	n := len(s)
	return (s[(n-1)/2] + s[n/2]) / 2
}

// peak gives the most memory that the process ever held (VmHWM), in 10^6
// bytes, or 0 where the system keeps no such file.
func peak() float64 {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 64)
			if err == nil {
				return kib * 1024 / 1e6
			}
		}
	}
	return 0
}
