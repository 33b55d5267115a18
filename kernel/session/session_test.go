package session

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/goplus/ixgo"
)

// verdict says what the real compiler makes of a snippet.
type verdict int

const (
	compiles  verdict = iota // a program that does the same
	panicking                // a program that panics with the same words
	mistaken                 // no program, for the same reason
	cellsOnly                // no program: it redefines, or is lenient as a notebook is
)

// snippet is a notebook in small: cells run in order, what they print, a bar
// and the last value, or a part of the error that the last cell must give.
type snippet struct {
	verdict
	name  string
	cells []string
	want  string
	err   string
}

// play runs cells in a session and gives "printed|value" of all of them.
func play(t *testing.T, s *Session, cells ...string) (string, error) {
	t.Helper()
	var out strings.Builder
	var value string
	for i, c := range cells {
		value = ""
		printed := capture(t, func() {
			r := s.Run(context.Background(), i+1, c)
			if r.Err != nil {
				value = "\x00" + r.Err.Name + ": " + r.Err.Value + "\n" + strings.Join(r.Err.Trace, "\n")
				return
			}
			var w []string
			for _, v := range r.Values {
				w = append(w, fmt.Sprint(v))
			}
			value = strings.Join(w, " ")
		})
		out.WriteString(printed)
		if strings.HasPrefix(value, "\x00") {
			return out.String(), fmt.Errorf("cell %d: %s", i+1, value[1:])
		}
	}
	return strings.TrimSpace(out.String()) + "|" + strings.TrimSpace(value), nil
}

// capture gives what is written to standard output meanwhile.
func capture(t *testing.T, f func()) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	old := os.Stdout
	os.Stdout = w
	got := make(chan string)
	go func() {
		b, _ := io.ReadAll(r)
		got <- string(b)
	}()
	f()
	os.Stdout = old
	w.Close()
	return <-got
}

// All snippets in one session, and again backwards: everything is redefined
// as something else again and again.
func TestSnippets(t *testing.T) {
	s := New()
	for _, c := range snippets {
		t.Run(c.name, func(t *testing.T) { judge(t, s, c) })
	}
	for _, c := range slices.Backward(snippets) {
		t.Run(c.name, func(t *testing.T) { judge(t, s, c) })
	}
}

func judge(t *testing.T, s *Session, c snippet) {
	got, err := play(t, s, c.cells...)
	switch {
	case c.err != "":
		if err == nil || !strings.Contains(err.Error(), c.err) {
			t.Errorf("error %v, expected one with %q", err, c.err)
		}
	case err != nil:
		t.Error(err)
	case got != c.want:
		t.Errorf("got %q, expected %q", got, c.want)
	}
}

func TestFailedCellDefinesNothing(t *testing.T) {
	s := New()
	for _, c := range []string{"old := 3", "func() { panic(1) }()\nx := 5", "old := func() string { panic(2) }()", "y := 1\npanic(3)"} {
		play(t, s, c)
	}
	for code, want := range map[string]string{"old": "|3", "y": "|1"} {
		if got, err := play(t, s, code); got != want || err != nil {
			t.Errorf("%s: %q, %v", code, got, err)
		}
	}
	if _, err := play(t, s, "x"); err == nil || !strings.Contains(err.Error(), "undefined: x") {
		t.Errorf("x: %v", err)
	}
}

// A cell that imports a package which comes as source takes no places for
// methods.
func TestSourcePackageTakesNoSlots(t *testing.T) {
	s := New()
	play(t, s, "import \"log\"\nlog.SetFlags(log.Flags())")
	_, before, _ := ixgo.IcallStat()
	for range 3 {
		play(t, s, "fmt.Sprint(1)")
	}
	if _, after, _ := ixgo.IcallStat(); after != before {
		t.Errorf("three cells took %d places", after-before)
	}
}
