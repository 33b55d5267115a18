package metric

// Structural similarity.

import (
	"math"
)

// SSIM is the structural similarity of Wang et al.: Gaussian windows of 11x11
// with a deviation of 1.5, K1 = 0.01, K2 = 0.03, values from 0 to 1, the mean over
// all windows that lie in the picture as a whole (a border of 5 pixels is the
// middle of none) and over the channels. 1 for equal pictures.
var SSIM = perSample(Metric{
	Name: "SSIM", text: "SSIM %.3f",
	Unknown: "numbers that are not finite: 0 in both; a picture smaller than 11x11 has no window and is left out",
	Source:  "Wang, Bovik, Sheikh, Simoncelli, Image quality assessment: from error visibility to structural similarity, 2004, equation 13",
}, func(truth, guess any) float64 {
	a, b, ok := pair("metric.SSIM", truth, guess)
	if !ok || a.H < 2*ssimReach+1 || a.W < 2*ssimReach+1 || a.C == 0 {
		return math.NaN()
	}
	const c1, c2 = 0.01 * 0.01, 0.03 * 0.03
	sum, n := 0.0, 0.0
	size := a.H * a.W
	for c := range a.C {
		// means of x, y, xx, yy and xy around every pixel
		var m [5][]float64
		for k := range m {
			m[k] = make([]float64, size)
		}
		for i := range size {
			x, y := float64(known(a.Pix[i*a.C+c])), float64(known(b.Pix[i*a.C+c]))
			m[0][i], m[1][i], m[2][i], m[3][i], m[4][i] = x, y, x*x, y*y, x*y
		}
		for k := range m {
			m[k] = windowed(m[k], a.H, a.W)
		}
		for i, x := range m[0] {
			y := m[1][i]
			xx, yy, xy := m[2][i]-x*x, m[3][i]-y*y, m[4][i]-x*y
			sum += (2*x*y + c1) * (2*xy + c2) / ((x*x + y*y + c1) * (xx + yy + c2))
			n++
		}
	}
	return sum / n
})

const ssimReach = 5 // pixels from the middle of a window to its edge

// windowed gives the weighted mean of every whole window of a picture of h rows
// of w numbers.
func windowed(x []float64, h, w int) []float64 {
	var g [2*ssimReach + 1]float64
	sum := 0.0
	for i := range g {
		d := float64(i-ssimReach) / 1.5
		g[i] = math.Exp(-d * d / 2)
		sum += g[i]
	}
	cols := w - 2*ssimReach
	rows := h - 2*ssimReach
	across := make([]float64, h*cols)
	for y := range h {
		for i := range cols {
			for k, v := range g {
				across[y*cols+i] += v / sum * x[y*w+i+k]
			}
		}
	}
	out := make([]float64, rows*cols)
	for y := range rows {
		for k, v := range g {
			for i := range cols {
				out[y*cols+i] += v / sum * across[(y+k)*cols+i]
			}
		}
	}
	return out
}
