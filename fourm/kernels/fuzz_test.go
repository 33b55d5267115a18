package kernels_test

import (
	"fmt"
	"testing"

	"fourmlab/fourm/kernels/cpu"
)

// Sizes, offsets and spans of any kind: what the fast kernels compute is what
// the plain loops say, and nothing is written beside it.

func FuzzElementwise(f *testing.F) {
	f.Add(uint64(1), uint16(70), uint8(3))
	f.Add(uint64(2), uint16(8200), uint8(0))
	f.Fuzz(func(t *testing.T, seed uint64, size uint16, offset uint8) {
		n := int(size) % 20000
		for i, k := range elementwises {
			d := roll(seed + uint64(i))
			a, b, c := d.floats(n), d.floats(n), d.floats(n)
			y, intact := window(d, n, int(offset)%40)
			want := make([]float32, n)
			k.fast(y, a, b, c)
			k.plain(want, a, b, c)
			nearOne(t, fmt.Sprintf("%s of %d", k.name, n), y, want, k.tol)
			if !intact() {
				t.Errorf("%s of %d at %d writes beside its result", k.name, n, offset)
			}
		}
	})
}

func FuzzAttention(f *testing.F) {
	for kind := range spanKinds {
		f.Add(uint64(kind), uint8(40), uint16(70), uint8(12), uint8(2), uint8(kind))
	}
	f.Add(uint64(9), uint8(35), uint16(500), uint8(3), uint8(1), uint8(4))
	f.Fuzz(func(t *testing.T, seed uint64, tq uint8, tk uint16, dim, heads, kind uint8) {
		s := cpu.Heads{B: 1 + int(seed%2), Tq: 1 + int(tq)%80, Tk: 1 + int(tk)%600, H: 1 + int(heads)%4, D: 1 + int(dim)%80}
		name := spanKinds[int(kind)%len(spanKinds)]
		d := roll(seed)
		d.attention(s, name).check(t, d, fmt.Sprintf("attention %s %+v", name, s))
	})
}
