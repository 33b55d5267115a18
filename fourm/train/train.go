// Package train fits a model to data: masked batches, AdamW with warm-up and
// cosine, validation with fixed masks, checkpoints, and a live display.
//
//	run, err := train.Fit(m, data, train.Options{Steps: 500})
//
// The same model, data, options and seed give the same run, whether or not it
// was interrupted and resumed on the way.
package train

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"fourmlab/fourm/exec"
	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/fourm/train/tfevents"
	"fourmlab/internal/fault"
	"fourmlab/internal/show"
)

// Data is a source of samples.
type Data = modality.Data

// Options says how to train. Zero values stand for what the comments give.
type Options struct {
	Steps    int         // 500
	Batch    int         // 32 samples a step
	Accum    int         // batches whose gradients make one step: 1
	LR       float64     // peak learning rate: 1e-3
	MinLR    float64     // learning rate at the end
	Warm     int         // steps of linear warm-up: a twentieth of Steps
	Schedule string      // of the learning rate: "" is a cosine that is never 0; "cosine" and "inverse-sqrt" are 4M's own
	Cool     int         // last steps of "inverse-sqrt", in which the rate falls evenly to MinLR
	Decay    float64     // weight decay: 0.05, as in 4M; negative stands for none
	DecayEnd float64     // weight decay of the last step, reached from Decay by half a cosine; 0: as Decay, negative stands for none
	Clip     float64     // largest gradient norm: 1; negative stands for none
	Mask     mask.Mask   // how tokens are shared among the domains
	Masks    []mask.Mask // a mixture by weight, in place of Mask
	Seed     int64
	Val      Data             // held-out samples; nil: none
	ValEvery int              // steps between validations: a tenth of Steps
	ValSize  int              // samples of Val that are used, with fixed masks: 128
	ValMask  []mask.Mask      // masks of validation; nil: those of training. The same ones make runs comparable
	Dir      string           // checkpoints, history and TensorBoard's event files go here; a run found there is resumed
	NoEvents bool             // no event files for TensorBoard in Dir
	Name     string           // shown in legends: the base name of Dir
	Quiet    bool             // no display
	OnStep   func(Point) bool // called after each step; false stops the run
}

func (o Options) resolved() Options {
	const op = "Model.Train"
	def := func(p *int, v int) {
		if *p == 0 {
			*p = v
		}
	}
	def(&o.Steps, 500)
	def(&o.Batch, 32)
	def(&o.Accum, 1)
	def(&o.Warm, max(o.Steps/20, 1))
	def(&o.ValEvery, max(o.Steps/10, 1))
	def(&o.ValSize, 128)
	if o.LR == 0 {
		o.LR = 1e-3
	}
	if o.Decay == 0 {
		o.Decay = 0.05
	}
	if o.DecayEnd == 0 {
		o.DecayEnd = o.Decay
	}
	if o.Clip == 0 {
		o.Clip = 1
	}
	if o.Name == "" && o.Dir != "" {
		o.Name = filepath.Base(o.Dir)
	}
	if len(o.Masks) == 0 {
		o.Masks = []mask.Mask{o.Mask}
	}
	for what, v := range map[string]int{"steps": o.Steps, "batch": o.Batch, "accum": o.Accum, "warm": o.Warm, "val every": o.ValEvery, "val size": o.ValSize} {
		if v < 1 {
			fault.Panic(op, "%s is %d, expected 1 or more", what, v)
		}
	}
	for _, m := range o.Masks {
		if m.In < 0 || m.Out < 0 {
			fault.Panic(op, "budgets of %d and %d tokens, expected 0 or more", m.In, m.Out)
		}
	}
	if o.LR < 0 || math.IsNaN(o.LR) {
		fault.Panic(op, "learning rate %g, expected a positive one", o.LR)
	}
	if !(o.MinLR >= 0 && o.MinLR <= o.LR) || o.Cool < 0 {
		fault.Panic(op, "the learning rate falls to %g over the last %d steps, expected 0 to %g and 0 or more", o.MinLR, o.Cool, o.LR)
	}
	if o.Schedule != "" && o.Schedule != "cosine" && o.Schedule != "inverse-sqrt" {
		fault.Panic(op, "schedule %q, expected cosine, inverse-sqrt or none", o.Schedule)
	}
	return o
}

// rate gives the learning rate of a step counted from 0.
func (o Options) rate(step int) float64 {
	if o.Schedule == "" {
		if step < o.Warm {
			return exec.Warm(o.LR, step, o.Warm, o.Steps)
		}
		return o.MinLR + (o.LR-o.MinLR)*exec.Warm(1, step, o.Warm, o.Steps)
	}
	r := exec.Rates{Peak: o.LR, Last: o.MinLR, Total: o.Steps, Warm: o.Warm}
	if o.Schedule == "inverse-sqrt" {
		r.Scale, r.Cool = 10000, o.Cool // 4M's time scale
	}
	return r.At(step)
}

// decay gives the weight decay of a step counted from 0, half a cosine over
// the steps as the official weight_decay_end makes it (inventory 5).
func (o Options) decay(step int) float64 {
	return exec.Rates{Peak: max(o.Decay, 0), Last: max(o.DecayEnd, 0), Total: o.Steps}.At(step)
}

// Decays gives the weight decay of every step, with what zero values stand for
// filled in.
func (o Options) Decays() []float64 {
	o = o.resolved()
	out := make([]float64, o.Steps)
	for i := range out {
		out[i] = o.decay(i)
	}
	return out
}

// Rates gives the learning rate of every step, with what zero values stand for
// filled in.
func (o Options) Rates() []float64 {
	o = o.resolved()
	out := make([]float64, o.Steps)
	for i := range out {
		out[i] = o.rate(i)
	}
	return out
}

