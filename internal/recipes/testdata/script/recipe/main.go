// Command recipe is what a person types: a modality and a kind of value by a
// call each, and an activation that was added, from data to a figure.
package main

import (
	"fmt"
	"image/color"
	"math"

	"fourmlab/datasets"
	"fourmlab/fourm"
	"fourmlab/viz"
)

func main() {
	thermal := fourm.RegisterLook(fourm.LookSpec{
		Name: "thermal", Channels: 1, Unit: "K", Steps: 100,
		Known: func(k []float32) bool { return k[0] > 0 },
		Ramp:  func(x float64) color.RGBA { return color.RGBA{uint8(255 * x), 0, 99, 255} },
	})
	fourm.Register(fourm.Modality{Name: "heat", Look: thermal, Vocab: 16})
	fourm.Register(fourm.Modality{Name: "glow", Look: fourm.Gray, Vocab: 16})

	ds := datasets.Map(datasets.Scenes(24, 1), "heat", func(s fourm.Sample) any {
		p := s.Picture("depth").Clone()
		for i, v := range p.Pix {
			if v > 0 {
				p.Pix[i] = 280 + v
			}
		}
		return p
	})
	ds = datasets.Map(ds, "glow", func(s fourm.Sample) any {
		p := s.Picture("depth").Clone()
		for i, v := range p.Pix {
			p.Pix[i] = float32(math.Exp(-float64(v)))
		}
		return p
	})
	for _, n := range []string{"rgb", "heat", "glow"} {
		fourm.TrainTokenizer(ds, n, fourm.VQ{Steps: 10, Batch: 8, Dim: 16, Latent: 8, Vocab: 16})
	}
	fourm.TrainVocabulary(ds)
	cfg := fourm.Tiny("rgb", "heat", "glow", "caption")
	cfg.Dim, cfg.Heads, cfg.Encoder, cfg.Decoder, cfg.Act = 32, 2, 1, 1, "softplus"
	m := fourm.New(cfg)
	if run := m.Train(ds, fourm.Train{Steps: 2, Batch: 4, Quiet: true}); run.Err != nil {
		panic(run.Err)
	}
	s := ds.MustSample(0)
	out := m.Generate(s, fourm.Chain("rgb").Then("heat", 2).Then("glow", 2).Then("caption", 1), 0)
	fmt.Println(m.Eval(ds.Head(2), "rgb->heat", "rgb->glow", "heat->caption"))
	fmt.Println(viz.Predict(out, s), viz.Grid(m.Grid(s)))
}
