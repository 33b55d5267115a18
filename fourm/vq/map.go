package vq

// What an encoder makes of a picture before it is quantized: a map of features, which
// can be a modality of its own, as CLIP's and DINOv2's are in 4M-21.

import (
	"context"

	"fourmlab/fourm/modality"
)

// Features gives the output of the encoder as a picture of (rows, columns, width), a
// place for each token. A modality of look Feature, with patches of 1 and as many
// channels, takes it; datasets.Map puts it into a set:
//
//	fourm.Register(fourm.Modality{Name: "seen", Look: fourm.Feature, Height: 8, Patch: 1, Channels: 64})
//	ds = datasets.Map(ds, "seen", func(s fourm.Sample) any {
//		v, err := tok.Features(s.Values["rgb"])
//		if err != nil {
//			return err
//		}
//		return v
//	})
func (t *Tokenizer) Features(value any) (*modality.Picture, error) {
	if t.Err != nil {
		return nil, t.Err
	}
	p, err := t.fit(value)
	if err != nil {
		return nil, err
	}
	t.net.mu.Lock()
	defer t.net.mu.Unlock()
	rows, cols := t.grid(p)
	g := t.net.graph(encoding, Loss{}, 1, rows, cols)
	if err := t.put(g, 0, p); err != nil {
		return nil, err
	}
	if err := g.m.Run(context.Background()); err != nil {
		return nil, err
	}
	x := g.m.Floats(g.encoded)
	out := modality.NewPicture(rows, cols, len(x)/(rows*cols))
	copy(out.Pix, x)
	return out, nil
}
