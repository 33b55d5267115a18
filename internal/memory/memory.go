// Package memory tells how much memory there is for what somebody asks for, and
// refuses what cannot fit before any of it is taken.
//
//	memory.Need("fourm.New", bytes, "dim %d: the model", dim)
//	// fourm.New: dim 1048576: the model needs 70.4 TB of memory, 4.1 GB are free
//
// Bytes are counted in float64: a product of sizes that somebody typed has no
// other type in which it cannot wrap around to a small or negative number. What
// is asked for is a lower bound of what is needed, so that nothing is refused
// that would fit.
package memory

import (
	"fmt"
	"math"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync/atomic"

	"fourmlab/internal/fault"
	"fourmlab/internal/human"
)

// Pixels is how many pixels a picture may have, whatever decodes it.
const Pixels = 1 << 26

// little is never asked about.
const little = 4 << 20

// large is from how many bytes on a picture is worth the question whether it
// fits.
const large = 32 << 20

// limit is what the process may take, in bytes; 0: all that there is.
var limit atomic.Int64

// Limit sets how many bytes the process may take; 0 stands for all that the
// machine has.
func Limit(bytes int64) { limit.Store(bytes) }

// Used is what the process has taken from the system and not given back.
func Used() int64 {
	m := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(m)
	return int64(m[0].Value.Uint64() - m[1].Value.Uint64())
}

// Machine is what the machine or the container has, and how much of it is free
// or easily freed; zeros where the system does not tell.
func Machine() (total, free int64) {
	total, _ = field("/proc/meminfo", "MemTotal:")
	free, _ = field("/proc/meminfo", "MemAvailable:")
	total, free = total<<10, free<<10
	for _, g := range []struct{ limit, used, stat, cached string }{
		{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/memory.stat", "file "},
		{"/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes", "/sys/fs/cgroup/memory/memory.stat", "total_cache "},
	} {
		most, limited := field(g.limit, "")
		if !limited || most <= 0 || most >= total {
			continue
		}
		total = most
		if used, known := field(g.used, ""); known {
			cached, _ := field(g.stat, g.cached)
			free = max(0, min(free, most-used+cached))
		}
	}
	return total, free
}

// field gives the number behind a name in a file of lines; "max" is none.
func field(file, name string) (int64, bool) {
	b, err := os.ReadFile(file)
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			v, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return v, err == nil
		}
	}
	return 0, false
}

// free is how many bytes the process can still take: what the machine has, what
// it can put on the disk for it, and no more than its limit leaves. It is
// infinite where nobody knows.
func free() float64 {
	room := math.Inf(1)
	if total, left := Machine(); total > 0 {
		room = float64(left)
		if all, ok := field("/proc/meminfo", "MemTotal:"); ok && all<<10 == total { // no container
			swap, _ := field("/proc/meminfo", "SwapFree:")
			room += float64(swap << 10)
		}
	}
	if most := limit.Load(); most > 0 {
		room = min(room, float64(max(0, most-Used())))
	}
	return room
}

// Fits tells whether so many bytes can still be taken, and how many can.
func Fits(bytes float64) (room float64, ok bool) {
	if bytes <= little {
		return math.Inf(1), true
	}
	if room = free(); bytes > room {
		debug.FreeOSMemory() // what Go holds and nobody reads is free, too
		room = free()
	}
	return room, bytes <= room
}

// Need panics with a *fault.Error on behalf of the call op where bytes cannot
// be taken; format and args say what needs them.
func Need(op string, bytes float64, format string, args ...any) {
	if room, ok := Fits(bytes); !ok {
		fault.Panic(op, "%s needs %s of memory, %s are free", fmt.Sprintf(format, args...), human.Bytes(bytes), human.Bytes(room))
	}
}

// Picture refuses a picture by the size that its header declares, before it is
// decoded; each is how many bytes its pixels take while it is.
func Picture(w, h int, each float64) error {
	if w < 1 || h < 1 || w > Pixels/h {
		return fmt.Errorf("picture of %dx%d pixels, expected 1 to %d million", w, h, Pixels/1000000)
	}
	need := float64(w) * float64(h) * each
	if need < large {
		return nil
	}
	if room, ok := Fits(need); !ok {
		return fmt.Errorf("picture of %dx%d pixels needs %s of memory, %s are free", w, h, human.Bytes(need), human.Bytes(room))
	}
	return nil
}
