package mask

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"fourmlab/internal/fault"
)

// A Dirichlet with one alpha gives each of k domains a mean share of 1/k and a
// variance of (k-1) / (k²(kα+1)), where none has to be cut.
func TestMaskShares(t *testing.T) {
	setup()
	const n, in = 4000, 24
	for _, alpha := range []float64{0.5, 1, 10} {
		m := Mask{In: in, InAlpha: alpha, Inputs: []string{"tok_depth", "tok_normal", "caption"}, Seed: 3}
		got := m.Shares(n)
		if len(got) != 3 || !reflect.DeepEqual(got, m.Shares(n)) {
			t.Fatalf("%d domains", len(got))
		}
		for name, counts := range got {
			sum, sq := 0.0, 0.0
			for _, c := range counts {
				sum, sq = sum+float64(c)/n, sq+float64(c)*float64(c)/n
			}
			sd, want := math.Sqrt(sq-sum*sum), in*math.Sqrt(2/(9*(3*alpha+1)))
			if math.Abs(sum-in/3.0) > 0.7 || math.Abs(sd/want-1) > 0.1 {
				t.Errorf("alpha %g: %s has %.2f ± %.2f tokens, expected %.2f ± %.2f", alpha, name, sum, sd, in/3.0, want)
			}
		}
		for i := range n {
			if s := got["tok_depth"][i] + got["tok_normal"][i] + got["caption"][i]; s != in {
				t.Fatalf("draw %d gives %d tokens, expected %d", i, s, in)
			}
		}
	}
}

func TestMaskSharesFaults(t *testing.T) {
	for _, c := range []struct {
		m    Mask
		n    int
		want string
	}{
		{Mask{}, 1, "Mask.Shares: the mask names no inputs"},
		{Mask{Inputs: []string{"rgb"}}, 0, "Mask.Shares: 0 draws, expected 1 or more"},
		{Mask{Inputs: []string{"rgb", "caption"}, In: 20, Least: map[string]int{"rgb": 30}}, 1, "Mask.Draw: Least asks for 30 input tokens (rgb), more than the budget of 20"},
		{Mask{Inputs: []string{"rgb", "caption"}, InAlphas: map[string]float64{"rgb": 0, "caption": 0}}, 1, "Mask.Draw: InAlphas are 0 for all of rgb, caption"},
		{Mask{Inputs: []string{"smell"}}, 1, `Mask.Shares: no modality "smell"`},
	} {
		var err error
		func() {
			defer fault.Catch(&err)
			c.m.Shares(c.n)
		}()
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("got %v, expected %s", err, c.want)
		}
	}
}
