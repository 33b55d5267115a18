package session

// Errors for a person: the compiler's words with the source line and a caret,
// a panic's one line with the places that led to it.

import (
	"errors"
	"fmt"
	"go/scanner"
	"go/token"
	"go/types"
	"regexp"
	"runtime"
	"strconv"
	"strings"

	"github.com/goplus/ixgo"

	"fourmlab/kernel/engine"
	patched "fourmlab/kernel/session/ixgo"
)

// syntaxError reports what the parser says of cell n.
func (s *Session) syntaxError(n int, err error) *engine.Failure {
	var list scanner.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		return s.compileError(s.within(n, list[0].Pos, list[0].Msg))
	}
	return &engine.Failure{Name: "compile error", Value: err.Error()}
}

// within moves an error behind a cell's last line, where the session has put a
// brace, to the cell's end.
func (s *Session) within(n int, pos token.Position, msg string) (token.Position, string) {
	lines := strings.Split(strings.TrimRight(s.sources[n], " \t\n"), "\n")
	if pos.Filename != file(n) || pos.Line <= len(lines) {
		return pos, msg
	}
	pos.Line, pos.Column = len(lines), len(lines[len(lines)-1])+1
	for _, found := range []string{"found '}'", "found 'EOF'", "found newline"} {
		msg = strings.Replace(msg, found, "found the end of the cell", 1)
	}
	return pos, msg
}

// compileError is the compiler's line, the line of source and a caret.
func (s *Session) compileError(pos token.Position, msg string) *engine.Failure {
	f := &engine.Failure{Name: "compile error", Value: fmt.Sprintf("%s: %s", pos, clean(msg))}
	if !pos.IsValid() {
		f.Value = clean(msg)
		return f
	}
	if line, ok := s.line(pos.Filename, pos.Line); ok {
		f.Trace = append(f.Trace, f.Value, "    "+strings.TrimRight(line, " \t"))
		if pos.Column > 0 && pos.Column <= len(line)+1 {
			f.Trace = append(f.Trace, "    "+blank(line[:pos.Column-1])+"^")
		}
	}
	return f
}

// blank keeps tabs, so that a caret stands below what it means.
func blank(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, s)
}

var ours = regexp.MustCompile(`\(\*p` + hidden + `([\pL\pN_]+)\)`)
var alias = regexp.MustCompile(`pkg` + hidden + `(?:\w+_)?(\w+)`)
var shower = regexp.MustCompile(` in argument to (main\.)?show` + hidden)
var number = regexp.MustCompile(hidden + `\d+`)

// clean takes the session's own names out of a message.
func clean(msg string) string {
	msg = ours.ReplaceAllString(msg, "$1")
	msg = alias.ReplaceAllString(msg, "$1")
	msg = shower.ReplaceAllString(msg, "")
	return number.ReplaceAllString(msg, " (before it was redefined)")
}

// line gives a line of a cell by the file name in a position.
func (s *Session) line(name string, n int) (string, bool) {
	cell, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(name, "In ["), "]"))
	if err != nil {
		return "", false
	}
	lines := strings.Split(s.sources[cell], "\n")
	if n < 1 || n > len(lines) {
		return "", false
	}
	return lines[n-1], true
}

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
		line, _ := s.line(m[2], n)
		name := strings.TrimPrefix(m[1], "main.")
		where := fmt.Sprintf("%s:%d", m[2], n)
		if !strings.HasPrefix(name, "cell"+hidden) {
			where += " in " + clean(name)
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
