package asm

// What an emulated kernel may touch.

import (
	"fmt"
	"math"
)

// Memory is blocks of 4-byte words at addresses of their own, far from each
// other. The words stay those of whoever added them.
type Memory struct{ blocks []block }

type block struct {
	name     string
	words    []float32
	writable bool
}

// Add gives words an address. The low 32 bits of an address are an offset in a
// block that begins at 1<<20, so that nothing lies at address 0.
func (m *Memory) Add(name string, words []float32, writable bool) uint64 {
	m.blocks = append(m.blocks, block{name, words, writable})
	return uint64(len(m.blocks))<<32 + origin
}

const origin = 1 << 20

// word is where a word lies, or panics with a fault.
func (m *Memory) word(address uint64, write bool) *float32 {
	i, at := int(address>>32)-1, int64(address&(1<<32-1))-origin
	if i < 0 || i >= len(m.blocks) {
		panic(faultf("address %#x is in no block", address))
	}
	b := &m.blocks[i]
	if at < 0 || at%4 != 0 || at/4 >= int64(len(b.words)) {
		panic(faultf("word %g of %s, which has %d words", float64(at)/4, b.name, len(b.words)))
	}
	if write && !b.writable {
		panic(faultf("%s is written to", b.name))
	}
	return &b.words[at/4]
}

func (m *Memory) load(address uint64) uint32 { return math.Float32bits(*m.word(address, false)) }
func (m *Memory) store(address uint64, w uint32) {
	*m.word(address, true) = math.Float32frombits(w)
}

// fault is what an emulated kernel did wrong.
type fault struct{ text string }

func faultf(format string, args ...any) fault { return fault{fmt.Sprintf(format, args...)} }
