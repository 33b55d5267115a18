package show

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"fourmlab/internal/stop"
)

// booth is a host that remembers.
type booth struct {
	shown, updated []map[string]any
	stop           atomic.Bool
}

func (b *booth) Show(m map[string]any) string { b.shown = append(b.shown, m); return "h" }
func (b *booth) Interrupted() bool            { return b.stop.Load() }
func (b *booth) Update(h string, m map[string]any) {
	if h == "h" {
		b.updated = append(b.updated, m)
	}
}

// One display is made, then updated.
func TestLive(t *testing.T) {
	b := &booth{}
	SetHost(b)
	defer SetHost(nil)
	l := NewLive()
	if !l.Due() {
		t.Error("the first picture is not due")
	}
	for i := range 3 {
		l.Put(map[string]any{"text/plain": i})
	}
	if l.Due() {
		t.Error("another picture is due at once")
	}
	if len(b.shown) != 1 || len(b.updated) != 2 || b.updated[1]["text/plain"] != 2 {
		t.Errorf("shown %v, updated %v", b.shown, b.updated)
	}
	SetHost(nil)
	if CurrentHost() == Host(b) {
		t.Error("the host is still there")
	}
}

// Work that asks after each of its steps whether an update is due gets at most
// two a second, however fast the steps, and all in one output.
func TestLiveRate(t *testing.T) {
	for _, c := range []struct {
		step  time.Duration // what one takes
		steps int
		puts  int
	}{
		{time.Millisecond, 3000, 6},
		{10 * time.Millisecond, 300, 6},
		{499 * time.Millisecond, 8, 4},
		{500 * time.Millisecond, 8, 8},
		{3 * time.Second, 5, 5},
	} {
		b := &booth{}
		SetHost(b)
		l := NewLive()
		SetHost(nil)
		clock := time.Unix(1000, 0)
		l.now = func() time.Time { return clock }
		var at []time.Time
		for i := range c.steps {
			if l.Due() {
				at = append(at, clock)
				l.Put(map[string]any{"step": i})
			}
			clock = clock.Add(c.step)
		}
		if len(b.shown) != 1 || len(b.updated) != c.puts-1 {
			t.Errorf("%d steps of %v: %d outputs, %d updates, expected 1 and %d", c.steps, c.step, len(b.shown), len(b.updated), c.puts-1)
		}
		for i := 2; i < len(at); i++ {
			if d := at[i].Sub(at[i-2]); d < time.Second {
				t.Errorf("steps of %v: three updates within %v", c.step, d)
			}
		}
	}
}

// What runs long stops when the host's person or a signal says so, and not
// otherwise.
func TestInterruptible(t *testing.T) {
	b := &booth{}
	SetHost(b)
	defer SetHost(nil)
	wait := func(ctx context.Context) bool {
		select {
		case <-ctx.Done():
			return true
		case <-time.After(10 * time.Second):
			return false
		}
	}
	if Interruptible(func(context.Context) {}) {
		t.Error("interrupted by nobody")
	}
	ended := false
	if !Interruptible(func(ctx context.Context) { b.stop.Store(true); ended = wait(ctx) }) || !ended {
		t.Error("the host's interrupt did not end the context")
	}
	b.stop.Store(false)
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if !Interruptible(func(ctx context.Context) { self.Signal(os.Interrupt); ended = wait(ctx) }) || !ended {
		t.Error("a signal did not end the context")
	}
	if stop.Ended() != nil {
		t.Errorf("Ctrl-C stops a call, not the process: stop.Ended gives %v", stop.Ended())
	}
	defer stop.Forget()
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		if signal.Ignored(s) {
			continue // as under nohup, where a hangup asks for nothing
		}
		stop.Forget()
		if !Interruptible(func(ctx context.Context) { self.Signal(s); wait(ctx) }) || stop.Ended() != s {
			t.Errorf("%v: stop.Ended gives %v", s, stop.Ended())
		}
		if !Interruptible(func(ctx context.Context) {
			if ctx.Err() == nil {
				t.Errorf("after %v the next call begins as if nothing had been", s)
			}
		}) {
			t.Errorf("after %v the next call is not said to be stopped", s)
		}
	}
}

// A value is shown by its text, and by its picture where somebody draws it.
func TestBundle(t *testing.T) {
	was := drawer
	defer Register(was)
	Register(nil)
	if b := Bundle(42); b["text/plain"] != "42" || len(b) != 1 {
		t.Errorf("without a drawer: %v", b)
	}
	Register(func(v any) []byte {
		if v == 42 {
			return []byte("png")
		}
		return nil
	})
	if b := Bundle(42); string(b["image/png"].([]byte)) != "png" {
		t.Errorf("with a drawer: %v", b)
	}
	if b := Bundle(43); len(b) != 1 {
		t.Errorf("a value that nobody draws: %v", b)
	}
}
