package cpu

// One query of attention by itself, as generation with a cache of keys and
// values asks it: each of them is read once, and reading is what takes time.

// row computes query i of the head.
func (t *attendTile) row(i int) {
	width := t.H * t.D
	out := t.out[i*width : i*width+t.D]
	clear(out)
	see := t.sees(i)
	q := t.q[i*t.QStride : i*t.QStride+t.D]
	top, sum := float32(lowest), float32(0)
	for _, r := range [2]keyRun{{see.from, see.hole.from}, {see.hole.to, see.to}} {
		for at := r.from; at < r.to; {
			s := t.s[:min(len(t.s), r.to-at)]
			k, v := t.k[at*t.KStride:], t.v[at*t.VStride:]
			_, _ = k[(len(s)-1)*t.KStride+t.D-1], v[(len(s)-1)*t.VStride+t.D-1]
			if see.all {
				clear(s)
			} else {
				vec.points(s, q, &k[0], uintptr(t.KStride))
			}
			if most := maxSlice(s); most > top {
				fade := exp32((top - most) * t.unit)
				top, sum = most, sum*fade
				timesSlice(out, out, fade)
			}
			sum += expRow(s, s, top, t.unit)
			vec.mix(out, s, &v[0], uintptr(t.VStride))
			at += len(s)
		}
	}
	if sum > 0 {
		timesSlice(out, out, 1/sum)
	}
}
