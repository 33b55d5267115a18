package session

import (
	"context"
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
