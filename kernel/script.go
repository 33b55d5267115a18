package kernel

// Scripts: a Go program without a compiler.

import (
	"bytes"
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/traefik/yaegi/interp"

	"fourmlab/internal/disk"
	"fourmlab/internal/stop"
	"fourmlab/kernel/engine"
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

// MostSource is how many bytes a program may have.
const MostSource = 64 << 20

// Run runs the program. It is checked first, and does not start when it does
// not compile; the error then has the compiler's lines. A program that calls
// os.Exit ends the process as it does everywhere. SIGINT, SIGTERM and SIGHUP
// end it, unless a call that stops by itself is running.
func (s Script) Run() error {
	if !slices.Contains([]string{"", "yaegi", "ssa"}, s.Engine) {
		return fmt.Errorf("kernel.Script: no engine %q, expected yaegi or ssa", s.Engine)
	}
	src, err := disk.Given(s.Path, MostSource)
	if err != nil {
		return fmt.Errorf("kernel.Script: %w", err)
	}
	p, err := scripts.Check(s.Path, src)
	if err != nil {
		return err
	}
	with := s.Engine
	if with == "" {
		with = "yaegi"
		if pos, what := p.BeyondYaegi(); what != "" {
			s.say("%s: %s: on the session's engine", p.Position(pos), what)
			with = "ssa"
		}
	}
	h := newScriptHost()
	defer h.close()
	if with == "ssa" {
		return p.Run(s.Args, h.close)
	}
	in := interp.New(interp.Options{Args: append([]string{s.Path}, s.Args...), Unrestricted: true})
	for _, table := range []interp.Exports{engine.Current().Yaegi, h.endings()} {
		if err := in.Use(table); err != nil {
			return fmt.Errorf("kernel.Script: %w", err)
		}
	}
	if s.Engine == "" {
		s.say("%s: in yaegi", s.Path)
	}
	stop := p.EndWhenAsleep(h.close)
	err = evaluate(in, s.Path)
	stop()
	var fell interp.Panic
	switch {
	case err == nil:
		return nil
	case errors.As(err, &fell) && ran(fell.Stack):
		return Panicked{fmt.Sprint(fell.Value)}
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

// scriptHost shows progress as a line on standard error and decides what a
// SIGINT, SIGTERM or SIGHUP means: a long call that asks ends by itself, everything else ends
// the process. Before the first such call nothing is caught: a program that
// waits for signals is one whose deadlock Go does not see.
type scriptHost struct {
	polled   chan struct{}
	asked    sync.Once // whether a signal came: from then on they are caught
	signals  chan os.Signal
	lines    lines
	terminal bool
}

func newScriptHost() *scriptHost {
	h := &scriptHost{polled: make(chan struct{}, 1), signals: make(chan os.Signal, 1), lines: lines{w: os.Stderr, every: 2 * time.Second}}
	if fi, err := os.Stderr.Stat(); err == nil {
		h.terminal = fi.Mode()&os.ModeCharDevice != 0
	}
	if set := engine.Current().SetHost; set != nil {
		set(h)
	}
	return h
}

// watch waits for signals. It is left to a long call that asked lately whether
// one came: within two seconds, or three times as long as it took to ask again
// before, for a step of a large model takes a while.
func (h *scriptHost) watch() {
	var last time.Time
	lately := 2 * time.Second
	for {
		select {
		case <-h.polled:
			if now := time.Now(); !last.IsZero() {
				lately = max(2*time.Second, min(3*now.Sub(last), time.Minute))
			}
			last = time.Now()
		case sig, ok := <-h.signals:
			if !ok {
				return
			}
			if time.Since(last) > lately {
				os.Exit(stop.Status(sig))
			}
			last = time.Time{} // a second one ends the process
		}
	}
}

func (h *scriptHost) close() {
	signal.Stop(h.signals)
	h.lines.end()
}

// Prints tells package display that results belong on standard output.
func (h *scriptHost) Prints() {}

// Show prints the bundle's text.
func (h *scriptHost) Show(b map[string]any) string {
	h.lines.now(fmt.Sprint(b["text/plain"]))
	return "line"
}

// Update prints it again: in place on a terminal, else every two seconds.
func (h *scriptHost) Update(_ string, b map[string]any) {
	s := fmt.Sprint(b["text/plain"])
	if h.terminal && !strings.Contains(s, "\n") {
		fmt.Fprintf(os.Stderr, "\r\x1b[1A\x1b[2K%s\n", s)
		return
	}
	h.lines.soon(s)
}

// Interrupted tells that the call should go on: it catches SIGINT itself.
func (h *scriptHost) Interrupted() bool {
	h.asked.Do(func() {
		signal.Notify(h.signals, stop.Signals()...)
		go h.watch()
	})
	select {
	case h.polled <- struct{}{}:
	default:
	}
	return false
}
