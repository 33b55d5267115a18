package session

import (
	"context"
	"testing"
	"time"
)

// FuzzCell runs any text as a cell that is stopped after a short while: the
// session must survive it and run the next. Where the counter stands still for
// up to a minute, go test makes an input smaller, whose runs it does not count;
// -fuzzminimizetime 1s keeps that short.
func FuzzCell(f *testing.F) {
	for i, c := range snippets {
		if i%10 == 0 {
			f.Add(c.cells[0])
		}
	}
	for _, c := range endless {
		f.Add(c.cell)
	}
	for _, c := range []string{
		"fmt.Print(1)\n/* note\nfmt.Print(2)", "package main\n\nfunc main() { fmt.Print(1) }", "package x", "1 << 70",
		"import \"embed\"\n//go:embed *.go\nvar files embed.FS\nfiles", "//go:embed no\nvar s string", "//go:embed \"a b\" `c`\nvar (\n\t//go:embed x\n\ts, t int\n)",
		"func() { defer recover(); panic(nil) }()", "func() (n int) { defer func() { n, _ = recover().(int) }(); var a any; return a.(int) }()",
		"import \"runtime\"\nfunc() { defer func() { recover(); runtime.Goexit() }(); panic(1) }()", "type R interface{ Rec() }\ntype C struct{}\nfunc (C) Rec() { recover() }\nfunc() { var r R = &C{}; defer r.Rec(); panic(1) }()",
		"os.Exit(3)", "type P[T any] struct{ v T }\nfunc F[T any](x T) string { type L struct{ T T }; return fmt.Sprintf(\"%T\", P[L]{}) }\nF(P[int]{})", "import \"gonum.org/v1/gonum/blas/blas64\"\nblas64.General{}",
	} {
		f.Add(c)
	}
	s := New()
	s.Limit(4<<30, nil)
	f.Fuzz(func(t *testing.T, cell string) {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
		defer cancel()
		s.Run(ctx, 1, cell)
		if r := s.Run(context.Background(), 2, "1 + 1"); r.Err != nil || len(r.Values) != 1 || r.Values[0] != 2 {
			t.Errorf("after %q: %v", cell, r)
		}
	})
}
