package session

// A program is run on a goroutine of its own, so that an interrupt can leave
// behind what cannot be stopped.

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/goplus/ixgo"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/session/cell"
	patched "fourmlab/kernel/session/ixgo"
)

const (
	// grace is how long an interrupted cell has before it is left behind.
	grace = 140 * time.Millisecond
	// patience is how long when a call of compiled code asks, again and
	// again, whether to stop: it will end by itself and keep its results.
	patience = 60 * time.Second
	// undoing is how long a cell may take to end that no person stopped.
	undoing = 10 * time.Second
	// fresh is how old such a question may be.
	fresh = 2 * time.Second
	// pulse is how often a running cell's appetite is looked at.
	pulse = 20 * time.Millisecond
)

// bindRuntime gives programs the function that their rewritten text calls, and
// takes from the standard library those that would end the kernel or wait
// where no interrupt is heard.
func (s *Session) bindRuntime() {
	s.ctx.RegisterExternal("main.show"+cell.Hidden, func(xs ...any) {
		if r := s.machine.Current(); r != nil && r == s.running.Load() {
			s.shown = xs
		}
	})
	s.ctx.RegisterExternal("main.embedded"+cell.Hidden, s.embedded)
	s.ctx.RegisterExternal("time.Sleep", s.machine.Sleep)
	s.bindPrints()
	s.bindExits()
	s.bindSpawns()
	s.bindCommands()
}

// bindPrints gives what a goroutine of an earlier cell prints to who can show
// it under that cell.
func (s *Session) bindPrints() {
	late := func(text func() string, print func() (int, error)) (int, error) {
		if cell := s.Cell(); cell > 0 && s.Late != nil {
			return s.Late(cell, text())
		}
		return print()
	}
	s.ctx.RegisterExternal("fmt.Print", func(a ...any) (int, error) {
		return late(func() string { return fmt.Sprint(a...) }, func() (int, error) { return fmt.Print(a...) })
	})
	s.ctx.RegisterExternal("fmt.Println", func(a ...any) (int, error) {
		return late(func() string { return fmt.Sprintln(a...) }, func() (int, error) { return fmt.Println(a...) })
	})
	s.ctx.RegisterExternal("fmt.Printf", func(f string, a ...any) (int, error) {
		return late(func() string { return fmt.Sprintf(f, a...) }, func() (int, error) { return fmt.Printf(f, a...) })
	})
}

// Cell is the number of the cell for which this goroutine works, or 0 where
// that is the cell that runs, or unknown.
func (s *Session) Cell() int {
	if r := s.machine.Current(); r != nil && r != s.running.Load() {
		return r.Cell
	}
	return 0
}

// bindExits makes what ends a program end the cell.
func (s *Session) bindExits() {
	for _, name := range []string{"log.Fatal", "log.Fatalln", "log.Fatalf"} {
		s.ctx.RegisterExternal(name, s.fatal(name))
	}
	s.ctx.RegisterExternal("(*log.Logger).Fatal", func(l *log.Logger, v ...any) { l.Print(v...); panic(patched.Exited(1)) })
	s.ctx.RegisterExternal("(*log.Logger).Fatalln", func(l *log.Logger, v ...any) { l.Println(v...); panic(patched.Exited(1)) })
	s.ctx.RegisterExternal("(*log.Logger).Fatalf", func(l *log.Logger, f string, v ...any) { l.Printf(f, v...); panic(patched.Exited(1)) })
	s.ctx.RegisterExternal("flag.Parse", func() { parseFlags(flag.CommandLine, os.Args[1:]) })
	s.ctx.RegisterExternal("(*flag.FlagSet).Parse", parseFlags)
	s.ctx.RegisterExternal("os.Exit", func(code int) { panic(patched.Exited(code)) })
	s.ctx.RegisterExternal("syscall.Exit", func(code int) { panic(patched.Exited(code)) })
	s.ctx.RegisterExternal("runtime.Goexit", func() { panic(patched.Goexited{}) })
}

