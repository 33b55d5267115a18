package kernel

// %time and %timeit.

import (
	"fmt"
	"math"
	"runtime/metrics"
	"strconv"
	"strings"
	"time"

	"fourmlab/kernel/session"
)

// used is what the process has taken so far.
type used struct {
	wall           time.Time
	cpu            time.Duration
	bytes, objects uint64
}

func usage() used {
	m := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}, {Name: "/gc/heap/allocs:objects"}}
	metrics.Read(m)
	return used{time.Now(), cpuTime(), m[0].Value.Uint64(), m[1].Value.Uint64()}
}

// since says what was taken in between.
func (u used) since() string {
	now := usage()
	line := "wall " + duration(now.wall.Sub(u.wall).Seconds())
	if now.cpu > 0 {
		line += ", cpu " + duration((now.cpu - u.cpu).Seconds())
	}
	return fmt.Sprintf("%s, %s in %d allocations", line, size(now.bytes-u.bytes), now.objects-u.objects)
}

// timeOnce runs code and prints what it took.
func timeOnce(w *worker, c *asked) report {
	before := usage()
	r := w.goCell(c.ctx, c.n, c.body())
	if r.Failure == nil {
		fmt.Println(before.since())
	}
	return r
}

// timeMany runs code in loops of growing length until one takes long enough
// to be measured, then several of that length.
func timeMany(w *worker, c *asked) report {
	loops, runs := 0, 7
	for {
		line := strings.TrimLeft(c.code[c.from:c.to], " \t")
		flag, rest, _ := strings.Cut(line, " ")
		into := map[string]*int{"-n": &loops, "-r": &runs}[flag[:min(2, len(flag))]]
		if into == nil {
			break
		}
		text := strings.TrimPrefix(flag, flag[:2])
		if text == "" {
			rest = strings.TrimLeft(rest, " ")
			text, _, _ = strings.Cut(strings.ReplaceAll(rest, "\n", " "), " ")
			rest = strings.TrimPrefix(rest, text)
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 1e9 {
			return refused(c, "%s %q, expected a number from 1 on", flag[:2], text)
		}
		*into = n
		c.from = c.to - len(rest)
	}
	code := c.code[c.from:c.to]
	if strings.TrimSpace(code) == "" {
		return refused(c, "nothing to time")
	}
	if expression, statement := session.Says(strings.TrimSpace(code)); expression && !statement {
		code = "_ = " + code
	}
	var times []float64
	w.engine.Let("timeit", func(loop func(n int)) {
		measure := func(n int) float64 {
			begun := time.Now()
			loop(n)
			return time.Since(begun).Seconds()
		}
		if loops == 0 {
			for loops = 1; loops < 1e9; {
				took := measure(loops)
				if took >= 0.1 {
					break
				}
				loops *= int(min(10, max(2, math.Ceil(0.12/max(took, 1e-9)))))
			}
		}
		for range runs {
			times = append(times, measure(loops)/float64(loops))
		}
	})
	// The loop stands in the lines of the command, so that lines of errors
	// stay right.
	loop := func(code string) report {
		n := session.Hidden("n")
		return w.goCell(c.ctx, c.n, session.Behind(c.code[:c.from], c.from)+session.Hidden("timeit")+"(func("+n+" int) { for range "+n+" { "+code+"\n} })")
	}
	r := loop(code)
	if r.Failure != nil && strings.Contains(r.Failure.Value, "is not used") {
		r = loop("_ = " + code)
	}
	if r.Failure == nil && len(times) > 0 {
		mean, dev := spread(times)
		fmt.Printf("%s ± %s per loop (mean ± standard deviation of %s of %s)\n", duration(mean), duration(dev), counted(runs, "run"), counted(loops, "loop"))
	}
	return r
}

// spread gives the mean and the standard deviation.
func spread(xs []float64) (mean, dev float64) {
	for _, x := range xs {
		mean += x / float64(len(xs))
	}
	for _, x := range xs {
		dev += (x - mean) * (x - mean) / float64(len(xs))
	}
	return mean, math.Sqrt(dev)
}

// duration is seconds with three digits and a unit.
func duration(s float64) string {
	switch {
	case s >= 60:
		return time.Duration(s * float64(time.Second)).Round(time.Second).String()
	case s >= 1:
		return fmt.Sprintf("%.3g s", s)
	case s >= 1e-3:
		return fmt.Sprintf("%.3g ms", s*1e3)
	case s >= 1e-6:
		return fmt.Sprintf("%.3g µs", s*1e6)
	}
	return fmt.Sprintf("%.3g ns", s*1e9)
}

// size is bytes with a unit.
func size(n uint64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%d B", n)
}

// counted is "1 run", "7 runs", "100,000 loops".
func counted(n int, what string) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	if n != 1 {
		what += "s"
	}
	return s + " " + what
}
