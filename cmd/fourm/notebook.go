package main

// Notebooks without Jupyter: run, test, turn into a program and back.

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"fourmlab/internal/disk"
	"fourmlab/internal/human"
	"fourmlab/kernel/headless"
	"fourmlab/kernel/notebook"
)

func runNotebook(c *call) error {
	return c.choose([]use{
		{"run", "NOTEBOOK", "execute a notebook and write it with its outputs, as a page too; exit status 1 when a cell failed, 3 when the time was over, 128 and the signal's number when one stopped it", executeNotebook},
		{"test", "NOTEBOOK", "execute a notebook and compare its outputs with those that the file keeps; exit status 1 when they differ", testNotebook},
		{"to-script", "NOTEBOOK", "write a notebook as a Go program, with the bounds of its cells as comments", toScript},
		{"from-script", "PROGRAM", "write a Go program as a notebook", fromScript},
	}, func(word string) bool { return strings.HasSuffix(word, ".ipynb") })
}

// execution are the flags of what runs a notebook.
type execution struct {
	values  map[string]string
	timeout time.Duration
	dir     string
	folder  string // the folder of the notebook
}

func (p *execution) flags(c *call) {
	p.values = map[string]string{}
	c.Func("p", "`NAME=VALUE` of a parameter, in place of what the cell tagged \"parameters\" says; may be given again", func(s string) error {
		name, value, ok := strings.Cut(s, "=")
		if !ok || name == "" {
			return fmt.Errorf("expected NAME=VALUE")
		}
		p.values[name] = value
		return nil
	})
	c.DurationVar(&p.timeout, "timeout", 0, "`TIME` the whole run may take, as 90s or 10m; 0 for any")
	c.StringVar(&p.dir, "cwd", "", "`FOLDER` the cells run in, by itself this one")
}

// read reads the one notebook that the arguments name and sets its parameters.
func (p *execution) read(c *call) (string, *notebook.File, error) {
	words, err := c.parse()
	if err != nil {
		return "", nil, err
	}
	if len(words) != 1 {
		return "", nil, usage{fmt.Sprintf("%d arguments, expected one notebook", len(words))}
	}
	if p.timeout < 0 {
		return "", nil, usage{fmt.Sprintf("-timeout %v, expected more than 0", p.timeout)}
	}
	nb, err := notebook.Read(words[0])
	if err != nil {
		return "", nil, err
	}
	if err := nb.Set(p.values); err != nil {
		return "", nil, usage{err.Error()}
	}
	p.folder = filepath.Dir(words[0])
	return words[0], nb, nil
}

// execute runs it, until a signal or the clock stops it.
func (p *execution) execute(nb *notebook.File, o headless.Options) error {
	ctx, stop := untilStopped(context.Background())
	defer stop()
	if p.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, p.timeout)
		defer cancel()
	}
	o.Dir, o.Folder = p.dir, p.folder
	return headless.Execute(ctx, nb, o)
}

func executeNotebook(c *call) error {
	var p execution
	p.flags(c)
	out := c.String("o", "", "`FILE` of the executed notebook; where neither this nor -html is given, out/NAME.ipynb")
	page := c.String("html", "", "`FILE` of the page; where neither this nor -o is given, out/NAME.html")
	o := headless.Options{Progress: c.errors}
	c.BoolVar(&o.AllowErrors, "allow-errors", false, "go on after a cell that fails, which then is no failure")
	path, nb, err := p.read(c)
	if err != nil {
		return err
	}
	if *out == "" && *page == "" {
		name := strings.TrimSuffix(filepath.Base(path), ".ipynb")
		*out, *page = filepath.Join("out", name+".ipynb"), filepath.Join("out", name+".html")
	}
	for _, f := range []string{*out, *page} {
		if f != "" {
			if err := disk.MkdirAll(filepath.Dir(f)); err != nil {
				return err
			}
		}
	}
	if l := nb.Language(); l != "" && l != "go" {
		fmt.Fprintf(c.errors, "%s says that its cells are %s; they are run as Go\n", path, l)
	}
	failure := p.execute(nb, o)
	if err := write(c, nb, *out, *page); err != nil {
		return errors.Join(err, failure)
	}
	return c.failed(path, failure)
}

