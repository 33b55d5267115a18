package cpu

// What a vector of each sample does to all its places: the shifts and gains by
// which a diffusion step or a condition acts on a network (FiLM, Perez et al.,
// arXiv 1709.07871).

// Modulation is the shape of Modulate: x is (B, N, C), m (B, Width). The gain
// of a channel is Plus and what m has for it from column Scale on, its shift
// what m has from column Shift on; a negative column stands for a gain of 1,
// or no shift.
type Modulation struct {
	B, N, C, Width int
	Scale, Shift   int
	Plus           float32
}

// Modulate computes y = x gain + shift, the same for all places of a sample.
func Modulate(y, x, m []float32, s Modulation) {
	c := s.C
	For(s.B*s.N, 1+grain/c, func(lo, hi int) {
		buf := borrow(c)
		gain := *buf
		for i, last := lo, -1; i < hi; i++ {
			b := i / s.N
			if s.Scale >= 0 && b != last {
				for k, v := range m[b*s.Width+s.Scale:][:c] {
					gain[k] = s.Plus + v
				}
				last = b
			}
			x, y := x[i*c:i*c+c], y[i*c:i*c+c]
			if s.Scale >= 0 {
				vec.mul(y, x, gain, false)
				x = y
			}
			if s.Shift >= 0 {
				vec.add(y, x, m[b*s.Width+s.Shift:][:c], false)
			} else if s.Scale < 0 {
				copy(y, x)
			}
		}
		giveBack(buf)
	})
}

// ModulateBack computes dm (B, Width) from dy, zeros in the columns that
// Modulate does not read. The other derivative is dy times the gain.
func ModulateBack(dm, dy, x []float32, s Modulation) {
	clear(dm)
	const channels = 64 // of a task
	parts := (s.C + channels - 1) / channels
	For(s.B*parts, 1, func(lo, hi int) {
		var gain, shift [channels]float64
		for i := lo; i < hi; i++ {
			b, from := i/parts, i%parts*channels
			to := min(from+channels, s.C)
			clear(gain[:])
			clear(shift[:])
			for n := range s.N {
				at := (b*s.N + n) * s.C
				for c, v := range dy[at+from : at+to] {
					gain[c] += float64(v) * float64(x[at+from+c])
					shift[c] += float64(v)
				}
			}
			for c := range to - from {
				if s.Scale >= 0 {
					dm[b*s.Width+s.Scale+from+c] = float32(gain[c])
				}
				if s.Shift >= 0 {
					dm[b*s.Width+s.Shift+from+c] = float32(shift[c])
				}
			}
		}
	})
}
