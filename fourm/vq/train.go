package vq

// Training on the spot (docs/4m.md, 2.3).

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/optim"
	"fourmlab/fourm/quantize"
	"fourmlab/internal/fault"
)

// Train fits a tokenizer to pictures of the modality. report, where not nil, is
// called after every step, those found in c.Dir first, with what is known of it
// and the number of steps. The
// same pictures, configuration and seed give the same tokenizer, whether or not
// the training was stopped and went on from c.Dir. When ctx ends, training stops
// and the error is the context's.
func Train(ctx context.Context, m modality.Modality, pics []*modality.Picture, c VQ, report func(p Point, steps int)) (*Tokenizer, error) {
	if len(pics) == 0 {
		return nil, fmt.Errorf("vq: no pictures of %s to train on", m.Name)
	}
	for _, p := range pics {
		if _, err := m.Fit(p); err != nil {
			return nil, fmt.Errorf("vq: %w", err)
		}
	}
	m = c.On(m)
	c = c.resolved(m)
	l := &trainer{c: c, pics: pics, report: report, chance: rand.NewPCG(uint64(c.Seed), 12), order: epochs{seed: c.Seed, stream: 13, n: len(pics)}, opt: optim.AdamW{Beta2: 0.99, Decay: 0.01}}
	defer l.close()
	if c.firstSteps() == 0 {
		if err := l.fixed(ctx, m); err != nil {
			return nil, err
		}
		return l.drawing(ctx)
	}
	if err := l.begin(m); err != nil {
		return nil, err
	}
	if q, ok := l.t.net.quant.(quantize.Fitter); ok { // made of the numbers, without steps
		return l.t, l.t.binned(q, pics)
	}
	if err := l.open(ctx); err != nil {
		return nil, err
	}
	if err := l.all(ctx); err != nil {
		return nil, err
	}
	if c.Decoder != "" {
		return l.drawing(ctx)
	}
	return l.t, nil
}

// trainer is one training at work.
type trainer struct {
	t      *Tokenizer
	c      VQ
	pics   []*modality.Picture
	val    []*modality.Picture // held out
	report func(p Point, steps int)

	g      *graph
	params [][]float32
	decays []bool
	opt    optim.AdamW
	mean   *average  // nil: none
	chance *rand.PCG // of what replaces dead codes
	step   int       // taken so far
	order  epochs    // of the pictures

	began  time.Time
	spent  float64 // seconds of earlier sessions
	points []Point
	kept   *folder // nil: nothing is kept
}

// begin makes the tokenizer with its first numbers.
func (l *trainer) begin(m modality.Modality) error {
	l.began = time.Now()
	from := l.c.From
	l.t = &Tokenizer{Of: m, Config: l.c}
	l.t.Config.From, l.t.Config.Val, l.t.Config.Dir = nil, nil, ""
	if from != nil {
		l.t.Scale = from.Scale
	} else if l.c.Net == "none" {
		l.t.Scale = plain(m.Channels)
	} else {
		l.t.Scale = scalings[m.Look.Spec().Scaling].measure(m, l.pics)
	}
	if l.c.Loss == "bce" && (m.Look.Spec().Scaling != modality.LinearScale || l.t.Scale.Near != l.t.Scale.Far) {
		fault.Panic(opTrain, "loss bce of %s, which takes %s, expected numbers from 0 to 1", m.Name, l.t.Range())
	}
	l.t.fits()
	l.t.declare()
	if from != nil {
		if err := l.t.take(from); err != nil {
			return err
		}
	}
	return nil
}

// open builds the graph, reads what is held out, and goes on where Dir was left.
func (l *trainer) open(ctx context.Context) error {
	loss := Loss{Name: l.c.Loss, Own: 1, Perceptual: l.c.Perceptual}
	if l.c.Features != "" {
		var err error
		if loss.features, err = readFeatures(l.c.Features, l.t); err != nil {
			return err
		}
	}
	l.g = l.t.net.build(training, loss, l.c.Batch, l.t.Of.Grid(), l.t.Of.Cols())
	for _, name := range l.g.names {
		p := l.t.Params[name]
		l.params, l.decays = append(l.params, p.Data), append(l.decays, len(p.Shape) > 1)
	}
	if q, ok := l.t.net.quant.(quantize.Expecting); ok {
		q.Expect(l.g.b * l.g.rows * l.g.cols)
	}
	if l.c.EMA > 0 {
		l.mean = averageOf(l.t.net, l.c.EMA)
	}
	if err := l.held(ctx); err != nil {
		return err
	}
	if err := l.resume(); err != nil {
		return err
	}
	return l.overdue(ctx)
}

