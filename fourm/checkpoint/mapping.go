package checkpoint

// The whole file in memory, mapped once it is wanted.

import (
	"math"
	"os"
	"sync"
)

type mapping struct {
	once sync.Once
	b    []byte // nil where it could not be mapped
}

// of gives the bytes of the file, or nil where this system does not map it.
func (m *mapping) of(f *os.File, size int64) []byte {
	m.once.Do(func() {
		if f != nil && size > 0 && size <= math.MaxInt {
			m.b = mapFile(f, int(size))
		}
	})
	return m.b
}

// drop gives the memory back; the file is not mapped again.
func (m *mapping) drop() {
	m.once.Do(func() {})
	if m.b != nil {
		unmapFile(m.b)
		m.b = nil
	}
}
