package session

import (
	"bufio"
	"context"
	"os"
	"strings"
	"testing"
	"time"
)

// before are cells that those below build on.
var before = []string{
	"n := 5\nkeep := 7",
	"func spin() { for { } }\nfunc spinG[T any](x T) { for { _ = x } }\nforever := func() { for { } }",
	"type Looper struct{}\nfunc (Looper) Loop() { for { } }\ntype Loops interface{ Loop() }\nvar looper Loops = Looper{}",
	"type Endless struct{}\nfunc (Endless) String() string { for { } }\nvar endless any = Endless{}",
	"import (\"sync\"; \"sort\"; \"net/http\"; \"net/http/httptest\"; \"net\"; \"bufio\"; \"runtime\")",
	"type E struct{}",
}

// endless are cells that never end, by what keeps them going.
var endless = []struct{ name, cell string }{
	{"for", "for { }"},
	{"for with a body", "for { n++ }"},
	{"condition", "for n > 0 { n |= 1 }"},
	{"three clauses", "for i := 0; ; i++ { n += i & 1 }"},
	{"goto", "L: goto L"},
	{"function", "func own() { for { } }\nown()"},
	{"earlier function", "spin()"},
	{"earlier closure", "forever()"},
	{"earlier method through an interface", "looper.Loop()"},
	{"earlier generic function", "spinG(3)"},
	{"recursion without a loop", "func deep(k int) int { if k == 0 { return 0 }; return deep(k-1) + deep(k-1) }\ndeep(60)"},
	{"range over a function", "for range func(yield func(int) bool) { for yield(1) { } } { }"},
	{"range over an integer", "for range 1<<62 { }"},
	{"range over strings and maps", "for { for range \"abc\" { }; for range map[int]int{1: 1} { } }"},
	{"range over a channel that another fills", "c := make(chan int)\ngo func() { for { c <- 1 } }()\nfor range c { }"},
	{"select loop", "for { select { default: } }"},
	{"deferred function", "func() { defer func() { for { } }() }()"},
	{"recovered", "func() { defer func() { recover() }(); for { } }()\nfor { }"},
	{"recovered again and again", "for { func() { defer func() { recover() }(); for { } }() }"},
	{"deferred calls of itself", "var f func()\nf = func() { defer f(); for { } }\nf()"},
	{"called by sort.Slice", "sort.Slice([]int{2, 1}, func(i, j int) bool { for { } })"},
	{"called by fmt", "_ = fmt.Sprint(endless)"},
	{"called by sync.Once", "var once sync.Once\nonce.Do(func() { for { } })"},
	{"called by sync.Once, earlier", "var once sync.Once\nonce.Do(forever)"},
	{"called by an HTTP server", "srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { for { } }))\nhttp.Get(srv.URL)"},
	{"goroutines", "for range 3 { go forever() }\nforever()"},
	{"sleep", "time.Sleep(time.Minute)\nn = -1"},
	{"receive", "<-make(chan int)\nn = -1"},
	{"receive with ok", "_, ok := <-make(chan int)\n_ = ok"},
	{"send", "make(chan int) <- 1"},
	{"nil channel", "var c chan int\nfor range c { }"},
	{"select without cases", "select { }"},
	{"select", "a, b := make(chan int), make(chan string)\nselect { case <-a: case b <- \"x\": }"},
	{"mutex", "var mu sync.Mutex\nmu.Lock()\nmu.Lock()\nn = -1"},
	{"wait group", "var wg sync.WaitGroup\nwg.Add(1)\nwg.Wait()\nn = -1"},
	{"condition variable", "sync.NewCond(&sync.Mutex{}).L.Lock()\nc := sync.NewCond(&sync.Mutex{})\nc.L.Lock()\nc.Wait()\nn = -1"},
	{"network", "l, _ := net.Listen(\"tcp\", \"127.0.0.1:0\")\nl.Accept()\nn = -1"},
	{"pipe", "r, _, _ := os.Pipe()\nbufio.NewReader(r).ReadString('x')\nn = -1"},
}

// soon gives cells a function now, which makes the interrupt come soon after.
func soon(s *Session, after time.Duration) {
	s.ctx.RegisterExternal("main.now", func() { time.AfterFunc(after, s.Interrupt) })
}

// An interrupt ends the cell, keeps the variables, and the next cell runs.
func TestInterrupt(t *testing.T) {
	s := New()
	var stopped time.Time
	s.ctx.RegisterExternal("main.now", func() {
		time.AfterFunc(50*time.Millisecond, func() { stopped = time.Now(); s.Interrupt() })
	})
	play(t, s, before...)
	for _, c := range endless {
		t.Run(c.name, func(t *testing.T) {
			r := s.Run(context.Background(), 7, "func now()\nnow()\n"+c.cell)
			t.Logf("ended %d ms after the interrupt", time.Since(stopped).Milliseconds())
			if r.Err == nil || r.Err.Name != "interrupted" {
				t.Errorf("got %v, expected an interrupt", r)
			}
			if got, err := play(t, s, "fmt.Sprint(keep, n > 0)"); got != "|7 true" || err != nil {
				t.Errorf("after the interrupt keep and n > 0 are %q, %v", got, err)
			}
		})
	}
}

