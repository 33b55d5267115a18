package fourm_test

import (
	"math"
	"testing"

	"fourmlab/datasets"
	"fourmlab/fourm"
)

// What an encoder sees of scenes is a modality of its own: its maps are tokenized,
// and decoded far nearer than their mean.
func TestFeaturesOfAnEncoder(t *testing.T) {
	fourm.SetHost(&quiet{})
	t.Cleanup(func() { fourm.SetHost(nil) })
	if err := fourm.SceneTokenizers("depth"); err != nil {
		t.Fatal(err)
	}
	tok := fourm.SceneTokenizer("depth")
	fourm.Register(fourm.Modality{Name: "seen", Look: fourm.Feature, Height: 8, Patch: 1, Channels: 64, Vocab: 128})
	see := func(n int, seed int64) *datasets.Set {
		return datasets.Map(datasets.Scenes(n, seed), "seen", func(s fourm.Sample) any {
			v, err := tok.Features(s.Values["depth"])
			if err != nil {
				return err
			}
			return v
		})
	}
	ds := see(200, 1)
	k := fourm.TrainTokenizer(ds, "seen", fourm.VQ{Steps: 300, Samples: 200})
	if k.Err != nil {
		t.Fatal(k.Err)
	}
	held := see(24, 999)
	r := k.Report(held)
	if r.Err != nil || r.Scores[0].Metric != "cosine similarity" {
		t.Fatal(r, r.Err)
	}
	var mean []float64
	n := 0
	for i := range 100 {
		p := ds.MustSample(i).Picture("seen")
		if mean == nil {
			mean = make([]float64, len(p.Pix))
		}
		for j, v := range p.Pix {
			mean[j] += float64(v)
		}
		n++
	}
	off, all := 0.0, 0.0
	for i := range held.Len() {
		s := held.MustSample(i)
		p, back := s.Picture("seen"), s.Tokens("seen").Picture()
		for j, v := range p.Pix {
			off += math.Pow(float64(v-back.Pix[j]), 2)
			all += math.Pow(float64(v)-mean[j]/float64(n), 2)
		}
	}
	t.Logf("%v: %.3f of the squared error of the mean map", r.Scores[0], off/all)
	if off > 0.5*all {
		t.Errorf("maps come back with %.2f of the squared error of the mean map", off/all)
	}
	if _, err := tok.Features(fourm.NewPicture(8, 8, 1)); err == nil {
		t.Error("features of a picture of another size")
	}
}
