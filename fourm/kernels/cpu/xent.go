package cpu

// Softmax cross-entropy over a vocabulary.

import "math"

// SoftmaxLoss gives the mean of -log softmax(logits)[label], in nats, over the
// rows of logits (R, V) whose label is not negative; 0 where there is none.
func SoftmaxLoss(logits []float32, labels []int32, v int) float32 {
	loss := make([]float64, len(labels))
	eachRow(labels, v, func(r int, e []float32) {
		if labels[r] >= 0 {
			row := logits[r*v : r*v+v]
			top, sum := softmaxRow(e, row)
			loss[r] = math.Log(float64(sum)) + float64(top) - float64(row[labels[r]])
		}
	})
	sum, n := 0.0, 0
	for r, l := range labels {
		if l >= 0 {
			sum, n = sum+loss[r], n+1
		}
	}
	if n == 0 {
		return 0
	}
	return float32(sum / float64(n))
}

// SoftmaxLossBack computes d, scale times the gradient of SoftmaxLoss; d may
// be logits itself.
func SoftmaxLossBack(d, logits []float32, labels []int32, v int, scale float32) {
	n := 0
	for _, l := range labels {
		if l >= 0 {
			n++
		}
	}
	if n > 0 {
		scale /= float32(n)
	}
	eachRow(labels, v, func(r int, e []float32) {
		out := d[r*v : r*v+v]
		if labels[r] < 0 {
			clear(out)
			return
		}
		_, sum := softmaxRow(e, logits[r*v:r*v+v])
		f := scale / sum
		for i, x := range e {
			out[i] = x * f
		}
		out[labels[r]] -= scale
	})
}

// Softmax replaces each row of x (R, V) by its softmax.
func Softmax(x []float32, v int) {
	eachRow(make([]int32, len(x)/v), v, func(r int, e []float32) {
		row := x[r*v : r*v+v]
		_, sum := softmaxRow(e, row)
		for i, y := range e {
			row[i] = y / sum
		}
	})
}

// eachRow calls f for every row, with scratch for one row of logits.
func eachRow(labels []int32, v int, f func(r int, e []float32)) {
	For(len(labels), 1+grain/v, func(lo, hi int) {
		e := borrow(v)
		for r := lo; r < hi; r++ {
			f(r, *e)
		}
		giveBack(e)
	})
}

// softmaxRow gives the largest logit, exp(logit - largest) in e, and its sum.
func softmaxRow(e, row []float32) (top, sum float32) {
	top = maxSlice(row)
	return top, expRow(e, row, top, 1)
}
