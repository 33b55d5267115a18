package ref

import "math"

func moments(x []float32, eps float32) (mean, rstd float64) {
	for _, v := range x {
		mean += float64(v) / float64(len(x))
	}
	q := 0.0
	for _, v := range x {
		q += (float64(v) - mean) * (float64(v) - mean) / float64(len(x))
	}
	return mean, 1 / math.Sqrt(q+float64(eps))
}

// Norm computes y = (x - mean) / sqrt(var + eps) * g + b by rows; b may be nil.
func Norm(y, x, g, b []float32, eps float32) {
	d := len(g)
	for r := 0; r < len(x); r += d {
		mean, rstd := moments(x[r:r+d], eps)
		for i := range d {
			v := (float64(x[r+i]) - mean) * rstd * float64(g[i])
			if b != nil {
				v += float64(b[i])
			}
			y[r+i] = float32(v)
		}
	}
}

// NormBack computes dx from dy.
func NormBack(dx, dy, x, g []float32, eps float32) {
	d := len(g)
	for r := 0; r < len(x); r += d {
		mean, rstd := moments(x[r:r+d], eps)
		var se, sh float64
		for i := range d {
			e := float64(dy[r+i]) * float64(g[i])
			se += e / float64(d)
			sh += e * (float64(x[r+i]) - mean) * rstd / float64(d)
		}
		for i := range d {
			h := (float64(x[r+i]) - mean) * rstd
			dx[r+i] = float32(rstd * (float64(dy[r+i])*float64(g[i]) - se - h*sh))
		}
	}
}

// NormBackParam computes dg and db, sums over the rows; db may be nil.
func NormBackParam(dg, db, dy, x []float32, eps float32) {
	d := len(dg)
	g, b := make([]float64, d), make([]float64, d)
	for r := 0; r < len(x); r += d {
		mean, rstd := moments(x[r:r+d], eps)
		for i := range d {
			g[i] += float64(dy[r+i]) * (float64(x[r+i]) - mean) * rstd
			b[i] += float64(dy[r+i])
		}
	}
	for i := range d {
		dg[i] = float32(g[i])
		if db != nil {
			db[i] = float32(b[i])
		}
	}
}
