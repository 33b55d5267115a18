package kernel

// How much memory cells may take: what FOURM_MEMORY says, and never more than
// the machine or the container has. A cell that takes too much is stopped; if
// that does not help, the process ends with a word about it, before the
// machine ends it without one.

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"fourmlab/internal/human"
	"fourmlab/internal/memory"
	"fourmlab/kernel/session"
)

// memoryVariable names the environment's limit.
const memoryVariable = "FOURM_MEMORY"

// memoryLimit reads the limit, 0 where none is set.
func memoryLimit() (int64, error) {
	text := os.Getenv(memoryVariable)
	if text == "" {
		return 0, nil
	}
	n, err := parseSize(text)
	if err != nil {
		return 0, fmt.Errorf("kernel: %s=%q: %w", memoryVariable, text, err)
	}
	return n, nil
}

// least is what the process of the cells needs to do anything at all.
const least = 64 << 20

// parseSize reads sizes like 8GiB, 512MB, 1.5G or 1000000000.
func parseSize(text string) (int64, error) {
	digits := strings.TrimRight(text, " BKMGTibkmgt")
	unit := strings.ToUpper(strings.TrimSpace(text[len(digits):]))
	factor, ok := map[string]float64{
		"": 1, "B": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40,
		"KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30, "TIB": 1 << 40,
		"KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12,
	}[unit]
	x, err := strconv.ParseFloat(digits, 64)
	if err != nil || !ok || !(x > 0) || x*factor > 1<<60 {
		return 0, fmt.Errorf("expected a size like 8GiB or 512MB")
	}
	if n := int64(x * factor); n >= least {
		return n, nil
	}
	return 0, fmt.Errorf("expected at least %s", human.Memory(least))
}

// boundMemory watches the process and gives what tells a session its limit.
func boundMemory() (tell func(*session.Session), err error) {
	limit, err := memoryLimit()
	if err != nil {
		return nil, err
	}
	if total, _ := memory.Machine(); limit == 0 || total > 0 && total < limit {
		limit = total
	}
	if limit == 0 {
		return func(*session.Session) {}, nil
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
	return func(s *session.Session) {
		s.Limit(limit, func() int64 { _, free := memory.Machine(); return free })
	}, nil
}
