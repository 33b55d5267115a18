package session

// Errors for a person: the compiler's words with the source line and a caret,
// a panic's one line with the places that led to it.

import (
	"fmt"
	"go/types"
	"regexp"
	"runtime"
	"strconv"
	"strings"

	"github.com/goplus/ixgo"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/session/cell"
	patched "fourmlab/kernel/session/ixgo"
)

// failure is what a program's end means to a person.
func (s *Session) failure(err error, r *patched.Run) *engine.Failure {
	switch e := err.(type) {
	case nil:
		return nil
	case ixgo.PanicError:
		return s.failed(e.Value, e.Stack(), r)
	case ixgo.FatalError:
		return s.failed(e.Value, e.Stack(), r)
	}
	return s.failed(err, nil, r)
}

// failed is what a panic means that nothing recovered from. Where it went
// through compiled code, the run's note knows more places than the stack.
func (s *Session) failed(value any, stack []byte, r *patched.Run) *engine.Failure {
	if inner, ok := value.(ixgo.PanicError); ok {
		value, stack = inner.Value, append(inner.Stack(), stack...)
	}
	if r != nil {
		if at := r.PanickedAt(value); at != "" {
			stack = []byte(at)
		}
	}
	places := s.places(string(stack))
	switch e := value.(type) {
	case patched.Exited:
		return exitFailure(e, places)
	case patched.Goexited:
		return exitFailure(e, places)
	}
	f := &engine.Failure{Name: "panic", Value: oneLine(patched.ValueText(value))}
	f.Trace = append([]string{headline(value)}, places...)
	return f
}

// headline is what a person reads first. An error that a call panicked with
// says by itself what was wrong; what the runtime says needs the word before
// it.
func headline(value any) string {
	_, runtimeError := value.(runtime.Error)
	if _, ok := value.(error); ok && !runtimeError {
		return patched.ValueText(value)
	}
	return "panic: " + patched.ValueText(value)
}

var place = regexp.MustCompile(`(?m)^(.+)\(\)\n\t(In \[\d+\]):(\d+)`)

// places picks the lines of cells out of the interpreter's stack.
func (s *Session) places(stack string) []string {
	var out []string
	for _, m := range place.FindAllStringSubmatch(stack, -1) {
		n, _ := strconv.Atoi(m[3])
		line, _ := s.sources.Line(m[2], n)
		name := strings.TrimPrefix(m[1], "main.")
		where := fmt.Sprintf("%s:%d", m[2], n)
		if !strings.HasPrefix(name, "cell"+cell.Hidden) {
			where += " in " + cell.Clean(name)
		}
		out = append(out, where, "    "+strings.TrimSpace(line))
		if len(out) >= 40 {
			return append(out, "...")
		}
	}
	return out
}

// unused tells whether a checker's error is of the kind that a cell may have.
func unused(e types.Error) bool {
	return strings.HasPrefix(e.Msg, "declared and not used") || strings.HasSuffix(e.Msg, "imported and not used") || strings.Contains(e.Msg, "imported as") && strings.HasSuffix(e.Msg, "and not used")
}
