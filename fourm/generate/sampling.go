package generate

// Drawing a token from logits: top-k, then top-p, then temperature, in 4M's
// order (inventory 6.3 and summary B17).

import (
	"math"
	"math/rand/v2"
	"sort"
)

// draw gives a token and the probability it had among its choices.
func draw(r *rand.Rand, logits []float32, temp, topP float64, topK int) (id int, p float64) {
	ids, probs := choices(logits, temp, topP, topK)
	if len(ids) == 1 {
		return ids[0], probs[0]
	}
	u := r.Float64()
	for i, q := range probs {
		if u -= q; u < 0 || i == len(probs)-1 {
			return ids[i], q
		}
	}
	panic("generate: no token left to draw from")
}

// choices gives the tokens that may be drawn and their probabilities.
// Temperatures below 1e-6 leave the likeliest token, with the probability it
// has at temperature 1.
func choices(logits []float32, temp, topP float64, topK int) (ids []int, probs []float64) {
	if temp < 1e-6 {
		best := 0
		for i, v := range logits {
			if v > logits[best] {
				best = i
			}
		}
		return []int{best}, []float64{probabilities(logits, 1)[best]}
	}
	for i := range logits {
		ids = append(ids, i)
	}
	of := func(ids []int) []float32 {
		kept := make([]float32, len(ids))
		for i, id := range ids {
			kept[i] = logits[id]
		}
		return kept
	}
	byK, byP := topK > 0 && topK < len(logits), topP > 0 && topP < 1
	if byK || byP {
		sort.Slice(ids, func(a, b int) bool {
			x, y := logits[ids[a]], logits[ids[b]]
			return x > y || x == y && ids[a] < ids[b]
		})
	}
	if byK {
		ids = ids[:topK]
	}
	if byP {
		sum := 0.0
		for i, q := range probabilities(of(ids), 1) {
			if sum += q; sum > topP { // the token that crosses stays
				ids = ids[:i+1]
				break
			}
		}
	}
	return ids, probabilities(of(ids), temp)
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
