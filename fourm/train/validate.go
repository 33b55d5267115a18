package train

// Held-out samples under fixed masks, and the baseline that a loss is read
// against.

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
)

// valMasks is the mixture that validation draws from.
func (l *loop) valMasks() []mask.Mask {
	if len(l.o.ValMask) > 0 {
		return l.o.ValMask
	}
	return l.o.Masks
}

// validation draws the fixed masks of the held-out samples.
func (l *loop) validation(ctx context.Context) error {
	if l.o.Val == nil || l.o.Val.Len() == 0 {
		return nil
	}
	cache, err := Tokenized(ctx, l.m, head{l.o.Val, min(l.o.ValSize, l.o.Val.Len())})
	if err != nil {
		return err
	}
	all := len(cache)
	cache = slices.DeleteFunc(cache, func(s modality.Sample) bool { return len(l.fitting(s, l.valMasks())) == 0 })
	if n := all - len(cache); n > 0 {
		l.run.Notes = append(l.run.Notes, fmt.Sprintf("%d of %d validation samples are left out: %v", n, all, errUnfit))
	}
	r := rand.New(rand.NewPCG(20231211, uint64(len(cache)))) // the same for every run
	for at := 0; at < len(cache); at += l.o.Batch {
		samples, err := l.maskAll(cache[at:min(at+l.o.Batch, len(cache))], l.valMasks(), r)
		if err != nil {
			return err
		}
		l.fixed = append(l.fixed, fixedBatch{samples})
	}
	return nil
}

type head struct {
	Data
	n int
}

func (h head) Len() int { return h.n }

// validate gives the loss by domain over all held-out targets, of those domains
// that have any, and the mean over these.
func (l *loop) validate(ctx context.Context) (map[string]float64, float64, error) {
	net := l.m.Graph(model.Evaluating, l.o.shape(l.m, l.valMasks()))
	sum, n := map[string]float64{}, map[string]float64{}
	for _, b := range l.fixed {
		if err := l.m.Fill(net.Batch, b.samples); err != nil {
			return nil, 0, err
		}
		if err := net.Machine.Run(ctx); err != nil {
			return nil, 0, err
		}
		for _, d := range l.m.Out {
			c := float64(net.Counts(d.Name))
			sum[d.Name] += net.DomainLoss(d.Name) * c
			n[d.Name] += c
		}
	}
	total := 0.0
	for _, d := range l.m.Out { // in order: sums of floats depend on it
		if n[d.Name] == 0 {
			delete(sum, d.Name)
			continue
		}
		sum[d.Name] /= n[d.Name]
		total += sum[d.Name]
	}
	return sum, total / float64(max(len(sum), 1)), nil
}

// overdue validates the step at which a run was left, where an interrupt came
// before that was done.
func (l *loop) overdue(ctx context.Context) error {
	if len(l.run.Points) == 0 || len(l.fixed) == 0 {
		return nil
	}
	p := &l.run.Points[len(l.run.Points)-1]
	if p.Val != nil || !l.due(p.Step) {
		return nil
	}
	var err error
	if p.Val, p.ValLoss, err = l.validate(ctx); err != nil || l.o.Dir == "" {
		return err
	}
	return l.keepBest(*p)
}

// marginals measures what a model without any input could reach: the loss, on
// the validation targets (else on training ones), of the distribution that
// tokens have in the training targets, each counted once more.
func (l *loop) marginals(ctx context.Context, src *source) error {
	count := map[string][]float64{}
	each := func(samples []mask.Masked, b *model.Batch, f func(domain string, label int32)) error {
		for at := 0; at < len(samples); at += b.B {
			if err := l.m.Fill(b, samples[at:min(at+b.B, len(samples))]); err != nil {
				return err
			}
			for name, labels := range b.Labels {
				for _, y := range labels {
					if y >= 0 {
						f(name, y)
					}
				}
			}
		}
		return nil
	}
	r := rand.New(rand.NewPCG(7, 7))
	var first []int
	for i := range min(src.data.Len(), 1024) {
		first = append(first, i)
	}
	samples, err := src.take(ctx, 0, first)
	if err != nil {
		return err
	}
	seen, err := l.maskAll(samples, l.o.Masks, r)
	if err != nil {
		return err
	}
	for _, d := range l.m.Out {
		c := make([]float64, d.Vocab+1)
		for i := range d.Vocab {
			c[i] = 1
		}
		c[d.Vocab] = float64(d.Vocab)
		count[d.Name] = c
	}
	if err := each(seen, l.net.Batch, func(name string, y int32) {
		c := count[name]
		c[y]++
		c[len(c)-1]++
	}); err != nil {
		return err
	}
	test, b := seen, l.net.Batch
	if len(l.fixed) > 0 {
		test, b = nil, l.m.Graph(model.Evaluating, l.o.shape(l.m, l.valMasks())).Batch
		for _, b := range l.fixed {
			test = append(test, b.samples...)
		}
	}
	sum, n := map[string]float64{}, map[string]float64{}
	if err := each(test, b, func(name string, y int32) {
		c := count[name]
		sum[name] -= math.Log(c[y] / c[len(c)-1])
		n[name]++
	}); err != nil {
		return err
	}
	l.run.Marginal = map[string]float64{}
	for name := range sum {
		l.run.Marginal[name] = sum[name] / n[name]
	}
	return nil
}
