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
