package cpu

import "math"

// Softplus computes y = log(1 + exp(x)).
func Softplus(y, x []float32) {
	x = x[:len(y)]
	For(len(y), grain, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			v := float64(x[i])
			y[i] = float32(math.Max(v, 0) + math.Log1p(math.Exp(-math.Abs(v))))
		}
	})
}

// SoftplusBack computes dx = dy sigmoid(x).
func SoftplusBack(dx, dy, x []float32) {
	dy, x = dy[:len(dx)], x[:len(dx)]
	For(len(dx), grain, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			dx[i] = dy[i] * float32(1/(1+math.Exp(-float64(x[i]))))
		}
	})
}
