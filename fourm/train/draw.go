package train

// Which samples a step sees, under which masks, and in a graph of which shape. All chance follows from
// the seed and the number of the step.

import (
	"context"
	"fmt"
	"math/rand/v2"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/internal/fault"
)

// draw gives the masked samples of a step. Every step has its own source of
// chance, so that a resumed run draws what an uninterrupted one would.
func (l *loop) draw(ctx context.Context, src *source, step int) ([]mask.Masked, *model.Net, error) {
	r := rand.New(rand.NewPCG(uint64(l.o.Seed), uint64(step)+1<<32))
	n := src.data.Len()
	samples := make([]modality.Sample, 0, l.o.Batch)
	for i := 0; i < l.o.Batch; {
		// samples without replacement within an epoch: a fixed shuffle each
		first := step*l.o.Batch + i
		epoch := first / n
		var at []int
		for ; i < l.o.Batch && (step*l.o.Batch+i)/n == epoch; i++ {
			at = append(at, shuffled((step*l.o.Batch+i)%n, n, uint64(l.o.Seed)+uint64(epoch)))
		}
		part, err := src.take(ctx, epoch, at)
		if err != nil {
			return nil, nil, err
		}
		samples = append(samples, part...)
	}
	masks := l.o.Masks
	if l.o.OneMask {
		masks = l.one(samples, mask.Seeded(r))
	}
	out, err := l.maskAll(samples, masks, r)
	return out, l.m.Graph(model.Training, l.o.shape(l.m, masks)), err
}

// one draws the mask of a batch; all of them stay where it does not fit a sample.
func (l *loop) one(samples []modality.Sample, c mask.Chance) []mask.Mask {
	k := mask.Pick(c, l.o.Masks)
	for _, s := range samples {
		if !l.o.Masks[k].Fits(s, l.m.In, l.m.Out) {
			return l.o.Masks
		}
	}
	return l.o.Masks[k : k+1]
}

// maskAll masks samples, each by a mask of a mixture.
func (l *loop) maskAll(samples []modality.Sample, masks []mask.Mask, r *rand.Rand) ([]mask.Masked, error) {
	out := make([]mask.Masked, len(samples))
	for i, s := range samples {
		var err error
		if out[i], err = l.masked(s, masks, r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// masked masks a sample by a mask of a mixture, over the model's domains. A
// mask that finds nothing to show or to ask for in the sample leaves it to the
// others.
func (l *loop) masked(s modality.Sample, masks []mask.Mask, r *rand.Rand) (out mask.Masked, err error) {
	defer fault.Catch(&err) // what a sample holds is no mistake in what was typed
	c := mask.Seeded(r)
	k := mask.Pick(c, masks)
	if !masks[k].Fits(s, l.m.In, l.m.Out) {
		if masks = l.fitting(s, masks); len(masks) == 0 {
			return out, fmt.Errorf("train: sample %s: %w", s.Key, errUnfit)
		}
		k = mask.Pick(c, masks)
	}
	return masks[k].DrawOver(s, c, l.m.In, l.m.Out), nil
}

// shuffled gives the place of i in a permutation of n things that depends on
// the seed alone: a Feistel network over the next power of four, walked until
// it lands inside.
func shuffled(i, n int, seed uint64) int {
	half := uint(1)
	for half < 32 && 1<<(2*half) < uint64(n) {
		half++
	}
	mask := uint64(1)<<half - 1
	x := uint64(i)
	for {
		l, r := x>>half, x&mask
		for round := range uint64(4) {
			h := (r + round*0x9E3779B97F4A7C15 + seed*0xD1342543DE82EF95) * 0xBF58476D1CE4E5B9
			h ^= h >> 31
			l, r = r, l^(h*0x94D049BB133111EB>>40)&mask
		}
		x = l<<half | r
		if x < uint64(n) {
			return int(x)
		}
	}
}
