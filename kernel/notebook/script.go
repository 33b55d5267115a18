package notebook

// A notebook as a Go program, with the bounds of its cells as comments.

import (
	"bytes"
	"fmt"
	"go/format"
	"strings"

	"fourmlab/kernel/session"
)

const (
	bound     = "// %%"
	variables = bound + " variables"
	unused    = bound + " unused"
	command   = "// kernel: "
)

// Script writes the notebook as a program of package main, which Go compiles
// and "fourm run" runs. Text cells are comments; lines that are commands to
// the kernel (%time and its kin) become comments, too. The error names the
// cell that a program cannot hold: one that does not compile, or that declares
// a function or type a second time.
func (nb *File) Script() ([]byte, error) {
	var cells []string
	for _, c := range nb.Cells {
		code := ""
		if c.Kind == "code" && !c.Tagged("skip-execution") {
			code = quietCommands(c.Source)
		}
		cells = append(cells, code)
	}
	u, err := session.New().Unit(cells)
	if err != nil {
		return nil, fmt.Errorf("notebook: %w", err)
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
		switch {
		case c.Kind != "code":
			fmt.Fprintf(&b, "\n%s [%s] %d\n%s", bound, c.Kind, i+1, commented(c.Source))
		case u.Body[i] != "":
			fmt.Fprintf(&b, "\n%s %d\n%s%s\n", bound, i+1, commandsOf(c.Source), u.Body[i])
		case commandsOf(c.Source) != "":
			fmt.Fprintf(&b, "\n%s %d\n%s", bound, i+1, commandsOf(c.Source))
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

// commented makes comment lines of a text.
func commented(s string) string {
	var b strings.Builder
	for _, l := range strings.Split(strings.TrimRight(s, "\n"), "\n") {
		b.WriteString(strings.TrimRight("// "+l, " ") + "\n")
	}
	return b.String()
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

// quietCommands is a cell without its commands; its lines keep their numbers.
func quietCommands(code string) string {
	lines := strings.Split(code, "\n")
	for i := range head(lines) {
		lines[i] = ""
	}
	return strings.Join(lines, "\n")
}

// commandsOf is a cell's commands as comments.
func commandsOf(code string) string {
	lines := strings.Split(code, "\n")
	var b strings.Builder
	for _, l := range lines[:head(lines)] {
		if isCommand(l) {
			b.WriteString(command + strings.TrimSpace(l) + "\n")
		}
	}
	return b.String()
}
