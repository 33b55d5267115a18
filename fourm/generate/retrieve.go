package generate

// Which samples are like a given one, to the model's encoder.

import (
	"context"
	"fmt"
	"sort"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/metric"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/internal/fault"
	"fourmlab/internal/show"
)

// Retrieval is the samples of a set that are nearest to a query.
type Retrieval struct {
	Query  modality.Sample
	By     []string          // the modalities that were compared
	Found  []modality.Sample // the nearest first
	Scores []float64         // cosines, 1 for the query itself
	Of     int               // samples that were looked at
	Err    error             // why none were found, where the world failed
}

// Retrieve compares the samples of a set with a query by the cosine between
// the means of the encoder's outputs, the mean over the set taken off, and
// gives the n nearest; the query itself is left out where its key is known.
// All are seen through the modalities that the query has and the model takes.
func Retrieve(ctx context.Context, m *model.Model, query modality.Sample, ds Data, n int) (Retrieval, error) {
	const op = "Model.Retrieve"
	if n < 1 {
		fault.Panic(op, "%d samples to find, expected 1 or more", n)
	}
	if ds == nil || ds.Len() == 0 {
		fault.Panic(op, "no samples to search")
	}
	out := Retrieval{Query: query}
	query = m.As(query)
	for _, name := range query.Names() {
		if _, ok := m.InputDomain(name); ok {
			out.By = append(out.By, name)
		}
	}
	if len(out.By) == 0 {
		fault.Panic(op, "sample %s has none of the model's inputs (it has %v, the model takes %v)", query.Key, query.Names(), m.Config.Inputs)
	}
	all, err := modality.Collect(ds, 0, ds.Len())
	if err != nil {
		return out, err
	}
	var found []modality.Sample
	for _, s := range all {
		s = m.As(s)
		has := s.Key == "" || s.Key != query.Key
		for _, name := range out.By {
			has = has && s.Has(name)
		}
		if has {
			found = append(found, s)
		}
	}
	out.Of = len(found)
	var features [][]float64
	for _, s := range append([]modality.Sample{query}, found...) {
		f, err := feature(ctx, m, s.Only(out.By...))
		if err != nil {
			return out, err
		}
		features = append(features, f)
	}
	middle := make([]float64, m.Config.Dim)
	for _, f := range features[1:] {
		for i, v := range f {
			middle[i] += v / float64(len(found))
		}
	}
	score, order := make([]float64, len(found)), make([]int, len(found))
	for k := range found {
		order[k] = k
		score[k] = metric.Similarity(less(features[0], middle), less(features[k+1], middle))
	}
	sort.SliceStable(order, func(i, j int) bool { return score[order[i]] > score[order[j]] })
	for _, k := range order[:min(n, len(order))] {
		out.Found, out.Scores = append(out.Found, found[k]), append(out.Scores, score[k])
	}
	return out, nil
}

// less gives a - b.
func less(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i, v := range a {
		out[i] = v - b[i]
	}
	return out
}

// feature gives the mean of the encoder's outputs for a sample.
func feature(ctx context.Context, m *model.Model, s modality.Sample) ([]float64, error) {
	mk, err := whole("Model.Retrieve", m, s)
	if err != nil {
		return nil, err
	}
	n := 0
	for _, d := range m.In {
		if p, ok := partOf(mk, d.Name); ok {
			n += p.Inputs()
		}
	}
	net := m.Graph(model.Attending, model.Shape{B: 1, N: up(n), M: 16})
	if err := m.Fill(net.Batch, []mask.Masked{mk}); err != nil {
		return nil, err
	}
	if err := net.Machine.Run(ctx); err != nil {
		return nil, err
	}
	dim, from := m.Config.Dim, m.Config.Registers
	y, out := net.Machine.Floats(net.Sides().Encoded), make([]float64, dim)
	for t := from; t < from+n; t++ {
		for i := range out {
			out[i] += float64(y[t*dim+i]) / float64(n)
		}
	}
	return out, nil
}

func (r Retrieval) String() string {
	return fmt.Sprintf("the %d samples of %d nearest to %s by %v", len(r.Found), r.Of, r.Query.Key, r.By) + ended(false, r.Err)
}

// SimpleRender shows the retrieval in a notebook.
func (r Retrieval) SimpleRender() map[string]any { return show.Bundle(r) }
