// Suite runs the tests as "go test" does, with its lines and its exit status,
// and says in the end what they were judged by and what was skipped, and why:
// without the recorded cases or a Jupyter most of the proof is missing, and
// nothing is red.
//
//	go run ./bench/suite ./...
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"

	"fourmlab/internal/fixture"
)

func main() {
	args := append([]string{"test", "-json"}, os.Args[1:]...)
	if len(args) == 2 {
		args = append(args, "./...")
	}
	cmd := exec.Command("go", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "suite:", err)
		os.Exit(1)
	}
	s := newSuite(os.Stdout)
	if err := s.read(out); err != nil {
		fmt.Fprintln(os.Stderr, "suite:", err)
		cmd.Process.Kill()
	}
	err = cmd.Wait()
	s.sum()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		os.Exit(max(exit.ExitCode(), 1))
	case err != nil || s.failed > 0:
		os.Exit(1)
	}
}

// event is one of those that "go test -json" prints (go doc test2json).
type event struct {
	Action, Package, ImportPath, Test, Output string
	Elapsed                                   float64
}

// suite is what is known of the tests.
type suite struct {
	out                     io.Writer
	said                    map[string][]string // by package and test: its lines, while it may fail
	passed, failed, skipped int
	judges                  map[string]*judge
	why                     map[string]int // reasons of skipping
}

// judge is something that tests compare with and that we did not write.
type judge struct{ ran, skipped int }

func newSuite(out io.Writer) *suite {
	return &suite{out: out, said: map[string][]string{}, judges: map[string]*judge{}, why: map[string]int{}}
}

// read takes the events in and prints what "go test" prints without -v.
func (s *suite) read(in io.Reader) error {
	r := bufio.NewReader(in)
	for {
		line, err := r.ReadString('\n')
		if line != "" {
			var e event
			if json.Unmarshal([]byte(line), &e) != nil {
				fmt.Fprint(s.out, line) // not go test's own
			} else {
				s.take(e)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (s *suite) take(e event) {
	at := e.Package + "\x00" + e.Test
	switch e.Action {
	case "build-output":
		fmt.Fprint(s.out, e.Output)
	case "output":
		s.said[at] = append(s.said[at], e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			s.ended(e)
		} else {
			s.tested(e)
		}
		delete(s.said, at)
	}
}

// ended prints the line of a package.
func (s *suite) ended(e event) {
	lines := s.said[e.Package+"\x00"]
	for _, l := range lines {
		// what a package prints by itself is of interest where it fails
		if e.Action == "fail" || strings.HasPrefix(l, "ok  ") || strings.HasPrefix(l, "?   ") || strings.HasPrefix(l, "---") {
			fmt.Fprint(s.out, l)
		}
	}
	if e.Action == "fail" {
		for at := range s.said { // tests that never came to their end
			if rest, ok := strings.CutPrefix(at, e.Package+"\x00"); ok && rest != "" {
				fmt.Fprint(s.out, strings.Join(s.said[at], ""))
				delete(s.said, at)
			}
		}
	}
}

// tested counts a test, prints one that failed, and keeps why one was skipped.
func (s *suite) tested(e event) {
	lines := s.said[e.Package+"\x00"+e.Test]
	for name := range judgesIn(lines) {
		if s.judges[name] == nil {
			s.judges[name] = &judge{}
		}
		if e.Action == "skip" {
			s.judges[name].skipped++
		} else {
			s.judges[name].ran++
		}
	}
	switch e.Action {
	case "pass":
		s.passed++
	case "fail":
		s.failed++
		fmt.Fprint(s.out, strings.Join(lines, ""))
	case "skip":
		s.skipped++
		s.why[reason(lines)]++
	}
}

// judgesIn lists what a test says that it is judged by.
func judgesIn(lines []string) map[string]bool {
	out := map[string]bool{}
	for _, l := range lines {
		if _, name, ok := strings.Cut(l, fixture.Mark); ok {
			out[strings.TrimSpace(name)] = true
		}
	}
	return out
}

// reason is what a skipped test said last.
func reason(lines []string) string {
	why := "without a word"
	for _, l := range lines {
		l = strings.TrimSpace(l)
		if l == "" || strings.HasPrefix(l, "===") || strings.HasPrefix(l, "---") || strings.Contains(l, fixture.Mark) {
			continue
		}
		if _, rest, ok := strings.Cut(l, ".go:"); ok { // "x_test.go:12: no protoc"
			if _, text, ok := strings.Cut(rest, ": "); ok {
				l = text
			}
		}
		why = l
	}
	return why
}

// sum says what ran.
func (s *suite) sum() {
	fmt.Fprintln(s.out)
	for _, name := range slices.Sorted(maps.Keys(s.judges)) {
		j := s.judges[name]
		fmt.Fprintf(s.out, "judged by %s: %d tests ran, %d skipped\n", name, j.ran, j.skipped)
	}
	for _, why := range slices.SortedFunc(maps.Keys(s.why), func(a, b string) int {
		return 2*(s.why[b]-s.why[a]) + strings.Compare(a, b)
	}) {
		fmt.Fprintf(s.out, "skipped %d: %s\n", s.why[why], why)
	}
	fmt.Fprintf(s.out, "%d passed, %d failed, %d skipped\n", s.passed, s.failed, s.skipped)
}
