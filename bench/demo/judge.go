package main

// What the model can do, of scenes that it has not seen.

import (
	"fmt"
	"slices"

	"fourmlab/datasets"
	"fourmlab/datasets/scenes"
	"fourmlab/fourm"
	"fourmlab/fourm/metric"
)

func judge(m *fourm.Model, n int) error {
	ds := datasets.Scenes(n, unseen)
	var all []fourm.Sample
	for i := range n {
		s, err := ds.Sample(i)
		if err != nil {
			return err
		}
		all = append(all, s)
	}
	for _, k := range []int{1, 8} {
		fmt.Printf("rgb->depth in %d steps:  %v\n", k, measured(m, all, "depth", k, metric.Delta(1), metric.AbsRel, metric.RMSE))
		fmt.Printf("rgb->semseg in %d steps: %v\n", k, measured(m, all, "semseg", k, metric.MeanIoU, metric.PixelAccuracy))
	}
	if err := captions(m, all); err != nil {
		return err
	}
	for _, text := range []string{
		"caption -> rgb(16, T=1, top-p=0.9) -> semseg(4, T=0.3) -> depth(4, T=0.3)",
		"caption -> semseg(12, T=0.7) -> depth(4, T=0.3) -> rgb(16, T=0.7)",
		"caption -> semseg(12, T=0.7, g=2) -> depth(4, T=0.3) -> rgb(16, T=0.7, g=2)",
	} {
		p, err := fourm.ParsePlan(text)
		if err != nil {
			return err
		}
		if err := pictures(m, all, p); err != nil {
			return err
		}
	}
	fmt.Println(m.Eval(ds, pairs(m)...))
	return nil
}

// measured gives metrics of a target that is predicted from the picture.
func measured(m *fourm.Model, all []fourm.Sample, target string, steps int, by ...metric.Metric) (out []*metric.Tally) {
	results := m.GenerateAll(all, fourm.Chain("rgb").Then(target, steps).Greedy())
	for _, b := range by {
		t := b.Tally()
		for i, r := range results {
			t.Add(all[i].Values[target], r.Sample.Values[target])
		}
		out = append(out, t)
	}
	return out
}

// captions counts the scenes of whose picture the model names all objects, kind, colour
// and size.
func captions(m *fourm.Model, all []fourm.Sample) error {
	right, named, of := 0, 0, 0
	for i, r := range m.GenerateAll(all, fourm.Chain("rgb").Then("caption", 1).Greedy()) {
		truth, err := scenes.Read(all[i].Text("caption"))
		if err != nil {
			return err
		}
		said, err := scenes.Read(r.Sample.Text("caption"))
		left, hits := slices.Clone(said.Things), 0
		for _, t := range truth.Things {
			if at := slices.Index(left, t); err == nil && at >= 0 {
				left, hits = slices.Delete(left, at, at+1), hits+1
			}
		}
		if err == nil && hits == len(truth.Things) && len(left) == 0 {
			right++
		}
		named, of = named+hits, of+len(truth.Things)
	}
	fmt.Printf("rgb->caption: all objects of %d of %d scenes, %d of %d objects\n", right, len(all), named, of)
	return nil
}

// pictures counts the scenes of whose caption the picture shows all objects.
func pictures(m *fourm.Model, all []fourm.Sample, p *fourm.Plan) error {
	right, found, of := 0, 0, 0
	for i, r := range m.GenerateAll(all, p) {
		v, err := datasets.Verify(r.Sample, all[i].Text("caption"))
		if err != nil {
			return err
		}
		hits := 0
		for _, f := range v.Found {
			if f {
				hits++
			}
		}
		if hits == len(v.Found) && v.Score() == 1 {
			right++
		}
		found, of = found+hits, of+len(v.Found)
	}
	fmt.Printf("%v: all objects of %d of %d captions, %d of %d objects\n", p, right, len(all), found, of)
	return nil
}

// pairs are the tasks from each modality to each other one.
func pairs(m *fourm.Model) (out []string) {
	names := m.Config().Modalities()
	for _, from := range names {
		for _, to := range names {
			if from != to {
				out = append(out, from+"->"+to)
			}
		}
	}
	return out
}
