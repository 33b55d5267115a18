package exec

// Memory of a plan: pieces that serve one result after another, taken from the
// system only when it is known how much they are together.

import (
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
)

// piece is memory for so many numbers.
type piece struct {
	size int
	data []float32
}

// place tells where a result lies.
type place struct {
	slot       int
	in         *piece
	from, size int
}

// pool is the pieces of a plan.
type pool struct{ free, all []*piece }

// take gives a piece for a size: the smallest free one that is not much
// larger, else a new one.
func (f *pool) take(size int) *piece {
	best := -1
	for i, b := range f.free {
		if b.size >= size && b.size <= size+size/2 && (best < 0 || b.size < f.free[best].size) {
			best = i
		}
	}
	if best >= 0 {
		b := f.free[best]
		f.free = slices.Delete(f.free, best, best+1)
		return b
	}
	b := &piece{size: size}
	f.all = append(f.all, b)
	return b
}

func (f *pool) give(b *piece) { f.free = append(f.free, b) }

// place takes the memory and puts the results where they lie.
func (m *Machine) place(all []*piece, lies []place) error {
	m.bytes = 0
	for _, b := range all {
		m.bytes += 4 * int64(b.size)
	}
	free, ok := available()
	if ok && m.bytes > free { // what Go holds and nobody reads is free, too
		debug.FreeOSMemory()
		free, ok = available()
	}
	if ok && m.bytes > free {
		return fmt.Errorf("exec: a graph of %d steps needs %.1f GB, %.1f GB are free", len(m.steps), float64(m.bytes)/1e9, float64(free)/1e9)
	}
	for _, b := range all {
		b.data = make([]float32, b.size)
	}
	for _, l := range lies {
		m.args[l.slot].F = l.in.data[l.from : l.from+l.size]
	}
	return nil
}

// available gives how many bytes the system can still give, where it tells:
// what is free or easily freed, within the limit of the control group.
func available() (bytes int64, ok bool) {
	bytes, ok = field("/proc/meminfo", "MemAvailable:")
	bytes *= 1024
	const group = "/sys/fs/cgroup/memory."
	limit, limited := field(group+"max", "")
	used, known := field(group+"current", "")
	if ok && limited && known {
		cached, _ := field(group+"stat", "file ")
		bytes = min(bytes, limit-used+cached)
	}
	return bytes, ok
}

// field gives the number behind a name in a file of lines.
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
