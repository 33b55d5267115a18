package train

// A run from its first step to its last.

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/fourm/optim"
	"fourmlab/fourm/train/tfevents"
	"fourmlab/internal/disk"
	"fourmlab/internal/fault"
	"fourmlab/internal/human"
	"fourmlab/internal/show"
)

// Data is a source of samples.
type Data = modality.Data

// Fit trains the model on data. It returns when the steps are done, when the
// person interrupts (run.Interrupted, no error), or with an error, which
// run.Err holds as well, when the world fails or the loss is no longer a
// number. The run is never nil.
func Fit(m *model.Model, data Data, o Options) (run *Run, err error) {
	o = o.resolved()
	if data == nil || data.Len() == 0 {
		fault.Panic("Model.Train", "no samples to train on")
	}
	for _, k := range append(slices.Clone(o.Masks), o.ValMask...) {
		k.Check(m.In, m.Out)
	}
	Afford(m, o)
	l := &loop{m: m, o: o, steps: NewStepper(m, optim.AdamW{}), run: &Run{Name: o.Name, Dir: o.Dir, Steps: o.Steps}}
	defer func() { l.run.Err = err }()
	defer l.close()
	f := l.facts()
	f.Env = environment()
	l.run.Config = f.settings()
	if o.Dir != "" {
		if err := disk.MkdirAll(o.Dir); err != nil {
			return l.run, err
		}
		owner, err := disk.Own(o.Dir)
		if err != nil {
			return l.run, fmt.Errorf("train: %w", err)
		}
		defer owner.Release()
		if err := disk.Links(o.Dir, fileKinds); err != nil {
			return l.run, fmt.Errorf("train: %w", err)
		}
		if l.data, err = markOf(m, data); err != nil {
			return l.run, err
		}
		data = l.data
		if o.Val != nil && o.Val.Len() > 0 {
			if l.held, err = markOf(m, o.Val); err != nil {
				return l.run, err
			}
			l.o.Val = l.held
		}
		if err := l.resume(); err != nil {
			return l.run, err
		}
	}
	if !o.Quiet {
		l.live = show.NewLive()
		_, all := m.Size()
		l.put(fmt.Sprintf("%d parameters, about %s while training; tokenizing %d samples", all, human.Bytes(float64(m.Memory(o.shape(m, o.Masks)))), data.Len()))
	}
	l.run.Interrupted = show.Interruptible(func(ctx context.Context) { err = l.all(ctx, data) })
	if err != nil && l.run.Interrupted && ctxError(err) {
		err = nil
	}
	if err == nil && o.Dir != "" {
		err = l.save("last")
	}
	if l.live != nil {
		l.show()
	}
	return l.run, err
}

func ctxError(err error) bool {
	return err == context.Canceled
}

// loop is one run at work.
type loop struct {
	m      *model.Model
	o      Options
	run    *Run
	steps  *Stepper
	live   *show.Live
	began  time.Time
	step   int     // taken so far
	spent  float64 // seconds of earlier sessions
	best   float64 // lowest validation loss
	data   *marked // the training samples, and those held out; nil where nothing is kept
	held   *marked
	fixed  []fixedBatch
	net    *model.Net
	file   *disk.Log        // history
	events *tfevents.Writer // nil: none
}

// fixedBatch is a batch of validation: its masks are drawn once.
type fixedBatch struct{ samples []mask.Masked }

