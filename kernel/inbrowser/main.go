// Inbrowser opens a notebook as a person does: Jupyter Notebook serves it,
// Chromium shows it, all cells are run, one of them is interrupted, and what
// the page then holds is looked at. It ends with status 1 and the reason where
// something is missing on the page.
//
//	go run ./kernel/inbrowser -fourm bin/fourm -picture out/notebook.png
//
// It needs jupyter-notebook (6, of Debian: jupyter-notebook) and chromium.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

func main() {
	fourm := flag.String("fourm", "bin/fourm", "the program that is the kernel")
	picture := flag.String("picture", "out/notebook.png", "where a picture of the page goes")
	flag.Parse()
	for _, need := range []string{"jupyter-notebook", "chromium"} {
		if _, err := exec.LookPath(need); err != nil {
			fmt.Printf("skipped: no %s (Debian: apt-get install %s)\n", need, need)
			return
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	if err := run(ctx, *fourm, *picture); err != nil {
		fmt.Fprintln(os.Stderr, "inbrowser:", err)
		os.Exit(1)
	}
}

// cells are what the person runs; the last does not end by itself.
var cells = []string{
	`x := 41
fmt.Println("printed")
x + 1`,
	`import "gonum.org/v1/plot"
import "gonum.org/v1/plot/plotter"
p := plot.New()
line, _ := plotter.NewLine(plotter.XYs{{0, 0}, {1, 1}, {2, 4}})
p.Add(line)
p`,
	`bar := display.Progress("work", 50)
for range 50 { bar.Step(); time.Sleep(10 * time.Millisecond) }
bar.Done()`,
	`type Row struct { Name string; Loss float64 }
[]Row{{"rgb", 2.5}, {"depth", 1.25}}`,
	`h := display.Show("first")
h.Update("second")`,
	`nope + 1`,
	`for { x++ }`,
}

// page is what the browser finds in the notebook's cells.
type page struct {
	Busy    bool
	Running bool // a cell waits for its reply
	Cells   []struct {
		Number  any
		Text    string
		Widths  []int // of pictures, in their own pixels
		Bars    []float64
		Rows    int
		Error   string
		Outputs int
	}
}

const look = `JSON.stringify((() => {
  const nb = Jupyter.notebook;
  return {
    Busy: !nb.kernel || !nb.kernel.is_connected() || nb.kernel_busy,
    Running: nb.get_cells().some(c => c.cell_type == "code" && c.input_prompt_number == "*"),
    Cells: nb.get_cells().filter(c => c.cell_type == "code").map(c => ({
      Number: c.input_prompt_number,
      Text: c.output_area.element[0].innerText,
      Widths: [...c.output_area.element[0].querySelectorAll("img")].map(i => i.naturalWidth),
      Bars: [...c.output_area.element[0].querySelectorAll("progress")].map(p => p.position),
      Rows: c.output_area.element[0].querySelectorAll("table tr").length,
      Error: c.output_area.outputs.filter(o => o.output_type == "error").map(o => o.ename + ": " + o.evalue).join(),
      Outputs: c.output_area.outputs.length,
    })),
  };
})())`

func run(ctx context.Context, fourm, picture string) error {
	dir, err := os.MkdirTemp("", "inbrowser-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := writeNotebook(filepath.Join(dir, "cells.ipynb")); err != nil {
		return err
	}
	if out, err := exec.Command(fourm, "kernel", "install", "-prefix", dir).CombinedOutput(); err != nil {
		return fmt.Errorf("%s kernel install: %w: %s", fourm, err, out)
	}
	url, stop, err := serve(ctx, dir)
	if err != nil {
		return err
	}
	defer stop()
	b, err := browse(ctx, filepath.Join(dir, "profile"), url+"/notebooks/cells.ipynb?token="+token)
	if err != nil {
		return err
	}
	defer b.close()

	see := func(what string, good func(p page) bool) (p page, err error) {
		for ctx.Err() == nil {
			var text string
			if err = b.evaluate(ctx, "typeof Jupyter == 'object' && Jupyter.notebook && Jupyter.notebook._fully_loaded ? "+look+" : ''", &text); err == nil && text != "" {
				if err = json.Unmarshal([]byte(text), &p); err == nil && good(p) {
					fmt.Println("ok", what)
					return p, nil
				}
			}
			time.Sleep(100 * time.Millisecond)
		}
		return p, fmt.Errorf("the page never had: %s (it had %+v, %v)", what, p, err)
	}
	last := len(cells) - 1
	if _, err := see("a kernel", func(p page) bool { return !p.Busy && len(p.Cells) == len(cells) }); err != nil {
		return err
	}
	// A cell that fails stops those behind it, as in every notebook: they are
	// run again.
	if err := b.evaluate(ctx, "Jupyter.notebook.execute_all_cells()", nil); err != nil {
		return err
	}
	p, err := see("the result of the last cell before the one that fails", func(p page) bool { return p.Cells[last-1].Error != "" && !p.Running })
	if err != nil {
		return err
	}
	for _, c := range []struct {
		what string
		good bool
	}{
		{"text and a value", containsAll(p.Cells[0].Text, "printed", "42")},
		{"a figure", len(p.Cells[1].Widths) == 1 && p.Cells[1].Widths[0] > 100},
		{"a progress bar at its end", len(p.Cells[2].Bars) == 1 && p.Cells[2].Bars[0] == 1},
		{"a table of two rows", p.Cells[3].Rows == 3},
		{"a display that was updated", containsAll(p.Cells[4].Text, "second") && !containsAll(p.Cells[4].Text, "first")},
		{"the compiler's message", containsAll(p.Cells[5].Error, "compile error: In [6]:1:1: undefined: nope")},
	} {
		if !c.good {
			return fmt.Errorf("not on the page: %s; it has %+v", c.what, p.Cells)
		}
		fmt.Println("ok", c.what)
	}
	if err := b.evaluate(ctx, fmt.Sprintf("Jupyter.notebook.execute_cells([%d])", last), nil); err != nil {
		return err
	}
	if _, err := see("a cell that runs", func(p page) bool { return p.Busy && p.Running }); err != nil {
		return err
	}
	if err := b.evaluate(ctx, "Jupyter.notebook.kernel.interrupt()", nil); err != nil {
		return err
	}
	if _, err := see("its end after an interrupt", func(p page) bool {
		return !p.Running && containsAll(p.Cells[last].Error, "interrupted")
	}); err != nil {
		return err
	}
	if err := b.evaluate(ctx, "Jupyter.notebook.execute_cells([0])", nil); err != nil {
		return err
	}
	if _, err := see("a cell that runs after it", func(p page) bool { return !p.Running && p.Cells[0].Number == 8.0 }); err != nil {
		return err
	}
	return b.picture(ctx, picture)
}

func writeNotebook(path string) error {
	var list []map[string]any
	for _, c := range cells {
		list = append(list, map[string]any{"cell_type": "code", "metadata": map[string]any{}, "source": c, "outputs": []any{}, "execution_count": nil})
	}
	data, err := json.Marshal(map[string]any{
		"cells": list, "nbformat": 4, "nbformat_minor": 4,
		"metadata": map[string]any{"kernelspec": map[string]any{"name": "fourm", "display_name": "Go (fourm)", "language": "go"}},
	})
	if err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}
