package session

// Cells are quick, also with methods of earlier ones.

import (
	"context"
	"strings"
	"testing"

	patched "fourmlab/kernel/session/ixgo"
)

// TestQuickIsThere would tell that the interpreter keeps what it needs
// elsewhere, so that everything runs slowly.
func TestQuickIsThere(t *testing.T) {
	if err := patched.Unknown(); err != nil {
		t.Fatal(err)
	}
	s := New()
	r := s.Run(context.Background(), 1, `
type P struct{ A, B int }
func (p P) Sum() int { return p.A + p.B }
func (p *P) Add(n int) { p.A += n }
type adder interface{ Add(int) }
func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }
func swap(n int) (int, int) { a, b := 1, 2; for range n { a, b = b, a }; return a, b }
p := &P{1, 2}
var a adder = p
for i := range 10 { a.Add(i) }
xs := make([]float64, 10)
for i := range xs { xs[i] += float64(i) / 2 }
x, y := swap(3)
fmt.Sprint(fib(10), p.Sum(), xs[9], x, y)`)
	if r.Err != nil || r.Values[0] != "55 48 4.5 2 1" {
		t.Errorf("%v", r)
	}
	for fn, why := range s.quick.Unfit {
		if strings.HasPrefix(fn, "main.") || strings.HasPrefix(fn, "(main.") {
			t.Errorf("%s is not quick: %s", fn, why)
		}
	}
}

// TestQuickAcrossCells calls, through an interface, methods that an earlier
// program made.
func TestQuickAcrossCells(t *testing.T) {
	s := New()
	for i, c := range []struct{ cell, want string }{
		{"type P struct{ A, B int }\nfunc (p P) Sum() int { return p.A + p.B }\nfunc (p *P) Add(n int) { if n > 90 { panic(fmt.Sprint(\"much: \", n)) }; p.A += n }\ntype C float64\nfunc (c C) Sum() int { return int(c) }", ""},
		{"type I interface{ Sum() int }\ntype J interface{ I; Add(int) }\np := &P{1, 2}\nvar i I = *p\nvar j J = p\nvar c I = C(7.5)", ""},
		{"for k := range 10 { j.Add(k) }\nfmt.Sprint(i.Sum(), j.Sum(), c.Sum(), p.A)", "3 48 7 46"},
		{"func try(j J, n int) (e any) { defer func() { e = recover() }(); j.Add(n); return }\nfmt.Sprint(try(j, 91), try(j, 1), try(nil, 1) != nil, p.A)", "much: 91<nil> true 47"},
	} {
		r := s.Run(context.Background(), i+1, c.cell)
		if r.Err != nil || c.want != "" && r.Values[0] != c.want {
			t.Errorf("%s: %v", c.cell, r)
		}
	}
}
