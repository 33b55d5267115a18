package generate

// Drawing a token from logits: top-k, then top-p, then temperature, in 4M's
// order (inventory 6.3 and summary B17).

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"fourmlab/fourm/kernels/cpu"
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
		e := make([]float32, len(logits))
		return []int{best}, []float64{1 / float64(cpu.Exp(e, logits, logits[best], 1))}
	}
	k := f.K
	if k == 0 && f.Share > 0 {
		k = max(int(f.Share*float64(len(logits))), 1)
	}
	if k == 0 {
		k = len(logits)
	}
	share := f.P
	if share <= 0 {
		share = 1
	}
	ids = likeliest(logits, k, share)
	kept := make([]float32, len(ids))
	top := float32(math.Inf(-1))
	for i, id := range ids {
		kept[i] = logits[id]
		top = max(top, kept[i])
	}
	// sums of many numbers are too coarse in single precision
	cpu.Exp(kept, kept, top, float32(1/temp))
	sum := 0.0
	for _, e := range kept {
		sum += float64(e)
	}
	p = make([]float64, len(ids))
	for i, e := range kept {
		p[i] = float64(e) / sum
	}
	return ids, p
}

// likeliest gives the k likeliest tokens (more where some are as likely as the
// last), and of these the smallest set whose probability among them is over
// share, the token that crosses it included. Tokens are sorted into bins by
// their distance from the top, and only those of the bin where the cut falls
// are put in order.
func likeliest(logits []float32, k int, share float64) []int {
	if k >= len(logits) && share >= 1 {
		ids := make([]int, len(logits))
		for i := range ids {
			ids[i] = i
		}
		return ids
	}
	top := slices.Max(logits)
	var bins binned
	bins.of = make([]uint16, len(logits))
	for i, v := range logits {
		b := uint16(bin(top - v))
		bins.of[i] = b
		bins.count[b]++
	}
	in, cut := len(bins.count), []int(nil)
	if k < len(logits) {
		b, n := 0, 0
		for n+bins.count[b] < k {
			n += bins.count[b]
			b++
		}
		cut = bins.ordered(logits, b)
		last := logits[cut[k-n-1]]
		m := k - n
		for m < len(cut) && logits[cut[m]] == last {
			m++
		}
		in, cut = b, cut[:m]
	}
	if share >= 1 {
		return bins.below(in, cut)
	}
	mass := [len(bins.count)]float64{}
	e := make([]float32, len(logits))
	cpu.Exp(e, logits, top, 1)
	total := 0.0
	for i, x := range e {
		if b := int(bins.of[i]); b < in {
			mass[b] += float64(x)
			total += float64(x)
		}
	}
	for _, id := range cut {
		mass[in] += float64(e[id])
		total += float64(e[id])
	}
	goal, sum, b := share*total, 0.0, 0
	for b < len(mass)-1 && b < in && sum+mass[b] <= goal {
		sum += mass[b]
		b++
	}
	if b < in || cut == nil {
		in, cut = b, bins.ordered(logits, b)
	}
	for i, id := range cut {
		if sum += float64(e[id]); sum > goal {
			return bins.below(in, cut[:i+1])
		}
	}
	return bins.below(in, cut)
}

// binned says in which bin every token is.
type binned struct {
	of    []uint16
	count [1025]int
}

// bin gives the bin of a distance in nats: 32 a nat.
func bin(x float32) int {
	if !(x < 32) {
		return 1024
	}
	return int(x * 32)
}

// ordered gives the tokens of a bin, the likeliest first, then the smaller id.
func (b *binned) ordered(logits []float32, which int) []int {
	var out []int
	for i, w := range b.of {
		if int(w) == which {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(x, y int) int { return cmp.Or(cmp.Compare(logits[y], logits[x]), x-y) })
	return out
}

// below gives the tokens of the bins before one, and more.
func (b *binned) below(which int, more []int) []int {
	n := len(more)
	for _, c := range b.count[:min(which, len(b.count))] {
		n += c
	}
	out := make([]int, 0, n)
	for i, w := range b.of {
		if int(w) < which {
			out = append(out, i)
		}
	}
	return append(out, more...)
}

// drawn gives a token for every row of logits and the probability it had among
// its choices. What may be drawn is found in parallel, chance is asked in order.
func drawn(c Chance, logits []float32, vocab int, temp float64, f Filter) (ids []int, p []float64) {
	rows := len(logits) / vocab
	ids, p = make([]int, rows), make([]float64, rows)
	const together = 32
	var may [together][]int
	var probs [together][]float64
	for at := 0; at < rows; at += together {
		n := min(together, rows-at)
		cpu.For(n, 1, func(lo, hi int) {
			for i := lo; i < hi; i++ {
				may[i], probs[i] = Choices(logits[(at+i)*vocab:(at+i+1)*vocab], temp, f)
			}
		})
		for i := range n {
			k := 0
			if temp > frozen {
				k = c.Draw(at+i, rows, may[i], probs[i])
			}
			ids[at+i], p[at+i] = may[i][k], probs[i][k]
		}
	}
	return ids, p
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
