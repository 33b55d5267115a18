package worker

// How much memory cells may take: what FOURM_MEMORY says, and never more than
// the machine or the container has. A cell that takes too much is stopped; if
// that does not help, the process ends with a word about it, before the
// machine ends it without one.

import (
	"fmt"
	"os"
	"time"

	"fourmlab/internal/human"
	"fourmlab/internal/memory"
	"fourmlab/kernel/engine"
	"fourmlab/kernel/link"
)

// limitMemory watches the process and gives what tells an engine its limit.
func limitMemory() (tell func(engine.Engine), err error) {
	limit, err := link.MemoryLimit()
	if err != nil {
		return nil, err
	}
	if total, _ := memory.Machine(); limit == 0 || total > 0 && total < limit {
		limit = total
	}
	if limit == 0 {
		return func(engine.Engine) {}, nil
	}
	memory.Limit(limit)
	go func() {
		for range time.Tick(100 * time.Millisecond) {
			if used := memory.Used(); used > limit+limit/4 {
				fmt.Fprintf(os.Stderr, "fatal error: out of memory: the process has %s of the %s it may take, and stopping the cell did not help\n", human.Memory(used), human.Memory(limit))
				os.Exit(2)
			}
		}
	}()
	return func(e engine.Engine) {
		if l, is := e.(engine.Limiter); is {
			l.Limit(limit, func() int64 { _, free := memory.Machine(); return free })
		}
	}, nil
}