// failed tells what kept a notebook from its end, and gives the status.
func (c *call) failed(path string, failure error) error {
	var by stopped
	switch {
	case failure == nil:
		return nil
	case errors.As(failure, &by):
		fmt.Fprintf(c.errors, "%s: %v\n", path, failure)
		return by.status()
	case errors.Is(failure, headless.ErrTimeout):
		fmt.Fprintf(c.errors, "%s: %v\n", path, failure)
		return exitStatus(3)
	}
	return fmt.Errorf("%s: %w", path, failure)
}

// write writes what was asked for and names it.
func write(c *call, nb *notebook.File, out, page string) error {
	if out != "" {
		if err := nb.Write(out); err != nil {
			return err
		}
		fmt.Fprintln(c.out, out)
	}
	if page != "" {
		data, err := nb.Page()
		if err != nil {
			return err
		}
		if err := disk.WriteBytes(page, data); err != nil {
			return err
		}
		fmt.Fprintln(c.out, page)
	}
	return nil
}

func testNotebook(c *call) error {
	var p execution
	p.flags(c)
	var tol notebook.Tolerance
	c.Float64Var(&tol.Numbers, "rtol", 1e-6, "largest relative `DIFFERENCE` of two numbers in a text")
	c.Float64Var(&tol.Pictures, "pictures", 0.01, "largest mean `DIFFERENCE` of two pictures, as a share of the range of colours")
	update := c.Bool("update", false, "write the new outputs into the file")
	path, want, err := p.read(c)
	if err != nil {
		return err
	}
	got, err := notebook.Read(path)
	if err != nil {
		return err
	}
	if err := got.Set(p.values); err != nil {
		return usage{err.Error()}
	}
	kept := 0
	for _, cell := range want.Cells {
		kept += len(cell.Outputs)
	}
	if kept == 0 && !*update {
		return fmt.Errorf("%s keeps no outputs to compare with: -update writes them", path)
	}
	if err := c.failed(path, p.execute(got, headless.Options{Progress: c.errors, AllowErrors: true})); err != nil {
		return err
	}
	diffs, compared := notebook.Compare(want, got, tol)
	if *update {
		if err := got.Write(path); err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%s: %s compared, %s written\n", path, human.Count(compared, "output"), human.Count(len(diffs), "difference"))
		return nil
	}
	for _, d := range diffs {
		fmt.Fprintln(c.out, d)
	}
	fmt.Fprintf(c.out, "%s: %s compared, %s\n", path, human.Count(compared, "output"), human.Count(len(diffs), "difference"))
	if len(diffs) > 0 {
		return exitStatus(1)
	}
	return nil
}

func toScript(c *call) error {
	return translate(c, "notebook", ".go", func(path string) ([]byte, error) {
		nb, err := notebook.Read(path)
		if err != nil {
			return nil, err
		}
		return nb.Script()
	})
}

func fromScript(c *call) error {
	return translate(c, "program", ".ipynb", func(path string) ([]byte, error) {
		src, err := disk.Given(path, notebook.MostSource)
		if err != nil {
			return nil, err
		}
		nb, err := notebook.FromScript(path, src)
		if err != nil {
			return nil, err
		}
		return nb.Encode()
	})
}

// translate writes one file as another, to standard output or a file.
func translate(c *call, what, ext string, f func(path string) ([]byte, error)) error {
	out := c.String("o", "", "`FILE` to write, by itself standard output")
	words, err := c.parse()
	if err != nil {
		return err
	}
	if len(words) != 1 {
		return usage{fmt.Sprintf("%d arguments, expected one %s", len(words), what)}
	}
	data, err := f(words[0])
	if err != nil {
		return err
	}
	if *out == "" {
		_, err = c.out.Write(data)
		return err
	}
	if filepath.Ext(*out) != ext {
		return usage{fmt.Sprintf("-o %s, expected a name that ends in %s", *out, ext)}
	}
	if err := disk.WriteBytes(*out, data); err != nil {
		return err
	}
	fmt.Fprintln(c.out, *out)
	return nil
}
