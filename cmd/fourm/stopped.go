package main

// Signals that stop what runs long: it keeps what it has and ends with a status
// that says which one it was.

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"fourmlab/internal/stop"
)

// stopped is the end by a signal: Ctrl-C, what a batch system or docker stop
// sends, a terminal that was closed.
type stopped struct{ signal syscall.Signal }

func (s stopped) Error() string {
	switch s.signal {
	case syscall.SIGINT:
		return "SIGINT"
	case syscall.SIGTERM:
		return "SIGTERM"
	case syscall.SIGHUP:
		return "SIGHUP"
	}
	return s.signal.String()
}

func (s stopped) status() exitStatus { return exitStatus(stop.Status(s.signal)) }

// untilStopped gives a context that such a signal ends, with stopped as its
// cause, until release is called.
func untilStopped(parent context.Context) (ctx context.Context, release func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, stop.Signals()...)
	go func() {
		select {
		case sig := <-signals:
			if s, ok := sig.(syscall.Signal); ok {
				cancel(stopped{s})
			}
			cancel(nil)
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel(nil)
	}
}
