package generate

// Drawing a token from logits: top-k, then top-p, then temperature, in 4M's
// order (inventory 6.3 and summary B17).

import (
	"math"
	"math/rand/v2"
	"sort"
)

// draw gives a token and the probability it had. Temperatures below 1e-6 take
// the likeliest token, with the probability it has at temperature 1.
func draw(r *rand.Rand, logits []float32, temp, topP float64, topK int) (id int, p float64) {
	if temp < 1e-6 {
		best := 0
		for i, v := range logits {
			if v > logits[best] {
				best = i
			}
		}
		return best, probabilities(logits, 1)[best]
	}
	order := make([]int, 0, len(logits))
	for i := range logits {
		order = append(order, i)
	}
	filtered := topK > 0 && topK < len(logits) || topP > 0 && topP < 1
	if filtered {
		sort.Slice(order, func(a, b int) bool {
			x, y := logits[order[a]], logits[order[b]]
			return x > y || x == y && order[a] < order[b]
		})
		if topK > 0 && topK < len(order) {
			order = order[:topK]
		}
		if topP > 0 && topP < 1 {
			kept := make([]float32, len(order))
			for i, id := range order {
				kept[i] = logits[id]
			}
			sum := 0.0
			for i, q := range probabilities(kept, 1) {
				if sum += q; sum > topP { // the token that crosses stays
					order = order[:i+1]
					break
				}
			}
		}
	}
	kept := make([]float32, len(order))
	for i, id := range order {
		kept[i] = logits[id]
	}
	probs := probabilities(kept, temp)
	u := r.Float64()
	for i, q := range probs {
		if u -= q; u < 0 || i == len(probs)-1 {
			return order[i], q
		}
	}
	panic("generate: no token left to draw from")
}

// probabilities is the softmax of logits / temp.
func probabilities(logits []float32, temp float64) []float64 {
	top := float32(math.Inf(-1))
	for _, v := range logits {
		top = max(top, v)
	}
	p := make([]float64, len(logits))
	sum := 0.0
	for i, v := range logits {
		p[i] = math.Exp(float64(v-top) / temp)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}
