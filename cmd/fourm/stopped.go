package main

// Signals that stop what runs long: it keeps what it has and ends with a status
// that says which one it was.

import (
	"context"
	"os"
	"os/signal"
	"syscall"
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

// status is the one that a shell gives a program which a signal ended.
func (s stopped) status() exitStatus { return exitStatus(128 + int(s.signal)) }

// untilStopped gives a context that such a signal ends, with stopped as its
// cause, until stop is called. A hangup that was to be ignored (nohup) is.
func untilStopped(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	list := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		list = append(list, syscall.SIGHUP)
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, list...)
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
