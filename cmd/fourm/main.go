// Fourm is the lab's one program: it runs scripts and notebooks, is a Jupyter
// kernel, packs and checks data, carries out ablations, and shows runs in a
// browser.
//
//	fourm install                         # the kernel, for Jupyter
//	fourm notebook notebooks/01_tour.ipynb
//	fourm run notebooks/scripts/emoji/main.go
//	fourm -h                              # all commands
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"fourmlab/fourm"
	"fourmlab/internal/fault"
	"fourmlab/internal/stop"
)

// command is one word of the program.
type command struct {
	name, args, about string
	hidden            bool
	run               func(c *call) error
}

var commands = []command{
	{name: "run", args: "SCRIPT [-- ARG ...]", about: "run a Go script (a file of package main) without compiling it", run: runScript},
	{name: "notebook", args: "USE FILE", about: "run a notebook without Jupyter, test it, make a Go program of it", run: runNotebook},
	{name: "kernel", args: "USE | CONNECTION_FILE", about: "be a Jupyter kernel, tell Jupyter of it, find out why it does not start", run: runKernel},
	{name: "data", args: "pack DIR -o OUT | check SET", about: "make a set of your own pictures; verify a set", run: runData},
	{name: "tokenizer", args: "train SET | eval SET", about: "train a tokenizer; say what tokenizers cost and keep", run: runTokenizer},
	{name: "generate", args: "SET -model FILE -plan PLAN -o DIR", about: "generate from every sample of a set, a folder each, and measure what comes out", run: runGenerate},
	{name: "ablate", args: "FILE [KEY=VALUE ...]", about: "carry out an ablation, or go on where it was", run: runAblate},
	{name: "watch", args: "DIR", about: "show a run, or a folder of runs, in a browser while it goes on", run: runWatch},
	{name: "parity", args: "DIR ...", about: "run recorded cases of the official implementation and say how far results differ", run: runParity},
	{name: "bench", args: "[-case NAME]", about: "time one case at the size of the published models, or list the cases", run: runBench},
	{name: "peek", args: "CHECKPOINT", about: "say what model or tokenizer a checkpoint holds", run: runPeek},
	{name: "version", about: "say which build this is", run: runVersion},
	{name: "worker", about: "run cells for a kernel", hidden: true, run: runWorker},
}

// usage is a call that cannot be right: exit status 2.
type usage struct{ msg string }

func (u usage) Error() string { return u.msg }

func main() {
	limitGarbage()
	status := start(os.Args[1:], os.Stdout, os.Stderr)
	if s := stop.Ended(); s != nil && status == 0 {
		status = stop.Status(s) // what was asked for is not all done
	}
	os.Exit(status)
}

// start carries out the command line and gives the exit status: 0 when all
// went well, 1 when something failed, 2 for a wrong call.
func start(args []string, out, errs io.Writer) int {
	if len(args) == 0 {
		help(errs)
		return 2
	}
	name := args[0]
	if asksHelp(name) {
		if len(args) == 1 {
			help(out)
			return 0
		}
		// "fourm help notebook run" is "fourm notebook run -h".
		name, args = args[1], append(slices.Clone(args[1:]), "-h")
		if asksHelp(name) {
			help(out)
			return 0
		}
	}
	if word := strings.TrimLeft(name, "-"); word == "version" || name == "-v" {
		name = "version"
	}
	for _, cmd := range commands {
		if cmd.name == name {
			return finish(cmd, args[1:], out, errs)
		}
	}
	var names []string
	for _, cmd := range commands {
		if !cmd.hidden {
			names = append(names, cmd.name)
		}
	}
	fmt.Fprintf(errs, "fourm: no command %q%s\n", name, didYouMean(name, names))
	help(errs)
	return 2
}

// asksHelp tells whether a word asks what there is.
func asksHelp(word string) bool {
	h := strings.TrimLeft(word, "-")
	return h == "help" || h == "h" && h != word
}

// didYouMean names what was probably meant, in parentheses, or is empty.
func didYouMean(word string, names []string) string {
	best, at := "", len(word)/2+1
	for _, n := range names {
		d := fault.Distance(strings.ToLower(word), n)
		if strings.HasPrefix(n, strings.ToLower(word)) {
			d = min(d, 1)
		}
		if d < at {
			best, at = n, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}

func finish(cmd command, args []string, out, errs io.Writer) int {
	c := &call{FlagSet: flag.NewFlagSet(cmd.name, flag.ContinueOnError), cmd: cmd, args: args, out: out, errors: errs}
	c.SetOutput(io.Discard)
	err := fourm.CheckDevice(os.Getenv("FOURM_DEVICE"))
	if err == nil || slices.ContainsFunc(args, asksHelp) {
		err = caught(func() error { return cmd.run(c) })
	}
	var u usage
	var exit exitStatus
	switch {
	case err == nil:
		return 0
	case errors.Is(err, flag.ErrHelp):
		c.explain(out)
		return 0
	case errors.As(err, &exit):
		return int(exit)
	case errors.As(err, &u):
		fmt.Fprintf(errs, "fourm %s: %v\n", cmd.name, err)
		c.explain(errs)
		return 2
	}
	fmt.Fprintln(errs, err)
	return 1
}

// caught turns the panic that means "what was typed cannot be right" into an
// error.
func caught(f func() error) (err error) {
	defer fault.Catch(&err)
	return f()
}

// exitStatus ends the program with a status and no further word.
type exitStatus int

func (e exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

func help(w io.Writer) {
	fmt.Fprint(w, "fourm is a lab for massively multimodal masked modelling (4M) in Go.\n\nUsage: fourm COMMAND ...\n\n")
	for _, c := range commands {
		if !c.hidden {
			fmt.Fprintf(w, "  %-10s %-34s %s\n", c.name, c.args, c.about)
		}
	}
	fmt.Fprint(w, "\n\"fourm help COMMAND\" explains one, as \"fourm COMMAND -h\" does.\n\nFOURM_DATA names the folder of corpora; FOURM_DEVICE the device (cpu).\n")
}

// call is one command line at work.
type call struct {
	*flag.FlagSet
	cmd         command
	args        []string
	out, errors io.Writer
	uses        []use  // where the command line names none of them
	bare        string // what it may name in their place
}

// parse reads flags wherever they stand and gives the arguments. What stands
// behind "--" is an argument whatever it looks like.
func (c *call) parse() ([]string, error) {
	var words []string
	rest := c.args
	for {
		if err := c.Parse(rest); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, usage{err.Error()}
		}
		left := c.Args()
		if len(left) == 0 {
			return words, nil
		}
		if n := len(rest) - len(left); n > 0 && rest[n-1] == "--" {
			return append(words, left...), nil
		}
		words = append(words, left[0])
		rest = left[1:]
	}
}

func (c *call) explain(w io.Writer) {
	fmt.Fprintf(w, "Usage: fourm %s %s\n\n%s%s.\n", c.cmd.name, c.cmd.args, strings.ToUpper(c.cmd.about[:1]), c.cmd.about[1:])
	c.explainUses(w)
	any := false
	c.VisitAll(func(f *flag.Flag) {
		if !any {
			fmt.Fprintln(w, "\nFlags, before or after the arguments, with one dash or two:")
			any = true
		}
		kind, about := flag.UnquoteUsage(f)
		fmt.Fprintf(w, "  -%s", f.Name)
		if kind != "" {
			fmt.Fprintf(w, " %s", kind)
		}
		fmt.Fprintf(w, "\n        %s", about)
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" && f.DefValue != "0s" {
			fmt.Fprintf(w, " (%s)", f.DefValue)
		}
		fmt.Fprintln(w)
	})
}
