package mask

import (
	"math"
	"math/rand/v2"
	"testing"

	"fourmlab/fourm/modality"
)

// The Dirichlet has the mean and variance it should have, tiny alphas included.
func TestDirichlet(t *testing.T) {
	c := chance(3)
	alpha := []float64{0.1, 0.5, 2}
	const n = 20000
	var sum, sq [3]float64
	p := make([]float32, 3)
	for range n {
		c.Dirichlet(alpha, p)
		for i, x := range p {
			sum[i] += float64(x) / n
			sq[i] += float64(x) * float64(x) / n
		}
	}
	for i, a := range alpha {
		mean := a / 2.6
		variance := mean * (1 - mean) / 3.6
		if math.Abs(sum[i]-mean) > 0.01 || math.Abs(sq[i]-sum[i]*sum[i]-variance) > 0.01 {
			t.Errorf("alpha %g: mean %g and variance %g, expected %g and %g", a, sum[i], sq[i]-sum[i]*sum[i], mean, variance)
		}
	}
	p = make([]float32, 40)
	alpha = make([]float64, 40)
	for i := range alpha {
		alpha[i] = 1e-9
	}
	winners := map[int]bool{}
	for range 200 {
		c.Dirichlet(alpha, p)
		for i, x := range p {
			if x == 1-0x1p-24 {
				winners[i] = true
			} else if x != 0x1p-126 {
				t.Fatalf("alphas of nearly 0 give a share of %g", x)
			}
		}
	}
	if len(winners) < 30 {
		t.Errorf("%d of 40 domains ever have everything", len(winners))
	}
}

// Seeded numbers keep within what they promise, and reach its ends.
func TestSeeded(t *testing.T) {
	c := chance(4)
	seen := map[int]int{}
	for range 3000 {
		seen[c.Between(-1, 1)]++
		seen[10+c.Weighted([]float64{1, 0, 2})]++
	}
	for k, want := range map[int]int{-1: 1000, 0: 1000, 1: 1000, 10: 1000, 11: 0, 12: 2000} {
		if d := seen[k] - want; d < -150 || d > 150 {
			t.Errorf("%d came %d times, expected about %d", k, seen[k], want)
		}
	}
	x := make([]float32, 10001)
	c.Noise(x)
	mean := 0.0
	for _, v := range x {
		if v <= 0 || v > 1 {
			t.Fatalf("noise of %g", v)
		}
		mean += float64(v) / float64(len(x))
	}
	if math.Abs(mean-0.5) > 0.015 {
		t.Errorf("noise has a mean of %g", mean)
	}
}

// Shares add up to the total unless something is cut; grids leave their
// targets what inputs do not take, sequences all of their length; those who do
// not take part get nothing.
func TestShare(t *testing.T) {
	grid := modality.Domain{Name: "grid", Kind: modality.Image, Max: 16}
	line := modality.Domain{Name: "line", Kind: modality.Sequence, Max: 10}
	entries := []Entry{{Domain: grid, In: 1, Out: 1}, {Domain: line, In: 0.3, Out: 2, Min: 1}, {Domain: grid, In: 1, Out: -1}, {Domain: line, In: -1, Out: 0.5}}
	cut := 0
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 9))
		n, k := 4+r.IntN(30), 4+r.IntN(30)
		ins, outs := Share(Seeded(r), entries, n, k)
		sumIn, sumOut := 0, 0
		for i, e := range entries {
			sumIn, sumOut = sumIn+ins[i], sumOut+outs[i]
			room := e.Domain.Max
			if e.Domain.Grid() {
				room -= ins[i]
			}
			if ins[i] < 0 || ins[i] > e.Domain.Max || outs[i] < 0 || outs[i] > room {
				t.Fatalf("seed %d: %d inputs and %d targets for room of %d", seed, ins[i], outs[i], e.Domain.Max)
			}
			if e.In < 0 && ins[i] > 0 || e.Out < 0 && outs[i] > 0 || ins[i]+1 < e.Min || outs[i]+1 < e.Min {
				t.Fatalf("seed %d: %v and %v", seed, ins, outs)
			}
		}
		if ins[1] < 1 || outs[1] < 1 {
			t.Fatalf("seed %d: less than the least: %v and %v", seed, ins, outs)
		}
		if sumIn > n || sumOut > k {
			t.Fatalf("seed %d: %v of %d and %v of %d", seed, ins, n, outs, k)
		}
		if sumIn < n {
			cut++
			if ins[0] < 16 && ins[1] < 10 && ins[2] < 16 {
				t.Fatalf("seed %d: %v are not %d, and nothing was cut", seed, ins, n)
			}
		}
	}
	if cut == 0 || cut == 500 {
		t.Errorf("%d of 500 were cut", cut)
	}
	if _, outs := Share(chance(1), entries, 5, -1); outs[0] != -1 || outs[2] != 0 || outs[3] != -1 {
		t.Errorf("without a target budget: %v", outs)
	}
}

// scripted counts Dirichlet draws and gives always the same shares.
type scripted struct {
	Chance
	p []float32
	n int
}

func (s *scripted) Dirichlet(_ []float64, p []float32) { s.n++; copy(p, s.p) }

// A share below the least is drawn again, a hundred times at most.
func TestTries(t *testing.T) {
	d := modality.Domain{Name: "d", Kind: modality.Image, Max: 9}
	s := &scripted{p: []float32{0.75, 0.25}}
	ins, _ := Share(s, []Entry{{Domain: d}, {Domain: d, Min: 3, Out: -1}}, 8, -1)
	if s.n != tries || ins[0] != 6 || ins[1] != 2 {
		t.Errorf("%d draws gave %v, expected %d and [6 2]", s.n, ins, tries)
	}
	// 0.7 of 5 is 3.5 and 0.3 of it 1.5: one token is left, for the larger
	s = &scripted{p: []float32{0.7, 0.3}}
	if ins, _ = Share(s, []Entry{{Domain: d, Out: -1}, {Domain: d, Out: -1}}, 5, 0); s.n != 2 || ins[0] != 4 || ins[1] != 1 {
		t.Errorf("%d draws gave %v, expected 2 and [4 1]", s.n, ins)
	}
	// equal shares: the first has what is left
	s = &scripted{p: []float32{0.5, 0.5}}
	if ins, _ = Share(s, []Entry{{Domain: d, Out: -1}, {Domain: d, Out: -1}}, 5, 0); ins[0] != 3 || ins[1] != 2 {
		t.Errorf("equal shares of 5 are %v, expected [3 2]", ins)
	}
	// a grid that its inputs fill has room for its least all the same
	s = &scripted{p: []float32{1}}
	if ins, outs := Share(s, []Entry{{Domain: d, Min: 2}}, 20, 20); ins[0] != 9 || outs[0] != 2 {
		t.Errorf("%v inputs and %v targets, expected [9] and [2]", ins, outs)
	}
}
