package cpu

// Scaled dot-product attention, one task a head of a sample. The scores of a
// head live in scratch memory and are made again for the backward pass.

import "math"

// Heads gives the shape of an attention: B samples, Tq queries, Tk keys,
// H heads of D numbers. Rows of q, k and v are QStride, KStride and VStride
// floats apart, so that they may lie in one packed tensor.
type Heads struct {
	B, Tq, Tk, H, D           int
	QStride, KStride, VStride int
}

// Attend computes softmax(q kᵀ / sqrt(D)) v into out (B, Tq, H D).
//
// span (B, Tq, 4) holds for every query two half-open ranges of keys: those
// that it may see, and a hole among them. A query whose first range is empty
// sees all keys alike, as 4M's masked fill with the most negative finite
// number has it (inventory 4.2); one whose first range begins below 0 sees
// nothing and gets zeros, as where there is no key.
func Attend(out, q, k, v []float32, s Heads, span []int32) {
	For(s.B*s.H, 1, func(lo, hi int) {
		buf := borrow(s.Tq * s.Tk)
		p := *buf
		for t := lo; t < hi; t++ {
			b, h := t/s.H, t%s.H
			qh, kh, vh := s.slices(q, k, v, b, h)
			s.scores(p, qh, kh, span[4*b*s.Tq:])
			o := out[b*s.Tq*s.H*s.D+h*s.D:]
			GemmSerial(false, false, s.Tq, s.D, s.Tk, p, s.Tk, vh, s.VStride, o, s.H*s.D, false)
		}
		giveBack(buf)
	})
}

// AttendBack computes dq, dk and dv, laid out as q, k and v are, from dout
// (B, Tq, H D).
func AttendBack(dq, dk, dv, dout, q, k, v []float32, s Heads, span []int32) {
	scale := float32(1 / math.Sqrt(float64(s.D)))
	For(s.B*s.H, 1, func(lo, hi int) {
		buf := borrow(2 * s.Tq * s.Tk)
		p, dp := (*buf)[:s.Tq*s.Tk], (*buf)[s.Tq*s.Tk:]
		for t := lo; t < hi; t++ {
			b, h := t/s.H, t%s.H
			qh, kh, vh := s.slices(q, k, v, b, h)
			dqh, dkh, dvh := s.slices(dq, dk, dv, b, h)
			sp := span[4*b*s.Tq:]
			s.scores(p, qh, kh, sp)
			do := dout[b*s.Tq*s.H*s.D+h*s.D:]
			// dv = pᵀ do, dp = do vᵀ, ds = p (dp - sum(dp p)), dq = ds k, dk = dsᵀ q
			GemmSerial(true, false, s.Tk, s.D, s.Tq, p, s.Tk, do, s.H*s.D, dvh, s.VStride, false)
			GemmSerial(false, true, s.Tq, s.Tk, s.D, do, s.H*s.D, vh, s.VStride, dp, s.Tk, false)
			for i := range s.Tq {
				p, dp := p[i*s.Tk:(i+1)*s.Tk], dp[i*s.Tk:(i+1)*s.Tk]
				if sp[4*i] < 0 || sp[4*i] >= sp[4*i+1] { // all scores are the same constant
					clear(dp)
					continue
				}
				var dot float32
				for j := range p {
					dot += p[j] * dp[j]
				}
				for j := range p {
					dp[j] = p[j] * (dp[j] - dot) * scale
				}
			}
			GemmSerial(false, false, s.Tq, s.D, s.Tk, dp, s.Tk, kh, s.KStride, dqh, s.QStride, false)
			GemmSerial(true, false, s.Tk, s.D, s.Tq, dp, s.Tk, qh, s.QStride, dkh, s.KStride, false)
		}
		giveBack(buf)
	})
}

// slices gives the part of each tensor that belongs to head h of sample b.
func (s Heads) slices(q, k, v []float32, b, h int) (qh, kh, vh []float32) {
	return q[b*s.Tq*s.QStride+h*s.D:], k[b*s.Tk*s.KStride+h*s.D:], v[b*s.Tk*s.VStride+h*s.D:]
}

// scores fills p (Tq, Tk) with the attention weights of one head.
func (s Heads) scores(p, q, k []float32, span []int32) {
	scale := float32(1 / math.Sqrt(float64(s.D)))
	GemmSerial(false, true, s.Tq, s.Tk, s.D, q, s.QStride, k, s.KStride, p, s.Tk, false)
	for i := range s.Tq {
		row := p[i*s.Tk : (i+1)*s.Tk]
		lo, hi := int(span[4*i]), int(span[4*i+1])
		if lo < 0 {
			clear(row)
			continue
		}
		if lo >= hi {
			for j := range row {
				row[j] = 1 / float32(s.Tk)
			}
			continue
		}
		clear(row[:lo])
		clear(row[hi:])
		if from, to := span[4*i+2], span[4*i+3]; from < to {
			for j := from; j < to; j++ {
				row[j] = -math.MaxFloat32
			}
		}
		seen := row[lo:hi]
		sum := expRow(seen, seen, maxSlice(seen), scale)
		inv := 1 / sum
		for j := range seen {
			seen[j] *= inv
		}
	}
}
