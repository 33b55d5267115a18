package cell

// Errors of cells for a person: the compiler's words with the source line and a
// caret.

import (
	"errors"
	"fmt"
	"go/scanner"
	"go/token"
	"regexp"
	"strconv"
	"strings"

	"fourmlab/kernel/engine"
)

// Sources are the texts of cells by their numbers, from which errors show the
// line that they are about. Nil has none.
type Sources map[int]string

// SyntaxError reports what the parser says of cell n.
func (s Sources) SyntaxError(n int, err error) *engine.Failure {
	var list scanner.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		return s.CompileError(s.within(n, list[0].Pos, list[0].Msg))
	}
	return &engine.Failure{Name: "compile error", Value: err.Error()}
}

// within moves an error behind a cell's last line, where the session has put a
// brace, to the cell's end.
func (s Sources) within(n int, pos token.Position, msg string) (token.Position, string) {
	lines := strings.Split(strings.TrimRight(s[n], " \t\n"), "\n")
	if pos.Filename != FileName(n) || pos.Line <= len(lines) {
		return pos, msg
	}
	pos.Line, pos.Column = len(lines), len(lines[len(lines)-1])+1
	for _, found := range []string{"found '}'", "found 'EOF'", "found newline"} {
		msg = strings.Replace(msg, found, "found the end of the cell", 1)
	}
	return pos, msg
}

// CompileError is the compiler's line, the line of source and a caret.
func (s Sources) CompileError(pos token.Position, msg string) *engine.Failure {
	f := &engine.Failure{Name: "compile error", Value: fmt.Sprintf("%s: %s", pos, Clean(msg))}
	if !pos.IsValid() {
		f.Value = Clean(msg)
		return f
	}
	if line, ok := s.Line(pos.Filename, pos.Line); ok {
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

var ours = regexp.MustCompile(`\(\*p` + Hidden + `([\pL\pN_]+)\)`)
var alias = regexp.MustCompile(`pkg` + Hidden + `(?:\w+_)?(\w+)`)
var shower = regexp.MustCompile(` in argument to (main\.)?show` + Hidden)
var number = regexp.MustCompile(Hidden + `\d+`)

// Clean takes the session's own names out of a message.
func Clean(msg string) string {
	msg = ours.ReplaceAllString(msg, "$1")
	msg = alias.ReplaceAllString(msg, "$1")
	msg = shower.ReplaceAllString(msg, "")
	return number.ReplaceAllString(msg, " (before it was redefined)")
}

// Line gives a line of a cell by the file name in a position.
func (s Sources) Line(name string, n int) (string, bool) {
	cell, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(name, "In ["), "]"))
	if err != nil {
		return "", false
	}
	lines := strings.Split(s[cell], "\n")
	if n < 1 || n > len(lines) {
		return "", false
	}
	return lines[n-1], true
}
