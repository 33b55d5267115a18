package ref

import "math"

// BitEntropy is the mean over the rows of z (R, D) of the entropy, in nats, of
// p(c|z) less diversity times the entropy of the mean of p, for groups of columns;
// c runs over all signs of a group, and p is the softmax of sharp z c. What it
// gives for several groups is the sum. Gradients are added to nothing: dz is dl
// times them.
func BitEntropy(dz, z []float32, groups []int, sharp, diversity, dl float64) float64 {
	d := 0
	for _, n := range groups {
		d += n
	}
	rows, from, loss := len(z)/d, 0, 0.0
	for _, n := range groups {
		codes := 1 << n
		sign := func(c, i int) float64 { return float64(2*(c>>i&1) - 1) }
		p, mean := make([][]float64, rows), make([]float64, codes)
		for r := range rows {
			p[r] = make([]float64, codes)
			dot, top := make([]float64, codes), math.Inf(-1)
			for c := range codes {
				for i := range n {
					dot[c] += sharp * float64(z[r*d+from+i]) * sign(c, i)
				}
				top = math.Max(top, dot[c])
			}
			sum := 0.0
			for c := range codes {
				p[r][c] = math.Exp(dot[c] - top)
				sum += p[r][c]
			}
			for c := range codes {
				p[r][c] /= sum
				mean[c] += p[r][c] / float64(rows)
			}
		}
		for c := range codes {
			loss += diversity * xlogx(mean[c])
		}
		for r := range rows {
			// d loss / d p(c), and by the dots: p (g - sum p g)
			g, along := make([]float64, codes), 0.0
			for c := range codes {
				loss -= xlogx(p[r][c]) / float64(rows)
				if mean[c] > 0 && p[r][c] > 0 {
					g[c] = (diversity*math.Log(mean[c]) - math.Log(p[r][c])) / float64(rows)
					along += p[r][c] * g[c]
				}
			}
			for i := range n {
				s := 0.0
				for c := range codes {
					s += p[r][c] * (g[c] - along) * sharp * sign(c, i)
				}
				if dz != nil {
					dz[r*d+from+i] = float32(dl * s)
				}
			}
		}
		from += n
	}
	return loss
}

func xlogx(p float64) float64 {
	if p == 0 {
		return 0
	}
	return p * math.Log(p)
}
