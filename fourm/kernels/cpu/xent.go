package cpu

// Softmax cross-entropy over a vocabulary.

import "math"

// headRows is how many rows of logits are made at a time.
const headRows = 256

// HeadLoss gives the mean of -log softmax(y wᵀ)[label], in nats, over the rows
// of y (R, D) whose label is not negative; 0 where there is none. w is (V, D).
// Where dy and dw are not nil they get the gradients of weight times the loss.
// Logits are made for some rows with a label at a time and never kept.
func HeadLoss(dy, dw, y, w []float32, labels []int32, d, v int, weight float32) float32 {
	rows := make([]int32, 0, len(labels))
	for r, l := range labels {
		if l >= 0 {
			rows = append(rows, int32(r))
		}
	}
	if dy != nil {
		clear(dy)
	}
	if len(rows) == 0 {
		clear(dw)
		return 0
	}
	n := min(len(rows), headRows)
	part, logits := borrow(n*d), borrow(n*v)
	loss, share := 0.0, weight/float32(len(rows))
	losses := make([]float64, n)
	for at := 0; at < len(rows); at += n {
		rows := rows[at:min(at+n, len(rows))]
		part, logits := (*part)[:len(rows)*d], (*logits)[:len(rows)*v]
		for i, r := range rows {
			copy(part[i*d:i*d+d], y[int(r)*d:])
		}
		Gemm(false, true, len(rows), v, d, part, d, w, d, logits, v, false)
		For(len(rows), 1+grain/v, func(lo, hi int) {
			for i := lo; i < hi; i++ {
				row := logits[i*v : i*v+v]
				label := labels[rows[i]]
				own := row[label]
				top := maxSlice(row)
				sum := expRow(row, row, top, 1)
				losses[i] = math.Log(float64(sum)) + float64(top) - float64(own)
				if dw != nil {
					timesSlice(row, row, share/sum)
					row[label] -= share
				}
			}
		})
		for _, l := range losses[:len(rows)] {
			loss += l
		}
		if dw == nil {
			continue
		}
		Gemm(true, false, v, d, len(rows), logits, v, part, d, dw, d, at > 0)
		Gemm(false, false, len(rows), d, v, logits, v, w, d, part, d, false)
		for i, r := range rows {
			copy(dy[int(r)*d:int(r)*d+d], part[i*d:])
		}
	}
	giveBack(part)
	giveBack(logits)
	return float32(loss / float64(len(rows)))
}

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
		timesSlice(out, e, scale/sum)
		out[labels[r]] -= scale
	})
}

// Softmax replaces each row of x (R, V) by its softmax.
func Softmax(x []float32, v int) {
	eachRow(make([]int32, len(x)/v), v, func(r int, e []float32) {
		row := x[r*v : r*v+v]
		_, sum := softmaxRow(e, row)
		timesSlice(row, e, 1/sum)
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

// Scale multiplies x by f.
func Scale(x []float32, f float32) {
	For(len(x), grain, func(lo, hi int) { timesSlice(x[lo:hi], x[lo:hi], f) })
}

// AddScaled adds f times x to y.
func AddScaled(y, x []float32, f float32) {
	by := []float32{f}
	For(len(y), grain, func(lo, hi int) { multiply(1, hi-lo, 1, by, 1, 1, x[lo:hi], hi-lo, y[lo:hi], hi-lo, true) })
}

// Exp computes y = exp((x - top) scale) and gives its sum; y may be x.
func Exp(y, x []float32, top, scale float32) float32 { return expRow(y, x, top, scale) }
