package session

import (
	"context"
	"strings"
	"testing"
	"time"
)

func TestInterrupt(t *testing.T) {
	s := New()
	for _, cell := range []string{
		"for { }",
		"for { n++ }",
		"func spin() { for { } }\nspin()",
		"func deep(k int) int { if k == 0 { return 0 }; return deep(k-1) + deep(k-1) }\ndeep(60)",
		"time.Sleep(time.Minute)\nn = -1",
		"<-make(chan int)",
		"select { }",
		"for i := 0; ; i++ { n += i & 1 }",
		"L: goto L",
		"func() { defer func() { recover() }(); for { } }()\nfor { }",
	} {
		t.Run(cell, func(t *testing.T) {
			play(t, s, "n := 5", "keep := 7")
			go func() {
				time.Sleep(150 * time.Millisecond)
				s.Interrupt()
			}()
			begun := time.Now()
			r := s.Run(context.Background(), 3, cell)
			if d := time.Since(begun); d > 1200*time.Millisecond {
				t.Errorf("ended after %v", d)
			}
			if r.Err == nil || r.Err.Name != "interrupted" {
				t.Errorf("got %v, expected an interrupt", r)
			}
			if got, err := play(t, s, "keep"); got != "|7" || err != nil {
				t.Errorf("after the interrupt keep is %q, %v", got, err)
			}
		})
	}
}

// A long call of compiled code asks whether to stop, and keeps its results.
func TestInterruptedCallReturns(t *testing.T) {
	s := New()
	go func() {
		time.Sleep(100 * time.Millisecond)
		s.Interrupt()
	}()
	s.ctx.RegisterExternal("main.long", func() int {
		for !s.Interrupted() {
			time.Sleep(20 * time.Millisecond)
		}
		time.Sleep(time.Second) // longer than the grace of others
		return 9
	})
	r := s.Run(context.Background(), 1, "func long() int\nx := long()")
	if r.Err == nil || r.Err.Name != "interrupted" {
		t.Errorf("got %v, expected an interrupt", r)
	}
	if got, err := play(t, s, "x"); got != "|9" || err != nil {
		t.Errorf("x is %q, %v", got, err)
	}
}

func TestPanicsInGoroutines(t *testing.T) {
	s := New()
	for _, cell := range []string{
		"go func() { panic(1) }()\ntime.Sleep(30*time.Millisecond)\n_ = 1",
		"func bad(k int, xs ...string) { panic(k) }\ngo bad(3, \"a\", \"b\")\ntime.Sleep(30*time.Millisecond)\n_ = 1",
		"type T struct{ a []int }\nfunc (t *T) m(k float64) { t.a[9] = 1 }\ngo (&T{}).m(2)\ntime.Sleep(30*time.Millisecond)\n_ = 1",
		"import \"sync\"\nvar wg sync.WaitGroup\nwg.Go(func() { panic(1) })\nwg.Wait()\n_ = 1",
		"time.AfterFunc(1, func() { panic(1) })\ntime.Sleep(30*time.Millisecond)\n_ = 1",
	} {
		if got, err := play(t, s, cell, "1"); got != "|1" || err != nil {
			t.Errorf("%q: %q, %v", cell, got, err)
		}
	}
}

func TestTraceNamesCellAndLine(t *testing.T) {
	_, err := play(t, New(), "func f(a []int) int {\n\treturn a[3]\n}", "x := 1\nf(nil)")
	if err == nil {
		t.Fatal("no error")
	}
	for _, w := range []string{"panic: runtime error: index out of range", "In [1]:2 in f", "In [2]:2", "return a[3]"} {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("no %q in\n%v", w, err)
		}
	}
}

func TestCaret(t *testing.T) {
	_, err := play(t, New(), "a := 1\nb := a + nope")
	want := "In [1]:2:10: undefined: nope\n    b := a + nope\n             ^"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, expected %s", err, want)
	}
}