// fatal gives what stands for one of log's functions that end a program.
func (s *Session) fatal(name string) any {
	switch name {
	case "log.Fatalf":
		return func(f string, v ...any) { log.Printf(f, v...); panic(patched.Exited(1)) }
	case "log.Fatalln":
		return func(v ...any) { log.Println(v...); panic(patched.Exited(1)) }
	}
	return func(v ...any) { log.Print(v...); panic(patched.Exited(1)) }
}

// parseFlags is FlagSet.Parse, which ends the process itself where flags that
// are wrong shall end the program.
func parseFlags(f *flag.FlagSet, args []string) error {
	if f.ErrorHandling() != flag.ExitOnError {
		return f.Parse(args)
	}
	f.Init(f.Name(), flag.ContinueOnError)
	defer f.Init(f.Name(), flag.ExitOnError)
	switch err := f.Parse(args); err {
	case nil:
		return nil
	case flag.ErrHelp:
		panic(patched.Exited(0))
	default:
		panic(patched.Exited(2))
	}
}

// execute runs the cell's function to its end, or to that of the person's
// patience.
func (s *Session) execute(ctx context.Context, in *ixgo.Interp, r *patched.Run) *engine.Failure {
	if r.Stopping() || ctx.Err() != nil {
		return &engine.Failure{Name: "interrupted", Value: "the cell was stopped before it ran"}
	}
	return s.watch(ctx, r, func() patched.Outcome { return patched.Call(in, in.MainPkg().Func("cell"+cell.Hidden)) })
}

// watch runs the body in a goroutine of the cell, and looks after it until it
// ends or has to.
func (s *Session) watch(ctx context.Context, r *patched.Run, body func() patched.Outcome) *engine.Failure {
	s.machine.Limits.Begin()
	done := make(chan patched.Outcome, 1)
	r.Add()
	go func() {
		defer s.machine.End(r)
		out := patched.Outcome{Panicked: patched.Goexited{}} // compiled code may end this goroutine
		defer func() { done <- out }()
		s.machine.Begin(r)
		out = body()
	}()
	beat := time.NewTicker(pulse)
	defer beat.Stop()
	for !r.Stopping() {
		select {
		case out := <-done:
			return s.ended(out, r)
		case <-ctx.Done():
			s.machine.Stop(r, nil)
		case <-r.Stopped():
		case <-beat.C:
			if f := s.machine.Limits.Exceeded(); f != nil {
				s.machine.Stop(r, f)
			}
		}
	}
	for {
		select {
		case out := <-done:
			return s.ended(out, r)
		case <-beat.C:
		}
		waited := time.Since(r.Asked())
		asked := time.Since(time.Unix(0, s.polled.Load())) < fresh
		allowed := grace
		if r.Why() != nil {
			allowed = undoing
		} else if asked {
			allowed = patience
		}
		if waited > allowed {
			r.Abandon()
			s.shown = nil
			if r.Why() != nil {
				return s.reason(r)
			}
			return &engine.Failure{Name: "interrupted", Value: "the cell was stopped while it waited; what it waited for was left behind"}
		}
	}
}

// ended is what the end of a cell means to a person.
func (s *Session) ended(out patched.Outcome, r *patched.Run) *engine.Failure {
	switch {
	case r.Why() != nil:
		return s.reason(r)
	case out.Panicked == nil && r.Stopping() || patched.Interrupted(out.Panicked):
		return stopped()
	case out.Panicked == nil:
		return nil
	}
	return s.failed(out.Panicked, out.Stack, r)
}

// reason is why a cell was stopped, if no person stopped it.
func (s *Session) reason(r *patched.Run) *engine.Failure {
	s.machine.Limits.Relieve()
	f := r.Why()
	if at := r.StoppedAt(); at != "" && len(f.Trace) == 0 {
		f.Trace = append([]string{f.Error()}, s.places(at)...)
	}
	return f
}
