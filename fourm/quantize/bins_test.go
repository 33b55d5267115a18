package quantize

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// sets are values as people have them: of one hill, of many magnitudes, with
// frequent ones, few, all alike, as large as can be.
func sets() map[string][]float64 {
	r := rand.New(rand.NewPCG(3, 1))
	out := map[string][]float64{"alike": {7, 7, 7}, "one": {-2}, "two": {0, 1}, "huge": {-math.MaxFloat64, math.MaxFloat64, 0}, "tiny": {5e-324, 0, 1e-323}}
	for range 20000 {
		x := r.NormFloat64()
		out["hill"] = append(out["hill"], x)
		out["magnitudes"] = append(out["magnitudes"], math.Exp(10*x))
		out["binary"] = append(out["binary"], float64(r.IntN(2)))
		out["mixed"] = append(out["mixed"], max(x, 0))
	}
	return out
}

func TestBins(t *testing.T) {
	for name, values := range sets() {
		for _, n := range []int{1, 2, 7, 1024} {
			b, err := Quantiles(values, n)
			if err != nil {
				t.Fatal(err)
			}
			// stored and read again as its edges
			text, err := json.Marshal(b)
			var stored Bins
			if err != nil || json.Unmarshal(text, &stored) != nil || !slices.Equal(stored.Edges, b.Edges) {
				t.Fatalf("%s: %s comes back as %v", name, text, stored)
			}
			r := rand.New(rand.NewPCG(9, 9))
			sorted := slices.Sorted(slices.Values(values))
			lo, hi := sorted[0], sorted[len(sorted)-1]
			asked := slices.Clone(sorted)
			for range 2000 { // within the range, but not seen
				s := r.Float64()
				asked = append(asked, min(max(lo*s+hi*(1-s), lo), hi))
			}
			asked = slices.Sorted(slices.Values(append(asked, stored.Edges...)))
			ids, err := stored.Encode(asked)
			if err != nil {
				t.Fatal(err)
			}
			back, err := stored.Decode(ids)
			if err != nil {
				t.Fatal(err)
			}
			for i, v := range asked {
				if i > 0 && (ids[i] < ids[i-1] || back[i] < back[i-1]) {
					t.Fatalf("%s, %d bins: %g has token %d, the smaller %g has %d", name, n, v, ids[i], asked[i-1], ids[i-1])
				}
				from, to := stored.Edges[ids[i]], stored.Edges[ids[i]+1]
				if v < from || v > to {
					t.Fatalf("%s, %d bins: %g is in the bin from %g to %g", name, n, v, from, to)
				}
				// half a bin, but for the last bit of the middle
				if far, most := math.Abs(v-back[i]), to/2-from/2; far > most+1e-15*math.Abs(v)+5e-324 {
					t.Fatalf("%s, %d bins: %g comes back as %g, further off than half a bin, %g", name, n, v, back[i], most)
				}
			}
			ends, err := stored.Encode([]float64{math.Inf(-1), lo - 1, hi + 1, math.Inf(1)})
			if err != nil || ends[0] != ends[1] || ends[0] != ids[0] || ends[2] != ends[3] || ends[3] != ids[len(ids)-1] {
				t.Errorf("%s, %d bins: beyond the ends are tokens %v, at them %d and %d (%v)", name, n, ends, ids[0], ids[len(ids)-1], err)
			}
		}
	}
}

// Bins hold as many values each, and frequent values come back as they are.
func TestBinsAreEven(t *testing.T) {
	b, err := Quantiles(sets()["hill"], 100)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := b.Encode(sets()["hill"])
	if err != nil {
		t.Fatal(err)
	}
	times := make([]int, 100)
	for _, id := range ids {
		times[id]++
	}
	if lo, hi := slices.Min(times), slices.Max(times); lo < 199 || hi > 201 {
		t.Errorf("bins of 20000 values hold %d to %d, expected 200", lo, hi)
	}
	for _, name := range []string{"binary", "alike"} {
		values := sets()[name]
		b, err := Quantiles(values, 1024)
		if err != nil {
			t.Fatal(err)
		}
		ids, _ := b.Encode(values)
		if back, _ := b.Decode(ids); !slices.Equal(back, values) {
			t.Errorf("%s: values come back changed", name)
		}
	}
}

func TestWrongBins(t *testing.T) {
	nan := math.NaN()
	good := Bins{[]float64{0, 1, 2}}
	for want, f := range map[string]func() error{
		"value 1 is NaN, expected a finite number":  func() error { _, err := Quantiles([]float64{1, nan}, 4); return err },
		"value 0 is +Inf, expected a finite number": func() error { _, err := Quantiles([]float64{math.Inf(1)}, 4); return err },
		"no values":                                func() error { _, err := Quantiles(nil, 4); return err },
		"0 bins, expected 1":                       func() error { _, err := Quantiles([]float64{1}, 0); return err },
		"value 2 is not a number":                  func() error { _, err := good.Encode([]float64{1, 2, nan}); return err },
		"code 2 at latent 1, expected one below 2": func() error { _, err := good.Decode([]int32{0, 2}); return err },
		"0 edges of bins":                          func() error { _, err := Bins{}.Encode(nil); return err },
		"edge 1 of bins is -1":                     func() error { _, err := Bins{[]float64{0, -1}}.Decode(nil); return err },
		"edge 0 of bins is NaN":                    func() error { _, err := Bins{[]float64{nan, 1}}.Encode(nil); return err },
	} {
		if err := f(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, expected %q", err, want)
		}
	}
}
