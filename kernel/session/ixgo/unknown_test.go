package ixgo_test

// What is left where the interpreter is another one than is known.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/goplus/ixgo/pkg" // the standard library

	"fourmlab/kernel/session"
	"fourmlab/kernel/session/ixgo"
	"fourmlab/kernel/session/script"
)

// said gives what is written to a stream meanwhile.
func said(t *testing.T, stream **os.File, f func()) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	old := *stream
	*stream = w
	text := make(chan string)
	go func() {
		b, _ := io.ReadAll(r)
		text <- string(b)
	}()
	f()
	*stream = old
	w.Close()
	return <-text
}

// Cells and scripts run, the person is told once, and what cannot be stopped is
// left behind; nothing crashes.
func TestAnotherInterpreter(t *testing.T) {
	ixgo.Pretend(t, errors.New("ixgo is v9.9.9, and v1.1.1 is known here"))
	s := session.New()
	warned := said(t, &os.Stderr, func() {
		for i, c := range []struct{ cell, want string }{
			{"x := 20", ""},
			{"func twice(n int) int { return 2 * n }\ntwice(x) + 1", "41"},
			{"type T struct{ N int }\nfunc (t T) String() string { return fmt.Sprint(\"T\", t.N) }\nvar v fmt.Stringer = T{3}", ""},
			{"v.String()", "T3"},
			{"func() (e any) { defer func() { e = recover() }(); panic(7) }()", "7"},
			{"ch := make(chan int, 1)\ngo func() { ch <- 5 }()\n<-ch", "5"},
			{"panic(8)", "panic: 8"},
			{"os.Exit(3)", "exit: exit status 3"},
			{"x", "20"},
		} {
			r := s.Run(context.Background(), i+1, c.cell)
			got := ""
			switch {
			case r.Err != nil:
				got = r.Err.Error()
			case len(r.Values) > 0:
				got = fmt.Sprint(r.Values[0])
			}
			if got != c.want {
				t.Errorf("%s gives %q, expected %q", c.cell, got, c.want)
			}
		}
	})
	if want := "ixgo is v9.9.9, and v1.1.1 is known here: code runs slowly here, and what does not end by itself cannot be stopped\n"; warned != want {
		t.Errorf("the person reads %q, expected %q", warned, want)
	}
	run := func(code string) string {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		if r := s.Run(ctx, 20, code); r.Err != nil {
			return r.Err.Error()
		}
		return ""
	}
	run("import \"sync/atomic\"\nvar done atomic.Bool")
	if got := run("for !done.Load() { }"); !strings.HasPrefix(got, "interrupted: ") || !strings.Contains(got, "left behind") {
		t.Errorf("a loop that is interrupted ends as %q", got)
	}
	if got := run("done.Store(true)"); got != "" {
		t.Errorf("the cell after it: %s", got)
	}

	file := filepath.Join(t.TempDir(), "a.go")
	p, err := script.Check(file, []byte("package main\n\nimport \"fmt\"\n\nfunc main() { defer fmt.Println(\"end\"); fmt.Println(\"ran\") }\n"))
	if err != nil {
		t.Fatal(err)
	}
	var out string
	warned = said(t, &os.Stderr, func() {
		out = said(t, &os.Stdout, func() { err = p.Run(nil, nil) })
	})
	if err != nil || out != "ran\nend\n" || !strings.Contains(warned, "v9.9.9") {
		t.Errorf("the script prints %q, says %q, %v", out, warned, err)
	}
}
