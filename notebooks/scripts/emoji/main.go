// Emoji trains a small 4M on real aligned pictures: 1,530 emoji, each as a
// shaded picture, as black line art and as a caption. It draws what it learned
// into out/emoji/. The data are found through FOURM_DATA.
//
//	bin/fourm run notebooks/scripts/emoji/main.go
//	go run ./notebooks/scripts/emoji
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"fourmlab/datasets"
	"fourmlab/fourm"
	"fourmlab/viz"
)

const out = "out/emoji"

func save(name string, f *viz.Figure) {
	path := filepath.Join(out, name)
	if err := f.Save(path); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(path)
}

func main() {
	ds, err := datasets.Open("emoji64")
	if err == nil {
		err = os.MkdirAll(out, 0o777)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	train, val, test := ds.Split("train"), ds.Split("val"), ds.Split("test")
	fmt.Println(ds)

	for _, name := range []string{"rgb", "line"} {
		fourm.TrainTokenizer(train, name, fourm.VQ{Steps: 900})
	}
	fourm.TrainVocabulary(train)
	cfg := fourm.Tiny("rgb", "line", "caption")
	cfg.Dim, cfg.Heads, cfg.Encoder, cfg.Decoder = 64, 4, 2, 2
	m := fourm.New(cfg)
	fmt.Println(m)

	// anything to anything, and each modality alone to the others: line art most
	// often, captions seldom, for they tell little of a picture
	mask := fourm.Mask{In: 64, Out: 64, InAlpha: 0.5, OutAlpha: 0.5}
	from := func(name string, weight float64) fourm.Mask {
		return fourm.Mask{In: 64, Out: 64, OutAlpha: 0.5, Inputs: []string{name}, Weight: weight}
	}
	run := m.Train(train, fourm.Train{
		Steps: 2400, Batch: 16, LR: 5e-3, Val: val, Seed: 1,
		Masks: []fourm.Mask{mask, from("rgb", 2), from("line", 3), from("caption", 0.3)},
	})
	if run.Err != nil {
		fmt.Fprintln(os.Stderr, run.Err)
		os.Exit(1)
	}
	fmt.Println("\nheld-out loss beside that of the tokens' marginal distribution:")
	fmt.Println(run.Scores())
	save("curves.png", viz.Curves(run))

	save("samples.png", viz.Samples(test, 6))
	s := test.MustSample(7)
	save("sample.png", viz.Sample(s))
	mk := m.Mask(mask).Draw(s)
	save("masks.png", viz.Masks(mk))
	save("recon.png", viz.Recon(s, mk, m.Reconstruct(mk)))
	save("line_to_rgb.png", viz.Chain(m.Generate(s, fourm.Chain("line").Then("rgb", 8).Temp(1).Guide(2).Then("caption", 1).Temp(0.3), 0)))
	save("rgb_to_line.png", viz.Predict(m.Generate(s, fourm.Chain("rgb").Then("line", 8).Temp(0.3).Then("caption", 1).Temp(0.3), 0), s))
	save("steps.png", viz.Steps(m.Generate(s, fourm.Chain("line").Then("rgb", 8).Temp(1).Guide(2), 0)))
	save("variations.png", viz.Variations(m.Vary(s, fourm.Chain("line").Then("rgb", 8).Temp(1).Guide(2), 5)))

	fmt.Println("\non 60 held-out emoji:")
	fmt.Println(m.Eval(test.Head(60), "rgb->line", "line->rgb"))
	if err := m.Save(filepath.Join(out, "model.safetensors")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
