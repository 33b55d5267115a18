// Package ref says in plain loops what the kernels of 4M compute. It is the
// oracle: package cpu has the same functions, and one test compares the two.
// Sums are in double precision; nothing is parallel.
//
//	ref.Gemm(false, true, m, n, k, x, k, w, k, y, n, false) // y = x wᵀ
package ref

import "math"

// Gemm computes C = op(A) op(B), or adds it to C; see cpu.Gemm.
func Gemm(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, add bool) {
	for i := range m {
		for j := range n {
			s := 0.0
			for l := range k {
				x, y := a[min(i*lda+l, len(a)-1)], b[min(l*ldb+j, len(b)-1)]
				if transA {
					x = a[l*lda+i]
				}
				if transB {
					y = b[j*ldb+l]
				}
				s += float64(x) * float64(y)
			}
			if add {
				s += float64(c[i*ldc+j])
			}
			c[i*ldc+j] = float32(s)
		}
	}
}

// Add computes y = a + b.
func Add(y, a, b []float32) {
	for i := range y {
		y[i] = a[i] + b[i]
	}
}

// AddBias adds b (N) to every row of y (R, N).
func AddBias(y, b []float32) {
	for i := range y {
		y[i] += b[i%len(b)]
	}
}

// SumRows computes s (N), the sum of the rows of y (R, N).
func SumRows(s, y []float32) {
	for j := range s {
		t := 0.0
		for i := j; i < len(y); i += len(s) {
			t += float64(y[i])
		}
		s[j] = float32(t)
	}
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// Gate computes y = silu(a) b.
func Gate(y, a, b []float32) {
	for i := range y {
		x := float64(a[i])
		y[i] = float32(x * sigmoid(x) * float64(b[i]))
	}
}

// GateBack computes da = dy b silu'(a) and db = dy silu(a).
func GateBack(da, db, dy, a, b []float32) {
	for i := range da {
		x := float64(a[i])
		s := sigmoid(x)
		da[i] = float32(float64(dy[i]) * float64(b[i]) * (s + x*s*(1-s)))
	}
	Gate(db, a, dy)
}

// Silu computes y = x sigmoid(x).
func Silu(y, x []float32) {
	for i := range y {
		v := float64(x[i])
		y[i] = float32(v * sigmoid(v))
	}
}

// SiluBack computes dx = dy silu'(x).
func SiluBack(dx, dy, x []float32) {
	for i := range dx {
		v := float64(x[i])
		s := sigmoid(v)
		dx[i] = float32(float64(dy[i]) * (s + v*s*(1-s)))
	}
}

// Mul computes y = a b.
func Mul(y, a, b []float32) {
	for i := range y {
		y[i] = a[i] * b[i]
	}
}

// Gelu computes y = x Phi(x).
func Gelu(y, x []float32) {
	for i := range y {
		v := float64(x[i])
		y[i] = float32(v * 0.5 * (1 + math.Erf(v/math.Sqrt2)))
	}
}

// GeluBack computes dx = dy (Phi(x) + x phi(x)).
func GeluBack(dx, dy, x []float32) {
	for i := range dx {
		v := float64(x[i])
		d := 0.5*(1+math.Erf(v/math.Sqrt2)) + v*math.Exp(-v*v/2)/math.Sqrt(2*math.Pi)
		dx[i] = float32(float64(dy[i]) * d)
	}
}

// Tanh computes the hyperbolic tangent of x.
func Tanh(y, x []float32) {
	for i := range y {
		y[i] = float32(math.Tanh(float64(x[i])))
	}
}

// TanhBack computes dx = dy (1 - tanh²(x)).
func TanhBack(dx, dy, x []float32) {
	for i := range dx {
		t := math.Tanh(float64(x[i]))
		dx[i] = float32(float64(dy[i]) * (1 - t*t))
	}
}

// MulRows computes y = x g, g (N) with every row of x (R, N).
func MulRows(y, x, g []float32) {
	for i := range y {
		y[i] = x[i] * g[i%len(g)]
	}
}
