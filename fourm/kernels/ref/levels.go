package ref

import "math"

// Levels writes the whole numbers nearest to half tanh(slope x + shift) - offset,
// held between least and most; table (D, 6) has these of each column.
func Levels(y, x, table []float32) {
	for i := range x {
		t := table[i%(len(table)/6)*6:]
		slope, shift, half, offset := float64(t[0]), float64(t[1]), float64(t[2]), float64(t[3])
		v := math.RoundToEven(half*math.Tanh(slope*float64(x[i])+shift) - offset)
		y[i] = float32(math.Min(math.Max(v, float64(t[4])), float64(t[5])))
	}
}

// LevelsBack computes dx as if Levels did not round or hold.
func LevelsBack(dx, dy, x, table []float32) {
	for i := range x {
		t := table[i%(len(table)/6)*6:]
		a := math.Tanh(float64(t[0])*float64(x[i]) + float64(t[1]))
		dx[i] = float32(float64(dy[i]) * float64(t[2]) * float64(t[0]) * (1 - a*a))
	}
}

// Sign writes 1 where x is above 0, else -1; what is no number stays none.
func Sign(y, x []float32) {
	for i, v := range x {
		switch {
		case v > 0:
			y[i] = 1
		case v <= 0:
			y[i] = -1
		default:
			y[i] = v
		}
	}
}
