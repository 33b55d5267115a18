package train

// Numbers that come one by one, under a name and a step, become points.

import (
	"math"
	"sort"
)

// gathered are the points of a run that is being read, by step.
type gathered map[int]*Point

func (g gathered) at(step int) *Point {
	p := g[step]
	if p == nil {
		p = &Point{Step: step, Loss: math.NaN(), ValLoss: math.NaN()}
		g[step] = p
	}
	return p
}

// points gives them in order. A loss that was not told is the mean of those of
// the modalities, as in a run of ours.
func (g gathered) points() []Point {
	out := make([]Point, 0, len(g))
	for _, p := range g {
		if math.IsNaN(p.Loss) {
			p.Loss = mean(p.Losses)
		}
		switch {
		case p.Val == nil:
			p.ValLoss = 0
		case math.IsNaN(p.ValLoss):
			p.ValLoss = mean(p.Val)
		}
		out = append(out, *p)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Step < out[j].Step })
	tokens, seconds := int64(0), 0.0
	for i := range out { // these only grow, and are not told with every step
		tokens, seconds = max(tokens, out[i].Tokens), max(seconds, out[i].Seconds)
		out[i].Tokens, out[i].Seconds = tokens, seconds
	}
	return out
}

// mean is not a number where there is nothing to take it of.
func mean(by map[string]float64) float64 {
	sum := 0.0
	for _, v := range by {
		sum += v
	}
	return sum / float64(len(by))
}
