package generate

import (
	"cmp"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"fourmlab/internal/fault"
)

// Schedules are the official ones; steps that decide nothing are left out.
func TestSchedules(t *testing.T) {
	for _, c := range []struct {
		steps, total   int
		cosine, linear []int
	}{
		{8, 196, []int{7, 21, 32, 38, 38, 32, 21, 7}, []int{25, 25, 25, 25, 24, 24, 24, 24}},
		{8, 784, []int{30, 85, 127, 150, 150, 127, 85, 30}, []int{98, 98, 98, 98, 98, 98, 98, 98}},
		{1, 64, []int{64}, []int{64}},
		{9, 4, []int{1, 1, 1, 1}, []int{1, 1, 1, 1}},
	} {
		if got := CosineTokens(c.steps, c.total); !reflect.DeepEqual(got, c.cosine) {
			t.Errorf("cosine(%d, %d) is %v, expected %v", c.steps, c.total, got, c.cosine)
		}
		if got := LinearTokens(c.steps, c.total); !reflect.DeepEqual(got, c.linear) {
			t.Errorf("linear(%d, %d) is %v, expected %v", c.steps, c.total, got, c.linear)
		}
	}
	if got := LinearTokens(25, 196); got[20] != 8 || got[21] != 7 || len(got) != 25 {
		t.Errorf("linear(25, 196) is %v, expected 21 eights and 4 sevens", got)
	}
}

// Every schedule decides every token.
func TestSchedulesAddUp(t *testing.T) {
	for total := 1; total <= 80; total++ {
		for steps := 1; steps <= 90; steps++ {
			for name, got := range map[string][]int{"cosine": CosineTokens(steps, total), "linear": LinearTokens(steps, total)} {
				sum := 0
				for _, n := range got {
					sum += n
					if n < 1 {
						t.Fatalf("%s(%d, %d) is %v", name, steps, total, got)
					}
				}
				if sum != total || len(got) > steps {
					t.Fatalf("%s(%d, %d) is %v", name, steps, total, got)
				}
			}
		}
	}
}

// Tokens are drawn as often as their probabilities say.
func TestDrawFollowsProbabilities(t *testing.T) {
	logits := []float32{0, 1, 2, -1, 1.5}
	ids, probs := Choices(logits, 0.8, Filter{K: 4})
	r := NewDice(1)
	const n = 20000
	count := map[int]float64{}
	for range n {
		got, gotP := drawn(r, logits, len(logits), []float64{0.8}, Filter{K: 4})
		id, p := got[0], gotP[0]
		count[id]++
		for i := range ids {
			if ids[i] == id && probs[i] != p {
				t.Fatalf("token %d comes with probability %g, expected %g", id, p, probs[i])
			}
		}
	}
	for i, id := range ids {
		if math.Abs(count[id]/n-probs[i]) > 5*math.Sqrt(probs[i]/n) {
			t.Errorf("token %d is drawn with frequency %g, expected %g", id, count[id]/n, probs[i])
		}
	}
	if count[3] > 0 {
		t.Error("a token that top-k removes was drawn")
	}
}

// What is selected is what a full sort selects: top-k, then top-p, ties and
// flat distributions included.
func TestLikeliest(t *testing.T) {
	work := new(sieve) // one for all: no case sees what another left
	r := rand.New(rand.NewPCG(4, 4))
	for n := range 400 {
		v := 1 + r.IntN(300)
		logits := make([]float32, v)
		for i := range logits {
			switch n % 4 {
			case 0:
				logits[i] = float32(r.NormFloat64() * 3)
			case 1:
				logits[i] = float32(r.IntN(5)) // ties
			case 2:
				logits[i] = float32(r.NormFloat64() * 100)
			case 3:
				logits[i] = float32(r.NormFloat64() * 1e-3)
			}
		}
		k, share := 1+r.IntN(v+3), r.Float64()*1.1
		order := make([]int, v)
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(logits[b], logits[a]) })
		if k < v {
			m := k
			for m < v && logits[order[m]] == logits[order[k-1]] {
				m++
			}
			order = order[:m]
		}
		if share < 1 {
			total, sum := 0.0, 0.0
			for _, id := range order {
				total += math.Exp(float64(logits[id] - logits[order[0]]))
			}
			for i, id := range order {
				if sum += math.Exp(float64(logits[id]-logits[order[0]])) / total; sum > share {
					order = order[:i+1]
					break
				}
			}
		}
		got := work.likeliest(logits, k, share)
		if len(got) != len(order) {
			t.Fatalf("case %d: %d of %d tokens with k %d and share %g, expected %d", n, len(got), v, k, share, len(order))
		}
		slices.Sort(got)
		slices.Sort(order)
		// as likely ones may stand for each other
		for i := range got {
			if got[i] != order[i] && n%4 != 1 {
				t.Fatalf("case %d: %v, expected %v", n, got, order)
			}
		}
	}
}

