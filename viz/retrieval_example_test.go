package viz_test

import (
	"testing"

	"fourmlab/fourm"
	"fourmlab/viz"
)

func retrieval() fourm.Retrieval {
	r := fourm.Retrieval{Query: scene(1), By: []string{"rgb", "depth"}, Of: 150}
	for i := range 5 {
		r.Found = append(r.Found, scene(int64(i+2)))
		r.Scores = append(r.Scores, 0.97-0.06*float64(i))
	}
	return r
}

// The samples that are nearest to one in the encoder's mean output.
//
//	viz.Retrieval(m.Retrieve(s, ds, 5))
func ExampleRetrieval() {
	save(viz.Retrieval(retrieval()), "retrieval")
}

func TestRetrieval(t *testing.T) { golden(t, ExampleRetrieval, "retrieval") }
