package symbols

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fourmlab/kernel/session"
	"fourmlab/kernel/session/script"
)

// Cells of both engines share the session's variables; what yaegi runs wrongly
// runs in the session's own engine, and a line says so.
func TestYaegiCells(t *testing.T) {
	s := session.New()
	for i, c := range []struct {
		yaegi      bool
		code, want string // a value, or a part of the error
		fallen     string // what standard error says
	}{
		{true, "x := 20\ny := \"a\"\nx + 1", "21", ""},
		{false, "x *= 2\nx", "40", ""},
		{true, "x++\nx", "41", ""},
		{true, "sum := 0\nfor i := 0; i < 10; i++ { sum += i * x }\nsum", "1845", ""},
		{false, "func double(n int) int { return 2 * n }\ntype T struct{ A int }\nt := T{3}", "", ""},
		{true, "double(x)", "82", ""},
		{true, "func triple(n int) int { return n + double(n) }\ntriple(2)", "6", ""},
		{false, "triple(5)", "15", ""},
		{true, "f := func(n int) string { return strings.Repeat(y, n) }\nf(3)", "aaa", "the type func(n int) string"},
		{false, "f(2)", "aa", ""},
		{true, "import \"strconv\"\nn, err := strconv.Atoi(\"12\")\nn", "12", "In [11]:2: several values at once"},
		{true, "m := map[string][]int{\"a\": []int{1, 2}}\nm[\"a\"] = append(m[\"a\"], 3)\nlen(m[\"a\"])", "3", ""},
		{false, "m[\"a\"][2]", "3", ""},
		{true, "mask := fourm.Mask{In: 3}\nmask.In", "3", "In [14]:1: a struct's literal"},
		{true, "var none *fourm.Mask\nq := &mask\nq.In = 8\nnone == nil && mask.In == 8", "true", "In [15]:2: the address of a variable"},
		{true, "none = &fourm.Mask{Out: 2}\nnone.Out + q.In", "10", ""},
		{false, "none.Out", "2", ""},
		{true, "var e error", "", ""},
		{true, "var a any = []int{1}", "", "the type any"},
		{true, "chs := make(chan int, 1)\nchs <- 3\n<-chs", "3", "In [20]: the type chan int runs on the session's engine, not in yaegi"},
		{true, "t.A", "3", "the type T runs on the session's engine, not in yaegi"},
		{true, "for i := range 3 { x += i }\nx", "44", "In [22]:1: a range over int runs on the session's engine, not in yaegi"},
		{true, "func g[E any](e E) E { return e }\ng(4)", "4", "a generic"},
		{true, "nope + 1", "In [24]:1:1: undefined: nope", ""},
		{true, "x +", "In [25]:1:4", ""},
		{true, "\nvar p []int\np[3]", "index out of range", ""},
		{true, "panic(fmt.Errorf(\"oh %d\", 3))", "oh 3", ""},
		{true, "os.Exit(3)", "exit status 3", ""},
		{true, "log.Fatal(\"no\")", "undefined: log", ""},
		{false, "x", "44", ""},
	} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		old := os.Stderr
		os.Stderr = w
		run := s.Run
		if c.yaegi {
			run = s.RunYaegi
		}
		got := run(t.Context(), i+1, c.code)
		os.Stderr = old
		w.Close()
		said, _ := io.ReadAll(r)
		var text string
		switch {
		case got.Err != nil:
			text = got.Err.Value
		case len(got.Values) == 1:
			text = fmt.Sprint(got.Values[0])
		}
		if got.Err == nil && text != c.want || got.Err != nil && (c.want == "" || !strings.Contains(text, c.want)) {
			t.Errorf("In [%d]: %q gave %q, expected %q", i+1, c.code, text, c.want)
		}
		if c.fallen == "" && strings.Contains(string(said), "not in yaegi") || !strings.Contains(string(said), c.fallen) {
			t.Errorf("In [%d]: %q said %q, expected %q", i+1, c.code, said, c.fallen)
		}
	}
	got := s.RunYaegi(t.Context(), 30, "func deep(xs []int) int {\n\treturn xs[7]\n}\n\ndeep(nil)")
	if got.Err == nil || !strings.Contains(strings.Join(got.Err.Trace, "\n"), "In [30]:2\n    return xs[7]") {
		t.Errorf("the places of a panic: %+v", got.Err)
	}

	for _, code := range []string{"for {}", "time.Sleep(time.Hour)", "<-make(chan int)"} {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		done := make(chan string, 1)
		go func() {
			r := s.RunYaegi(ctx, 31, code)
			done <- fmt.Sprint(r.Err)
		}()
		select {
		case said := <-done:
			if !strings.HasPrefix(said, "interrupted: ") {
				t.Errorf("%s: %s", code, said)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("%s was not stopped", code)
		}
		cancel()
	}
	if r := s.Run(t.Context(), 32, "x + 1"); r.Err != nil || fmt.Sprint(r.Values) != "[45]" {
		t.Errorf("after interrupts: %v", r)
	}
}

// The scripts of the lab's notebooks are what yaegi is there for: all of them
// stand in its list.
func TestNotebooksScriptsRunInYaegi(t *testing.T) {
	n := 0
	err := filepath.WalkDir("../../notebooks/scripts", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		p, err := script.Check(path, src)
		if err != nil {
			return err
		}
		if at, what := p.BeyondYaegi(); what != "" {
			t.Errorf("%v: %s", p.Position(at), what)
		}
		n++
		return nil
	})
	if err != nil || n == 0 {
		t.Errorf("%d scripts, %v", n, err)
	}
	t.Logf("%d scripts", n)
}
