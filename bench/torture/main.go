// Torture finds out whether the program keeps what docs/reliability.md
// promises: it kills the commands that write at moments of chance, cuts the
// power under them, fills their disks, and compares what comes out in the end, byte by byte, with
// what comes out when nothing happens. "make torture" runs it.
//
//	go run ./bench/torture -kills 1000 -cuts 100 -fulls 50
//
// It prints a line for each command, and its exit status is 1 when one promise
// was broken; the folder of that one is kept and named.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
)

// options are what the command line says.
type options struct {
	fourm       string
	kills, cuts int
	fulls       int
	seed        uint64
	keep        string // where folders of broken promises go
	only        string // the one workload
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var o options
	f := flag.NewFlagSet("torture", flag.ExitOnError)
	f.IntVar(&o.kills, "kills", 1000, "`N` kills, over all commands")
	f.IntVar(&o.cuts, "cuts", 100, "`N` power cuts, over all commands; they need root, loop devices and mkfs.ext4")
	f.IntVar(&o.fulls, "fulls", 50, "`N` full disks, over all commands; they need what power cuts need")
	f.Uint64Var(&o.seed, "seed", 1, "`SEED` of the moments")
	f.StringVar(&o.fourm, "fourm", "bin/fourm", "the `PROGRAM`")
	f.StringVar(&o.keep, "keep", "out/torture", "`FOLDER` for what breaks a promise")
	f.StringVar(&o.only, "only", "", "`NAME` of the one command to torture: "+strings.Join(names(), ", "))
	f.Parse(os.Args[1:])
	if err := o.run(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "torture:", err)
		os.Exit(1)
	}
}

// run tortures and prints the counts.
func (o options) run(ctx context.Context, out io.Writer) error {
	bin, err := filepath.Abs(o.fourm)
	if err != nil {
		return err
	}
	if _, err := exec.LookPath(bin); err != nil {
		return fmt.Errorf("%w: make build makes it", err)
	}
	var all []*work
	for _, w := range works() {
		if o.only == "" || o.only == w.name {
			all = append(all, w)
		}
	}
	if len(all) == 0 {
		return fmt.Errorf("no command %q, expected one of %s", o.only, strings.Join(names(), ", "))
	}
	var broken []error
	for i, w := range all {
		w.keep = o.keep
		if err := w.begin(ctx, bin); err != nil {
			return fmt.Errorf("%s, with nobody disturbing it: %w", w.name, err)
		}
		defer w.end()
		if n := share(o.kills, i, len(all)); n > 0 {
			c, err := w.killed(ctx, n, o.seed)
			broken = append(broken, err)
			fmt.Fprintf(out, "%-9s %v\n", w.name, c)
		}
	}
	if why := unmountable(); why != "" {
		fmt.Fprintf(out, "no power was cut, and no disk was full: %s\n", why)
		return errors.Join(append(broken, ctx.Err())...)
	}
	for i, w := range all {
		if n := share(o.cuts, i, len(all)); n > 0 && ctx.Err() == nil {
			c, err := w.cut(ctx, n, o.seed)
			broken = append(broken, err)
			fmt.Fprintf(out, "%-9s %v\n", w.name, c)
		}
	}
	for i, w := range all {
		if n := share(o.fulls, i, len(all)); n > 0 && ctx.Err() == nil {
			c, err := w.filled(ctx, n, o.seed)
			broken = append(broken, err)
			fmt.Fprintf(out, "%-9s %v\n", w.name, c)
		}
	}
	return errors.Join(append(broken, ctx.Err())...)
}

// share divides a number among some.
func share(n, i, of int) int { return n*(i+1)/of - n*i/of }

// broken is a promise that was not kept; its folder is saved from being
// removed.
func (w *work) broken(dir string, err error) error {
	to := filepath.Join(w.keep, w.name)
	os.RemoveAll(to)
	if bad := os.CopyFS(to, os.DirFS(dir)); bad != nil {
		return errors.Join(err, bad)
	}
	return fmt.Errorf("%s: %w\nthe folder is in %s", w.name, err, to)
}

// counts are what happened to a command.
type counts struct {
	what        string // kills, power cuts
	n, runs     int    // of them; runs that came to their end
	kept, clean int    // what was said to be kept, and was; temporary files that were left on the way
}

func (c counts) String() string {
	s := fmt.Sprintf("%4d %s, %d runs to the end, each equal byte by byte; %d times something was said to be kept, and was", c.n, c.what, c.runs, c.kept)
	if c.clean > 0 {
		s += fmt.Sprintf("; %d temporary files were left on the way and cleared away", c.clean)
	}
	return s + fmt.Sprintf(" (%s, %d processors)", runtime.GOOS, runtime.NumCPU())
}
