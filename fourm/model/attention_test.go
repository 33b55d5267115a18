package model

import (
	"context"
	"math"
	"testing"

	"fourmlab/fourm/mask"
)

// Shares are what the graph's own attention computes with: values weighed by
// them give its output, rows add up to one, and padding gets nothing.
func TestShares(t *testing.T) {
	m := little(t)
	c := m.Config
	mk := masked(m)
	shape := Shape{B: 2, N: 48, M: 32}
	n := m.Graph(AttendingAcross, shape)
	if err := m.Fill(n.Batch, []mask.Masked{mk, mk}); err != nil {
		t.Fatal(err)
	}
	if err := n.Machine.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if len(n.attentions) != c.Encoder+c.Decoder {
		t.Fatalf("%d layers, expected %d", len(n.attentions), c.Encoder+c.Decoder)
	}
	shown := int(n.EncSpan[1])
	if shown == 0 || shown >= shape.N {
		t.Fatalf("%d tokens are shown: nothing to test", shown)
	}
	d := c.Dim / c.Heads
	for layer, l := range n.attentions {
		y, v := n.Machine.Floats(l.y), n.Machine.Floats(l.kv)
		stride, from := 3*c.Dim, 2*c.Dim
		if l.across {
			stride, from = 2*c.Dim, c.Dim
		}
		uneven := false
		for head := range c.Heads {
			for i := range shape.B {
				w, queries, keys := n.Shares(i, layer, head)
				for q := range queries {
					sum := 0.0
					for k, x := range w[q*keys : (q+1)*keys] {
						sum += float64(x)
						if k >= shown && x != 0 {
							t.Fatalf("layer %d: query %d gives %v to the padding", layer, q, x)
						}
						uneven = uneven || k < shown && math.Abs(float64(x)*float64(shown)-1) > 0.01
					}
					if math.Abs(sum-1) > 1e-5 {
						t.Fatalf("layer %d: the shares of query %d add up to %v", layer, q, sum)
					}
					for j := range d {
						got := 0.0
						for k := range keys {
							got += float64(w[q*keys+k]) * float64(v[(i*keys+k)*stride+from+head*d+j])
						}
						want := float64(y[(i*queries+q)*c.Dim+head*d+j])
						if math.Abs(got-want) > 1e-4*(1+math.Abs(want)) {
							t.Fatalf("layer %d head %d query %d: %v, the graph has %v", layer, head, q, got, want)
						}
					}
				}
			}
		}
		if !uneven {
			t.Errorf("layer %d looks at all tokens alike: nothing is tested", layer)
		}
	}
	if n := len(m.Graph(Attending, shape).attentions); n != c.Encoder {
		t.Errorf("%d layers without the decoder, expected %d", n, c.Encoder)
	}
}

func TestEmbeddings(t *testing.T) {
	m := little(t)
	es := m.Embeddings()
	if len(es) != len(m.In)+len(m.Out) {
		t.Fatalf("%d embeddings of %d domains", len(es), len(m.In)+len(m.Out))
	}
	for i, e := range es {
		if len(e.Modality) != m.Config.Dim || len(e.Position)%m.Config.Dim != 0 || len(e.Position) < m.Config.Dim*e.Domain.Max {
			t.Errorf("%s: %d and %d numbers", e.Domain.Name, len(e.Modality), len(e.Position))
		}
		if e.Decoder != (i >= len(m.In)) {
			t.Errorf("%s stands on the wrong side", e.Domain.Name)
		}
	}
}
