package cpu

// The loops of attention in plain Go: small products, and softmax over tiles of
// scores, in which a row holds one key's scores with 32 queries. Functions over
// tiles take groups, how many eights of a row are of use.

import (
	"math"
	"unsafe"
)

// lanes is how many queries a tile has.
const lanes = 32

// floats gives n floats that begin at p.
func floats(p *float32, n int) []float32 { return unsafe.Slice(p, n) }

// multiplyGo computes C (m, n) = A B, or adds it to C; see multiply.
func multiplyGo(m, n, k int, a *float32, rs, cs uintptr, b *float32, ldb uintptr, c *float32, ldc uintptr, add bool) {
	r, s, lb, lc := int(rs), int(cs), int(ldb), int(ldc)
	as, bs, out := floats(a, (m-1)*r+(k-1)*s+1), floats(b, (k-1)*lb+n), floats(c, (m-1)*lc+n)
	for i := range m {
		row := out[i*lc : i*lc+n]
		if !add {
			clear(row)
		}
		for l := range k {
			f := as[i*r+l*s]
			for j, x := range bs[l*lb : l*lb+n] {
				row[j] += f * x
			}
		}
	}
}

// transposeGo transposes eights of rows and columns of x, whose rows are stride
// apart, into t with rows of 32.
func transposeGo(t, x *float32, stride uintptr, rows, columns int) {
	to, is := floats(t, 8*columns*lanes), floats(x, (8*rows-1)*int(stride)+8*columns)
	for r := range 8 * rows {
		for c := range 8 * columns {
			to[c*lanes+r] = is[r*int(stride)+c]
		}
	}
}

// copyRowsGo writes rows of x, which are stride apart, one behind the other into t.
func copyRowsGo(t []float32, x *float32, stride uintptr, columns int) {
	rows := len(t) / columns
	from := floats(x, (rows-1)*int(stride)+columns)
	for r := range rows {
		copy(t[r*columns:r*columns+columns], from[r*int(stride):])
	}
}

// hideGo writes -Inf where the query of a lane does not see the key of a row.
// The first row is of the key first; bounds (4, 32) holds by lane the two
// half-open ranges of a span.
func hideGo(s []float32, groups int, first float32, bounds []float32) {
	lo, hi, out, in := bounds[:lanes], bounds[lanes:2*lanes], bounds[2*lanes:3*lanes], bounds[3*lanes:]
	for ; len(s) > 0; s, first = s[lanes:], first+1 {
		for i := range 8 * groups {
			if first < lo[i] || first >= hi[i] || first >= out[i] && first < in[i] {
				s[i] = float32(math.Inf(-1))
			}
		}
	}
}

// topsGo raises top to the largest of each lane.
func topsGo(s []float32, groups int, top []float32) {
	for ; len(s) > 0; s = s[lanes:] {
		for i := range 8 * groups {
			top[i] = max(top[i], s[i])
		}
	}
}

// expsGo computes s = exp((s - top) scale) and adds its rows to sum.
func expsGo(s []float32, groups int, top, scale, sum []float32) {
	for ; len(s) > 0; s = s[lanes:] {
		for i := range 8 * groups {
			s[i] = exp32((s[i] - top[i]) * scale[i])
			sum[i] += s[i]
		}
	}
}

// dotsGo adds the rows of e de to dot.
func dotsGo(e, de []float32, groups int, dot []float32) {
	for ; len(e) > 0; e, de = e[lanes:], de[lanes:] {
		for i := range 8 * groups {
			dot[i] += e[i] * de[i]
		}
	}
}

// slopesGo computes e = e inv, the weights, and de = e (de - dot) scale.
func slopesGo(e, de []float32, groups int, inv, dot, scale []float32) {
	for ; len(e) > 0; e, de = e[lanes:], de[lanes:] {
		for i := range 8 * groups {
			e[i] *= inv[i]
			de[i] = e[i] * (de[i] - dot[i]) * scale[i]
		}
	}
}

// pointsGo computes s[j] = q k[j] for rows of k that are stride apart.
func pointsGo(s, q []float32, k *float32, stride uintptr) {
	if len(s) == 0 {
		return
	}
	rows := floats(k, (len(s)-1)*int(stride)+len(q))
	for j := range s {
		dot := float32(0)
		for i, x := range rows[j*int(stride) : j*int(stride)+len(q)] {
			dot += q[i] * x
		}
		s[j] = dot
	}
}

// mixGo adds the sum of p[j] v[j] to o, for rows of v that are stride apart.
func mixGo(o, p []float32, v *float32, stride uintptr) {
	if len(p) == 0 {
		return
	}
	rows := floats(v, (len(p)-1)*int(stride)+len(o))
	for j, f := range p {
		for i, x := range rows[j*int(stride) : j*int(stride)+len(o)] {
			o[i] += f * x
		}
	}
}

// bestGo keeps the largest of each of 16 lanes down the rows of dots in best,
// and the number of its row, counted from first, in id.
func bestGo(dots, best, id []float32, first float32) {
	for ; len(dots) > 0; dots, first = dots[16:], first+1 {
		for i, x := range dots[:16] {
			if x > best[i] {
				best[i], id[i] = x, first
			}
		}
	}
}
