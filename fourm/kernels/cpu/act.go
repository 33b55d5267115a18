package cpu

// Elementwise functions and their derivatives: sums, the gate of SwiGLU, GELU.

import "math"

const (
	grain = 1 << 13 // elements a task takes at a time
	huge  = 1 << 22 // results that would push all else out of the cache
)

// Add computes y = a + b.
func Add(y, a, b []float32) { byTwo(vec.add, y, a, b) }

// Mul computes y = a b.
func Mul(y, a, b []float32) { byTwo(vec.mul, y, a, b) }

// AddBias adds b (N) to every row of y (R, N).
func AddBias(y, b []float32) {
	n := len(b)
	if n == 0 {
		return
	}
	For(len(y)/n, 1+grain/n, func(lo, hi int) {
		for r := lo; r < hi; r++ {
			row := y[r*n : r*n+n]
			vec.add(row, row, b, false)
		}
	})
}

// Gate computes y = silu(a) b with silu(a) = a sigmoid(a).
func Gate(y, a, b []float32) { byTwo(vec.gate, y, a, b) }

// GateBack computes both derivatives of Gate: da = dy b silu'(a) and
// db = dy silu(a). They may lie where a and b do.
func GateBack(da, db, dy, a, b []float32) {
	For(len(da), grain, func(lo, hi int) {
		vec.gateBack(da[lo:hi], db[lo:hi], dy[lo:hi], a[lo:hi], b[lo:hi])
	})
}

// Silu computes y = x sigmoid(x).
func Silu(y, x []float32) { byOne(vec.silu, y, x) }

// SiluBack computes dx = dy silu'(x).
func SiluBack(dx, dy, x []float32) { byTwo(vec.siluBack, dx, dy, x) }

// Gelu computes y = x Phi(x), Phi the normal distribution function.
func Gelu(y, x []float32) { byOne(vec.gelu, y, x) }

// GeluBack computes dx = dy (Phi(x) + x phi(x)).
func GeluBack(dx, dy, x []float32) { byTwo(vec.geluBack, dx, dy, x) }

// Tanh computes the hyperbolic tangent of x.
func Tanh(y, x []float32) {
	x = x[:len(y)]
	For(len(y), grain, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			y[i] = tanh(x[i])
		}
	})
}

// tanh is a Taylor series where x is small, as 1 - 2/(e^2x + 1) loses its digits
// there.
func tanh(x float32) float32 {
	v := float64(x)
	if s := v * v; s < 0.0625 {
		return float32(v * (1 + s*(-1./3+s*(2./15+s*(-17./315+s*(62./2835-s*1382/155925))))))
	}
	return float32(1 - 2/(math.Exp(2*v)+1))
}

// TanhBack computes dx = dy (1 - tanh²(x)).
func TanhBack(dx, dy, x []float32) {
	x, dy = x[:len(dx)], dy[:len(dx)]
	For(len(dx), grain, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			t := tanh(x[i])
			dx[i] = dy[i] * (1 - t*t)
		}
	})
}

// MulRows computes y = x g, g (N) with every row of x (R, N).
func MulRows(y, x, g []float32) {
	n := len(g)
	For(len(y)/n, 1+grain/n, func(lo, hi int) {
		for r := lo; r < hi; r++ {
			vec.mul(y[r*n:r*n+n], x[r*n:r*n+n], g, false)
		}
	})
}

// byTwo computes y = f(a, b) on all workers.
func byTwo(f func(y, a, b []float32, stream bool), y, a, b []float32) {
	a, b = a[:len(y)], b[:len(y)]
	// what is written where it was read is in the cache already
	stream := len(y) >= huge && &y[0] != &a[0] && &y[0] != &b[0]
	For(len(y), grain, func(lo, hi int) { f(y[lo:hi], a[lo:hi], b[lo:hi], stream) })
}

// byOne computes y = f(x) on all workers.
func byOne(f func(y, x []float32, stream bool), y, x []float32) {
	x = x[:len(y)]
	stream := len(y) >= huge && &y[0] != &x[0]
	For(len(y), grain, func(lo, hi int) { f(y[lo:hi], x[lo:hi], stream) })
}
