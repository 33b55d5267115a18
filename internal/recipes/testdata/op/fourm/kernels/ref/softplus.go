package ref

import "math"

// Softplus computes y = log(1 + exp(x)).
func Softplus(y, x []float32) {
	for i, v := range x[:len(y)] {
		y[i] = float32(math.Max(float64(v), 0) + math.Log1p(math.Exp(-math.Abs(float64(v)))))
	}
}

// SoftplusBack computes dx = dy sigmoid(x).
func SoftplusBack(dx, dy, x []float32) {
	for i, v := range x[:len(dx)] {
		dx[i] = dy[i] * float32(1/(1+math.Exp(-float64(v))))
	}
}
