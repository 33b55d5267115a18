package model

// What the blocks attend to. The kernels never hold the matrix of weights, so it
// is computed here from the queries and keys of the same graph, in plain loops.

import (
	"math"

	G "gorgonia.org/gorgonia"
)

// attention is one over the encoder's tokens: the packed tensors that the
// op reads, and what it gives.
type attention struct {
	q, kv, y *G.Node
	across   bool // from the decoder: q is (B, M, D) and kv (B, T, 2D); else both are the packed (B, T, 3D)
}

// Shares gives how sample i shares its attention out in one head of a layer:
// a row for each query, a column for each of the encoder's tokens, registers
// first. The encoder's blocks come first, then the decoder's, whose queries
// are its targets. Rows add up to 1 and what a query does not see has 0; the
// row of a query that is kept from seeing anything is all 0.
func (n *Net) Shares(i, layer, head int) (w []float32, queries, keys int) {
	c, l := n.m.Config, n.attentions[layer]
	dim, keys := c.Dim, c.Registers+n.N
	queries, span := keys, n.EncSpan
	qStride, kStride, kFrom := 3*dim, 3*dim, dim
	if l.across {
		queries, span, qStride, kStride, kFrom = n.M, n.CrossSpan, dim, 2*dim, 0
	}
	q, kv := n.Machine.Floats(l.q), n.Machine.Floats(l.kv)
	d := dim / c.Heads
	w = make([]float32, queries*keys)
	for t := range queries {
		if span[4*(i*queries+t)] < 0 {
			continue
		}
		row := w[t*keys : (t+1)*keys]
		a := q[(i*queries+t)*qStride+head*d:][:d]
		scores, most := make([]float64, keys), math.Inf(-1)
		for k := range keys {
			scores[k] = math.Inf(-1)
			if !sees(span[4*(i*queries+t):], k) {
				continue
			}
			b, sum := kv[(i*keys+k)*kStride+kFrom+head*d:][:d], 0.0
			for j := range a {
				sum += float64(a[j]) * float64(b[j])
			}
			scores[k] = sum / math.Sqrt(float64(d))
			most = math.Max(most, scores[k])
		}
		if math.IsInf(most, -1) { // who sees no key attends to all alike
			clear(scores)
			most = 0
		}
		total := 0.0
		for k, s := range scores {
			scores[k] = math.Exp(s - most)
			total += scores[k]
		}
		for k, s := range scores {
			row[k] = float32(s / total)
		}
	}
	return w, queries, keys
}

// sees tells whether a query of the span sees key k.
func sees(span []int32, k int) bool {
	j := int32(k)
	return j >= span[0] && j < span[1] && (j < span[2] || j >= span[3])
}
