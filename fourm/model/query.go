package model

// What generation packs: what a sample shows so far, and what is asked of it.

import (
	"fmt"
	"slices"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
)

// Empty makes the batch all padding, for FillQuery.
func (n *Net) Empty() { n.Batch.clear(len(n.m.In)) }

// FillQuery packs what sample i shows, and a question about one target domain:
// of a grid the places whose tokens are asked for, which all see each other; of
// a text the tokens so far, each of which asks for the one behind it
// (docs/4m.md, 6.3). Where blind is true the decoder has nothing to look at, as
// in the official code when no sample of a batch shows a token; else a sample
// that shows none looks at padding, as in training.
func (m *Model) FillQuery(b *Batch, i int, s map[string]mask.Row, domain string, asked []int, blind bool) error {
	k := slices.IndexFunc(m.Out, func(d modality.Domain) bool { return d.Name == domain })
	if k < 0 {
		return fmt.Errorf("model: no output %q", domain)
	}
	d := m.Out[k]
	in, err := order(nil, m.In, s)
	if err != nil {
		return err
	}
	for _, at := range in {
		if err := s[m.In[at].Name].Fits(m.In[at]); err != nil {
			return fmt.Errorf("model: sample %d: %w", i, err)
		}
	}
	b.see(i, m.packEncoder(b, i, s, in))
	if blind {
		for j := range b.M {
			b.CrossSpan[4*(i*b.M+j)] = -1
		}
	}
	for j, x := range asked[:min(len(asked), b.M)] {
		at := 4 * (i*b.M + j)
		if d.Grid() {
			b.decoderToken(m, i, j, k, 0, x, 0)
			b.DecSpan[at+1] = int32(len(asked))
		} else {
			b.decoderToken(m, i, j, k, x, d.Rank(j), 0)
			b.DecSpan[at+1] = int32(j + 1)
		}
	}
	return nil
}
