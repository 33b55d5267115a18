package cpu

// Elementwise functions and their derivatives: sums, the gate of SwiGLU, GELU.

const grain = 1 << 13 // elements a task takes at a time

// Add computes y = a + b.
func Add(y, a, b []float32) {
	For(len(y), grain, func(lo, hi int) {
		addSlice(y[lo:hi], a[lo:hi], b[lo:hi])
	})
}

// AddBias adds b (N) to every row of y (R, N).
func AddBias(y, b []float32) {
	n := len(b)
	For(len(y)/n, 1+grain/n, func(lo, hi int) {
		for r := lo; r < hi; r++ {
			row := y[r*n : r*n+n]
			addSlice(row, row, b)
		}
	})
}

// SumRows computes s (N), the sum of the rows of y (R, N).
func SumRows(s, y []float32) {
	n := len(s)
	clear(s)
	For(n, 64, func(lo, hi int) {
		for r := 0; r+n <= len(y); r += n {
			addSlice(s[lo:hi], s[lo:hi], y[r+lo:r+hi])
		}
	})
}

// Gate computes y = silu(a) b with silu(a) = a sigmoid(a).
func Gate(y, a, b []float32) {
	byBlocks(len(y), func(lo, hi int, s []float32) {
		a, b, y := a[lo:hi], b[lo:hi], y[lo:hi]
		sigmoidSlice(s, a)
		for i, v := range s {
			y[i] = a[i] * v * b[i]
		}
	})
}

// GateBack computes da = dy b silu'(a). The other derivative, dy silu(a), is
// Gate(db, a, dy).
func GateBack(da, dy, a, b []float32) {
	byBlocks(len(da), func(lo, hi int, s []float32) {
		a, b, dy, da := a[lo:hi], b[lo:hi], dy[lo:hi], da[lo:hi]
		sigmoidSlice(s, a)
		for i, v := range s {
			da[i] = dy[i] * b[i] * v * (1 + a[i]*(1-v))
		}
	})
}

// Silu computes y = x sigmoid(x).
func Silu(y, x []float32) {
	byBlocks(len(y), func(lo, hi int, s []float32) {
		x, y := x[lo:hi], y[lo:hi]
		sigmoidSlice(s, x)
		for i, v := range s {
			y[i] = x[i] * v
		}
	})
}

// SiluBack computes dx = dy silu'(x).
func SiluBack(dx, dy, x []float32) {
	byBlocks(len(dx), func(lo, hi int, s []float32) {
		x, dy, dx := x[lo:hi], dy[lo:hi], dx[lo:hi]
		sigmoidSlice(s, x)
		for i, v := range s {
			dx[i] = dy[i] * v * (1 + x[i]*(1-v))
		}
	})
}

// Mul computes y = a b.
func Mul(y, a, b []float32) {
	For(len(y), grain, func(lo, hi int) {
		a, b, y := a[lo:hi], b[lo:hi], y[lo:hi]
		for i := range y {
			y[i] = a[i] * b[i]
		}
	})
}

// Gelu computes y = x Phi(x), Phi the normal distribution function.
func Gelu(y, x []float32) {
	byBlocks(len(y), func(lo, hi int, s []float32) {
		x, y := x[lo:hi], y[lo:hi]
		phiSlice(s, y, x)
		for i, v := range s {
			y[i] = x[i] * v
		}
	})
}

// GeluBack computes dx = dy (Phi(x) + x phi(x)).
func GeluBack(dx, dy, x []float32) {
	byBlocks(len(dx), func(lo, hi int, s []float32) {
		x, dy, dx := x[lo:hi], dy[lo:hi], dx[lo:hi]
		phiSlice(s, dx, x)
		for i, v := range s {
			dx[i] = dy[i] * (v + x[i]*0.3989422804*dx[i])
		}
	})
}

// byBlocks calls f on blocks of [0, n), each with scratch of its length.
func byBlocks(n int, f func(lo, hi int, scratch []float32)) {
	const block = 1024
	For(n, grain/2, func(lo, hi int) {
		var s [block]float32
		for ; lo < hi; lo += block {
			end := min(lo+block, hi)
			f(lo, end, s[:end-lo])
		}
	})
}
