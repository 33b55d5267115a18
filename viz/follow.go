package viz

// A run that goes on in another process, seen from a notebook.

import (
	"context"
	"time"

	"fourmlab/fourm"
	"fourmlab/internal/show"
)

// Follow shows a run that another process trains, and keeps the one output up
// to date, twice a second at most, until the run has all its steps or the
// person interrupts. What it shows last stays as an ordinary picture.
//
//	viz.Follow(fourm.MustOpenRun("runs/a"))
//
// A run that is in no folder, or is finished, is shown once. What goes wrong
// with its files meanwhile is told in the output, and looked at again.
func Follow(run *fourm.Run) {
	need("viz.Follow", run != nil, "the run is nil")
	l := show.NewLive()
	show.Interruptible(func(ctx context.Context) {
		follow(ctx, run, l.Put, time.After)
	})
}

// follow puts what there is of a run until it is done. after is the clock.
func follow(ctx context.Context, run *fourm.Run, put func(map[string]any), after func(time.Duration) <-chan time.Time) {
	shown, trouble := "", ""
	for {
		b := map[string]any{"text/plain": run.String(), "image/png": []byte(Live(run))}
		if trouble != "" {
			b = map[string]any{"text/plain": trouble}
		}
		if text := b["text/plain"].(string); text != shown {
			shown = text
			put(b)
		}
		if trouble == "" && (run.Dir == "" || run.Steps > 0 && run.Last().Step >= run.Steps) {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-after(500 * time.Millisecond):
		}
		trouble = ""
		if next, err := fourm.OpenRun(run.Dir); err == nil {
			run = next
		} else {
			trouble = err.Error()
		}
	}
}
