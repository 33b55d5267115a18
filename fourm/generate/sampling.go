package generate

// Drawing a token from logits: top-k, then top-p, then temperature, in 4M's
// order (inventory 6.3 and summary B17).

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"strings"
)

// Chance is the source of all that is left to chance in a generation.
type Chance interface {
	// Noise gives n uniform numbers, whose order is the one of a ROAR step.
	Noise(n int) []float32
	// Draw gives the place among ids of the token that is drawn, whose
	// probabilities are p, for one of so many rows that are drawn together.
	Draw(row, rows int, ids []int, p []float64) int
}

// Dice is the Chance of a seed.
type Dice struct{ *rand.Rand }

// NewDice gives the Chance of a seed.
func NewDice(seed int64) Dice { return Dice{rand.New(rand.NewPCG(uint64(seed), 4))} }

// Noise gives n uniform numbers.
func (d Dice) Noise(n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = d.Float32()
	}
	return out
}

// Draw draws by the probabilities alone.
func (d Dice) Draw(_, _ int, _ []int, p []float64) int {
	u := d.Float64()
	for i, q := range p {
		if u -= q; u < 0 {
			return i
		}
	}
	return len(p) - 1
}

// Filter says which tokens may be drawn: K (or, where it is 0, the share Share
// of the vocabulary) likeliest ones, of these the smallest set with probability
// P; 0 stands for all.
type Filter struct {
	K     int
	Share float64
	P     float64
}

// frozen is the temperature up to which the likeliest token is taken.
const frozen = 1e-10

// Choices gives the tokens that may be drawn from logits and their
// probabilities; at a temperature of 0 that is the likeliest token, with the
// probability that it has at temperature 1.
func Choices(logits []float32, temp float64, f Filter) (ids []int, p []float64) {
	if temp <= frozen {
		best := 0
		for i, v := range logits {
			if v > logits[best] {
				best = i
			}
		}
		return []int{best}, []float64{probabilities(logits, 1)[best]}
	}
	ids = make([]int, len(logits))
	for i := range ids {
		ids[i] = i
	}
	of := func(ids []int) []float32 {
		kept := make([]float32, len(ids))
		for i, id := range ids {
			kept[i] = logits[id]
		}
		return kept
	}
	k := f.K
	if k == 0 && f.Share > 0 {
		k = max(int(f.Share*float64(len(logits))), 1)
	}
	byK, byP := k > 0 && k < len(logits), f.P > 0 && f.P < 1
	if byK || byP {
		sort.Slice(ids, func(a, b int) bool {
			x, y := logits[ids[a]], logits[ids[b]]
			return x > y || x == y && ids[a] < ids[b]
		})
	}
	if byK {
		for k < len(ids) && logits[ids[k]] == logits[ids[k-1]] {
			k++ // as likely as the last
		}
		ids = ids[:k]
	}
	if byP {
		sum := 0.0
		for i, q := range probabilities(of(ids), 1) {
			if sum += q; sum > f.P { // the token that crosses stays
				ids = ids[:i+1]
				break
			}
		}
	}
	return ids, probabilities(of(ids), temp)
}

// draw gives a token and the probability it had among its choices.
func draw(c Chance, row, rows int, logits []float32, temp float64, f Filter) (id int, p float64) {
	ids, probs := Choices(logits, temp, f)
	if temp <= frozen {
		return ids[0], probs[0]
	}
	i := c.Draw(row, rows, ids, probs)
	return ids[i], probs[i]
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

// SeedOf gives the seed that the official code makes of a run's seed, a
// sample's number and a variation's: the hash of the three written one behind
// the other (inventory 6.5).
func SeedOf(parts ...any) uint32 {
	var b strings.Builder
	for _, p := range parts {
		fmt.Fprint(&b, p)
	}
	h := sha256.Sum256([]byte(b.String()))
	return binary.BigEndian.Uint32(h[28:])
}