// last gives the newest point, or none.
func (l *trainer) last() Point {
	if len(l.points) == 0 {
		return Point{}
	}
	return l.points[len(l.points)-1]
}

// due tells whether the step that was taken ends with a validation.
func (l *trainer) due() bool { return l.step%l.c.ValEvery == 0 || l.step == l.c.Steps }

// all takes the steps.
func (l *trainer) all(ctx context.Context) error {
	r := rand.New(l.chance)
	if l.report != nil {
		for _, p := range l.points { // of earlier sessions
			l.report(p, l.c.total())
		}
	}
	for l.step < l.c.Steps {
		p := Point{Step: l.step + 1, LR: l.c.rate(l.step), Tokens: l.last().Tokens, Losses: map[string]float64{}}
		if err := l.take(ctx, r, &p); err != nil {
			return l.stopped(ctx, err)
		}
		l.step++
		if l.mean != nil {
			l.mean.add(l.t.net, l.step)
		}
		var wrong error
		if l.due() {
			wrong = l.validate(ctx, &p)
		}
		p.Seconds = l.spent + time.Since(l.began).Seconds()
		l.points = append(l.points, p)
		if err := l.note(p, l.due() && wrong == nil); err != nil {
			return err
		}
		if wrong != nil {
			return l.stopped(ctx, wrong)
		}
		if l.report != nil {
			l.report(p, l.c.total())
		}
	}
	l.t.Loss, l.t.Points = l.last().Loss, l.points
	if l.mean != nil {
		l.mean.swap(l.t.net)
	}
	return nil
}

// stopped keeps what was reached where the person stopped the training between
// two steps.
func (l *trainer) stopped(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	if kept := l.keep(); kept != nil {
		return kept
	}
	return err
}

// rate is the learning rate of a step counted from 0.
func (c VQ) rate(step int) float64 { return optim.Warm(c.LR, step, c.Warm, c.Steps) }

// take takes a step.
func (l *trainer) take(ctx context.Context, r *rand.Rand, p *Point) (err error) {
	if err := l.draw(); err != nil {
		return err
	}
	g, q := l.g, l.t.net.quant
	if l.step == 0 && l.c.From == nil { // codes begin where the first latents lie, or latents where the codes are
		if err := g.m.Run(ctx); err != nil {
			return err
		}
		if b, ok := q.(quantize.Beginner); ok {
			b.Begin(g.m.Floats(g.z), r)
		} else {
			l.t.spread(g.m.Floats(g.z))
		}
		if l.mean != nil {
			l.mean = averageOf(l.t.net, l.c.EMA)
		}
	}
	if noisy, ok := q.(quantize.Noisy); ok {
		before := *l.chance
		noisy.Shake(r)
		defer func() {
			if err != nil { // the step was not taken
				*l.chance = before
			}
		}()
	}
	if err := g.m.Run(ctx); err != nil {
		return err
	}
	p.Loss = float64(g.m.Floats(g.loss)[0])
	p.Tokens += int64(g.b * g.rows * g.cols * q.Books())
	if g.own != nil {
		p.Losses["quantizer"] = float64(g.m.Floats(g.own)[0])
	}
	if g.look != nil {
		p.Losses["features"] = float64(g.m.Floats(g.look)[0])
	}
	var grads [][]float32
	for _, d := range g.grads {
		grads = append(grads, g.m.Floats(d))
	}
	all := optim.Dense(grads)
	p.GradNorm = optim.Norm(all)
	if bad := p.Loss + p.GradNorm; math.IsNaN(bad) || math.IsInf(bad, 0) {
		return fmt.Errorf("vq: the loss of %s is not a number at step %d; lower the learning rate", l.t.Of.Name, p.Step)
	}
	q.Update(g.m.Floats(g.z), r)
	l.opt.Apply(l.params, all, l.decays, p.LR, p.GradNorm, 1)
	return nil
}

// draw writes the step's pictures into the graph.
func (l *trainer) draw() error {
	for i := range l.c.Batch {
		if err := l.t.put(l.g, i, l.pics[l.order.at(l.step*l.c.Batch+i)]); err != nil {
			return err
		}
	}
	l.t.aim(l.g)
	return nil
}

// aim writes the truth of a reconstruction: what came in, as its loss has it.
func (t *Tokenizer) aim(g *graph) {
	if g.truth == nil { // classes, which are written with the input
		return
	}
	copy(g.truth, g.in)
	if t.Config.Loss == "bce" {
		for i, v := range g.truth {
			g.truth[i] = (v + 1) / 2
		}
	}
}
