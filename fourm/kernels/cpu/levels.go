package cpu

// Numbers on levels: finite scalar quantization, and the sign.

import "math"

// Levels writes x (R, D) on levels into y: a number becomes the whole number that is
// nearest to half tanh(slope x + shift) - offset, half to even, held between
// least and most. table (D, 6) has slope, shift, half, offset, least and most of
// each column.
func Levels(y, x, table []float32) {
	eachLevel(len(x), table, func(i int, t []float32) {
		v := math.RoundToEven(float64(t[2])*math.Tanh(float64(t[0])*float64(x[i])+float64(t[1])) - float64(t[3]))
		y[i] = min(max(float32(v), t[4]), t[5])
	})
}

// LevelsBack computes dx of Levels as if nothing were rounded or held:
// dy half slope (1 - tanh²).
func LevelsBack(dx, dy, x, table []float32) {
	eachLevel(len(x), table, func(i int, t []float32) {
		a := math.Tanh(float64(t[0])*float64(x[i]) + float64(t[1]))
		dx[i] = float32(float64(dy[i]) * float64(t[2]) * float64(t[0]) * (1 - a*a))
	})
}

// eachLevel calls f for each of n numbers with its column's row of a table.
func eachLevel(n int, table []float32, f func(i int, t []float32)) {
	d := len(table) / 6
	For(n/d, 1+grain/(16*d), func(lo, hi int) {
		for i := lo * d; i < hi*d; i++ {
			at := i % d * 6
			f(i, table[at:at+6])
		}
	})
}

// Sign writes 1 where x is above 0, else -1; what is no number stays none.
func Sign(y, x []float32) {
	For(len(x), grain, func(lo, hi int) {
		for i, v := range x[lo:hi] {
			y[lo+i] = sign(v)
		}
	})
}

func sign(v float32) float32 {
	switch {
	case v > 0:
		return 1
	case v <= 0:
		return -1
	}
	return v
}
