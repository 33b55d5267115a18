package worker_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"fourmlab/kernel/headless"
	"fourmlab/kernel/kerneltest"
	"fourmlab/kernel/link"
	"fourmlab/kernel/notebook"
	"fourmlab/kernel/session"
)

func TestMain(m *testing.M) {
	kerneltest.Main(m, map[string]func(args []string) error{"execute": func(args []string) error {
		nb, err := notebook.Read(args[0])
		if err != nil {
			return err
		}
		return headless.Execute(context.Background(), nb, headless.Options{Progress: os.Stderr, AllowErrors: true})
	}})
}

// cells is a worker, and what it prints.
type cells struct {
	*link.Process
	t  *testing.T
	mu sync.Mutex
	n  int
	b  strings.Builder

	lines []string // what the person types
	stop  bool     // or does instead
	asked int
}

func start(t *testing.T) *cells {
	t.Helper()
	b := &cells{t: t}
	p, err := link.Start(link.Options{
		Print: func(name, text string, _ int) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.b.WriteString(text)
		},
		Event: func(p *link.Process, _ int, e link.Event) {
			if q, is := e.(link.InputRequest); is {
				b.mu.Lock()
				defer b.mu.Unlock()
				b.asked++
				switch {
				case len(b.lines) > 0:
					p.Send(link.Answer{Question: q.Question, Text: b.lines[0]})
					b.lines = b.lines[1:]
				case b.stop:
					p.Send(link.Interrupt{})
				default:
					p.Send(link.Answer{Question: q.Question, Refusal: "this front end does not take input"})
				}
			}
		},
		Over: session.Sweep,
	})
	if err != nil {
		t.Fatal(err)
	}
	b.Process = p
	t.Cleanup(b.Close)
	return b
}

// run runs a cell and gives its last value or error as text; gone is true when
// the process did not survive it.
func (b *cells) run(code string) (text string, gone bool) {
	b.n++
	reply, alive := b.Ask(link.RunCell{Number: b.n, Code: code})
	r, _ := reply.(link.Result)
	if !alive {
		r.Failure = b.Failure()
	}
	if r.Failure != nil {
		return r.Failure.Error() + "\n" + strings.Join(r.Failure.Trace, "\n"), !alive
	}
	text, _ = r.Data["text/plain"].(string)
	return text, !alive
}

func (b *cells) printed() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// What a cell survives in its process.
func TestProcessSurvives(t *testing.T) {
	t.Setenv("FOURM_MEMORY", "1GiB")
	b := start(t)
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
		if got, gone := b.run(c.cell); gone || !strings.Contains(got, c.want) {
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
		{"import \"syscall\"\nsyscall.Exec(\"/bin/sleep\", []string{\"sleep\", \"777\"}, nil)", "it closed the pipe to the kernel (by syscall.Exec, or descriptor 4) and was ended; In [2] ended"},
		{"import \"syscall\"\nsyscall.Write(4, []byte(\"{}\"))", "descriptor 4) and was ended; In [2] ended"},
		{fmt.Sprintf("import \"syscall\"\nsyscall.Kill(os.Getpid(), %d)\ntime.Sleep(time.Minute)", syscall.SIGKILL), "signal: killed (by somebody, or by the system because memory ran out); In [2] ended"},
	} {
		t.Run(c.cell, func(t *testing.T) {
			b := start(t)
			b.run("x := 1")
			if got, gone := b.run(c.cell); !gone || !strings.Contains(got, c.want) {
				t.Errorf("%s, gone %v, expected %q", got, gone, c.want)
			}
		})
	}
}

// An interrupt means the cell that was ordered, though it has not begun.
func TestProcessInterrupt(t *testing.T) {
	b := start(t)
	for _, after := range []time.Duration{0, 200 * time.Microsecond, time.Millisecond, 3 * time.Millisecond, 50 * time.Millisecond} {
		time.AfterFunc(after+time.Millisecond, func() { b.Send(link.Interrupt{}); b.Send(link.Interrupt{}) })
		if got, gone := b.run("import \"net/http\"\n_ = http.MethodGet\nfor { }"); gone || !strings.Contains(got, "interrupted") {
			t.Errorf("after %v: %s, gone %v", after, got, gone)
		}
		if got, gone := b.run("1 + 1"); gone || got != "2" {
			t.Errorf("the next cell: %s, gone %v", got, gone)
		}
	}
}

// Compiled code that reads os.Stdin asks the person.
func TestProcessStdin(t *testing.T) {
	b := start(t)
	b.run("import (\"bufio\"; \"io\"; \"strings\")")
	for _, c := range []struct {
		cell  string
		lines []string
		stop  bool
		want  string
		asked int
	}{
		{"var n, m int\nfmt.Scan(&n, &m)\nn + m", []string{"20", "22"}, false, "42", 2},
		{"var w string\nfmt.Scanln(&w)\nw", []string{"word"}, false, "word", 1},
		{"line, _ := bufio.NewReader(os.Stdin).ReadString('\\n')\nstrings.TrimSpace(line)", []string{"a line of text"}, false, "a line of text", 1},
		{"sc := bufio.NewScanner(os.Stdin)\nn := 0\nfor sc.Scan() { n++ }\nn", []string{"one", "two", "three"}, false, "3", 4},
		{"all, _ := io.ReadAll(os.Stdin)\nlen(all)", nil, false, "0", 1},
		{"fmt.Scanln(&w)\nw", nil, true, "interrupted", 1},
		{"fmt.Scanln(&w)\nw", []string{"later"}, false, "later", 1},
		{"bufio.NewReader(os.Stdin).ReadString('\\n')\n1", []string{"x y z"}, false, "1", 1},
		{"fmt.Scan(&w)\nw", []string{"own words"}, false, "own", 1},
		{"fmt.Scan(&w)\nw", []string{"fresh"}, false, "fresh", 1},
	} {
		b.mu.Lock()
		b.lines, b.stop, b.asked = c.lines, c.stop, 0
		b.mu.Unlock()
		got, gone := b.run(c.cell)
		b.mu.Lock()
		if gone || !strings.Contains(got, c.want) || b.asked != c.asked {
			t.Errorf("%s\n%q after %d questions, expected %q after %d", c.cell, got, b.asked, c.want, c.asked)
		}
		b.mu.Unlock()
	}
	if out := b.printed(); strings.Count(out, "os.Stdin is at its end: this front end does not take input\n") != 2 {
		t.Errorf("printed %q", out)
	}
}

// The places for methods run out some day; the person reads so, and the
// session goes on.
func TestProcessMethodSlots(t *testing.T) {
	b := start(t)
	var cell strings.Builder
	cell.WriteString("type T struct{ a int }\n")
	for i := range 260 {
		fmt.Fprintf(&cell, "func (T) M%d() { }\n", i)
	}
	cell.WriteString("var x any = T{}\n_ = x")
	b.run("keep := 7")
	for range 60 {
		got, gone := b.run(cell.String())
		if gone {
			t.Fatal(got)
		}
		if strings.Contains(got, "places, and of the 8704 that a process has") {
			if got, _ := b.run("keep"); got != "7" {
				t.Errorf("keep is %q", got)
			}
			return
		}
	}
	t.Error("the places never run out")
}
