package session

import (
	"context"
	"runtime"
	"strings"
	"testing"
)

// The address of a variable costs no copy of it, and that of what a nil pointer
// points to panics.
func TestAddressCopiesNothing(t *testing.T) {
	s := New()
	run := func(cell string) error {
		if r := s.Run(context.Background(), 1, cell); r.Err != nil {
			t.Logf("%s: %s", cell, r.Err.Value)
			return r.Err
		}
		return nil
	}
	if err := run("var big [1 << 20]int\nvar p *[1 << 20]int"); err != nil {
		t.Fatal(err)
	}
	if err := run("func take(n int) { for range n { p = &big } }"); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := run("take(20)\nlen(p)"); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 32<<20 {
		t.Errorf("twenty addresses of 8 MB took %d MB", n>>20)
	}
	if err := run("type pair struct{ a, b int }\nvar none *pair\nq := &none.b\n_ = q"); err == nil || !strings.Contains(err.Error(), "nil pointer") {
		t.Errorf("the address of a field of nothing: %v", err)
	}
	if err := run("var nowhere *[4]int\nr := &*nowhere\n_ = r"); err == nil || !strings.Contains(err.Error(), "nil pointer") {
		t.Errorf("the address of what nil points to: %v", err)
	}
}
