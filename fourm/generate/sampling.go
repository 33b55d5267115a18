package generate

// Drawing a token from logits: top-k, then top-p, then what 4M does not have, then
// temperature, in 4M's order (docs/4m.md, 6.3).

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

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
// P, of these those that Min and Typical leave; 0 stands for all. All look at
// probabilities at temperature 1.
type Filter struct {
	K       int
	Share   float64
	P       float64
	Min     float64 // those at least so likely as this share of the likeliest (min-p: Nguyen et al., arXiv 2407.01082)
	Typical float64 // the smallest set of this probability whose surprise -log p is nearest to its mean, the entropy (Meister et al., arXiv 2202.00666)
}

// frozen is the temperature up to which the likeliest token is taken, as the
// official code does (docs/4m.md, 6.3).
const frozen = 1e-10

// Choices gives the tokens that may be drawn from logits and their
// probabilities; at a temperature of 0 that is the likeliest token, with the
// probability that it has at temperature 1.
func Choices(logits []float32, temp float64, f Filter) (ids []int, p []float64) {
	return new(sieve).choices(logits, temp, f)
}

// sieve is memory to find choices in, good for one row of logits after another:
// what it gives is valid until the next.
type sieve struct {
	bins     binned
	ids, cut []int
	e        []float32
	p        []float64
}

var sieves = sync.Pool{New: func() any { return new(sieve) }}

// room gives a slice of n elements, in the memory of x where that is enough.
func room[T any](x []T, n int) []T { return slices.Grow(x[:0], n)[:n] }

func (s *sieve) choices(logits []float32, temp float64, f Filter) (ids []int, p []float64) {
	s.e = room(s.e, len(logits))
	if temp <= frozen {
		best := 0
		for i, v := range logits {
			if v > logits[best] {
				best = i
			}
		}
		s.ids, s.p = append(s.ids[:0], best), append(s.p[:0], 1/float64(cpu.Exp(s.e, logits, logits[best], 1)))
		return s.ids, s.p
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
	ids = s.likeliest(logits, k, share)
	if f.Min > 0 {
		ids = atLeast(logits, ids, f.Min)
	}
	if f.Typical > 0 && f.Typical < 1 {
		ids = s.typical(logits, ids, f.Typical)
	}
	kept := s.e[:len(ids)]
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
	s.p = room(s.p, len(ids))
	for i, e := range kept {
		s.p[i] = float64(e) / sum
	}
	return ids, s.p
}

// likeliest gives the k likeliest tokens (more where some are as likely as the
// last), and of these the smallest set whose probability among them is over
// share, the token that crosses it included. Tokens are sorted into bins by
// their distance from the top, and only those of the bin where the cut falls
// are put in order.
func (s *sieve) likeliest(logits []float32, k int, share float64) []int {
	if k >= len(logits) && share >= 1 {
		s.ids = room(s.ids, len(logits))
		for i := range s.ids {
			s.ids[i] = i
		}
		return s.ids
	}
	top := slices.Max(logits)
	bins := &s.bins
	bins.of = room(bins.of, len(logits))
	clear(bins.count[:])
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
		cut = s.ordered(logits, b)
		last := logits[cut[k-n-1]]
		m := k - n
		for m < len(cut) && logits[cut[m]] == last {
			m++
		}
		in, cut = b, cut[:m]
	}
	if share >= 1 {
		return s.below(in, cut)
	}
	mass := [len(bins.count)]float64{}
	s.e = room(s.e, len(logits))
	e := s.e
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
		in, cut = b, s.ordered(logits, b)
	}
	for i, id := range cut {
		if sum += float64(e[id]); sum > goal {
			return s.below(in, cut[:i+1])
		}
	}
	return s.below(in, cut)
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
func (s *sieve) ordered(logits []float32, which int) []int {
	s.cut = s.cut[:0]
	for i, w := range s.bins.of {
		if int(w) == which {
			s.cut = append(s.cut, i)
		}
	}
	slices.SortFunc(s.cut, func(x, y int) int { return cmp.Or(cmp.Compare(logits[y], logits[x]), x-y) })
	return s.cut
}

// below gives the tokens of the bins before one, and more.
func (s *sieve) below(which int, more []int) []int {
	s.ids = s.ids[:0]
	for i, w := range s.bins.of {
		if int(w) < which {
			s.ids = append(s.ids, i)
		}
	}
	s.ids = append(s.ids, more...)
	return s.ids
}

// atLeast leaves those of ids that are so likely as a share of the likeliest.
func atLeast(logits []float32, ids []int, share float64) []int {
	top := float32(math.Inf(-1))
	for _, id := range ids {
		top = max(top, logits[id])
	}
	least := float64(top) + math.Log(share)
	out := ids[:0]
	for _, id := range ids {
		if float64(logits[id]) >= least {
			out = append(out, id)
		}
	}
	return out
}

// typical leaves the smallest set of ids with a share of their probability whose
// surprise is nearest to the entropy, in the order of ids.
func (s *sieve) typical(logits []float32, ids []int, share float64) []int {
	top := math.Inf(-1)
	for _, id := range ids {
		top = max(top, float64(logits[id]))
	}
	sum := 0.0
	for _, id := range ids {
		sum += math.Exp(float64(logits[id]) - top)
	}
	norm, entropy := top+math.Log(sum), 0.0
	surprise := make([]float64, len(ids))
	for i, id := range ids {
		surprise[i] = norm - float64(logits[id])
		entropy += math.Exp(-surprise[i]) * surprise[i]
	}
	order := make([]int, len(ids))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(math.Abs(surprise[a]-entropy), math.Abs(surprise[b]-entropy))
	})
	n, mass := 0, 0.0
	for n < len(order) && mass < share {
		mass += math.Exp(-surprise[order[n]])
		n++
	}
	order = order[:n]
	slices.Sort(order)
	for i, at := range order {
		ids[i] = ids[at]
	}
	return ids[:n]
}

// drawn gives a token for every row of logits and the probability it had among
// its choices. What may be drawn is found in parallel, chance is asked in order.
// temps has one temperature a row.
func drawn(c Chance, logits []float32, vocab int, temps []float64, f Filter) (ids []int, p []float64) {
	rows := len(logits) / vocab
	ids, p = make([]int, rows), make([]float64, rows)
	const together = 16
	var sieved [together]*sieve
	for i := range min(together, rows) {
		sieved[i] = sieves.Get().(*sieve)
		defer sieves.Put(sieved[i])
	}
	var may [together][]int
	var probs [together][]float64
	for at := 0; at < rows; at += together {
		n := min(together, rows-at)
		cpu.For(n, 1, func(lo, hi int) {
			for i := lo; i < hi; i++ {
				may[i], probs[i] = sieved[i].choices(logits[(at+i)*vocab:(at+i+1)*vocab], temps[at+i], f)
			}
		})
		for i := range n {
			k := 0
			if temps[at+i] > frozen {
				k = c.Draw(at+i, rows, may[i], probs[i])
			}
			ids[at+i], p[at+i] = may[i][k], probs[i][k]
		}
	}
	return ids, p
}

// SeedOf gives the seed that the official code makes of a run's seed, a
// sample's number and a variation's: the hash of the three written one behind
// the other (docs/4m.md, 6.5).
func SeedOf(parts ...any) uint32 {
	var b strings.Builder
	for _, p := range parts {
		fmt.Fprint(&b, p)
	}
	h := sha256.Sum256([]byte(b.String()))
	return binary.BigEndian.Uint32(h[28:])
}