// What only looks endless is over when the interrupt comes, or before.
func TestInterruptOfNothing(t *testing.T) {
	s := New()
	for range 3 {
		s.Interrupt()
	}
	if got, err := play(t, s, "x := 1\nfor i := range 1000 { x += i & 0 }\nx"); got != "|1" || err != nil {
		t.Errorf("after interrupts of an idle session: %q, %v", got, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if r := s.Run(ctx, 1, "x = 2"); r.Err == nil || r.Err.Name != "interrupted" {
		t.Errorf("a cell that was stopped before it ran: %v", r)
	}
	s.ctx.RegisterExternal("main.now", func() { time.AfterFunc(50*time.Millisecond, func() { s.Interrupt(); s.Interrupt() }) })
	s.Run(context.Background(), 1, "func now()\nnow()\nfor { }")
	if got, err := play(t, s, "x"); got != "|1" || err != nil {
		t.Errorf("after two interrupts: %q, %v", got, err)
	}
}

// Deferred functions run when a cell is stopped: locks are given back.
func TestInterruptRunsDeferred(t *testing.T) {
	s := New()
	soon(s, 50*time.Millisecond)
	play(t, s, "func now()\nimport \"sync\"\nvar mu sync.Mutex\nrows := 0", "func work() {\n\tmu.Lock()\n\tdefer func() { for i := range 10 { rows += i }; mu.Unlock() }()\n\tnow()\n\tfor { }\n}\nwork()")
	if got, err := play(t, s, "mu.Lock()\nmu.Unlock()\nrows"); got != "|45" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// An interrupt stops the goroutines of the cell, not those of earlier cells,
// and nobody takes from a channel what a later cell sends.
func TestInterruptAndGoroutines(t *testing.T) {
	s := New()
	play(t, s, "import \"sync/atomic\"\nvar a, b atomic.Int64\ncount := func(n *atomic.Int64) { for { n.Add(1); time.Sleep(time.Millisecond) } }\nc := make(chan int)", "go count(&a)")
	soon(s, 50*time.Millisecond)
	s.Run(context.Background(), 3, "func now()\nfor range 3 { go count(&b) }\ngo func() { <-c }()\nnow()\n<-c")
	cells := "time.Sleep(200*time.Millisecond)\nx, y := a.Load(), b.Load()\ntime.Sleep(200*time.Millisecond)\nfmt.Sprint(a.Load() > x, b.Load() > y)"
	if got, err := play(t, s, cells, "d := 0\ngo func() { c <- 8 }()\nselect { case d = <-c: case <-time.After(10*time.Second): }", "fmt.Sprint(a.Load() > x, b.Load() > y, d)"); got != "|true false 8" || err != nil {
		t.Errorf("the earlier cell's goroutine counts, the stopped one's does, a value comes: %q, %v", got, err)
	}
}

// A closure of a cell that was stopped can be called again.
func TestClosureOfStoppedCell(t *testing.T) {
	s := New()
	soon(s, 50*time.Millisecond)
	play(t, s, "func now()\nf := func(n int) int { for i := 0; i != n; i++ { }; return n }\nnow()\nf(-1)")
	if got, err := play(t, s, "f(1000)"); got != "|1000" || err != nil {
		t.Errorf("%q, %v", got, err)
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

// What would end a Go program ends the cell, says where, and leaves the
// variables.
func TestEnds(t *testing.T) {
	s := New()
	play(t, s, "import (\"sync\"; \"log\"; \"runtime\"; \"errors\"; \"sort\"; \"net/http/httptest\"; \"net/http\"; \"flag\"; \"syscall\"; \"io\")\nkeep := 7", "func far(a []int) int {\n\treturn a[9]\n}\ntype Bad struct{}\nfunc (Bad) Error() string { panic(\"no words\") }", "log.SetOutput(io.Discard)")
	for _, c := range []struct{ cell, want string }{
		{"go func() { panic(\"boo\") }()\nselect { }", "panic: boo (in a goroutine)\npanic: boo\nIn [4]:1"},
		{"func bad(k int, xs ...string) { panic(k) }\ngo bad(3, \"a\", \"b\")\nselect { }", "In [4]:1 in bad"},
		{"type T struct{ a []int }\nfunc (t *T) m(k float64) {\n\tt.a[9] = 1\n}\ngo (&T{}).m(2)\nselect { }", "In [4]:3 in (*T).m"},
		{"go far(nil)\nselect { }", "In [2]:2 in far\n    return a[9]"},
		{"var wg sync.WaitGroup\nwg.Go(func() { far(nil) })\nwg.Wait()\nselect { }", "In [2]:2 in far"},
		{"time.AfterFunc(1, func() { far(nil) })\nselect { }", "In [2]:2 in far"},
		{"var m map[string]int\ngo func() { m[\"a\"] = 1 }()\nselect { }", "assignment to entry in nil map"},
		{"go func() { os.Exit(4) }()\nselect { }", "exit: exit status 4"},
		{"os.Exit(4)", "exit: exit status 4"},
		{"syscall.Exit(5)", "exit: exit status 5"},
		{"log.Default().Fatal(1)", "exit: exit status 1"},
		{"log.New(io.Discard, \"\", 0).Fatalf(\"%d\", 1)", "exit: exit status 1"},
		{"log.Panic(\"oh\")", "panic: oh"},
		{"runtime.Goexit()", "exit: runtime.Goexit ended the cell"},
		{"func() { defer func() { }(); runtime.Goexit() }()", "exit: runtime.Goexit ended the cell"},
		{"flag.NewFlagSet(\"x\", flag.ExitOnError).Parse([]string{\"-nope\"})", "exit: exit status 2"},
		{"defer far(nil)\n_ = 1", "In [2]:2 in far"},
		{"defer func() { panic(fmt.Sprint(recover(), \" again\")) }()\npanic(\"one\")", "panic: one again"},
		{"type code int\ntype word string\nif true {\n\tpanic(code(3))\n}", "panic: main.code(3)"},
		{"panic(word(\"a\\nb\"))", `panic: main.word("a\nb")`},
		{"panic(nil)", "panic called with nil argument"},
		{"panic(Bad{})", "its text panics: no words"},
		{"var m map[string]int\nm[\"a\"] = 1", "In [4]:2\n    m[\"a\"] = 1"},
		{"far(nil)", "In [2]:2 in far\n    return a[9]\nIn [4]:1"},
		{"x := []int{1, 2, 3}\nsort.Slice(x, func(i, j int) bool {\n\treturn far(nil) > 0\n})", "In [2]:2 in far\n    return a[9]\nIn [4]:3"},
		{"x := []int{1, 2, 3}\nsort.Slice(x, func(i, j int) bool {\n\tpanic(\"less\")\n})", "In [4]:3"},
	} {
		t.Run(c.cell, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			r := s.Run(ctx, 4, c.cell)
			if r.Err == nil {
				t.Fatal("no error")
			}
			if text := r.Err.Error() + "\n" + strings.Join(r.Err.Trace, "\n"); !strings.Contains(text, c.want) {
				t.Errorf("got\n%s\nexpected %q", text, c.want)
			}
			if got, err := play(t, s, "keep"); got != "|7" || err != nil {
				t.Errorf("keep is %q, %v", got, err)
			}
		})
	}
}

// What a goroutine does after its cell has ended is told with the cell's name.
func TestPanicAfterTheCell(t *testing.T) {
	old := os.Stderr
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	os.Stderr = w
	defer func() { os.Stderr = old }()
	s := New()
	play(t, s, "c := make(chan int)\ngo func() {\n\t<-c\n\tpanic(\"late\")\n}()", "c <- 1")
	line, err := bufio.NewReader(r).ReadString('\n')
	if want := "panic in a goroutine of In [1] that went on: late\n"; line != want || err != nil {
		t.Errorf("got %q, %v, expected %q", line, err, want)
	}
	if got, err := play(t, s, "1"); got != "|1" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// Recursion without end is stopped, and so is a cell that takes too much.
func TestTooMuch(t *testing.T) {
	s := New()
	s.Limit(2<<30, nil)
	defer s.Limit(0, nil)
	play(t, s, "keep := 7")
	for _, c := range []struct{ cell, want string }{
		{"func f(n int) int { return f(n+1) + 1 }\nf(0)", "panic: stack overflow"},
		{"type S struct{}\nfunc (s S) String() string { return fmt.Sprint(s) }\n_ = S{}.String()", "panic: stack overflow"},
		{"b := make([]byte, 1<<40)\nlen(b)", "out of memory: 1099511627776 times byte needs 1 TiB"},
		{"k := 1 << 40\nc := make([]float32, 0, k)\nlen(c)", "out of memory: 1099511627776 times float32 needs 4 TiB"},
		{"var all [][]byte\nfor { b := make([]byte, 50<<20); for i := 0; i < len(b); i += 4096 { b[i] = 1 }; all = append(all, b) }", "out of memory: the cell was stopped"},
	} {
		begun := time.Now()
		r := s.Run(context.Background(), 2, c.cell)
		t.Logf("%s: %v", c.want, time.Since(begun))
		if r.Err == nil || !strings.Contains(r.Err.Error(), c.want) {
			t.Errorf("%s: got %v, expected %q", c.cell, r.Err, c.want)
		}
		if r.Err != nil && !strings.Contains(strings.Join(r.Err.Trace, "\n"), "In [2]:") {
			t.Errorf("%s: no place in %q", c.cell, r.Err.Trace)
		}
		if got, err := play(t, s, "all := 0\nkeep"); got != "|7" || err != nil {
			t.Errorf("keep is %q, %v", got, err)
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
