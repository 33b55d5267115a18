// Compare times this project beside plain PyTorch, case by case: bin/fourm and
// bench/torch4m.py in turn, each case in a process of its own, on the best BLAS
// that PyTorch can be given here. It prints a table and writes every number to
// a file; docs/bench.md says how to read it.
//
//	make bench-compare CASES="train_tiny_b8 ar_tiny"
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strings"

	"fourmlab/bench/cases"
)

// options are what the command line says.
type options struct {
	fourm, python, script string
	names                 []string
	reps, rounds, threads int
	blas, out             string
	quiet                 float64
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	o, err := parse(os.Args[1:], os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(2)
	}
	if err := compare(ctx, o, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

// parse reads the command line. An empty list of cases stands for all.
func parse(args []string, errs io.Writer) (options, error) {
	var o options
	f := flag.NewFlagSet("compare", flag.ContinueOnError)
	f.SetOutput(errs)
	names := f.String("cases", "", "`NAMES` of cases, separated by blanks or commas; all where there are none")
	f.IntVar(&o.reps, "reps", 3, "`N` timed repetitions in a process")
	f.IntVar(&o.rounds, "rounds", 3, "`N` rounds: processes of either program for a case")
	f.IntVar(&o.threads, "threads", runtime.NumCPU(), "`N` threads of either program")
	f.StringVar(&o.blas, "blas", "", "`NAME` of PyTorch's BLAS; without, all that are here are tried")
	f.Float64Var(&o.quiet, "quiet", 0.15, "`SHARE` of a core that others may use before a round is dropped")
	f.StringVar(&o.fourm, "fourm", "bin/fourm", "the `PROGRAM` of this project")
	f.StringVar(&o.python, "python", "/usr/bin/python3", "the `PROGRAM` that has PyTorch")
	f.StringVar(&o.script, "script", "bench/torch4m.py", "the `FILE` with the cases in PyTorch")
	f.StringVar(&o.out, "o", "out/bench.json", "`FILE` for all numbers")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("argument %q, expected none", f.Arg(0))
	}
	o.names = strings.FieldsFunc(*names, func(r rune) bool { return r == ' ' || r == ',' })
	if len(o.names) == 0 {
		o.names = strings.Fields(cases.Names())
	}
	for _, n := range o.names {
		if _, ok := cases.Find(n); !ok {
			return o, fmt.Errorf("no case %q (have %s)", n, cases.Names())
		}
	}
	if o.reps < 1 || o.rounds < 1 || o.threads < 1 || !(o.quiet >= 0) {
		return o, fmt.Errorf("%d repetitions, %d rounds, %d threads, quiet at %g, expected 1 or more of each and a share of a core", o.reps, o.rounds, o.threads, o.quiet)
	}
	return o, nil
}

// compare carries everything out. What fails in one case is told in its row.
func compare(ctx context.Context, o options, out, log io.Writer) error {
	rep := report{Machine: machine(), Threads: o.threads, Reps: o.reps}
	fmt.Fprintln(out, rep.Machine)
	dir, err := os.MkdirTemp("", "fourm-compare-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	torch, about, err := best(ctx, o, rep.Machine, dir, log)
	rep.Torch = about
	switch {
	case err != nil:
		fmt.Fprintf(out, "PyTorch: %v; this project alone is timed\n", err)
	default:
		fmt.Fprintln(out, about)
	}
	for _, name := range o.names {
		rep.Rows = append(rep.Rows, rounds(ctx, o, name, ourProgram(o), torch, log))
		if err := rep.write(o.out); err != nil { // what there is, should this be stopped
			return err
		}
		if ctx.Err() != nil {
			break
		}
	}
	fmt.Fprintln(out)
	rep.table(out)
	fmt.Fprintf(out, "\nAll numbers are in %s.\n", o.out)
	return nil
}
