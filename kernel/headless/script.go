package headless

// Scripts: a Go program without a compiler.

import (
	"bytes"
	"errors"
	"fmt"
	"log"
	"os"
	"reflect"
	"runtime/debug"
	"slices"

	"github.com/traefik/yaegi/interp"

	"fourmlab/internal/disk"
	"fourmlab/kernel/engine"
	"fourmlab/kernel/notebook"
	scripts "fourmlab/kernel/session/script"
)

// Script is a program of package main in a file.
type Script struct {
	Path string
	Args []string // what the program finds in os.Args behind its path
	// Engine is "yaegi", "ssa" (what runs cells), or "" to choose: yaegi for
	// what stands in the short list of what it runs as Go does, ssa for all
	// else.
	Engine string
	// Verbose says on standard error which engine runs the program, and why.
	Verbose bool
}

// Panicked is the end of a program by a panic that nothing recovered from. A
// compiled program exits with status 2 then.
type Panicked struct{ Text string }

func (p Panicked) Error() string { return "panic: " + p.Text }

// Run runs the program. It is checked first, and does not start when it does
// not compile; the error then has the compiler's lines. A program that calls
// os.Exit ends the process as it does everywhere. SIGINT, SIGTERM and SIGHUP
// end it, unless a call that stops by itself is running.
func (s Script) Run() error {
	if !slices.Contains([]string{"", "yaegi", "ssa"}, s.Engine) {
		return fmt.Errorf("headless.Script: no engine %q, expected yaegi or ssa", s.Engine)
	}
	src, err := disk.Given(s.Path, notebook.MostSource)
	if err != nil {
		return fmt.Errorf("headless.Script: %w", err)
	}
	p, err := scripts.Check(s.Path, src)
	if err != nil {
		return err
	}
	name := s.Engine
	if name == "" {
		name = "yaegi"
		if pos, what := p.BeyondYaegi(); what != "" {
			s.say("%s: %s: on the session's engine", p.Position(pos), what)
			name = "ssa"
		}
	}
	h := newScriptHost()
	defer h.close()
	if name == "ssa" {
		return p.Run(s.Args, h.close)
	}
	in := interp.New(interp.Options{Args: append([]string{s.Path}, s.Args...), Unrestricted: true})
	for _, table := range []interp.Exports{engine.Current().Yaegi, h.endings()} {
		if err := in.Use(table); err != nil {
			return fmt.Errorf("headless.Script: %w", err)
		}
	}
	if s.Engine == "" {
		s.say("%s: in yaegi", s.Path)
	}
	stop := p.EndWhenAsleep(h.close)
	err = evaluate(in, s.Path)
	stop()
	var panicked interp.Panic
	switch {
	case err == nil:
		return nil
	case errors.As(err, &panicked) && ran(panicked.Stack):
		return Panicked{fmt.Sprint(panicked.Value)}
	case s.Engine != "":
		return fmt.Errorf("yaegi cannot compile %s: %w", s.Path, err)
	}
	s.say("%s: yaegi cannot compile it: on the session's engine", s.Path)
	return p.Run(s.Args, h.close)
}

func (s Script) say(format string, args ...any) {
	if s.Verbose {
		fmt.Fprintf(os.Stderr, format+"\n", args...)
	}
}

// evaluate runs the file; yaegi itself panics over some of what it cannot
// compile.
func evaluate(in *interp.Interpreter, path string) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = interp.Panic{Value: r, Stack: debug.Stack()}
		}
	}()
	_, err = in.EvalPath(path)
	return err
}

// ran tells from the stack of a panic whether yaegi had begun to run the
// program, and did not fall while it compiled it.
func ran(stack []byte) bool { return bytes.Contains(stack, []byte("interp.runCfg")) }

// endings are what a program ends itself with; yaegi's own tables make panics
// of them.
func (h *scriptHost) endings() interp.Exports {
	exit := func(code int) {
		h.close()
		os.Exit(code)
	}
	return interp.Exports{
		"os/os": {"Exit": reflect.ValueOf(exit)},
		"log/log": {
			"Fatal":   reflect.ValueOf(func(v ...any) { log.Print(v...); exit(1) }),
			"Fatalf":  reflect.ValueOf(func(f string, v ...any) { log.Printf(f, v...); exit(1) }),
			"Fatalln": reflect.ValueOf(func(v ...any) { log.Println(v...); exit(1) }),
		},
	}
}
