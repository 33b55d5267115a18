package fourm_test

import (
	"os"
	"slices"
	"testing"

	"fourmlab/datasets"
	"fourmlab/fourm"
	"fourmlab/fourm/metric"
)

// The model that comes with the program is small, has its modalities, and sees in
// scenes that are new to it what they are made of.
func TestDemo(t *testing.T) {
	if info, err := os.Stat("shipped/demo.safetensors"); err != nil || info.Size() > 12<<20 {
		t.Errorf("the file: %v, %v, expected at most 12 MB", info, err)
	}
	m := fourm.Demo()
	for _, name := range []string{"rgb", "depth", "normal", "semseg", "edge", "box", "caption", "palette"} {
		if !slices.Contains(m.Config().Modalities(), name) {
			t.Errorf("no %s among %v", name, m.Config().Modalities())
		}
	}
	ds := datasets.Scenes(24, 31415)
	near, classes := metric.Delta(1).Tally(), metric.MeanIoU.Tally()
	var all []fourm.Sample
	for i := range ds.Len() {
		all = append(all, ds.MustSample(i))
	}
	for i, r := range m.GenerateAll(all, fourm.Chain("rgb").Then("depth", 1).Greedy().Then("semseg", 1).Greedy()) {
		near.Add(all[i].Values["depth"], r.Sample.Values["depth"])
		classes.Add(all[i].Values["semseg"], r.Sample.Values["semseg"])
	}
	if near.Value() < 0.93 || classes.Value() < 0.7 {
		t.Errorf("depth %v, classes %v, expected more than 0.93 and 0.7", near, classes)
	}
}
