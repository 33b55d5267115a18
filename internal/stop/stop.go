// Package stop knows what asks a process to come to its end: Ctrl-C, and who
// ends processes (a batch system, docker stop, a terminal that closes).
//
//	signal.Notify(c, stop.Signals()...)
//	...
//	os.Exit(stop.Status(<-c)) // 130, 143 or 129
package stop

import (
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
)

// Signals are those that stop what runs long: SIGINT, SIGTERM, and SIGHUP
// unless it is ignored, as under nohup.
func Signals() []os.Signal {
	list := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		list = append(list, syscall.SIGHUP)
	}
	return list
}

// Status is the exit status of a process that a signal ended, as a shell gives
// it: 130 for Ctrl-C, 143 for SIGTERM.
func Status(s os.Signal) int {
	n, _ := s.(syscall.Signal)
	return 128 + int(n)
}

var ended atomic.Int32

// End notes that a signal other than Ctrl-C, which stops one call, asked the
// process to end.
func End(s os.Signal) {
	if n, ok := s.(syscall.Signal); ok && s != os.Interrupt {
		ended.Store(int32(n))
	}
}

// Catch keeps the next signal from ending the process, until release is called,
// and tells whether it came: for work that is made of several calls. A second
// signal ends the process, so that nobody has to wait for what hangs.
func Catch() (came func() bool, release func()) {
	var any atomic.Bool
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, Signals()...)
	done := make(chan struct{})
	go func() {
		select {
		case s := <-signals:
			End(s)
			any.Store(true)
			signal.Stop(signals)
		case <-done:
		}
	}()
	return any.Load, func() {
		signal.Stop(signals)
		close(done)
	}
}

// Ended gives the signal that asked the process to end, or nil. What follows
// then is to come to its end soon.
func Ended() os.Signal {
	if n := ended.Load(); n != 0 {
		return syscall.Signal(n)
	}
	return nil
}

// Forget is for tests, which get signals and go on.
func Forget() { ended.Store(0) }
