package script

// A program in which every goroutine waits for another one ends in Go with a
// message. Go finds that by counting threads, which a program that links C
// never gets to nothing; so it is found here. It is said only when nothing can
// wake the program: every goroutine waits in a channel or a lock, at a step of
// the program's own, and no timer that the program made is still to come.

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/goplus/ixgo"
)

// alarm is the last time at which a timer of the program may wake it.
type alarm struct{ unix atomic.Int64 }

// in sets it to a time from now, for ever where the timer goes on.
func (a *alarm) in(d time.Duration) {
	at := time.Now().Add(max(d, 0)).UnixNano()
	for old := a.unix.Load(); old < at && !a.unix.CompareAndSwap(old, at); old = a.unix.Load() {
	}
}

func (a *alarm) always() { a.in(1 << 62) }

// bindTimers notes the timers that a program makes; what they call runs within
// guard.
func (a *alarm) bindTimers(ctx *ixgo.Context, guard func(func()) func()) {
	ctx.RegisterExternal("time.After", func(d time.Duration) <-chan time.Time { a.in(d); return time.After(d) })
	ctx.RegisterExternal("time.AfterFunc", func(d time.Duration, f func()) *time.Timer { a.in(d); return time.AfterFunc(d, guard(f)) })
	ctx.RegisterExternal("time.NewTimer", func(d time.Duration) *time.Timer { a.in(d); return time.NewTimer(d) })
	ctx.RegisterExternal("(*time.Timer).Reset", func(t *time.Timer, d time.Duration) bool { a.in(d); return t.Reset(d) })
	ctx.RegisterExternal("time.Tick", func(d time.Duration) <-chan time.Time { a.always(); return time.Tick(d) })
	ctx.RegisterExternal("time.NewTicker", func(d time.Duration) *time.Ticker { a.always(); return time.NewTicker(d) })
	ctx.RegisterExternal("(*time.Ticker).Reset", func(t *time.Ticker, d time.Duration) { a.always(); t.Reset(d) })
	// A finalizer may wake a program whenever memory is looked through.
	ctx.RegisterExternal("runtime.SetFinalizer", func(obj, f any) { a.always(); runtime.SetFinalizer(obj, f) })
	ctx.RegisterExternal("context.WithTimeout", func(c context.Context, d time.Duration) (context.Context, context.CancelFunc) {
		a.in(d)
		return context.WithTimeout(c, d)
	})
	ctx.RegisterExternal("context.WithTimeoutCause", func(c context.Context, d time.Duration, cause error) (context.Context, context.CancelFunc) {
		a.in(d)
		return context.WithTimeoutCause(c, d, cause)
	})
	ctx.RegisterExternal("context.WithDeadline", func(c context.Context, d time.Time) (context.Context, context.CancelFunc) {
		a.in(time.Until(d))
		return context.WithDeadline(c, d)
	})
	ctx.RegisterExternal("context.WithDeadlineCause", func(c context.Context, d time.Time, cause error) (context.Context, context.CancelFunc) {
		a.in(time.Until(d))
		return context.WithDeadlineCause(c, d, cause)
	})
}

const (
	// glance is how often a program is looked at that seems to sleep, and rest
	// how often at most one that works.
	glance = 100 * time.Millisecond
	rest   = time.Second
	// crowd is how many goroutines are too many to look at.
	crowd = 10000
	// margin is how long after its time a timer may still be on its way.
	margin = time.Second
)

// EndWhenAsleep looks after the program until stop is called: when nothing can
// wake it any more, ending is called, and the process ends as Go ends it.
func (p *Program) EndWhenAsleep(ending func()) (stop func()) {
	done := make(chan struct{})
	go func() {
		var before string
		for wait := glance; ; {
			select {
			case <-done:
				return
			case <-time.After(wait):
			}
			wait = min(2*wait, rest)
			if time.Now().Add(-margin).UnixNano() < p.alarm.unix.Load() {
				before = ""
				continue
			}
			what, dump := asleep()
			if what != "" && dump == before {
				ending()
				fmt.Fprintln(os.Stderr, "fatal error: "+what)
				os.Exit(2)
			}
			before = ""
			if what != "" {
				before, wait = dump, glance
			}
		}
	}()
	return func() { close(done) }
}

// passive are the states of a goroutine that another one has to end.
var passive = []string{
	"chan receive", "chan receive (nil chan)", "chan send", "chan send (nil chan)", "select", "select (no cases)", "semacquire", "coroutine",
	"sync.Mutex.Lock", "sync.RWMutex.Lock", "sync.RWMutex.RLock", "sync.WaitGroup.Wait", "sync.Cond.Wait",
}

var goroutineHead = regexp.MustCompile(`^goroutine (\d+)[^\[]*\[([^\],]*)[^\]]*\]:$`)

// asleep gives what Go says of a program that cannot go on, or "", and where
// its goroutines are.
func asleep() (what, dump string) {
	if runtime.NumGoroutine() > crowd {
		return "", ""
	}
	buf := make([]byte, 1<<16)
	n := runtime.Stack(buf, true)
	for ; n == len(buf); n = runtime.Stack(buf, true) {
		buf = make([]byte, 4*len(buf))
	}
	buf = buf[:n]
	alive := false
	for i, text := range bytes.Split(buf, []byte("\n\n")) {
		if i == 0 {
			continue // this one
		}
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		m := goroutineHead.FindStringSubmatch(lines[0])
		if m == nil || !slices.Contains(passive, m[2]) || !own(lines[1:]) {
			return "", ""
		}
		alive = true
		dump += m[1] + " " + m[2] + "\n"
	}
	if !alive {
		return "no goroutines (main called runtime.Goexit) - deadlock!", "none"
	}
	return "all goroutines are asleep - deadlock!", dump
}

// own tells whether a goroutine waits at a step of the program: what runs
// programs is the first on its stack that is no part of Go.
func own(lines []string) bool {
	for _, l := range lines {
		if strings.HasPrefix(l, "\t") || strings.HasPrefix(l, "runtime.") || strings.HasPrefix(l, "reflect.") || strings.HasPrefix(l, "sync.") || strings.HasPrefix(l, "internal/sync.") || strings.HasPrefix(l, "iter.") {
			continue
		}
		return strings.HasPrefix(l, "fourmlab/kernel/session.") || strings.HasPrefix(l, "fourmlab/kernel/session/") || strings.HasPrefix(l, "github.com/goplus/ixgo.") || strings.HasPrefix(l, "github.com/traefik/yaegi/interp.")
	}
	return false
}
