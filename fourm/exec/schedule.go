package exec

// Learning rates by step.

import "math"

// Warm gives the learning rate of a step counted from 0: linear over warm
// steps, then a cosine to 0 at total (inventory 5). Unlike the official
// schedule, Cosine, it wastes no step on a rate of 0.
func Warm(peak float64, step, warm, total int) float64 {
	if step < warm {
		return peak * float64(step+1) / float64(warm+1)
	}
	f := float64(step-warm) / float64(max(total-warm, 1))
	return peak * 0.5 * (1 + math.Cos(math.Pi*math.Min(f, 1)))
}

// Cosine gives the official rates of total steps: warm steps evenly from start
// to peak, both included, then half a cosine towards last (inventory 5).
func Cosine(peak, last float64, total, warm int, start float64) []float64 {
	out := line(start, peak, min(warm, total))
	for n, i := total-len(out), 0; i < n; i++ {
		out = append(out, last+0.5*(peak-last)*(1+math.Cos(math.Pi*float64(i)/float64(n))))
	}
	return out
}

// InverseSqrt gives the official rates of total steps that fall with the
// square root of time, peak sqrt(scale / (scale + i)) at i steps after warm-up,
// and over the last cool steps evenly to last.
func InverseSqrt(peak, last float64, total, warm int, start float64, cool int, scale float64) []float64 {
	out := line(start, peak, min(warm, total))
	now := peak
	for n, i := max(total-len(out)-cool, 0), 0; i < n; i++ {
		now = peak * math.Sqrt(scale/(scale+float64(i)))
		out = append(out, now)
	}
	return append(out, line(now, last, total-len(out))...)
}

// line gives n numbers evenly from a to b, both included; one alone is a.
func line(a, b float64, n int) []float64 {
	out := make([]float64, max(n, 0))
	for i := range out {
		out[i] = a
		if n > 1 {
			out[i] += (b - a) * float64(i) / float64(n-1)
		}
	}
	return out
}
