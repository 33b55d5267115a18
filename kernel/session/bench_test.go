package session

import (
	"fmt"
	"runtime"

	"context"
	"github.com/goplus/ixgo"
	"testing"
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
