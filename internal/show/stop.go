package show

// How something that runs long is stopped: by the host's person or by a signal.

import (
	"context"
	"os"
	"os/signal"
	"time"

	"fourmlab/internal/stop"
)

// Interruptible runs f with a context that ends when the host says that the
// person asked for a stop, or when the process gets one of stop.Signals. It
// gives whether that happened. After a signal that asks the process to end, the
// next calls begin stopped.
func Interruptible(f func(ctx context.Context)) bool {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if stop.Ended() != nil {
		cancel()
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, stop.Signals()...)
	defer signal.Stop(signals)
	done := make(chan struct{})
	defer close(done)
	h := CurrentHost()
	go func() {
		t := time.NewTicker(50 * time.Millisecond)
		defer t.Stop()
		for {
			select {
			case <-done:
				return
			case s := <-signals:
				stop.End(s)
				cancel()
			case <-t.C:
				if h.Interrupted() {
					cancel()
				}
			}
		}
	}()
	f(ctx)
	return ctx.Err() != nil
}
