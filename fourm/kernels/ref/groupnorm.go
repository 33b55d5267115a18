package ref

// Group normalisation and what a vector for each sample does to all its
// places, plain.

import (
	"math"

	"fourmlab/fourm/kernels/cpu"
)

// Groups is the shape of a group normalisation.
type Groups = cpu.Groups

// grouped calls f for each group with its moments and the places of its
// numbers in x, with their channels.
func grouped(x []float32, s Groups, eps float32, f func(mean, rstd float64, at, channel []int)) {
	each := s.C / s.G
	for b := range s.B {
		for g := range s.G {
			var at, channel []int
			for n := range s.N {
				for c := g * each; c < g*each+each; c++ {
					at, channel = append(at, (b*s.N+n)*s.C+c), append(channel, c)
				}
			}
			mean, q := 0.0, 0.0
			for _, i := range at {
				mean += float64(x[i]) / float64(len(at))
			}
			for _, i := range at {
				q += (float64(x[i]) - mean) * (float64(x[i]) - mean) / float64(len(at))
			}
			f(mean, 1/math.Sqrt(q+float64(eps)), at, channel)
		}
	}
}

// GroupNorm computes y = (x - mean) / sqrt(var + eps) * g + b by groups.
func GroupNorm(y, x, g, b []float32, s Groups, eps float32) {
	grouped(x, s, eps, func(mean, rstd float64, at, channel []int) {
		for k, i := range at {
			y[i] = float32((float64(x[i])-mean)*rstd*float64(g[channel[k]]) + float64(b[channel[k]]))
		}
	})
}

// GroupNormBack computes dx from dy.
func GroupNormBack(dx, dy, x, g []float32, s Groups, eps float32) {
	grouped(x, s, eps, func(mean, rstd float64, at, channel []int) {
		var se, sh float64
		for k, i := range at {
			e := float64(dy[i]) * float64(g[channel[k]]) / float64(len(at))
			se += e
			sh += e * (float64(x[i]) - mean) * rstd
		}
		for k, i := range at {
			h := (float64(x[i]) - mean) * rstd
			dx[i] = float32(rstd * (float64(dy[i])*float64(g[channel[k]]) - se - h*sh))
		}
	})
}

// GroupNormBackParam computes dg and db, sums over samples and places.
func GroupNormBackParam(dg, db, dy, x []float32, s Groups, eps float32) {
	g, b := make([]float64, s.C), make([]float64, s.C)
	grouped(x, s, eps, func(mean, rstd float64, at, channel []int) {
		for k, i := range at {
			g[channel[k]] += float64(dy[i]) * (float64(x[i]) - mean) * rstd
			b[channel[k]] += float64(dy[i])
		}
	})
	narrow(dg, g)
	narrow(db, b)
}

// Modulation is the shape of Modulate.
type Modulation = cpu.Modulation

// Modulate computes y = x gain + shift by channel; see cpu.Modulate.
func Modulate(y, x, m []float32, s Modulation) {
	for i := range y {
		b, c := i/(s.N*s.C), i%s.C
		gain, shift := 1.0, 0.0
		if s.Scale >= 0 {
			gain = float64(s.Plus) + float64(m[b*s.Width+s.Scale+c])
		}
		if s.Shift >= 0 {
			shift = float64(m[b*s.Width+s.Shift+c])
		}
		y[i] = float32(float64(x[i])*gain + shift)
	}
}

// ModulateBack computes dm from dy.
func ModulateBack(dm, dy, x []float32, s Modulation) {
	sum := make([]float64, len(dm))
	for i := range dy {
		b, c := i/(s.N*s.C), i%s.C
		if s.Scale >= 0 {
			sum[b*s.Width+s.Scale+c] += float64(dy[i]) * float64(x[i])
		}
		if s.Shift >= 0 {
			sum[b*s.Width+s.Shift+c] += float64(dy[i])
		}
	}
	narrow(dm, sum)
}
