package viz_test

import (
	"math"
	"testing"

	"fourmlab/fourm"
	"fourmlab/viz"
)

// What more steps buy, by sampler.
//
//	viz.Tradeoff(m.Tradeoff(ds, fourm.Trade{Plans: plans, Steps: []int{1, 2, 4, 8, 16}, Score: score}))
func ExampleTradeoff() {
	t := fourm.Tradeoff{Measure: "objects found", Samples: 64, Seeds: 3}
	for k, name := range []string{"maskgit", "roar", "halton"} {
		for i, n := range []int{1, 2, 4, 8, 16, 32} {
			v := 0.9 - 0.5*math.Exp(-float64(i)*(0.5+0.15*float64(k))) - 0.02*float64(k*i%3)
			t.Rows = append(t.Rows, fourm.TradeoffRow{Name: name, Steps: n, Seconds: 0.01 + 0.006*float64(n)*(1+0.2*float64(k)), Value: v, Low: v - 0.04, High: v + 0.03})
		}
	}
	save(viz.Tradeoff(t), "tradeoff")
}

func TestTradeoff(t *testing.T) { golden(t, ExampleTradeoff, "tradeoff") }
