package cases

import (
	"context"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/model"
	"fourmlab/fourm/optim"
	"fourmlab/fourm/train"
)

// training is a step of training as train.Fit takes it: a masked batch is
// packed, its loss and gradients are computed, then the norm of the gradients,
// and AdamW changes the weights (docs/4m.md, 5.1). Masks are drawn beforehand.
type training struct{ batch, in, out int }

// AdamW's settings; its betas and epsilon are 4M's own.
const (
	rate  = 1e-4
	decay = 0.05
)

func (t training) prepare(m *model.Model) (run func(context.Context, int) error, worth func(int) int64, err error) {
	d := dice(seed)
	vocab := words(m.Out[0].Vocab)
	var drawn [batches][]mask.Masked
	pixels := make([]map[string]any, t.batch)
	for k := range pixels {
		pixels[k] = pictures(m)
	}
	for i := range drawn {
		for k := range t.batch {
			s, err := d.masked(m, vocab, pixels[k], t.in, t.out)
			if err != nil {
				return nil, nil, err
			}
			drawn[i] = append(drawn[i], s)
		}
	}
	net := m.Graph(model.Training, model.Shape{B: t.batch, N: t.in, M: t.out})
	steps := train.NewStepper(m, optim.AdamW{})
	run = func(ctx context.Context, i int) error {
		_, err := steps.Take(ctx, train.Step{LR: rate, Decay: decay, Batch: func(int) (*model.Net, error) {
			return net, m.Fill(net.Batch, drawn[i%batches])
		}})
		return err
	}
	var macs [batches]int64
	for i := range macs {
		if err := m.Fill(net.Batch, drawn[i]); err != nil {
			return nil, nil, err
		}
		macs[i] = macsOf(m).step(m, net.Batch)
	}
	return run, func(i int) int64 { return macs[i%batches] }, nil
}
