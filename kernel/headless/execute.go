package headless

// A notebook is run from its first cell to its last without a front end.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/link"
	"fourmlab/kernel/notebook"
	"fourmlab/kernel/session"
)

// Options say how a notebook is run. The zero value runs it silently and stops at
// the first cell that fails.
type Options struct {
	Progress    io.Writer // takes a line for each cell; nil for none
	AllowErrors bool      // go on after a cell that fails
	Dir         string    // where the cells run; "" for the folder of this process
	Folder      string    // where the notebook lies, for what cells embed and the module around it; "" for Dir
}

// ErrTimeout is what Execute's error wraps when the time was over.
var ErrTimeout = errors.New("the time is over")

// stopsWithin is how long a cell that is told to stop has before its process is
// ended.
const stopsWithin = 5 * time.Second

// Execute runs the code cells of a notebook in a process of their own and puts
// what they show in the place of their outputs. When a cell fails or the
// context ends, what there is so far stays, the failure in it, and the error
// names the cell; it wraps the cell's *engine.Failure, or ErrTimeout where the
// context had a deadline, and the context's cause. What cells have started
// ends with the run, and a line tells of it. A cell tagged "raises-exception" may
// fail, one tagged "skip-execution" is not run and keeps its outputs.
func Execute(ctx context.Context, nb *notebook.File, o Options) error {
	x := &execution{displays: map[string][]notebook.Output{}}
	worker, err := link.Start(link.Options{Dir: o.Dir, Folder: o.Folder, Print: x.print, Event: x.event, Over: session.Sweep})
	if err != nil {
		return err
	}
	defer func() {
		worker.Close()
		if line := worker.Leftovers(); line != "" && o.Progress != nil {
			fmt.Fprintln(o.Progress, line)
		}
	}()
	defer context.AfterFunc(ctx, func() {
		worker.Send(link.Interrupt{})
		time.AfterFunc(stopsWithin, worker.Kill)
	})()
	var cells []*notebook.Cell
	for _, c := range nb.Cells {
		if c.Kind == "code" && !c.Tagged("skip-execution") {
			c.Clear(false)
			c.Count = 0
			cells = append(cells, c)
		}
	}
	for i, c := range cells {
		label := nb.Label(c)
		c.Count = i + 1
		line := startProgress(o.Progress, i+1, len(cells), label)
		x.begin(c, line)
		reply, alive := worker.Ask(link.RunCell{Number: i + 1, Code: c.Source})
		r, _ := reply.(link.Result)
		if !alive {
			r.Failure = worker.Failure()
		}
		x.finish(c, r)
		line.end(r.Failure == nil)
		here := fmt.Sprintf("cell %d of %d (%s)", i+1, len(cells), label)
		switch {
		case ctx.Err() != nil && (r.Failure != nil || i+1 < len(cells)):
			return fmt.Errorf("%s: %w", here, stopped(ctx))
		case !alive:
			return fmt.Errorf("%s: %w", here, r.Failure)
		case r.Failure != nil && !o.AllowErrors && !c.Tagged("raises-exception"):
			return fmt.Errorf("%s: %w", here, r.Failure)
		}
	}
	return nil
}

// stopped says why the context is over.
func stopped(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return ErrTimeout
	}
	f := &engine.Failure{Name: "interrupted", Value: "the run was stopped"}
	if why := context.Cause(ctx); why != ctx.Err() {
		return fmt.Errorf("%w by %w", f, why)
	}
	return f
}

// execution gives what the worker tells to the cell that runs.
type execution struct {
	mu       sync.Mutex
	cells    []*notebook.Cell             // those that have run, and the one that runs
	displays map[string][]notebook.Output // by id
	line     *progress                    // of the cell that runs
}

// begin makes a cell the one that runs, with its progress told in a line.
func (x *execution) begin(c *notebook.Cell, line *progress) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.cells = append(x.cells, c)
	x.line = line
}

// cell gives one by its number, or for 0 the one that runs.
func (x *execution) cell(n int) *notebook.Cell {
	switch {
	case len(x.cells) == 0:
		return &notebook.Cell{} // nobody's
	case n < 1 || n > len(x.cells):
		n = len(x.cells)
	}
	return x.cells[n-1]
}

func (x *execution) print(name, text string, cell int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.cell(cell).Print(name, text)
}

// event does to the notebook what a front end would do to the page. Nobody is
// there for comms.
func (x *execution) event(worker *link.Process, cell int, e link.Event) {
	x.mu.Lock()
	defer x.mu.Unlock()
	switch e := e.(type) {
	case link.InputRequest:
		worker.Send(link.Answer{Question: e.Question, Refusal: "nobody is here to answer"})
	case link.Update:
		if x.line != nil {
			x.line.note(e.Data)
		}
		b := e.Bundle.WithText()
		for _, o := range x.displays[e.ID] {
			o["data"], o["metadata"] = b.Data, b.Metadata
		}
	case link.Display:
		b := e.Bundle.WithText()
		o := notebook.Output{"output_type": "display_data", "data": b.Data, "metadata": b.Metadata}
		x.displays[e.ID] = append(x.displays[e.ID], o)
		x.cell(cell).Add(o)
	case link.Clear:
		x.cell(cell).Clear(e.Wait)
	}
}

// finish puts a cell's result behind what it has shown.
func (x *execution) finish(c *notebook.Cell, r link.Result) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, page := range r.Payload {
		if data, ok := page["data"].(map[string]any); ok && page["source"] == "page" {
			c.Add(notebook.Output{"output_type": "display_data", "data": data, "metadata": map[string]any{}})
		}
	}
	switch {
	case r.Failure != nil:
		c.Add(notebook.Output{"output_type": "error", "ename": r.Failure.Name, "evalue": r.Failure.Value, "traceback": link.Traceback(r.Failure)})
	case r.Data != nil:
		b := r.Bundle.WithText()
		c.Add(notebook.Output{"output_type": "execute_result", "execution_count": c.Count, "data": b.Data, "metadata": b.Metadata})
	}
}