func (l *loop) all(ctx context.Context, data Data) error {
	l.began = time.Now()
	src, err := newSource(ctx, l.m, data)
	if err != nil {
		return err
	}
	if err := l.fit(src.kept); err != nil {
		return err
	}
	if err := l.validation(ctx); err != nil {
		return err
	}
	l.net = l.m.Graph(model.Training, l.o.shape(l.m, l.o.Masks))
	if l.run.Marginal == nil {
		if err := l.marginals(ctx, src); err != nil {
			return err
		}
	}
	if err := l.overdue(ctx); err != nil {
		return err
	}
	if l.o.Dir != "" {
		if err := l.openHistory(); err != nil {
			return err
		}
		if err := l.declare(l.reached()); err != nil {
			return err
		}
		if !l.o.NoEvents {
			if err := l.openEvents(); err != nil {
				return err
			}
		}
	}
	for step := l.step; step < l.o.Steps; step++ {
		p := Point{Step: step + 1, LR: l.o.rate(step), Losses: map[string]float64{}, Tokens: l.run.Last().Tokens}
		if err := l.take(ctx, src, step, &p); err != nil {
			return err
		}
		if err := l.after(ctx, &p); err != nil {
			return err
		}
		if l.o.OnStep != nil && !l.o.OnStep(p) {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// take takes a step; p gets its losses and the norm of its gradient.
func (l *loop) take(ctx context.Context, src *source, step int, p *Point) (err error) {
	batches := map[string]int{} // that had targets of a domain
	p.GradNorm, err = l.steps.Take(ctx, Step{
		Batches: l.o.Accum, LR: p.LR, Decay: l.o.decay(step), Clip: max(l.o.Clip, 0),
		Batch: func(k int) (*model.Net, error) {
			samples, net, err := l.draw(ctx, src, step*l.o.Accum+k)
			if err != nil {
				return nil, err
			}
			return net, l.m.Fill(net.Batch, samples)
		},
		Ran: func(_ int, net *model.Net) error { return l.losses(net, p, batches) },
	})
	for name, n := range batches {
		p.Losses[name] /= float64(n)
	}
	if _, bad := err.(notFinite); bad {
		return fmt.Errorf("%w at step %d; the weights are those before it (lower the learning rate of %g?)", err, p.Step, l.o.LR)
	}
	return err
}

// losses adds the losses of a batch to those of a step, and counts the batch
// for the domains that it has targets of.
func (l *loop) losses(net *model.Net, p *Point, batches map[string]int) error {
	p.Tokens += net.Tokens
	had := 0
	for _, d := range l.m.Out {
		if net.Counts(d.Name) == 0 {
			continue
		}
		v := net.DomainLoss(d.Name)
		if !finite(v) {
			return fmt.Errorf("train: the loss of %s is %g at step %d; the weights are those before it (lower the learning rate of %g?)", d.Name, v, p.Step, l.o.LR)
		}
		p.Losses[d.Name] += v
		batches[d.Name]++
		had++
	}
	loss := net.Loss()
	if !l.m.Config.TokenLoss && had > 0 {
		// what is minimised counts a domain without targets as 0, as 4M does;
		// what is shown is a mean over those that have some
		loss *= float64(len(l.m.Out)) / float64(had)
	}
	p.Loss += loss / float64(l.o.Accum)
	return nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// due tells whether a step ends with a validation and a checkpoint.
func (l *loop) due(step int) bool { return step%l.o.ValEvery == 0 || step == l.o.Steps }

// after validates where it is time to, and keeps what is known.
func (l *loop) after(ctx context.Context, p *Point) error {
	due := l.due(p.Step)
	if due && len(l.fixed) > 0 {
		var err error
		if p.Val, p.ValLoss, err = l.validate(ctx); err != nil && !ctxError(err) {
			return err
		}
		for _, d := range l.m.Out {
			if v, ok := p.Val[d.Name]; ok && !finite(v) {
				return fmt.Errorf("train: the validation loss of %s is %g after step %d (lower the learning rate of %g?)", d.Name, v, p.Step, l.o.LR)
			}
		}
	}
	p.Seconds = l.spent + time.Since(l.began).Seconds()
	l.run.Points = append(l.run.Points, *p)
	l.step = p.Step
	if l.o.Dir != "" {
		if err := l.note(*p); err != nil {
			return err
		}
		if err := l.tell(*p); err != nil {
			return err
		}
		if err := l.keepBest(*p); err != nil {
			return err
		}
		if due { // behind the best, so that the state knows of it
			if err := l.save("last"); err != nil {
				return err
			}
		}
	}
	if l.live != nil && l.live.Due() {
		l.show()
	}
	return nil
}

// keepBest keeps the weights of the lowest validation loss.
func (l *loop) keepBest(p Point) error {
	if p.Val == nil || l.best != 0 && p.ValLoss >= l.best {
		return nil
	}
	l.best = p.ValLoss
	return l.save("best")
}

func (l *loop) show() {
	b := map[string]any{"text/plain": l.run.String()}
	if len(l.run.Points) > 1 {
		if p := show.PNG(l.run); p != nil {
			b["image/png"] = p
		}
	}
	l.live.Put(b)
}

func (l *loop) put(text string) { l.live.Put(map[string]any{"text/plain": text}) }
