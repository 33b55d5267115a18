package session

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/goplus/ixgo"
)

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		New().builders.Wait()
	}
}

func BenchmarkOnePlusOne(b *testing.B) {
	s := New()
	for b.Loop() {
		s.Run(context.Background(), 1, "1+1")
	}
}

func BenchmarkFib(b *testing.B) {
	s := New()
	s.Run(context.Background(), 1, "func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }")
	for b.Loop() {
		s.Run(context.Background(), 1, "fib(25)")
	}
}

func BenchmarkLoop(b *testing.B) {
	s := New()
	s.Run(context.Background(), 1, "s := 0")
	for b.Loop() {
		s.Run(context.Background(), 1, "for i := 0; i < 1000000; i++ { s += i & 7 }")
	}
}

// BenchmarkMemory runs small cells of many kinds and reports what each leaves
// in the heap. Run it with -benchtime 10000x.
func BenchmarkMemory(b *testing.B) {
	s := New()
	cells := []string{
		"x := %d\nx + 1",
		"func f(n int) int { return n + %d }\nf(2)",
		"f := func(n int) int { return n * %d }\nf(3)",
		"type T struct{ A int }\nt := T{%d}\nt.A",
		"_ = fmt.Sprint(%d, \"printed\")",
		"for i := range 10 { x += i + %d }",
		"var s []string\ns = append(s, strings.Repeat(\"a\", %d & 15))\nlen(s)",
		"go func(n int) { _ = n }(%d)",
		"func g[T any](v T) T { return v }\ng(%d)",
		"panic(%d)",
	}
	run := func(i int) { s.Run(context.Background(), i, fmt.Sprintf(cells[i%len(cells)], i)) }
	used := func() uint64 {
		s.builders.Wait()
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	for i := range 200 {
		run(i)
	}
	before := used()
	n := 0
	for b.Loop() {
		run(n)
		n++
	}
	left := used()
	runtime.KeepAlive(s)
	b.ReportMetric((float64(left)-float64(before))/float64(n), "B-left/cell")
	_, slots, _ := ixgo.IcallStat()
	b.ReportMetric(float64(slots), "method-slots")
}

// BenchmarkComplete completes in a session of twenty packages and 500 cells.
// The first completion after a cell has to look at the session anew.
func BenchmarkComplete(b *testing.B) {
	s := New()
	s.Run(b.Context(), 1, "import (\n\t\"bufio\"\n\t\"bytes\"\n\t\"cmp\"\n\t\"context\"\n\t\"encoding/json\"\n\t\"errors\"\n\t\"go/ast\"\n\t\"go/types\"\n\t\"image/color\"\n\t\"io\"\n\t\"log/slog\"\n\t\"maps\"\n\t\"math/rand/v2\"\n\t\"net/http\"\n\t\"os/exec\"\n\t\"path/filepath\"\n\t\"reflect\"\n\t\"regexp\"\n\t\"slices\"\n\t\"sync\"\n)\nvar client http.Client")
	for i := range 500 {
		r := s.Run(b.Context(), i+2, fmt.Sprintf("type T%d struct{ A, B int }\nfunc (t T%d) Sum() int { return t.A + t.B }\nfunc f%d(t T%d) int {\n\tif t.A > 3 {\n\t\treturn t.Sum()\n\t}\n\treturn 0\n}\nv%d := T%d{%d, 2}\nw%d := f%d(v%d)", i, i, i, i, i, i, i, i, i, i))
		if r.Err != nil {
			b.Fatal(r.Err)
		}
	}
	for name, code := range map[string]string{
		"member": "x := v17\nfor i := range 3 {\n\tfmt.Println(i, x.", "package": "http.", "any": "", "argument": "f33(", "import": "import \"",
	} {
		b.Run(name, func(b *testing.B) {
			var all []time.Duration
			for b.Loop() {
				start := time.Now()
				if len(s.Complete(code, len(code)).Matches) == 0 {
					b.Fatal("nothing")
				}
				all = append(all, time.Since(start))
			}
			report(b, all)
		})
	}
	b.Run("first", func(b *testing.B) {
		var all []time.Duration
		for i := 0; b.Loop(); i++ {
			b.StopTimer()
			s.Run(b.Context(), 600, fmt.Sprintf("n%d := v17.A", i%100))
			b.StartTimer()
			start := time.Now()
			s.Complete("v17.", 4)
			all = append(all, time.Since(start))
		}
		report(b, all)
	})
}

// report gives the median and the longest.
func report(b *testing.B, all []time.Duration) {
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "median-ms")
	b.ReportMetric(float64(all[len(all)-1].Microseconds())/1000, "longest-ms")
}
