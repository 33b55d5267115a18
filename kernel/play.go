package kernel

// A notebook is run from its first cell to its last without a front end.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/notebook"
)

// Play says how a notebook is run. The zero value runs it silently and stops
// at the first cell that fails.
type Play struct {
	Progress    io.Writer // takes a line for each cell; nil for none
	AllowErrors bool      // go on after a cell that fails
	Dir         string    // where the cells run; "" for the folder of this process
	Folder      string    // where the notebook lies, for what cells embed and the module around it; "" for Dir
}

// ErrTimeout is what Run's error wraps when the time was over.
var ErrTimeout = errors.New("the time is over")

// patience is how long a cell that is told to stop has before its process is
// ended.
const patience = 5 * time.Second

// Run runs the code cells of a notebook in a process of their own and puts
// what they show in the place of their outputs. When a cell fails or the
// context ends, what there is so far stays, the failure in it, and the error
// names the cell; it wraps the cell's *engine.Failure, or ErrTimeout where the
// context had a deadline, and the context's cause. What cells have started
// ends with the run, and a line tells of it. A cell tagged "raises-exception" may fail, one tagged
// "skip-execution" is not run and keeps its outputs.
func (o Play) Run(ctx context.Context, nb *notebook.File) error {
	p := &player{shows: map[string][]notebook.Output{}}
	worker, err := start(o.Dir, o.Folder, p.print, p.event)
	if err != nil {
		return err
	}
	defer func() {
		worker.kill()
		if line := worker.farewell(); line != "" && o.Progress != nil {
			fmt.Fprintln(o.Progress, line)
		}
	}()
	defer context.AfterFunc(ctx, func() {
		worker.send(order{Op: "interrupt"})
		time.AfterFunc(patience, func() { worker.cmd.Process.Kill() })
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
		p.turn(c)
		c.Count = i + 1
		bar := startProgress(o.Progress, i+1, len(cells), label)
		p.follow(bar)
		r, ok := worker.ask(order{Op: "run", N: i + 1, Code: c.Source})
		if !ok {
			r = dead(worker)
		}
		p.finish(c, r, i+1)
		bar.end(r.Failure == nil)
		here := fmt.Sprintf("cell %d of %d (%s)", i+1, len(cells), label)
		switch {
		case ctx.Err() != nil && (r.Failure != nil || i+1 < len(cells)):
			return fmt.Errorf("%s: %w", here, ended(ctx))
		case !ok:
			return fmt.Errorf("%s: %w", here, r.Failure)
		case r.Failure != nil && !o.AllowErrors && !c.Tagged("raises-exception"):
			return fmt.Errorf("%s: %w", here, r.Failure)
		}
	}
	return nil
}

// ended says why the context is over.
func ended(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return ErrTimeout
	}
	f := &engine.Failure{Name: "interrupted", Value: "the run was stopped"}
	if why := context.Cause(ctx); why != ctx.Err() {
		return fmt.Errorf("%w by %w", f, why)
	}
	return f
}

// player gives what the worker reports to the cell that runs.
type player struct {
	mu    sync.Mutex
	cells []*notebook.Cell             // those that have run, and the one that runs
	shows map[string][]notebook.Output // by display id
	bar   *bar                         // of the cell that runs
}

// follow has the progress of a cell told to its bar.
func (p *player) follow(b *bar) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bar = b
}

func (p *player) turn(c *notebook.Cell) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cells = append(p.cells, c)
}

// of gives a cell by its number, or for 0 the one that runs.
func (p *player) of(cell int) *notebook.Cell {
	switch {
	case len(p.cells) == 0:
		return &notebook.Cell{} // nobody's
	case cell < 1 || cell > len(p.cells):
		cell = len(p.cells)
	}
	return p.cells[cell-1]
}

func (p *player) print(name, text string, cell int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.of(cell).Print(name, text)
}

func (p *player) event(worker *process, r report) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case r.Op == "input":
		worker.send(order{Op: "input", N: r.N, Error: "nobody is here to answer"})
	case r.Op == "update":
		if p.bar != nil {
			p.bar.tell(r.Bundle)
		}
		for _, o := range p.shows[r.ID] {
			o["data"], o["metadata"] = withText(r.Bundle), object(r.Metadata)
		}
	case r.Op == "display":
		o := notebook.Output{"output_type": "display_data", "data": withText(r.Bundle), "metadata": object(r.Metadata)}
		p.shows[r.ID] = append(p.shows[r.ID], o)
		p.of(r.Cell).Add(o)
	case r.Op == "clear":
		p.of(r.Cell).Clear(r.Flag)
	}
}

func (p *player) finish(c *notebook.Cell, r report, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, page := range r.Payload {
		if data, ok := page["data"].(map[string]any); ok && page["source"] == "page" {
			c.Add(notebook.Output{"output_type": "display_data", "data": data, "metadata": map[string]any{}})
		}
	}
	switch {
	case r.Failure != nil:
		c.Add(notebook.Output{"output_type": "error", "ename": r.Failure.Name, "evalue": r.Failure.Value, "traceback": traceback(r.Failure)})
	case r.Bundle != nil:
		c.Add(notebook.Output{"output_type": "execute_result", "execution_count": n, "data": withText(r.Bundle), "metadata": object(r.Metadata)})
	}
}