// Min-p and typical sampling keep what their definitions say, found by a plain loop
// over all tokens.
func TestMinPAndTypical(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for n := range 200 {
		v := 2 + r.IntN(200)
		logits, p := make([]float32, v), make([]float64, v)
		sum := 0.0
		for i := range logits {
			logits[i] = float32(r.NormFloat64() * []float64{0.1, 1, 4}[n%3])
			p[i] = math.Exp(float64(logits[i]))
			sum += p[i]
		}
		top, entropy := 0.0, 0.0
		for i := range p {
			p[i] /= sum
			top = max(top, p[i])
			entropy -= p[i] * math.Log(p[i])
		}
		share := 0.05 + 0.9*r.Float64()
		var want []int
		for i := range p {
			if p[i] >= share*top*(1+1e-6) {
				want = append(want, i)
			}
		}
		got, _ := Choices(logits, 1, Filter{Min: share})
		for _, id := range want {
			if !slices.Contains(got, id) {
				t.Fatalf("min-p %g: token %d of probability %g is gone, the likeliest has %g", share, id, p[id], top)
			}
		}
		for _, id := range got {
			if p[id] < share*top*(1-1e-6) {
				t.Fatalf("min-p %g: token %d of probability %g stays, the likeliest has %g", share, id, p[id], top)
			}
		}
		off := func(i int) float64 { return math.Abs(-math.Log(p[i]) - entropy) }
		got, q := Choices(logits, 1, Filter{Typical: share})
		mass, far := 0.0, 0.0
		for _, id := range got {
			mass += p[id]
			far = max(far, off(id))
		}
		if mass < share-1e-6 {
			t.Fatalf("typical %g: what stays has probability %g", share, mass)
		}
		for i := range p {
			if !slices.Contains(got, i) && off(i) < far-1e-6 {
				t.Fatalf("typical %g: token %d is %g from the entropy and gone, one that stays %g", share, i, off(i), far)
			}
		}
		if len(got) > 1 { // without the farthest it is too little
			for i, id := range got {
				if off(id) > far-1e-9 && mass-p[id] >= share+1e-6 {
					t.Fatalf("typical %g: %d is not needed", share, got[i])
				}
			}
		}
		if total := plus(q); math.Abs(1-total) > 1e-6 {
			t.Fatalf("probabilities add up to %g", total)
		}
	}
}

func plus(x []float64) (sum float64) {
	for _, v := range x {
		sum += v
	}
	return sum
}

// Schedules by a function are the definitions, decide every token, and none of them
// has an empty step.
func TestPaces(t *testing.T) {
	for _, c := range []struct {
		name         string
		steps, total int
		want         []int
	}{
		// floor(196 (1 - arccos(i/8) / (pi/2))) for i of 1 to 8 is 15 31 47 65 84 105 132 196
		{"arccos", 8, 196, []int{15, 16, 16, 18, 19, 21, 27, 64}},
		{"square", 4, 64, []int{4, 12, 20, 28}},
		{"constant", 8, 196, []int{24, 25, 24, 25, 24, 25, 24, 25}},
		{"square", 64, 64, slices.Repeat([]int{1}, 64)},
	} {
		if got := PacedTokens(paces[c.name], c.steps, c.total); !slices.Equal(got, c.want) {
			t.Errorf("%s(%d, %d) is %v, expected %v", c.name, c.steps, c.total, got, c.want)
		}
	}
	own := func(r float64) float64 { return math.Sqrt(r) }
	for total := 1; total <= 40; total++ {
		for steps := 1; steps <= 45; steps++ {
			for name, f := range map[string]func(float64) float64{"arccos": paces["arccos"], "square": paces["square"], "constant": paces["constant"], "own": own} {
				got := PacedTokens(f, steps, total)
				if sum(got) != total || len(got) > steps || slices.Min(got) < 1 {
					t.Fatalf("%s(%d, %d) is %v", name, steps, total, got)
				}
			}
		}
	}
	defer func() {
		if e, ok := recover().(*fault.Error); !ok || e.Error() != "generate.PacedTokens: a schedule that has decided the share 2 after 0.5 of its steps, expected 0 to 1" {
			t.Errorf("got %v", e)
		}
	}()
	PacedTokens(func(r float64) float64 { return 2 }, 2, 8)
}
