package quantize

// Single numbers by quantile bins: nothing is trained, and where numbers are many,
// bins are narrow. AION-1 tokenizes scalars so (arXiv 2510.17960).

import (
	"fmt"
	"math"
	"slices"
	"sort"
)

// Bins turns numbers into tokens and back: token i stands for the numbers from
// Edges[i] to Edges[i+1], and is read as the middle between them. Edges is all
// that there is to store. They rise, or stay: a number that is so frequent that
// several edges fall on it has a bin of no width, and comes back as it is.
type Bins struct {
	Edges []float64
}

// Quantiles gives n bins that hold as many of the values each, as nearly as can
// be: edge i is the value below which a share of i/n lies, interpolated between
// neighbours. Values that are not finite are an error that names the first.
func Quantiles(values []float64, n int) (Bins, error) {
	if n < 1 || n > math.MaxInt32 {
		return Bins{}, fmt.Errorf("quantize: %d bins, expected 1 to %d", n, math.MaxInt32)
	}
	if len(values) == 0 {
		return Bins{}, fmt.Errorf("quantize: no values to make bins of")
	}
	for i, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return Bins{}, fmt.Errorf("quantize: value %d is %g, expected a finite number", i, v)
		}
	}
	sorted := slices.Sorted(slices.Values(values))
	b := Bins{make([]float64, n+1)}
	for i := range b.Edges {
		at := float64(i) * float64(len(sorted)-1) / float64(n)
		lo := int(at)
		hi := min(lo+1, len(sorted)-1)
		share := at - float64(lo)
		// rounding must not put an edge before the last one
		edge := min(max(sorted[lo]*(1-share)+sorted[hi]*share, sorted[lo]), sorted[hi])
		if i > 0 {
			edge = max(edge, b.Edges[i-1])
		}
		b.Edges[i] = edge
	}
	return b, nil
}

// check refuses edges that make no bins.
func (b Bins) check() error {
	if len(b.Edges) < 2 {
		return fmt.Errorf("quantize: %d edges of bins, expected at least 2", len(b.Edges))
	}
	for i, e := range b.Edges {
		if math.IsNaN(e) || math.IsInf(e, 0) || i > 0 && e < b.Edges[i-1] {
			return fmt.Errorf("quantize: edge %d of bins is %g, expected a finite number not below the edge before", i, e)
		}
	}
	return nil
}

// Codes is how many tokens there are.
func (b Bins) Codes() int { return max(len(b.Edges)-1, 0) }

// Encode gives the token of each value. A larger value never has a smaller token,
// and those beyond the ends have the first and the last. One that is no number is
// an error that says which.
func (b Bins) Encode(values []float64) ([]int32, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	out := make([]int32, len(values))
	for i, v := range values {
		if math.IsNaN(v) {
			return nil, fmt.Errorf("quantize: value %d is not a number", i)
		}
		v = min(max(v, b.Edges[0]), b.Edges[b.Codes()])
		// the first bin that does not end before v; where edges meet at v, the bin
		// between them, since the one below them ends at v, too
		at := sort.Search(b.Codes()-1, func(k int) bool { return b.Edges[k+1] >= v })
		if at+2 < len(b.Edges) && b.Edges[at+1] == v && b.Edges[at+2] == v {
			at++
		}
		out[i] = int32(at)
	}
	return out, nil
}

// Decode gives the middle of each token's bin: within the range of the edges, a
// value comes back with an error of at most half of its bin.
func (b Bins) Decode(ids []int32) ([]float64, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	if err := check(ids, 1, b.Codes()); err != nil {
		return nil, err
	}
	out := make([]float64, len(ids))
	for i, id := range ids {
		lo, hi := b.Edges[id], b.Edges[id+1]
		out[i] = min(max(lo/2+hi/2, lo), hi) // the sum of both might not be finite
	}
	return out, nil
}
