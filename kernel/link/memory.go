package link

// How much memory the worker may take: kernel and worker both read it, so that
// a mistake is told before a process is started in vain.

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"fourmlab/internal/human"
)

// memoryVariable names the environment's limit.
const memoryVariable = "FOURM_MEMORY"

// MemoryLimit reads the variable FOURM_MEMORY: bytes that the worker may take,
// 0 where none are named.
func MemoryLimit() (int64, error) {
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

// least is what the worker needs to do anything at all.
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
