package kernel

import (
	"fmt"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// bench is a process that runs cells, and what it prints.
type bench struct {
	*process
	t  *testing.T
	mu sync.Mutex
	n  int
	b  strings.Builder
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t}
	p, err := start(func(name, text string) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.b.WriteString(text)
	}, func(p *process, r report) {
		if r.Op == "input" {
			p.send(order{Op: "input", N: r.N, Error: "this front end does not take input"})
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	b.process = p
	t.Cleanup(func() { b.kill() })
	return b
}

// cell runs a cell and gives its last value or error as text; dead is true
// when the process did not survive it.
func (b *bench) cell(code string) (text string, gone bool) {
	b.n++
	r, ok := b.ask(order{Op: "run", N: b.n, Code: code})
	if !ok {
		r = dead(b.process)
	}
	if r.Failure != nil {
		return r.Failure.Error() + "\n" + strings.Join(r.Failure.Trace, "\n"), !ok
	}
	text, _ = r.Bundle["text/plain"].(string)
	return text, !ok
}

func (b *bench) printed() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// What a cell survives in its process.
func TestProcessSurvives(t *testing.T) {
	t.Setenv(memoryVariable, "1GiB")
	b := newBench(t)
	for _, c := range []struct{ cell, want string }{
		{"import (\"log\"; \"sync\")\nkeep := 7", ""},
		{"os.Exit(3)", "exit status 3"},
		{"go os.Exit(3)\nselect { }", "exit status 3"},
		{"log.New(os.Stderr, \"\", 0).Fatal(\"no\")", "exit status 1"},
		{"go func() { panic(\"boo\") }()\nselect { }", "panic: boo"},
		{"func f(n int) int { return f(n+1) + 1 }\nf(0)", "stack overflow"},
		{"make([]byte, 1<<40)", "needs 1 TiB"},
		{"var all [][]byte\nfor { b := make([]byte, 20<<20); for i := 0; i < len(b); i += 4096 { b[i] = 1 }; all = append(all, b) }", "out of memory: the cell was stopped"},
		{"all := 0\nkeep", "7"},
	} {
		if got, gone := b.cell(c.cell); gone || !strings.Contains(got, c.want) {
			t.Errorf("%s\n%s, gone %v, expected %q", c.cell, got, gone, c.want)
		}
	}
}

// What Go or the machine makes fatal ends the process, and the person reads
// which cell did it.
func TestProcessDies(t *testing.T) {
	for _, c := range []struct{ cell, want string }{
		{"import \"sync\"\nvar mu sync.Mutex\nmu.Unlock()", "fatal error: sync: unlock of unlocked mutex; In [2] ended the cells' process, all variables and declarations are lost"},
		{"m := map[int]int{}\nfor k := range 8 { go func() { for i := 0; ; i++ { m[i+k] = i } }() }\nselect { }", "fatal error: concurrent map"},
		{fmt.Sprintf("import \"syscall\"\nsyscall.Kill(os.Getpid(), %d)\ntime.Sleep(time.Minute)", syscall.SIGKILL), "signal: killed (by somebody, or by the system because memory ran out); In [2] ended"},
	} {
		t.Run(c.cell, func(t *testing.T) {
			b := newBench(t)
			b.cell("x := 1")
			if got, gone := b.cell(c.cell); !gone || !strings.Contains(got, c.want) {
				t.Errorf("%s, gone %v, expected %q", got, gone, c.want)
			}
		})
	}
}

// An interrupt means the cell that was ordered, though it has not begun.
func TestProcessInterrupt(t *testing.T) {
	b := newBench(t)
	for _, after := range []time.Duration{0, 200 * time.Microsecond, time.Millisecond, 3 * time.Millisecond, 50 * time.Millisecond} {
		time.AfterFunc(after+time.Millisecond, func() { b.send(order{Op: "interrupt"}); b.send(order{Op: "interrupt"}) })
		if got, gone := b.cell("import \"net/http\"\n_ = http.MethodGet\nfor { }"); gone || !strings.Contains(got, "interrupted") {
			t.Errorf("after %v: %s, gone %v", after, got, gone)
		}
		if got, gone := b.cell("1 + 1"); gone || got != "2" {
			t.Errorf("the next cell: %s, gone %v", got, gone)
		}
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{"8GiB": 8 << 30, "512MB": 512e6, "1.5G": 3 << 29, " 100000000": 0, "100000000": 1e8, "": 0, "8 GiB": 8 << 30, "x": 0, "-1GB": 0, "12": 0, "1e300TB": 0, "8XB": 0} {
		got, err := parseSize(text)
		if got != want || (err == nil) != (want > 0) {
			t.Errorf("%q: %d, %v, expected %d", text, got, err, want)
		}
	}
	t.Setenv(memoryVariable, "lots")
	if _, err := start(nil, nil); err == nil || err.Error() != `kernel: FOURM_MEMORY="lots": expected a size like 8GiB or 512MB` {
		t.Errorf("got %v", err)
	}
}
