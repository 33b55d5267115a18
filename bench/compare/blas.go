package main

// PyTorch at its best: which BLAS it is given. Debian's PyTorch loads
// libblas.so.3, for which several packages can stand; which of them a machine
// has by default may be the slowest (the threads of openblas-pthread and those
// of PyTorch get in each other's way). So all that are there are tried on one
// case, and the fastest is taken.

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// library is one BLAS, and the environment that makes PyTorch load it.
type library struct {
	Name string   `json:"name"`
	File string   `json:"file,omitempty"`
	Env  []string `json:"env,omitempty"`
}

// trial is what a library did on the short case.
type trial struct {
	library
	Seconds float64 `json:"seconds,omitempty"` // the best repetition
	Error   string  `json:"error,omitempty"`
	said    string  // on standard error
}

// seconds are endless for a trial that failed.
func (t trial) seconds() float64 {
	if t.Error != "" {
		return math.Inf(1)
	}
	return t.Seconds
}

// Torch says what PyTorch runs on.
type Torch struct {
	About  string  `json:"about"` // the program's own words
	BLAS   library `json:"blas"`
	Trials []trial `json:"trials,omitempty"`
}

func (t Torch) String() string {
	var tried []string
	for _, x := range t.Trials {
		what := fmt.Sprintf("%.2f s", x.Seconds)
		if x.Error != "" {
			what = "failed"
			if strings.HasPrefix(x.Error, "stopped") {
				what = x.Error
			}
		}
		tried = append(tried, x.Name+" "+what)
	}
	s := t.About + "\nBLAS of PyTorch: " + t.BLAS.Name
	if tried != nil {
		s += fmt.Sprintf("; %s with each: %s", trialCase, strings.Join(tried, ", "))
	}
	return s
}

const (
	trialCase = "train_tiny_b8"
	trialReps = 2
	asleep    = "OMP_WAIT_POLICY=passive" // how PyTorch's threads wait
	again     = 1.3                       // how far from the best a library may be to get a second try
)

// ownBLAS asks a PyTorch that does not load libblas, as those of PyPI, for the
// name of the one that is part of it.
const ownBLAS = `import re, numpy, torch
if "libblas" not in open("/proc/self/maps").read():
    print((re.search("BLAS_INFO=(\\w+)", torch.__config__.show()) or [0, "BLAS"])[1])`

// waiting is what every PyTorch is told here.
func waiting(m Machine) []string {
	if m.AVX512 {
		return []string{asleep, "ATEN_CPU_CAPABILITY=avx512"}
	}
	return []string{asleep}
}

// best gives PyTorch with the BLAS that is fastest here. The error says why
// there is none. What has to be made for it is put into dir.
func best(ctx context.Context, o options, m Machine, dir string, log io.Writer) (*program, *Torch, error) {
	has, err := exec.CommandContext(ctx, o.python, "-c", ownBLAS).Output()
	if err != nil {
		return nil, nil, fmt.Errorf("%s cannot import torch (%v; on Debian: apt-get install python3-torch)", o.python, err)
	}
	var found []library
	if own := strings.TrimSpace(string(has)); own != "" {
		found = []library{{Name: own + ", built in", Env: waiting(m)}}
	} else if found, err = libraries(ctx, m, dir); err != nil {
		return nil, nil, err
	}
	if o.blas != "" {
		i := slices.IndexFunc(found, func(l library) bool { return l.Name == o.blas })
		if i < 0 {
			return nil, nil, fmt.Errorf("no BLAS %q here (have %s)", o.blas, names(found))
		}
		found = found[i : i+1]
	}
	try := func(l library, limit time.Duration) trial {
		fmt.Fprintf(log, "trying PyTorch with %s\n", l.Name)
		ctx, stop := context.WithTimeout(ctx, limit)
		defer stop()
		x := torchProgram(o, l.Env).run(ctx, trialCase, trialReps)
		switch {
		case ctx.Err() != nil:
			return trial{library: l, Error: fmt.Sprintf("stopped after %.0f s", limit.Seconds())}
		case x.Result == nil:
			return trial{library: l, Error: x.Error}
		}
		return trial{library: l, Seconds: x.Result.Seconds.Best, said: x.said}
	}
	trials := tryAll(found, try)
	fastest := func() trial {
		return slices.MinFunc(trials, func(a, b trial) int { return cmp.Compare(a.seconds(), b.seconds()) })
	}
	// threads that wait by spinning are a little faster where nobody else works,
	// and many times slower where somebody does
	if t := fastest(); t.Error == "" {
		l := t.library
		l.Name += "-spin"
		l.Env = slices.DeleteFunc(slices.Clone(l.Env), func(v string) bool { return v == asleep })
		trials = append(trials, try(l, time.Minute))
	}
	t := fastest()
	about := &Torch{About: strings.TrimSpace(t.said), BLAS: t.library, Trials: trials}
	if t.Error != "" {
		return nil, about, fmt.Errorf("it ran with none of %s: %s", names(found), t.Error)
	}
	p := torchProgram(o, t.Env)
	return &p, about, nil
}

