package cpu

// Group normalisation (Wu and He, arXiv 1803.08494), with sums in double
// precision: a group of a large picture has some hundred thousand numbers.

import "math"

// Groups is the shape of a group normalisation: x (B, N, C) is normalised by
// sample over N places and C/G channels at a time.
type Groups struct{ B, N, C, G int }

// moments gives the mean and 1 / sqrt(var + eps) of group j of sample b.
func (s Groups) moments(x []float32, b, j int, eps float32) (mean, rstd float64) {
	each := s.C / s.G
	count := float64(s.N * each)
	from := b*s.N*s.C + j*each
	for n := range s.N {
		for _, v := range x[from+n*s.C:][:each] {
			mean += float64(v)
		}
	}
	mean /= count
	q := 0.0
	for n := range s.N {
		for _, v := range x[from+n*s.C:][:each] {
			d := float64(v) - mean
			q += d * d
		}
	}
	return mean, 1 / math.Sqrt(q/count+float64(eps))
}

// tasks calls f for every group of every sample, on all workers.
func (s Groups) tasks(f func(b, j int)) {
	For(s.B*s.G, 1+grain/(s.N*s.C/s.G), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			f(i/s.G, i%s.G)
		}
	})
}

// GroupNorm computes y = (x - mean) / sqrt(var + eps) * g + b by groups; g and
// b are (C).
func GroupNorm(y, x, g, b []float32, s Groups, eps float32) {
	each := s.C / s.G
	s.tasks(func(sample, j int) {
		mean, rstd := s.moments(x, sample, j, eps)
		g, b := g[j*each:j*each+each], b[j*each:j*each+each]
		for n := range s.N {
			at := (sample*s.N+n)*s.C + j*each
			x, y := x[at:at+each], y[at:at+each]
			for c, v := range x {
				y[c] = float32((float64(v)-mean)*rstd)*g[c] + b[c]
			}
		}
	})
}

// GroupNormBack computes dx from dy: with h = (x - mean) rstd and e = dy g,
// dx = rstd (e - mean(e) - h mean(e h)).
func GroupNormBack(dx, dy, x, g []float32, s Groups, eps float32) {
	each := s.C / s.G
	count := float64(s.N * each)
	s.tasks(func(sample, j int) {
		mean, rstd := s.moments(x, sample, j, eps)
		g := g[j*each : j*each+each]
		var se, sh float64
		for n := range s.N {
			at := (sample*s.N+n)*s.C + j*each
			for c, v := range x[at : at+each] {
				e := float64(dy[at+c]) * float64(g[c])
				se += e
				sh += e * (float64(v) - mean)
			}
		}
		se, sh = se/count, sh*rstd/count
		for n := range s.N {
			at := (sample*s.N+n)*s.C + j*each
			for c, v := range x[at : at+each] {
				h := (float64(v) - mean) * rstd
				dx[at+c] = float32(rstd * (float64(dy[at+c])*float64(g[c]) - se - h*sh))
			}
		}
	})
}

// GroupNormBackParam computes dg (C), the sum over samples and places of dy h,
// and db (C), the sum of dy.
func GroupNormBackParam(dg, db, dy, x []float32, s Groups, eps float32) {
	each := s.C / s.G
	For(s.G, 1, func(lo, hi int) {
		sums := make([]float64, 2*each)
		for j := lo; j < hi; j++ {
			clear(sums)
			for b := range s.B {
				mean, rstd := s.moments(x, b, j, eps)
				for n := range s.N {
					at := (b*s.N+n)*s.C + j*each
					for c, v := range x[at : at+each] {
						d := float64(dy[at+c])
						sums[c] += d * (float64(v) - mean) * rstd
						sums[each+c] += d
					}
				}
			}
			for c := range each {
				dg[j*each+c], db[j*each+c] = float32(sums[c]), float32(sums[each+c])
			}
		}
	})
}
