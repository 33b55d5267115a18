package commands

// A cell on its way: commands, Go, what is shown.

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/link"
)

// Runner runs the cells of a worker. All fields are needed.
type Runner struct {
	// Engine gives the engine in use, which Reset replaces.
	Engine func() engine.Engine
	// Reset puts a new engine in the place of the one in use.
	Reset func() error
	// Show puts on the page what a command gives that is not the cell's last.
	Show func(bundle map[string]any) string
	// Streams are standard output and error for commands of the shell.
	Streams [2]*os.File
	// Interrupts holds an interrupt that nobody has taken.
	Interrupts <-chan struct{}
	// Done are the cells that came to their end, by number, for %save.
	Done map[int]string
}

// Run runs a cell: the commands at its head, in their order, then the rest.
// What all but the last give is displayed.
func (r *Runner) Run(ctx context.Context, n int, code string) link.Result {
	if m := question.FindStringSubmatch(code); m != nil && strings.Contains(code, "?") {
		return r.explain(n, m[2], strings.Count(code, "?") > 1)
	}
	var payload []map[string]any
	var result link.Result
	for at := 0; at < len(code); {
		end := at + strings.IndexByte(code[at:]+"\n", '\n')
		line := strings.TrimSpace(code[at:end])
		if line == "" {
			at = min(end+1, len(code))
			continue
		}
		if line[0] != '%' && line[0] != '$' {
			result = r.runGo(ctx, n, behind(code, at))
			break
		}
		c := &call{ctx: ctx, n: n, code: code, from: at + strings.Index(code[at:end], line), to: end}
		var whole bool
		result, whole = r.command(c, line)
		payload = append(payload, result.Payload...)
		if whole || result.Failure != nil {
			break
		}
		at = min(end+1, len(code))
		if result.Data != nil && strings.TrimSpace(code[at:]) != "" {
			r.Show(result.Data)
			result.Bundle = link.Bundle{}
		}
	}
	result.Payload = payload
	return result
}

// question is a name with a question mark before or behind it.
var question = regexp.MustCompile(`^\s*(\?{0,2})\s*([\pL_][\pL\pN_]*(?:\.[\pL_][\pL\pN_]*)*)\s*(\?{0,2})\s*$`)

// explain hands what a name is to the front end's pager.
func (r *Runner) explain(n int, name string, detail bool) link.Result {
	data := r.Inspect(name, len(name), detail)
	if data == nil {
		return link.Result{Failure: &engine.Failure{Name: "command error", Value: fmt.Sprintf("In [%d]: ?: nothing is known of %s", n, name)}}
	}
	return link.Result{Payload: []map[string]any{{"source": "page", "data": data, "start": 0}}}
}

// runGo runs Go.
func (r *Runner) runGo(ctx context.Context, n int, code string) link.Result {
	return r.result(ctx, n, r.Engine().Run(ctx, n, code), code)
}

// result is what became of a cell, as it is shown. The value's methods are the
// cell's own code, so a stop means them, too.
func (r *Runner) result(ctx context.Context, n int, became engine.Result, code string) link.Result {
	if became.Err != nil {
		if became.Err.Name == "compile error" && strayCommand(code) {
			became.Err.Trace = append(became.Err.Trace, "Lines that begin with % or $ are commands; they stand at the head of a cell.")
		}
		return link.Result{Failure: became.Err}
	}
	attend := func(_ context.Context, _ int, f func()) *engine.Failure { f(); return nil }
	if a, is := r.Engine().(engine.Attender); is {
		attend = a.Attend
	}
	var shown map[string]any
	switch failure := attend(ctx, n, func() { shown = forms(became.Values) }); {
	case failure == nil:
		return shows(shown)
	case failure.Name == "interrupted":
		return link.Result{Failure: &engine.Failure{Name: "interrupted", Value: "the value was not shown; variables keep what they had"}}
	default:
		return shows(unshowable(became.Values, failure.Value))
	}
}

func strayCommand(code string) bool {
	return slices.ContainsFunc(strings.Split(code, "\n"), func(l string) bool {
		l = strings.TrimSpace(l)
		return strings.HasPrefix(l, "%") || strings.HasPrefix(l, "$")
	})
}

// behind is code from byte offset from on, at its own lines and columns.
func behind(code string, from int) string {
	b := []byte(code)
	for i := range from {
		if b[i] != '\n' {
			b[i] = ' '
		}
	}
	return string(b)
}
