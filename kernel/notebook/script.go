package notebook

// A notebook as a Go program, with the bounds of its cells as comments.

import (
	"bytes"
	"fmt"
	"go/format"
	"regexp"
	"strings"

	"fourmlab/kernel/session"
	"fourmlab/kernel/session/export"
)

// Script writes the notebook as a program of package main, which Go compiles
// and "fourm run" runs. Text cells, cells that are not run, lines that are
// commands to the kernel (%time and its kin) and imports as typed become
// comments; a cell that returns or defers at its own level becomes a function.
// FromScript makes the notebook of it again.
//
// The error names the cell that a program cannot hold: one that does not
// compile, or that declares a function or type a second time.
func (nb *File) Script() ([]byte, error) {
	all := func(c *Cell) bool { return c.Kind == "code" && !c.Tagged("skip-execution") }
	runs := all
	u, err := nb.unit(runs)
	if err != nil {
		// One that may fail may do so before it runs, too.
		runs = func(c *Cell) bool { return all(c) && !c.Tagged(failsTag) }
		var still error
		if u, still = nb.unit(runs); still != nil {
			return nil, fmt.Errorf("notebook: %w", err)
		}
	}
	var b bytes.Buffer
	b.WriteString("package main\n\n")
	if len(u.Imports) > 0 {
		fmt.Fprintf(&b, "import (\n%s\n)\n\n", grouped(u.Imports))
	}
	for i, decls := range u.Decls {
		if len(decls) > 0 {
			fmt.Fprintf(&b, "%s %d\n\n%s\n\n", bound, i+1, strings.Join(decls, "\n\n"))
		}
	}
	if len(u.Vars) > 0 {
		fmt.Fprintf(&b, "%s\nvar (\n%s\n)\n\n", variables, strings.Join(u.Vars, "\n"))
	}
	b.WriteString("func main() {\n")
	for i, c := range nb.Cells {
		mark := markOf(c, i+1)
		switch {
		case c.Kind != "code":
			fmt.Fprintf(&b, "\n%s\n%s", mark, commented(c.Source))
		case !runs(c):
			fmt.Fprintf(&b, "\n%s\n", mark)
			if c.Source != "" {
				b.WriteString(commented(c.Source))
			}
		default:
			body := kernelLines(commandsOf(c.Source)+strings.Join(u.Typed[i], "\n")) + u.Body[i]
			if body == "" && len(u.Decls[i]) > 0 && !strings.Contains(mark, "=") {
				continue // all of it stands above
			}
			fmt.Fprintf(&b, "\n%s\n%s\n", mark, body)
		}
	}
	if len(u.Unused) > 0 {
		fmt.Fprintf(&b, "\n%s\n%s\n", unused, u.Unuse())
	}
	b.WriteString("}\n")
	src, err := format.Source(b.Bytes())
	if err != nil {
		return nil, fmt.Errorf("notebook: the program: %w", err)
	}
	return src, nil
}

// failsTag is the tag of cells that may fail: the program goes on behind them,
// for catch stands in them, which gofmt writes as caught.
const (
	failsTag = "raises-exception"
	catch    = `defer func() { if r := recover(); r != nil { fmt.Fprintln(os.Stderr, "panic:", r) } }()`
	caught   = "defer func() {\n\tif r := recover(); r != nil {\n\t\tfmt.Fprintln(os.Stderr, \"panic:\", r)\n\t}\n}()"
)

// unit makes the parts of the program, of the cells that run in it.
func (nb *File) unit(runs func(*Cell) bool) (*export.Program, error) {
	var cells []string
	for _, c := range nb.Cells {
		code := ""
		if runs(c) {
			code = programCode(c.Source)
			if c.Tagged(failsTag) && strings.TrimSpace(code) != "" {
				code = catch + "; " + code
			}
		}
		cells = append(cells, code)
	}
	return export.NewProgram(session.New(), cells)
}

// kernelLines makes comments of lines that are the notebook's alone.
func kernelLines(s string) string {
	if s == "" {
		return ""
	}
	var b strings.Builder
	for _, l := range strings.Split(strings.TrimSuffix(s, "\n"), "\n") {
		b.WriteString(strings.TrimRight(command+" "+l, " ") + "\n")
	}
	return b.String()
}

// grouped parts the standard library's packages from the others.
func grouped(imports []string) string {
	var std, others []string
	for _, line := range imports {
		path := strings.Trim(line[strings.IndexByte(line, '"'):], `"`)
		first, _, _ := strings.Cut(path, "/")
		if strings.Contains(first, ".") || first == "fourmlab" {
			others = append(others, line)
		} else {
			std = append(std, line)
		}
	}
	return strings.Trim(strings.Join(std, "\n")+"\n\n"+strings.Join(others, "\n"), "\n")
}

// isCommand tells whether a line is one to the kernel.
func isCommand(line string) bool {
	l := strings.TrimSpace(line)
	return strings.HasPrefix(l, "%") || strings.HasPrefix(l, "$")
}

// head is how many lines of a cell are commands.
func head(lines []string) (n int) {
	for i, l := range lines {
		switch {
		case isCommand(l):
			n = i + 1
		case strings.TrimSpace(l) != "":
			return n
		}
	}
	return n
}

// question is a cell that asks what a name is.
var question = regexp.MustCompile(`^\s*(\?{1,2}\s*[\pL_][\pL\pN_.]*|[\pL_][\pL\pN_.]*\s*\?{1,2})\s*$`)

// quietCommands is a cell without its commands; its lines keep their numbers.
// What %time runs is code.
func quietCommands(code string) string {
	if question.MatchString(code) {
		return strings.Repeat("\n", strings.Count(code, "\n"))
	}
	lines := strings.Split(code, "\n")
	for i := range head(lines) {
		if timed, ok := timedCode(lines[i]); ok {
			lines[i] = timed
		} else {
			lines[i] = ""
		}
	}
	return strings.Join(lines, "\n")
}

// programCode is a cell's code as a program has it: no comment in it is a mark,
// and what %time runs says so.
func programCode(source string) string {
	lines := strings.Split(source, "\n")
	code := strings.Split(guarded(quietCommands(source)), "\n")
	for i := range head(lines) {
		if _, ok := timedCode(lines[i]); ok {
			code[i] += " " + command + " %time"
		}
	}
	return strings.Join(code, "\n")
}

// timedCode is the code behind %time on its line.
func timedCode(line string) (string, bool) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(line), "%time ")
	return strings.TrimSpace(rest), ok && strings.TrimSpace(rest) != "" && !strings.Contains(rest, "//")
}

// commandsOf is a cell's commands, a line each.
func commandsOf(code string) string {
	if question.MatchString(code) {
		return strings.TrimSpace(code) + "\n"
	}
	lines := strings.Split(code, "\n")
	var b strings.Builder
	for _, l := range lines[:head(lines)] {
		if _, timed := timedCode(l); isCommand(l) && !timed {
			b.WriteString(strings.TrimSpace(l) + "\n")
		}
	}
	return b.String()
}

// Code is what a code cell holds beside commands to the kernel.
func (c *Cell) Code() string { return quietCommands(c.Source) }
