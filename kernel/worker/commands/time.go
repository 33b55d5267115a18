package commands

// %time and %timeit.

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"runtime/metrics"
	"strconv"
	"strings"
	"time"

	"fourmlab/internal/human"
	"fourmlab/kernel/engine"
	"fourmlab/kernel/link"
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
	line := "wall " + human.Seconds(now.wall.Sub(u.wall).Seconds())
	if now.cpu > 0 {
		line += ", cpu " + human.Seconds((now.cpu - u.cpu).Seconds())
	}
	return fmt.Sprintf("%s, %s in %d allocations", line, human.Bytes(float64(now.bytes-u.bytes)), now.objects-u.objects)
}

// timeOnce runs code and prints what it took.
func timeOnce(r *Runner, c *call) link.Result {
	before := usage()
	result := r.runGo(c.ctx, c.n, c.body())
	if result.Failure == nil {
		fmt.Println(before.since())
	}
	return result
}

// timeMany runs code in loops of growing length until one takes long enough
// to be measured, then several of that length.
func timeMany(r *Runner, c *call) link.Result {
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
			return refuse(c, "%s %q, expected a number from 1 on", flag[:2], text)
		}
		*into = n
		c.from = c.to - len(rest)
	}
	code := c.code[c.from:c.to]
	if strings.TrimSpace(code) == "" {
		return refuse(c, "nothing to time")
	}
	if !statement(strings.TrimSpace(code)) {
		code = "_ = " + code
	}
	binder, is := r.Engine().(engine.Binder)
	if !is {
		return refuse(c, "this engine cannot be called by cells")
	}
	var times []float64
	name := binder.Let("timeit", func(loop func(n int)) {
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
	// stay right. Its count has a name that the code cannot say, either.
	count := binder.Let("n", 0)
	loop := func(code string) link.Result {
		return r.runGo(c.ctx, c.n, behind(c.code[:c.from], c.from)+name+"(func("+count+" int) { for range "+count+" { "+code+"\n} })")
	}
	result := loop(code)
	if result.Failure != nil && strings.Contains(result.Failure.Value, "is not used") {
		result = loop("_ = " + code)
	}
	if result.Failure == nil && len(times) > 0 {
		mean, dev := spread(times)
		fmt.Printf("%s ± %s per loop (mean ± standard deviation of %s of %s)\n", human.Seconds(mean), human.Seconds(dev), human.Count(runs, "run"), human.Count(loops, "loop"))
	}
	return result
}

// statement tells whether code may stand by itself; an expression may where it
// is a call or receives from a channel.
func statement(code string) bool {
	x, err := parser.ParseExpr(code)
	if err != nil {
		return true
	}
	switch x := ast.Unparen(x).(type) {
	case *ast.CallExpr:
		return true
	case *ast.UnaryExpr:
		return x.Op == token.ARROW
	}
	return false
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
