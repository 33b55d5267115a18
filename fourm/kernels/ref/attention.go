package ref

import (
	"math"

	"fourmlab/fourm/kernels/cpu"
)

// Heads is the shape of an attention.
type Heads = cpu.Heads

// reads gives what a span says: a range of keys, and which of them it hides.
func reads(span []int32) (lo, hi int, hole func(j int) bool) {
	return int(span[0]), int(span[1]), func(j int) bool { return j >= int(span[2]) && j < int(span[3]) }
}

// blind says whether no key is left to see.
func blind(lo, hi int, hole func(j int) bool) bool {
	for j := lo; j < hi; j++ {
		if !hole(j) {
			return false
		}
	}
	return true
}

// weights gives the attention of query i of head h of sample b to all keys.
func weights(q, k []float32, s Heads, span []int32, b, h, i int) []float64 {
	w := make([]float64, s.Tk)
	lo, hi, hole := reads(span[4*(b*s.Tq+i):])
	if lo < 0 {
		return w
	}
	if blind(lo, hi, hole) {
		for j := range w {
			w[j] = 1 / float64(s.Tk)
		}
		return w
	}
	top, sum := math.Inf(-1), 0.0
	for j := lo; j < hi; j++ {
		dot := 0.0
		for c := range s.D {
			dot += float64(q[(b*s.Tq+i)*s.QStride+h*s.D+c]) * float64(k[(b*s.Tk+j)*s.KStride+h*s.D+c])
		}
		w[j] = dot / math.Sqrt(float64(s.D))
		if hole(j) {
			w[j] = math.Inf(-1)
		}
		top = math.Max(top, w[j])
	}
	for j := lo; j < hi; j++ {
		w[j] = math.Exp(w[j] - top)
		sum += w[j]
	}
	for j := lo; j < hi; j++ {
		w[j] /= sum
	}
	return w
}

// Attend computes softmax(q kᵀ / sqrt(D)) v; see cpu.Attend.
func Attend(out, q, k, v []float32, s Heads, span []int32) {
	for b := range s.B {
		for h := range s.H {
			for i := range s.Tq {
				w := weights(q, k, s, span, b, h, i)
				for c := range s.D {
					t := 0.0
					for j := range w {
						t += w[j] * float64(v[(b*s.Tk+j)*s.VStride+h*s.D+c])
					}
					out[(b*s.Tq+i)*s.H*s.D+h*s.D+c] = float32(t)
				}
			}
		}
	}
}

// AttendBack computes dq, dk and dv from dout.
func AttendBack(dq, dk, dv, dout, q, k, v []float32, s Heads, span []int32) {
	for b := range s.B {
		for h := range s.H {
			for j := range s.Tk {
				for c := range s.D {
					dk[(b*s.Tk+j)*s.KStride+h*s.D+c] = 0
					dv[(b*s.Tk+j)*s.VStride+h*s.D+c] = 0
				}
			}
			for i := range s.Tq {
				at := (b*s.Tq + i)
				w := weights(q, k, s, span, b, h, i)
				masked := blind(reads(span[4*at:])) // no weight depends on a score
				dw, dot := make([]float64, s.Tk), 0.0
				for j := range w {
					for c := range s.D {
						do := float64(dout[at*s.H*s.D+h*s.D+c])
						dw[j] += do * float64(v[(b*s.Tk+j)*s.VStride+h*s.D+c])
						dv[(b*s.Tk+j)*s.VStride+h*s.D+c] += float32(w[j] * do)
					}
					dot += w[j] * dw[j]
				}
				for c := range s.D {
					t := 0.0
					for j := range w {
						ds := w[j] * (dw[j] - dot) / math.Sqrt(float64(s.D))
						if masked {
							ds = 0
						}
						t += ds * float64(k[(b*s.Tk+j)*s.KStride+h*s.D+c])
						dk[(b*s.Tk+j)*s.KStride+h*s.D+c] += float32(ds * float64(q[at*s.QStride+h*s.D+c]))
					}
					dq[at*s.QStride+h*s.D+c] = float32(t)
				}
			}
		}
	}
}