// tryAll tries every library, and those that come near the best once more. One
// that takes much longer than others is stopped.
func tryAll(found []library, try func(l library, limit time.Duration) trial) (trials []trial) {
	limit, best := 5*time.Minute, math.Inf(1)
	for _, l := range found {
		began := time.Now()
		t := try(l, limit)
		if t.seconds() < best {
			best = t.seconds()
			limit = min(limit, 10*time.Second+4*time.Since(began))
		}
		trials = append(trials, t)
	}
	for i, t := range trials {
		if len(trials) == 1 || t.seconds() >= again*best {
			continue
		}
		if u := try(t.library, limit); u.Error == "" {
			trials[i].Seconds = min(t.Seconds, u.Seconds)
		}
	}
	return trials
}

func names(ls []library) string {
	var out []string
	for _, l := range ls {
		out = append(out, l.Name)
	}
	return strings.Join(out, ", ")
}

// libraries lists what can stand for libblas.so.3 here: what Debian's
// alternatives know, and MKL where it is installed. There is always one; the
// reference is among them only where it is the only one.
func libraries(ctx context.Context, m Machine, dir string) ([]library, error) {
	common := waiting(m)
	var out []library
	for _, file := range alternatives(ctx) {
		if strings.Contains(filepath.Base(file), "mkl") {
			continue // which comes below
		}
		out = append(out, library{Name: title(file), File: file, Env: append([]string{"LD_LIBRARY_PATH=" + path(filepath.Dir(file))}, common...)})
	}
	if file := mkl(ctx); file != "" {
		ls, err := mkls(ctx, file, dir, m, common)
		if err != nil {
			return nil, err
		}
		out = append(out, ls...)
	}
	if len(out) == 0 {
		out = []library{{Name: "as installed", Env: common}}
	}
	// the plain loops of the reference are ten times slower than any other
	if others := slices.DeleteFunc(slices.Clone(out), func(l library) bool { return l.Name == "blas" }); len(others) > 0 {
		out = others
	}
	return out, nil
}

// title names a library by the folder that Debian gives each its own.
func title(file string) string { return filepath.Base(filepath.Dir(file)) }

// path puts a folder before those that libraries are looked for in already.
func path(dir string) string {
	if old := os.Getenv("LD_LIBRARY_PATH"); old != "" {
		return dir + ":" + old
	}
	return dir
}

// alternatives gives the files that Debian can make libblas.so.3.
func alternatives(ctx context.Context) (files []string) {
	b, err := exec.CommandContext(ctx, "update-alternatives", "--get-selections").Output()
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(f) == 0 || !strings.HasPrefix(f[0], "libblas.so.3") {
			continue
		}
		list, err := exec.CommandContext(ctx, "update-alternatives", "--list", f[0]).Output()
		if err == nil {
			files = append(files, strings.Fields(string(list))...)
		}
	}
	return files
}
