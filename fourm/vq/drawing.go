package vq

// The second stage of a training with a Decoder: the encoder and its codes stay as
// they are, and a decoder that draws pictures from noise is trained on them. What
// going on needs lies in decoder.safetensors, beside the state of the first stage.

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"fourmlab/fourm/checkpoint"
	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// firstSteps counts the steps of the first stage, which From with a Decoder leaves
// out; total those of both.
func (c VQ) firstSteps() int {
	if c.From != nil && c.Decoder != "" {
		return 0
	}
	return c.Steps
}

func (c VQ) total() int {
	if c.Decoder == "" {
		return c.Steps
	}
	return c.firstSteps() + c.DecoderSteps
}

// fixed takes the encoder and the codes of From as they are, in place of a first
// stage.
func (l *trainer) fixed(ctx context.Context, m modality.Modality) error {
	l.began = time.Now()
	from, err := l.c.From.For(m)
	if err != nil {
		return err
	}
	t := *from
	t.Config = l.c
	t.Config.From, t.Config.Val, t.Config.Dir = nil, nil, ""
	t.Config.Vocab, t.Config.Latent, t.Config.Quantizer = from.Config.Vocab, from.Config.Latent, from.Config.Quantizer
	l.t = &t
	if err := l.held(ctx); err != nil {
		return err
	}
	return l.resume()
}

// drawing trains the decoder, and gives the tokenizer with it.
func (l *trainer) drawing(ctx context.Context) (*Tokenizer, error) {
	r, err := newDecoderRun(l.t, l.pics, DecoderConfig{Kind: l.c.Decoder, Steps: l.c.DecoderSteps, Batch: l.c.Batch, Seed: l.c.Seed})
	if err != nil {
		return nil, err
	}
	if err := l.redraw(r); err != nil {
		return nil, err
	}
	if l.report != nil {
		for _, p := range l.points[min(l.c.firstSteps(), len(l.points)):] { // of earlier sessions
			l.report(p, l.c.total())
		}
	}
	if r.state.Step > 0 && l.drawingDue(r) && l.last().Metrics == nil { // stopped between a step and its validation
		if l.points[len(l.points)-1].Metrics, err = l.drawn(ctx, r); err != nil {
			return nil, err
		}
		if err := l.keepDrawing(r); err != nil {
			return nil, err
		}
	}
	for r.state.Step < r.Steps {
		p := Point{Step: l.c.firstSteps() + r.state.Step + 1, LR: r.rate(r.state.Step), Losses: map[string]float64{},
			Tokens: l.last().Tokens + int64(r.Batch*len(r.codes[0].IDs))}
		if p.Loss, p.GradNorm, err = r.step(ctx); err != nil {
			return nil, l.leave(ctx, r, err)
		}
		due := l.drawingDue(r)
		var wrong error
		if due {
			p.Metrics, wrong = l.drawn(ctx, r)
		}
		p.Seconds = l.spent + time.Since(l.began).Seconds()
		l.points = append(l.points, p)
		if err := l.note(p, false); err != nil {
			return nil, err
		}
		if wrong != nil {
			return nil, l.leave(ctx, r, wrong)
		}
		if due {
			if err := l.keepDrawing(r); err != nil {
				return nil, err
			}
		}
		if l.report != nil {
			l.report(p, l.c.total())
		}
	}
	t := r.finish()
	t.Loss, t.Points = l.last().Loss, l.points
	if l.kept != nil {
		err = errors.Join(l.kept.declare(), t.Save(l.kept.path("tokenizer.safetensors")))
	}
	return t, err
}

// drawingDue tells whether the state is kept after this step, and what is held out
// is drawn.
func (l *trainer) drawingDue(r *decoderRun) bool {
	return r.state.Step == r.Steps || r.state.Step%l.c.ValEvery == 0
}

// leave keeps what was reached where the person stopped the training.
func (l *trainer) leave(ctx context.Context, r *decoderRun, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return errors.Join(err, l.keepDrawing(r))
}

// drawn gives the modality's first metric of held-out pictures as the decoder draws
// them with the average of its weights; nil where none are held out.
func (l *trainer) drawn(ctx context.Context, r *decoderRun) (map[string]float64, error) {
	if len(l.val) == 0 {
		return nil, nil
	}
	r.swap()
	defer r.swap()
	t, out := r.out, map[string]float64{}
	tallies := t.tallies()[:1]
	for _, p := range l.val {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		tk, err := t.Encode(p)
		if err != nil {
			return nil, err
		}
		v, err := t.Decode(tk)
		if err != nil {
			return nil, err
		}
		t.count(tallies, p, v.(*modality.Picture))
	}
	known(out, tallies[0])
	return out, nil
}

// tensors are those of a decoder under way, by their names in its file.
func (r *decoderRun) tensors() (all []checkpoint.Tensor) {
	for i, name := range r.names {
		p := r.out.net.drawer.Params[name]
		for prefix, data := range map[string][]float32{"": p.Data, ofMean: r.state.Mean[name], ofFirst: r.state.Opt.M[i], ofSecond: r.state.Opt.V[i]} {
			all = append(all, checkpoint.Tensor{Name: prefix + name, Shape: p.Shape, Data: data})
		}
	}
	slices.SortFunc(all, func(a, b checkpoint.Tensor) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// keepDrawing writes the state of the second stage.
func (l *trainer) keepDrawing(r *decoderRun) error {
	f := l.kept
	if f == nil || r.state.Step == 0 {
		return nil
	}
	if err := f.log.Flush(); err != nil {
		return err
	}
	f.facts.Step, f.facts.OptStep, f.facts.Spent = l.c.firstSteps()+r.state.Step, r.state.Opt.Step, l.last().Seconds
	meta, err := f.meta(l.points)
	if err != nil {
		return err
	}
	meta["codes"] = l.t.digest()
	return errors.Join(f.declare(), checkpoint.Write(f.path("decoder.safetensors"), r.tensors(), meta))
}

// redraw goes on where the second stage was left. One of other codes, which a longer
// first stage has changed, begins anew.
func (l *trainer) redraw(r *decoderRun) error {
	if l.kept == nil {
		return nil
	}
	path := l.kept.path("decoder.safetensors")
	in, err := checkpoint.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer in.Close()
	fail := func(format string, args ...any) error {
		return fault.Kind(ErrForeignRun, fmt.Errorf("vq: "+path+": "+format, args...))
	}
	had, points, err := reached(in)
	if err != nil {
		return fail("no state of a decoder's training: %w", err)
	}
	if in.Meta["codes"] != l.t.digest() {
		return nil
	}
	step := had.Step - l.c.firstSteps()
	had.Step = min(had.Step, had.Steps) // of the first stage
	if err := l.kept.agree(had); err != nil {
		return err
	}
	if step < 1 || step > r.Steps {
		return fail("the decoder has taken %d steps, expected 1 to the %d asked for; choose another folder, or remove it", step, r.Steps)
	}
	r.begin()
	if err := refill(in, path, r.tensors()); err != nil {
		return err
	}
	r.state.Step, r.state.Opt.Step, l.points, l.spent = step, had.OptStep, points, had.Spent
	return l.history()
}
