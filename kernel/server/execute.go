package server

// execute_request: the one that matters.

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/link"
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
	r := s.run(link.RunCell{Number: name, Code: x.Code})
	if r.Failure != nil {
		content := errorContent(r.Failure, n)
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
	if store && r.Data != nil {
		s.history[len(s.history)-1].output = r.Data["text/plain"]
	}
	if r.Data != nil && !x.Silent {
		s.publish("execute_result", m.raw, map[string]any{"data": r.Data, "metadata": object(r.Metadata), "execution_count": n})
	}
	s.reply(s.shell, m, "execute_reply", map[string]any{
		"status": "ok", "execution_count": n, "payload": payload(r), "user_expressions": s.expressions(x.Expressions, name),
	})
}

// payload is what the front end is to do, never null.
func payload(r link.Result) []map[string]any {
	if r.Payload == nil {
		return []map[string]any{}
	}
	return r.Payload
}

// run runs a cell; a worker that dies of it is replaced.
func (s *server) run(c link.RunCell) link.Result {
	p, err := s.workerForCell()
	if err != nil {
		return link.Result{Failure: notRun(err)}
	}
	if reply, alive := p.Ask(c); alive {
		result, _ := reply.(link.Result)
		return result
	}
	if s.stopping() {
		return link.Result{Failure: &engine.Failure{Name: "shutdown", Value: "the kernel ends"}}
	}
	f := p.Failure()
	f.Trace = append(f.Trace, "A new process takes its place: run again the cells that are needed.")
	s.replaceWorker(p)
	return link.Result{Failure: f}
}

// expressions evaluates what a front end wants to know after the cell.
func (s *server) expressions(xs map[string]string, n int) map[string]any {
	out := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(xs)) {
		reply, alive := s.ask(link.Evaluate{Number: n, Code: xs[name]})
		r, _ := reply.(link.Result)
		switch {
		case !alive:
			out[name] = map[string]any{"status": "error", "ename": "fatal", "evalue": "the cells' process has ended", "traceback": []string{}}
		case r.Failure != nil:
			out[name] = errorContent(r.Failure, n)
		default:
			b := r.Bundle.WithText()
			out[name] = map[string]any{"status": "ok", "data": b.Data, "metadata": b.Metadata}
		}
	}
	return out
}

// errorContent is the content of a reply about a failure.
func errorContent(f *engine.Failure, n int) map[string]any {
	return map[string]any{"status": "error", "execution_count": n, "ename": f.Name, "evalue": f.Value, "traceback": link.Traceback(f)}
}
