package generate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"testing"

	"fourmlab/internal/fixture"
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

// The official schedules and temperatures, number by number.
func TestScheduleParity(t *testing.T) {
	var f struct {
		Cases []struct {
			Steps  int       `json:"num_steps"`
			Total  int       `json:"total_tokens"`
			Cosine []int     `json:"cosine"`
			Linear []int     `json:"linear"`
			OnCos  []float64 `json:"linear_temp(1.0) on cosine"`
			OnLin  []float64 `json:"linear_temp(3.0) on linear"`
		} `json:"cases"`
	}
	fixture.JSON(t, filepath.Join(fixture.Path(t, "parity", "gen_schedules"), "schedules.json"), &f)
	// without the steps that decide nothing, whose temperature nobody needs
	strip := func(tokens []int, temps []float64) (n []int, temp []float64) {
		for i, k := range tokens {
			if k > 0 {
				n, temp = append(n, k), append(temp, temps[i])
			}
		}
		return n, temp
	}
	close := func(a, b []float64) bool {
		for i := range a {
			if math.Abs(a[i]-b[i]) > 1e-9 {
				return false
			}
		}
		return len(a) == len(b)
	}
	schedules, temperatures := 0, 0
	for _, c := range f.Cases {
		check := func(name string, got, tokens []int, temp float64, temps []float64) {
			want, temps := strip(tokens, temps)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s(%d, %d) is %v, expected %v", name, c.Steps, c.Total, got, want)
			}
			if g := LinearTemps(temp, got); !close(g, temps) {
				t.Errorf("temperatures on %s(%d, %d) are %v, expected %v", name, c.Steps, c.Total, g, temps)
			}
			schedules, temperatures = schedules+1, temperatures+len(temps)
		}
		check("linear", LinearTokens(c.Steps, c.Total), c.Linear, 3, c.OnLin)
		// ours never has more steps than tokens, and never a last step below 0,
		// which is how the official one makes up for what it rounded up
		if last := c.Cosine[len(c.Cosine)-1]; c.Steps <= c.Total && last >= 0 {
			check("cosine", CosineTokens(c.Steps, c.Total), c.Cosine, 1, c.OnCos)
		}
	}
	t.Logf("%d schedules and %d temperatures compared", schedules, temperatures)
}

// What top-k and top-p keep, and how likely a kept token is, is what the
// official code says.
func TestSamplingParity(t *testing.T) {
	dir := fixture.Path(t, "parity", "gen_sampling")
	var f struct {
		Cases []struct {
			Case int     `json:"case"`
			TopK float64 `json:"top_k"`
			Type string  `json:"top_k_type"`
			TopP float64 `json:"top_p"`
			Temp float64 `json:"temperature"`
		} `json:"cases"`
	}
	fixture.JSON(t, filepath.Join(dir, "config.json"), &f)
	x := fixture.Tensors(t, filepath.Join(dir, "cases.safetensors"))
	v := x["logits"].Shape[1]
	rows := 0
	for _, c := range f.Cases {
		k := int(c.TopK)
		if c.Type == "float" {
			k = int(c.TopK * float64(v))
		}
		name := fmt.Sprintf("case%d", c.Case)
		filtered := x[name+".filtered"].F
		for r := range x["logits"].Shape[0] {
			rows++
			logits := x["logits"].F[r*v : r*v+v]
			ids, probs := choices(logits, c.Temp, c.TopP, k)
			prob := map[int]float64{}
			for i, id := range ids {
				prob[id] = probs[i]
			}
			if c.Temp >= 1e-6 {
				for id, l := range filtered[r*v : r*v+v] {
					if _, kept := prob[id]; kept == math.IsInf(float64(l), -1) {
						t.Errorf("case %d, row %d: token %d is kept: %v", c.Case, r, id, kept)
					}
				}
			}
			sample := x[name+".samples"].I[r]
			if c.Temp < 1e-6 {
				if len(ids) != 1 || ids[0] != sample {
					t.Errorf("case %d, row %d: %v, expected token %d", c.Case, r, ids, sample)
				}
				continue
			}
			if want := float64(x[name+".sampled_probs"].F[r]); math.Abs(prob[sample]-want) > 1e-5 {
				t.Errorf("case %d, row %d: token %d has probability %g, expected %g", c.Case, r, sample, prob[sample], want)
			}
			// the official way to draw: the largest ratio to given noise
			best, at := -1.0, -1
			for id, p := range prob {
				if q := p / float64(x[name+".q"].F[r*v+id]); q > best {
					best, at = q, id
				}
			}
			if at != sample {
				t.Errorf("case %d, row %d: the noise draws %d, expected %d", c.Case, r, at, sample)
			}
		}
	}
	t.Logf("%d rows in %d cases compared", rows, len(f.Cases))
}

// Tokens are drawn as often as their probabilities say.
func TestDrawFollowsProbabilities(t *testing.T) {
	logits := []float32{0, 1, 2, -1, 1.5}
	ids, probs := choices(logits, 0.8, 0, 4)
	r := rand.New(rand.NewPCG(1, 1))
	const n = 20000
	count := map[int]float64{}
	for range n {
		id, p := draw(r, logits, 0.8, 0, 4)
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