// shape is that of a batch under a mixture of masks: its largest budgets.
func (o Options) shape(masks []mask.Mask) model.Shape {
	s := model.Shape{B: o.Batch}
	for _, m := range masks {
		in, out := m.Budgets()
		s.N, s.M = max(s.N, in), max(s.M, out)
	}
	return s
}

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
	l := &loop{m: m, o: o, run: &Run{Name: o.Name, Dir: o.Dir, Steps: o.Steps}}
	defer func() { l.run.Err = err }()
	f := l.facts()
	f.Env = environment()
	l.run.Config = f.settings()
	if o.Dir != "" {
		if err := os.MkdirAll(o.Dir, 0o777); err != nil {
			return l.run, err
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
		l.put(fmt.Sprintf("%d parameters, about %s while training; tokenizing %d samples", all, model.Bytes(m.Memory(o.shape(o.Masks))), data.Len()))
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
	opt    exec.AdamW
	live   *show.Live
	began  time.Time
	spent  float64 // seconds of earlier sessions
	best   float64 // lowest validation loss
	data   *marked // the training samples, and those held out; nil where nothing is kept
	held   *marked
	fixed  []fixedBatch
	net    *model.Net
	sum    exec.Sum         // of the gradients of a step's batches, where there are several
	file   *os.File         // history
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
	if err := l.validation(ctx); err != nil {
		return err
	}
	l.net = l.m.Train(l.o.shape(l.o.Masks))
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
		defer l.file.Close()
		if err := l.declare(l.reached()); err != nil {
			return err
		}
		if !l.o.NoEvents {
			if err := l.openEvents(); err != nil {
				return err
			}
			defer l.events.Close()
		}
	}
	var params [][]float32
	var decays []bool
	for _, p := range l.m.Params {
		params, decays = append(params, p.Data), append(decays, p.Decays())
	}
	for step := l.run.Last().Step; step < l.o.Steps; step++ {
		p := Point{Step: step + 1, LR: l.o.rate(step), Losses: map[string]float64{}, Tokens: l.run.Last().Tokens}
		grads, err := l.gradients(ctx, src, step, &p)
		if err != nil {
			return err
		}
		p.GradNorm = exec.Norm(grads)
		if !finite(p.GradNorm) {
			return fmt.Errorf("train: the gradient of %s is not a number at step %d; the weights are those before it (lower the learning rate of %g?)", l.broken(grads), step+1, l.o.LR)
		}
		l.opt.Decay = l.o.decay(step)
		l.opt.Apply(params, grads, decays, p.LR, p.GradNorm, max(l.o.Clip, 0))
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

// gradients runs the batches of a step and gives the mean of their gradients;
// p gets the losses.
func (l *loop) gradients(ctx context.Context, src *source, step int, p *Point) ([]exec.Grad, error) {
	share := 1 / float32(l.o.Accum)
	l.sum.Clear()
	batches := map[string]int{} // that had targets of a domain
	for k := range l.o.Accum {
		samples, err := l.draw(ctx, src, step*l.o.Accum+k)
		if err != nil {
			return nil, err
		}
		if err := l.m.Fill(l.net.Batch, samples); err != nil {
			return nil, err
		}
		if err := l.net.Machine.Run(ctx); err != nil {
			return nil, err
		}
		p.Loss += l.net.Loss() / float64(l.o.Accum)
		p.Tokens += l.net.Tokens
		for _, d := range l.m.Out {
			if l.net.Counts(d.Name) == 0 {
				continue
			}
			v := l.net.DomainLoss(d.Name)
			if !finite(v) {
				return nil, fmt.Errorf("train: the loss of %s is %g at step %d; the weights are those before it (lower the learning rate of %g?)", d.Name, v, step+1, l.o.LR)
			}
			p.Losses[d.Name] += v
			batches[d.Name]++
		}
		if l.o.Accum == 1 {
			continue
		}
		for i, q := range l.m.Params {
			l.sum.Add(i, len(q.Data), l.net.Grad(i), share)
		}
	}
	for name, n := range batches {
		p.Losses[name] /= float64(n)
	}
	if l.o.Accum > 1 {
		return l.sum.Grads(), nil
	}
	grads := make([]exec.Grad, len(l.m.Params))
	for i := range grads {
		grads[i] = l.net.Grad(i)
	}
	return grads, nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// broken names the first parameter whose gradient is no finite number, or the
// last one where only all of them together are not.
func (l *loop) broken(grads []exec.Grad) string {
	for i, g := range grads {
		if !finite(exec.Norm([]exec.Grad{g})) {
			return l.m.Params[i].Name
		}
	}
	return l.m.Params[len(grads)-1].Name
}

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

// draw gives the masked samples of a step. Every step has its own source of
// chance, so that a resumed run draws what an uninterrupted one would.
func (l *loop) draw(ctx context.Context, src *source, step int) ([]mask.Masked, error) {
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
			return nil, err
		}
		samples = append(samples, part...)
	}
	out := make([]mask.Masked, len(samples))
	for i, s := range samples {
		out[i] = l.masked(s, l.o.Masks, r)
	}
	return out, nil
}

// masked masks a sample by a mask of a mixture, over the model's domains.
func (l *loop) masked(s modality.Sample, masks []mask.Mask, r *rand.Rand) mask.Masked {
	c := mask.Seeded(r)
	return masks[mask.Pick(c, masks)].DrawOver(s, c, l.m.In, l.m.Out)
}

// shuffled gives the place of i in a permutation of n things that depends on
// the seed alone: a Feistel network over the next power of four, walked until
// it lands inside.
func shuffled(i, n int, seed uint64) int {
	half := uint(1)
	for 1<<(2*half) < n {
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
