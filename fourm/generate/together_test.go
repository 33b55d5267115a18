package generate

import (
	"context"
	"fmt"
	"reflect"
	"testing"

	"fourmlab/fourm/modality"
)

// Samples that are generated together come out as each by itself: tokens, values and
// steps, for every scheme, with guidance, texts of any length, and parts kept.
// Probabilities may differ in their last bits, as few rows are multiplied otherwise.
func TestTogether(t *testing.T) {
	m, ds := world(t, 19)
	for _, p := range []*Plan{
		Chain("caption").Then("tone", 4).Temp(2).TopP(0.9).Then("shade", 3).By(ROAR).Guide(2),
		Chain("shade").Then("caption", 1).Temp(1.5).Then("tone", 3).By(Gumbel(2)),
		Chain("shade").Then("tone", 4).By(Moment(2)).Redo(0.3).Keep(Around("tone", 0, 0, 0.5, 0.5)).Then("caption", 1).Temp(2),
		Chain("shade").Then("caption", 1).Fill("[S_1] of [S_2]").Temp(2).Then("tone", 2).By(Halton).Temp(1.5),
		Chain("shade", "caption").Then("tone", 4).Guide(1.5, 2),
	} {
		var seeds []int64
		for i := range ds {
			seeds = append(seeds, int64(7*i))
		}
		all, err := GenerateAll(context.Background(), m, ds, *p, seeds, true)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range ds {
			one := generate(t, m, s, p, seeds[i])
			for k := range all[i].Trace {
				a, b := all[i].Trace[k].Confidence, one.Trace[k].Confidence
				for at := range a {
					if d := a[at] - b[at]; d > 1e-5 || d < -1e-5 {
						t.Fatalf("%v: sample %d, step %d: confidence %g, by itself %g", p, i, k, a[at], b[at])
					}
				}
				copy(a, b)
			}
			if !reflect.DeepEqual(all[i], one) {
				t.Errorf("%v: sample %d has tokens %v, by itself %v", p, i, ids(all[i]), ids(one))
				break
			}
		}
		bare, err := GenerateAll(context.Background(), m, ds[:3], *p, seeds[:3], false)
		if err != nil || len(bare[2].Trace) != 0 || !reflect.DeepEqual(bare[2].Sample, all[2].Sample) {
			t.Errorf("%v: without steps %v, %v", p, ids(bare[2]), err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	some, err := GenerateAll(ctx, m, ds, *Chain("shade").Then("tone", 4), make([]int64, len(ds)), false)
	if err == nil || len(some) != 16 || len(some[0].Generated) != 0 {
		t.Errorf("stopped, %d results and the error %v", len(some), err)
	}
}

func ids(r Result) string {
	out := map[string][]int{}
	for n, tk := range r.Sample.Toks {
		out[n] = tk.IDs
	}
	return fmt.Sprint(out)
}

// How many samples a second are generated, one by one and sixteen together.
func BenchmarkTogether(b *testing.B) {
	m, ds := world(b, 16)
	p := *Chain("caption").Then("tone", 8)
	for name, n := range map[string]int{"1": 1, "16": 16} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				for at := 0; at < len(ds); at += n {
					if _, err := GenerateAll(context.Background(), m, []modality.Sample(ds[at:at+n]), p, make([]int64, n), false); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.N*len(ds))/b.Elapsed().Seconds(), "samples/s")
		})
	}
}

// A table of plans has what each of them gives by itself.
func TestTables(t *testing.T) {
	m, ds := world(t, 2)
	g, err := AnyToAny(context.Background(), m, ds[1])
	if err != nil || len(g.Given) != 3 || len(g.Targets) != 3 {
		t.Fatalf("%v, %v", g, err)
	}
	for i, from := range g.Given {
		for j, to := range g.Targets {
			if from == to {
				if g.Made[i][j] != nil {
					t.Errorf("%s is made of itself", to)
				}
				continue
			}
			if one := generate(t, m, ds[1], Chain(from).Then(to, 8).Greedy(), 0); !reflect.DeepEqual(g.Made[i][j], one.Sample.Values[to]) {
				t.Errorf("%s -> %s is not what it is by itself", from, to)
			}
		}
	}
	p := Chain("shade").Then("tone", 4).Cool("linear").Then("caption", 1)
	s, err := SweepOver(context.Background(), m, ds[0], *p, []float64{1, 2.5}, []float64{0, 0.5, 3})
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range s.Weights {
		for j, temp := range s.Temps {
			q := Chain("shade").Then("tone", 4).Cool("linear").Temp(temp).Guide(w).Then("caption", 1).Temp(temp).Guide(w)
			if one := generate(t, m, ds[0], q, 0); !reflect.DeepEqual(s.Results[i][j].Sample, one.Sample) || len(s.Results[i][j].Trace) != len(one.Trace) {
				t.Errorf("weight %g, temperature %g: not what it is by itself", w, temp)
			}
		}
	}
}
