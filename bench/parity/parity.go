// Package parity runs test cases that were recorded from the official
// implementation of 4M and says how far the results here are from its own.
//
// A fixture is a folder. What it is follows from "kind" in its config.json or
// fixture.json, or from the files it holds; shapes, options and tolerances are
// its own, so cases of other seeds, sizes and options run as well.
//
//	sum, err := parity.Run([]string{"fixtures"}, parity.Options{}, os.Stdout)
//	fmt.Println(sum) // 11 passed, 0 failed, 2 skipped
package parity

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"

	"fourmlab/internal/fault"
)

// Options says how fixtures are run and reported.
type Options struct {
	Tape bool // by gorgonia's TapeMachine, not by the executor of this project
	JSON bool // one object a line
	// Log is told of the fixtures that are skipped where the output is JSON; nil
	// stands for nobody
	Log io.Writer
}

// Summary counts fixtures.
type Summary struct {
	Passed  int `json:"passed"`
	Failed  int `json:"failed"`
	Skipped int `json:"skipped"`
}

func (s Summary) String() string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped", s.Passed, s.Failed, s.Skipped)
}

// ErrNone is returned where no fixture was found.
var ErrNone = errors.New("no fixture found")

// kind runs fixtures of one kind.
type kind struct {
	name string
	// files tell a fixture of this kind that does not name it: all of them
	files []string
	run   func(*Fixture, *Report) error
}

var kinds []kind

// register adds a kind; files are needed only where config.json names none.
func register(name string, run func(*Fixture, *Report) error, files ...string) {
	kinds = append(kinds, kind{name, files, run})
}

// Run runs every fixture among dirs: each is a fixture or a folder of them.
// The error tells of output that cannot be written, or is ErrNone.
func Run(dirs []string, o Options, w io.Writer) (Summary, error) {
	var sum Summary
	if o.Log == nil {
		o.Log = io.Discard
	}
	p := printer{w: w, log: o.Log, json: o.JSON}
	var all []*Fixture
	for _, d := range dirs {
		fs, err := find(d)
		if err != nil {
			fmt.Fprintln(o.Log, err)
		}
		all = append(all, fs...)
	}
	if len(all) == 0 {
		return sum, errors.Join(ErrNone, p.end(sum))
	}
	for _, f := range all {
		f.tape = o.Tape
		switch runOne(f, &p) {
		case passed:
			sum.Passed++
		case failed:
			sum.Failed++
		case skipped:
			sum.Skipped++
		}
	}
	return sum, p.end(sum)
}

type verdict int

const (
	passed verdict = iota
	failed
	skipped
)

// runOne runs a fixture; whatever goes wrong in it is its failure.
func runOne(f *Fixture, p *printer) verdict {
	var k *kind
	for i := range kinds {
		if kinds[i].name == f.Kind {
			k = &kinds[i]
		}
	}
	if k == nil && f.broken == nil {
		p.skip(f, fmt.Sprintf("cannot run fixtures of kind %q yet", f.Kind))
		return skipped
	}
	r := &Report{}
	err := f.broken
	if err == nil {
		err = guarded(func() error { return k.run(f, r) })
	}
	var skip skipError
	if errors.As(err, &skip) {
		p.skip(f, string(skip))
		return skipped
	}
	if err == nil && len(r.checks) == 0 {
		err = errors.New("nothing in it was compared")
	}
	return p.fixture(f, r, err)
}

// guarded turns a panic of the code under test into an error.
func guarded(run func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if e, ok := p.(*fault.Error); ok {
				err = e
				return
			}
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return run()
}

// find gives the fixtures at or right below a folder, in order of their names.
func find(dir string) ([]*Fixture, error) {
	if f := open(dir); f != nil {
		return []*Fixture{f}, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []*Fixture
	for _, e := range entries {
		if f := open(filepath.Join(dir, e.Name())); f != nil {
			out = append(out, f)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}

// open gives the fixture that a folder is, or nil.
func open(dir string) *Fixture {
	abs, err := filepath.Abs(dir)
	if err != nil {
		abs = dir
	}
	f := &Fixture{Dir: dir, Name: filepath.Base(abs)}
	for _, name := range []string{"fixture.json", "config.json"} {
		var c struct {
			Kind string `json:"kind"`
		}
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			continue
		}
		if err := json.Unmarshal(b, &c); err != nil && f.broken == nil {
			f.broken = fmt.Errorf("%s: %w", name, err)
		}
		if c.Kind != "" {
			f.Kind, f.broken = c.Kind, nil
			return f
		}
	}
	for _, k := range kinds {
		all := len(k.files) > 0
		for _, name := range k.files {
			all = all && f.Has(name)
		}
		if all {
			f.Kind, f.broken = k.name, nil
			return f
		}
	}
	if f.broken != nil { // it would say what it is
		return f
	}
	return nil
}
