package kernel

// execute_request: the one that matters.

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/started"
)

// largestCell bounds what a cell may be, in bytes: it comes back to everyone
// who listens, and stays in the history.
const largestCell = 16 << 20

// execution is the content of an execute_request.
type execution struct {
	Code        string            `json:"code"`
	Silent      bool              `json:"silent"`
	Store       *bool             `json:"store_history"`
	Expressions map[string]string `json:"user_expressions"`
	Stop        *bool             `json:"stop_on_error"`
	Stdin       bool              `json:"allow_stdin"`
}

func (s *server) execute(m *message) {
	var x execution
	if !s.read(s.shell, m, &x) {
		return
	}
	if len(x.Code) > largestCell {
		s.refuse(s.shell, m, "execute_reply", fmt.Sprintf("a cell of %d bytes, at most %d are taken", len(x.Code), largestCell))
		return
	}
	store := !x.Silent && (x.Store == nil || *x.Store)
	name := s.count + 1 // what the cell is called in its own tracebacks
	if store {
		s.count++
		s.history = append(s.history, entry{n: s.count, code: x.Code})
	}
	n := s.count
	s.mu.Lock()
	before := s.parent
	s.parent, s.asker = m.raw, nil
	if !x.Silent {
		s.parents[name] = m.raw
		delete(s.parents, name-keptParents)
	}
	if x.Stdin {
		s.asker = m
	}
	s.mu.Unlock()
	if x.Silent { // what goroutines print later belongs to the cell before
		defer func() {
			s.mu.Lock()
			s.parent = before
			s.mu.Unlock()
		}()
	}
	if !x.Silent {
		s.publish("execute_input", m.raw, map[string]any{"code": x.Code, "execution_count": n})
	}
	r := s.run(order{Op: "run", N: name, Code: x.Code})
	if r.Failure != nil {
		content := failed(r.Failure, n)
		if !x.Silent {
			s.publish("error", m.raw, map[string]any{"ename": content["ename"], "evalue": content["evalue"], "traceback": content["traceback"]})
		}
		if x.Stop == nil || *x.Stop {
			time.Sleep(10 * time.Millisecond) // what was sent with it has arrived
			s.queue.abort()
		}
		s.reply(s.shell, m, "execute_reply", content)
		return
	}
	if store && r.Bundle != nil {
		s.history[len(s.history)-1].output = r.Bundle["text/plain"]
	}
	if r.Bundle != nil && !x.Silent {
		s.publish("execute_result", m.raw, map[string]any{"data": r.Bundle, "metadata": object(r.Metadata), "execution_count": n})
	}
	s.reply(s.shell, m, "execute_reply", map[string]any{
		"status": "ok", "execution_count": n, "payload": payload(r), "user_expressions": s.expressions(x.Expressions, name),
	})
}

// payload is what the front end is to do, never null.
func payload(r report) []map[string]any {
	if r.Payload == nil {
		return []map[string]any{}
	}
	return r.Payload
}

// run runs a cell; a worker that dies of it is replaced.
func (s *server) run(o order) report {
	p, err := s.employed()
	if err != nil {
		return report{Failure: unstaffed(err)}
	}
	r, ok := p.ask(o)
	if ok {
		return r
	}
	if s.stopping() {
		return report{Failure: &engine.Failure{Name: "shutdown", Value: "the kernel ends"}}
	}
	r = dead(p)
	r.Failure.Trace = append(r.Failure.Trace, "A new process takes its place: run again the cells that are needed.")
	s.replace(p)
	return r
}

// dead is the end of a process that runs cells: which cell did it, and what is
// lost.
func dead(p *process) report {
	died := p.epitaph()
	who := "the cells' process has ended while no cell ran"
	if p.cell > 0 {
		who = fmt.Sprintf("In [%d] ended the cells' process", p.cell)
	}
	f := &engine.Failure{
		Name:  "fatal",
		Value: fmt.Sprintf("%s; %s, all variables and declarations are lost", died, who),
		Trace: []string{"fatal: " + died, who + "; all variables and declarations are lost."},
	}
	if len(p.started) > 0 {
		f.Trace = append(f.Trace, "What cells had started is ended with it: "+started.Line(p.started)+".")
	}
	return report{Failure: f}
}

// expressions evaluates what a front end wants to know after the cell.
func (s *server) expressions(xs map[string]string, n int) map[string]any {
	out := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(xs)) {
		r, ok := s.ask(order{Op: "eval", N: n, Code: xs[name]})
		switch {
		case !ok:
			out[name] = map[string]any{"status": "error", "ename": "fatal", "evalue": "the cells' process has ended", "traceback": []string{}}
		case r.Failure != nil:
			out[name] = failed(r.Failure, n)
		default:
			out[name] = map[string]any{"status": "ok", "data": withText(r.Bundle), "metadata": object(r.Metadata)}
		}
	}
	return out
}

// failed is the content of a reply about a failure.
func failed(f *engine.Failure, n int) map[string]any {
	return map[string]any{"status": "error", "execution_count": n, "ename": f.Name, "evalue": f.Value, "traceback": traceback(f)}
}

// traceback colours a failure: what went wrong in red, places in blue.
func traceback(f *engine.Failure) []string {
	const red, blue, plain = "\x1b[31m", "\x1b[34m", "\x1b[0m"
	if len(f.Trace) == 0 {
		return []string{fmt.Sprintf("%s%s%s: %s", red, f.Name, plain, f.Value)}
	}
	out := []string{red + f.Trace[0] + plain}
	for _, line := range f.Trace[1:] {
		if strings.HasPrefix(line, "In [") {
			line = blue + line + plain
		}
		out = append(out, line)
	}
	return out
}
