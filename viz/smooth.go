package viz

// Smoothing of noisy curves, and thinning of long ones.

import (
	"math"

	"gonum.org/v1/plot/plotter"
)

// smooth gives the debiased exponential moving average of y over x that
// Weights & Biases and TensorBoard draw:
//
//	w = min(sqrt(p), 0.999)^Δx;  last = last·w + y;  debias = debias·w + 1;  last/debias
//
// Δx counts thousandths of the range of x, so that a curve looks equally
// smooth whatever its length, but never more than three a point: the average
// of a short curve is one over several points, too.
func smooth(pts plotter.XYs, p float64) plotter.XYs {
	if len(pts) < 3 {
		return pts
	}
	out := make(plotter.XYs, len(pts))
	per := 1000 / math.Max(pts[len(pts)-1].X-pts[0].X, 1e-9)
	base := math.Min(math.Sqrt(p), 0.999)
	last, debias := 0.0, 0.0
	for i, q := range pts {
		dx := 0.0
		if i > 0 {
			dx = math.Min((q.X-pts[i-1].X)*per, 3)
		}
		w := math.Pow(base, dx)
		last, debias = last*w+q.Y, debias*w+1
		out[i] = plotter.XY{X: q.X, Y: last / debias}
	}
	return out
}

// thin keeps at most about n points: the lowest and the highest of each
// stretch, so that no spike is lost.
func thin(pts plotter.XYs, n int) plotter.XYs {
	if len(pts) <= n || n < 4 {
		return pts
	}
	out := make(plotter.XYs, 0, n+2)
	buckets := n / 2
	for b := range buckets {
		i, j := b*len(pts)/buckets, (b+1)*len(pts)/buckets
		lo, hi := i, i
		for k := i; k < j; k++ {
			if pts[k].Y < pts[lo].Y {
				lo = k
			}
			if pts[k].Y > pts[hi].Y {
				hi = k
			}
		}
		out = append(out, pts[min(lo, hi)])
		if lo != hi {
			out = append(out, pts[max(lo, hi)])
		}
	}
	return out
}
