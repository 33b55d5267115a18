package fourm_test

import (
	"fmt"

	"fourmlab/datasets"
	"fourmlab/fourm"
)

// A lab as small as can be: depth and captions of sixteen scenes, a model of one
// block, five steps of training, and a depth map from a caption.
func Example() {
	ds := datasets.Scenes(32, 1)
	training, held := ds.Split("train"), ds.Split("test")
	tok := fourm.TrainTokenizer(training, "depth", fourm.VQ{Vocab: 16, Steps: 2, Dim: 16, Latent: 4, Batch: 4})
	if tok.Err != nil {
		panic(tok.Err)
	}
	if err := fourm.TrainVocabulary(training); err != nil {
		panic(err)
	}

	cfg := fourm.Tiny("depth", "caption")
	cfg.Dim, cfg.Heads, cfg.Encoder, cfg.Decoder = 32, 2, 1, 1
	m := fourm.New(cfg)
	run := m.Train(training, fourm.Train{Steps: 5, Batch: 4, Mask: fourm.Mask{In: 32, Out: 32}})
	fmt.Println(run.Last().Step, run.Err)

	out := m.Generate(held.MustSample(0), fourm.Chain("caption").Then("depth", 4).Greedy(), 0)
	fmt.Println(out.Plan, out.Generated, len(out.Trace), out.Err)
	rep := m.Eval(held, "caption->depth")
	fmt.Println(rep.Rows[0].Task, rep.Rows[0].Metric, rep.Rows[0].Samples == held.Len(), rep.Err)
	// Output:
	// 5 <nil>
	// caption -> depth(4, greedy) [depth] 4 <nil>
	// caption->depth RMSE, m true <nil>
}
