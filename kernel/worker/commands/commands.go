package commands

// The table of commands, and how one is found and carried out.

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"fourmlab/internal/fault"
	"fourmlab/kernel/display"
	"fourmlab/kernel/engine"
	"fourmlab/kernel/link"
)

// command is one of them.
type command struct {
	name, args, about string
	cell              bool // %%name takes the cell below it
	run               func(r *Runner, c *call) link.Result
}

// call is a command as it was typed.
type call struct {
	name string
	args string          // what stands behind the name
	ctx  context.Context // ends when the cell is stopped
	n    int             // the cell
	code string          // of the whole cell
	from int             // where args begin in it
	to   int             // where they end: the end of the line, or of the cell
}

// body is the code that the command is about, at its place in the cell.
func (c *call) body() string { return behind(c.code[:c.to], c.from) }

// commands lists them all by name.
func commands() []command {
	own := []command{
		{"cd", "[FOLDER]", "go to a folder, by itself your own; say where that is", false, changeFolder},
		{"get", "MODULE[@VERSION]", "fetch a module, at a version of your choice, for the imports of later cells", false, getModule},
		{"help", "", "list what can stand behind % and $", false, help},
		{"load", "FILE", "put a file's text into a cell", false, loadFile},
		{"reset", "", "forget all variables, functions and imports", false, reset},
		{"run", "FILE [ARG ...]", "run a Go program in this session, which keeps what it defines", false, runFile},
		{"save", "FILE [CELLS]", "write cells (3, 1-5; by itself all that ran) to a program (.go) or a notebook (.ipynb)", false, saveFile},
		{"time", "[CODE]", "run code, or the cell below, and say how long it took", true, timeOnce},
		{"timeit", "[-n N] [-r R] [CODE]", "run code, or the cell below, again and again, and say how long it takes", true, timeMany},
		{"yaegi", "", "run the cell below in yaegi, the interpreter of scripts", true, yaegiCell},
		{"who", "", "list what cells have defined", false, who},
	}
	for _, c := range engine.Current().Commands {
		own = append(own, command{c.Name, c.Args, c.About, false, func(_ *Runner, a *call) link.Result {
			v, err := c.Run(strings.TrimSpace(a.args))
			if err != nil {
				return refuse(a, "%v", err)
			}
			return shows(forms([]any{v}))
		}})
	}
	slices.SortFunc(own, func(a, b command) int { return strings.Compare(a.name, b.name) })
	return own
}

// command carries out one, and tells whether it took the rest of the cell.
func (r *Runner) command(c *call, line string) (result link.Result, whole bool) {
	if line[0] == '$' {
		c.name, c.args = "$", line[1:]
		return shell(r, c), false
	}
	whole = strings.HasPrefix(line, "%%")
	rest := strings.TrimLeft(line, "%")
	c.from += len(line) - len(rest)
	c.name, _, _ = strings.Cut(strings.ReplaceAll(rest, "\t", " "), " ")
	c.args = rest[len(c.name):]
	c.from += len(c.name)
	list := commands()
	i := slices.IndexFunc(list, func(o command) bool { return o.name == c.name })
	switch {
	case i < 0:
		return refuse(c, "no command %%%s%s; %%help lists them", c.name, didYouMean(c.name, list)), true
	case whole && !list[i].cell:
		return refuse(c, "%%%%%s takes no cell; it is %%%s %s", c.name, c.name, list[i].args), true
	}
	if list[i].cell && (whole || strings.TrimSpace(withoutFlags(c.args)) == "") {
		whole, c.to = true, len(c.code)
	}
	return list[i].run(r, c), whole
}

// refuse is the result of a command that cannot be carried out.
func refuse(c *call, format string, args ...any) link.Result {
	name := "%" + c.name
	if c.name == "$" {
		name = "$"
	}
	return link.Result{Failure: &engine.Failure{Name: "command error", Value: fmt.Sprintf("In [%d]: %s: ", c.n, name) + fmt.Sprintf(format, args...)}}
}

func didYouMean(name string, list []command) string {
	best, at := "", 3
	for _, c := range list {
		if d := fault.Distance(name, c.name); d < at {
			best, at = c.name, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %%%s?)", best)
}

// withoutFlags is text without the words that begin with a dash and the
// numbers behind them.
func withoutFlags(args string) string {
	rest := strings.TrimSpace(args)
	for strings.HasPrefix(rest, "-n") || strings.HasPrefix(rest, "-r") {
		rest = strings.TrimLeft(rest[2:], " 0123456789")
	}
	return rest
}

// Go is what stands below the commands of a cell, at its own lines.
func Go(code string) string {
	lines := strings.SplitAfter(code, "\n")
	for i, l := range lines {
		if l = strings.TrimSpace(l); l == "" || l[0] == '%' || l[0] == '$' {
			lines[i] = strings.Repeat("\n", strings.Count(lines[i], "\n"))
			continue
		}
		break
	}
	return strings.Join(lines, "")
}

// complete lists commands, or files for those that take one, where the cursor
// stands in such a line.
func complete(code string, at int) (out engine.Completion, ok bool) {
	begin := strings.LastIndexByte(code[:at], '\n') + 1
	line := strings.TrimLeft(code[begin:at], " \t")
	if !allCommands(code[:begin]) || !strings.HasPrefix(line, "%") {
		return out, false
	}
	name, arg, behind := strings.Cut(strings.TrimLeft(line, "%"), " ")
	out.From, out.To = at-len(name), at
	if !behind {
		for _, c := range commands() {
			if strings.HasPrefix(c.name, name) && (c.cell || !strings.HasPrefix(line, "%%")) {
				out.Matches = append(out.Matches, engine.Match{Text: c.name, Kind: "command", Type: c.args})
			}
		}
		return out, true
	}
	switch name {
	case "load", "run", "save", "cd":
		arg = strings.TrimLeft(arg, " ")
		out.From = at - len(arg)
		for _, f := range files(arg, name == "cd") {
			out.Matches = append(out.Matches, engine.Match{Text: f, Kind: "path"})
		}
		return out, true
	}
	return out, false
}

// allCommands tells whether all lines are commands.
func allCommands(code string) bool {
	for _, l := range strings.Split(code, "\n") {
		if l = strings.TrimSpace(l); l != "" && l[0] != '%' && l[0] != '$' {
			return false
		}
	}
	return true
}

// help lists the commands.
func help(*Runner, *call) link.Result {
	for _, c := range commands() {
		name := "%" + c.name
		if c.cell {
			name = "%" + name
		}
		fmt.Printf("%-32s %s\n", strings.TrimSpace(name+" "+c.args), c.about)
	}
	fmt.Printf("%-32s %s\n", "$ COMMAND", "run a command of the shell")
	fmt.Printf("%-32s %s\n", "NAME? or NAME??", "say what a name is; two marks say more")
	fmt.Println("A command with %% takes the whole cell; with one %, the rest of its line where something stands there.")
	return link.Result{}
}

// listed shows rows without the name of their type, which is no one's.
func listed(rows any) map[string]any {
	d := display.Of(rows)
	for mime, v := range d {
		if s, ok := v.(string); ok {
			d[mime] = strings.Replace(s, fmt.Sprintf("%T, ", rows), "", 1)
		}
	}
	return d
}
