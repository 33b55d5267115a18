package optim

// Learning rates by step.

import "math"

// Warm gives the learning rate of a step counted from 0: linear over warm
// steps, then a cosine to 0 at total (docs/4m.md, 5.2). Unlike the official
// schedules, which Rates has, it wastes no step on a rate of 0.
func Warm(peak float64, step, warm, total int) float64 {
	if step < warm {
		return peak * float64(step+1) / float64(warm+1)
	}
	f := float64(step-warm) / float64(max(total-warm, 1))
	return peak * 0.5 * (1 + math.Cos(math.Pi*math.Min(f, 1)))
}

// Rates is an official schedule of Total steps (docs/4m.md, 5.2): Warm steps evenly
// from Start to Peak, both included, then half a cosine towards Last; or, where
// Scale is not 0, a fall with the square root of time, Peak sqrt(Scale / (Scale
// + i)) at i steps after warm-up, and Cool last steps evenly to Last.
type Rates struct {
	Start, Peak, Last float64
	Total, Warm, Cool int
	Scale             float64
}

// At gives the rate of a step counted from 0.
func (r Rates) At(step int) float64 {
	i := step - r.Warm
	if i < 0 {
		return between(r.Start, r.Peak, step, r.Warm)
	}
	if r.Scale == 0 {
		return r.Last + 0.5*(r.Peak-r.Last)*(1+math.Cos(math.Pi*float64(i)/float64(r.Total-r.Warm)))
	}
	root := func(i int) float64 { return r.Peak * math.Sqrt(r.Scale/(r.Scale+float64(i))) }
	cool := r.Total - r.Warm - r.Cool // where cooling begins
	if r.Cool > 0 && i >= cool {
		return between(root(max(cool-1, 0)), r.Last, i-cool, r.Cool)
	}
	return root(i)
}

// between gives number i of n numbers evenly from a to b, both included; one
// alone is a.
func between(a, b float64, i, n int) float64 {
	if n < 2 {
		return a
	}
	return a + (b-a)*float64(i)/float64(n-1)
}
