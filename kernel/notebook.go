package kernel

// A notebook is run from its first cell to its last without a front end.

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"fourmlab/internal/atomic"
)

// lines is nbformat's text: a string, or a list of them.
type lines string

func (l *lines) UnmarshalJSON(b []byte) error {
	var list []string
	if json.Unmarshal(b, &list) == nil {
		*l = lines(strings.Join(list, ""))
		return nil
	}
	return json.Unmarshal(b, (*string)(l))
}

// nbCell is a cell of a notebook file. What it has beyond these fields is
// kept in rest.
type nbCell struct {
	kind    string
	id      string
	source  string
	outputs []map[string]any
	count   int
	stale   bool // the outputs go when the next one comes
	rest    map[string]json.RawMessage
	title   string // the nearest heading above, for the progress lines
}

// nbFile is a notebook file.
type nbFile struct {
	cells []*nbCell
	rest  map[string]json.RawMessage
}

// Notebook runs the notebook in and writes it with its outputs to outIpynb
// and as a page to outHTML; an empty name leaves that file out. A line of
// progress for each cell goes to progress, which may be nil. A cell that
// fails ends the run: what there is so far is written, the failure in it, and
// the error names the cell.
func Notebook(ctx context.Context, in, outIpynb, outHTML string, progress io.Writer) error {
	nb, err := readNotebook(in)
	if err != nil {
		return err
	}
	failure := nb.run(ctx, progress)
	if outIpynb != "" {
		data, err := nb.encode()
		if err == nil {
			err = replaceFile(outIpynb, data)
		}
		if err != nil {
			return fmt.Errorf("kernel.Notebook: %w", err)
		}
	}
	if outHTML != "" {
		data, err := nb.page()
		if err == nil {
			err = replaceFile(outHTML, data)
		}
		if err != nil {
			return fmt.Errorf("kernel.Notebook: %w", err)
		}
	}
	if failure != nil {
		return fmt.Errorf("%s: %w", in, failure)
	}
	return nil
}

// replaceFile writes a file whole or not at all.
func replaceFile(path string, data []byte) error {
	return atomic.Write(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

func readNotebook(path string) (*nbFile, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("kernel.Notebook: %w", err)
	}
	nb := &nbFile{}
	if err := json.Unmarshal(data, &nb.rest); err != nil {
		return nil, fmt.Errorf("kernel.Notebook: %s is no notebook: %w", path, err)
	}
	var major int
	json.Unmarshal(nb.rest["nbformat"], &major)
	if major != 4 {
		return nil, fmt.Errorf("kernel.Notebook: %s has nbformat %d, expected 4", path, major)
	}
	var raw []map[string]json.RawMessage
	if err := json.Unmarshal(nb.rest["cells"], &raw); err != nil {
		return nil, fmt.Errorf("kernel.Notebook: %s: cells: %w", path, err)
	}
	title := ""
	for i, r := range raw {
		c := &nbCell{rest: r}
		var text lines
		json.Unmarshal(r["cell_type"], &c.kind)
		json.Unmarshal(r["id"], &c.id)
		if err := json.Unmarshal(r["source"], &text); err != nil {
			return nil, fmt.Errorf("kernel.Notebook: %s: source of cell %d: %w", path, i+1, err)
		}
		c.source = string(text)
		if c.id == "" {
			c.id = fmt.Sprintf("cell-%d", i+1)
		}
		for _, l := range strings.Split(c.source, "\n") {
			if c.kind == "markdown" && strings.HasPrefix(l, "#") {
				title = strings.TrimSpace(strings.TrimLeft(l, "#"))
			}
		}
		c.title = title
		nb.cells = append(nb.cells, c)
	}
	return nb, nil
}

// run runs the code cells in a worker.
func (nb *nbFile) run(ctx context.Context, progress io.Writer) error {
	var mu sync.Mutex
	var current *nbCell
	shows := map[string][]map[string]any{} // outputs by display id
	p, err := start(func(name, text string) {
		mu.Lock()
		defer mu.Unlock()
		if current != nil {
			current.stream(name, text)
		}
	}, func(p *process, r report) {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case r.Op == "input":
			p.send(order{Op: "input", N: r.N, Error: "nobody is here to answer"})
		case current == nil:
		case r.Op == "update":
			for _, o := range shows[r.ID] {
				o["data"] = withText(r.Bundle)
			}
		case r.Op == "display":
			o := map[string]any{"output_type": "display_data", "data": withText(r.Bundle), "metadata": map[string]any{}}
			shows[r.ID] = append(shows[r.ID], o)
			current.add(o)
		case r.Op == "clear":
			current.clear(r.Flag)
		}
	})
	if err != nil {
		return err
	}
	defer p.kill()
	stopped := context.AfterFunc(ctx, func() { p.send(order{Op: "interrupt"}) })
	defer stopped()
	var code []*nbCell
	for _, c := range nb.cells {
		if c.kind == "code" {
			c.outputs, c.count = []map[string]any{}, 0
			code = append(code, c)
		}
	}
	for i, c := range code {
		mu.Lock()
		current = c
		mu.Unlock()
		c.count = i + 1
		bar := startProgress(progress, i+1, len(code), c.label())
		r, ok := p.ask(order{Op: "run", N: i + 1, Code: c.source})
		if !ok {
			r = dead(p)
		}
		mu.Lock()
		c.finish(r, i+1)
		mu.Unlock()
		bar.end(r.Failure == nil)
		if r.Failure != nil {
			return fmt.Errorf("cell %d of %d (%s): %w", i+1, len(code), c.label(), r.Failure)
		}
		if ctx.Err() != nil {
			return fmt.Errorf("stopped after cell %d of %d: %w", i+1, len(code), ctx.Err())
		}
	}
	return nil
}

// label names a cell in a line of progress.
func (c *nbCell) label() string {
	if c.title != "" {
		return c.title
	}
	for _, l := range strings.Split(c.source, "\n") {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "import") {
			return shorten(l, 40)
		}
	}
	return "code"
}

func shorten(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// stream appends printed text, to the output before it if that is the same.
func (c *nbCell) stream(name, text string) {
	if n := len(c.outputs); n > 0 && !c.stale {
		if o := c.outputs[n-1]; o["output_type"] == "stream" && o["name"] == name {
			o["text"] = o["text"].(string) + text
			return
		}
	}
	c.add(map[string]any{"output_type": "stream", "name": name, "text": text})
}

// add appends an output.
func (c *nbCell) add(o map[string]any) {
	if c.stale {
		c.clear(false)
	}
	c.outputs = append(c.outputs, o)
}

// clear removes the outputs, now or when there is another.
func (c *nbCell) clear(wait bool) {
	c.stale = wait
	if !wait {
		c.outputs = []map[string]any{}
	}
}

func (c *nbCell) finish(r report, n int) {
	switch {
	case r.Failure != nil:
		c.add(map[string]any{"output_type": "error", "ename": r.Failure.Name, "evalue": r.Failure.Value, "traceback": traceback(r.Failure)})
	case r.Bundle != nil:
		c.add(map[string]any{"output_type": "execute_result", "execution_count": n, "data": withText(r.Bundle), "metadata": map[string]any{}})
	}
}

// encode writes nbformat 4.5, whatever minor version came in.
func (nb *nbFile) encode() ([]byte, error) {
	cells := []map[string]any{}
	for _, c := range nb.cells {
		out := map[string]any{}
		for k, v := range c.rest {
			out[k] = v
		}
		out["id"], out["source"] = c.id, c.source
		if out["metadata"] == nil {
			out["metadata"] = map[string]any{}
		}
		if c.kind == "code" {
			out["outputs"], out["execution_count"] = c.outputs, nil
			if c.count > 0 {
				out["execution_count"] = c.count
			}
		}
		cells = append(cells, out)
	}
	out := map[string]any{}
	for k, v := range nb.rest {
		out[k] = v
	}
	meta := map[string]any{}
	json.Unmarshal(nb.rest["metadata"], &meta)
	if meta["kernelspec"] == nil {
		meta["kernelspec"] = map[string]any{"name": "fourm", "display_name": "Go (fourm)", "language": "go"}
	}
	meta["language_info"] = languageInfo()
	out["cells"], out["metadata"], out["nbformat"], out["nbformat_minor"] = cells, meta, 4, 5
	data, err := json.MarshalIndent(out, "", " ")
	return append(data, '\n'), err
}

// datum is a mime type's value as text: pictures are base64 here as well as on
// the wire.
func datum(v any) string {
	switch x := v.(type) {
	case []byte:
		return base64.StdEncoding.EncodeToString(x)
	case string:
		return x
	}
	return fmt.Sprint(v)
}

// bar is one line of progress.
type bar struct {
	w     io.Writer
	head  string
	begun time.Time
	tty   bool
	quit  chan struct{}
	gone  chan struct{}
}

func startProgress(w io.Writer, n, of int, label string) *bar {
	b := &bar{w: w, head: fmt.Sprintf("[%d/%d] %s ...", n, of, label), begun: time.Now(), quit: make(chan struct{}), gone: make(chan struct{})}
	if f, ok := w.(*os.File); ok {
		if fi, err := f.Stat(); err == nil {
			b.tty = fi.Mode()&os.ModeCharDevice != 0
		}
	}
	go b.tick()
	return b
}

// tick counts the seconds where the line can be written over.
func (b *bar) tick() {
	defer close(b.gone)
	for b.tty {
		fmt.Fprintf(b.w, "\r\x1b[2K%s %.0f s", b.head, time.Since(b.begun).Seconds())
		select {
		case <-b.quit:
			return
		case <-time.After(time.Second):
		}
	}
}

func (b *bar) end(ok bool) {
	close(b.quit)
	<-b.gone
	if b.w == nil {
		return
	}
	tail := fmt.Sprintf("%.1f s", time.Since(b.begun).Seconds())
	if !ok {
		tail = "failed"
	}
	if b.tty {
		fmt.Fprint(b.w, "\r\x1b[2K")
	}
	fmt.Fprintf(b.w, "%s %s\n", b.head, tail)
}
