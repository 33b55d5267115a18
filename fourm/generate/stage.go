package generate

// One stage of a plan, step by step, of one sample or several, and what is kept of
// each step.

import (
	"context"
	"slices"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/text"
)

// group are samples that a plan is carried out on together. Each has its own Chance,
// so that it comes out as if it were alone.
type group struct {
	all   []*generation
	trace bool        // steps are kept
	other values      // of conditions, in the stage at work
	temps [][]float64 // by step of it, by sample
}

// batch is that of the samples, in which text may be emptied.
func (g *group) batch() *Batch {
	first := g.all[0]
	b := first.batch()
	b.other = g.other
	if len(g.all) == 1 {
		return b
	}
	b.Rows, b.own = nil, nil
	for _, one := range g.all {
		b.Rows, b.own = append(b.Rows, one.rows), append(b.own, one.chance)
	}
	return b
}

// open makes all samples ready for a stage, and gives its target and its steps. Stages
// of the samples differ in temperatures alone.
func (g *group) open(samples []modality.Sample, plans []Plan, k int) (modality.Domain, []Scheduled, error) {
	first, stage := g.all[0], plans[0].Stages[k]
	d, _ := first.m.Domain(stage.Target)
	for i, one := range g.all {
		if stage.Keep != nil {
			if err := one.keep(samples[i], d, stage.Keep); err != nil {
				return d, nil, err
			}
		}
		if stage.Fill != "" {
			one.rows[d.Name] = prompt(d, one.lexicon(d).(*text.Vocab), gaps(stage.Target, stage.Fill))
		}
		if _, ok := one.rows[d.Name]; !ok {
			one.rows[d.Name] = one.blank(d)
		}
	}
	total := d.Max
	for _, stays := range stage.Keep {
		if stays {
			total--
		}
	}
	g.temps = nil
	var steps []Scheduled
	for _, p := range plans {
		s := p.Stages[k]
		weights := map[string]float64{}
		for name, v := range s.Weights {
			given, _ := among(first.m, first.known, name)
			weights[given] = v
		}
		s.Weights = weights
		own, err := s.Scheduled(d, total, slices.Clone(first.known), first.compat)
		if err != nil {
			return d, nil, err
		}
		if steps == nil {
			steps, g.temps = own, make([][]float64, len(own))
		}
		for n := range steps {
			g.temps[n] = append(g.temps[n], own[n].Temp)
		}
	}
	var err error
	g.other, err = first.others(stage)
	return d, steps, err
}

// stage decides a target of all samples and gives their tokens and steps.
func (g *group) stage(ctx context.Context, d modality.Domain, stage Stage, steps []Scheduled) ([]modality.Tokens, [][]Step, error) {
	switch {
	case d.Grid():
		return g.image(ctx, d, steps)
	case stage.Fill != "":
		return g.complete(ctx, d, steps[0])
	}
	return g.write(ctx, d, steps[0])
}

// others gives the rows of what a stage has beside the samples' own conditions.
func (g *generation) others(stage Stage) (values, error) {
	v := values{against: map[string]mask.Row{}}
	row := func(name string, value any) (string, mask.Row, error) {
		name, _ = among(g.m, g.known, name)
		d, _ := g.m.InputDomain(name)
		s := modality.Sample{Key: "beside", Values: map[string]any{d.Modality: value}}
		r, _, err := g.row(op, s, d)
		return name, r, err
	}
	for given, value := range stage.Against {
		name, r, err := row(given, value)
		if err != nil {
			return v, err
		}
		v.against[name] = r
	}
	for _, o := range stage.Beside {
		name, r, err := row(o.Given, o.Value)
		if err != nil {
			return v, err
		}
		v.beside = append(v.beside, besides{name, r, float32(o.Weight)})
	}
	return v, nil
}

// image carries out the steps of a grid.
func (g *group) image(ctx context.Context, d modality.Domain, schedule []Scheduled) ([]modality.Tokens, [][]Step, error) {
	all, conf, steps := make([]modality.Tokens, len(g.all)), make([][]float32, len(g.all)), make([][]Step, len(g.all))
	tok := g.all[0].m.Tokenizer(d.Modality)
	for i, one := range g.all {
		all[i] = modality.Tokens{Modality: d.Modality, Rows: d.Rows, Cols: d.Cols, IDs: slices.Repeat([]int{-1}, d.Max)}.By(tok)
		conf[i] = make([]float32, d.Max)
		for at, known := range one.rows[d.Name].Input {
			if known { // kept
				all[i].IDs[at], conf[i][at] = one.rows[d.Name].IDs[at], 1
			}
		}
	}
	b := g.batch()
	for k, now := range schedule {
		b.temps = g.temps[k]
		ds, err := b.Step(ctx, now)
		if err != nil {
			return all, steps, err
		}
		for i, t := range all {
			step := Step{Target: d.Modality, Index: k, Of: len(schedule), New: make([]bool, d.Max)}
			for at, open := range b.Rows[i][d.Name].Target { // some may be open again
				if open {
					t.IDs[at], conf[i][at] = -1, 0
				}
			}
			for _, x := range ds[i] {
				t.IDs[x.At], conf[i][x.At], step.New[x.At] = x.ID, float32(x.P), true
			}
			if !g.trace {
				continue
			}
			step.Tokens = t
			step.Tokens.IDs = slices.Clone(t.IDs)
			step.Confidence = slices.Clone(conf[i])
			if tok != nil {
				if step.Value, err = tok.Decode(step.Tokens); err != nil {
					return all, steps, err
				}
			}
			steps[i] = append(steps[i], step)
		}
	}
	return all, steps, nil
}

// write carries out the one step of a text: it ends with [EOS], a sentinel or
// the end of its room. Text that ends of itself has [EOS] behind it.
func (g *group) write(ctx context.Context, d modality.Domain, now Scheduled) ([]modality.Tokens, [][]Step, error) {
	v := g.all[0].lexicon(d)
	eos := v.End()
	ends := func(id int) bool { return id == eos || v.IsSentinel(id) }
	all, steps := make([]modality.Tokens, len(g.all)), make([][]Step, len(g.all))
	read := make([][]int, len(g.all)) // ids so far
	b := g.batch()
	b.never, b.temps = v.Never(), g.temps[0]
	_, err := b.text(ctx, d, now, func(i int, ids []int, p float64) bool {
		last := ids[len(ids)-1]
		if v.IsSentinel(last) {
			return false
		}
		read[i] = slices.Clone(ids[1:])
		more := !ends(last) && len(read[i]) < d.Max
		if !g.trace {
			return more
		}
		now := g.all[i].tokens(d, v, read[i])
		step := Step{Target: d.Modality, Index: len(steps[i]), Tokens: now, New: make([]bool, len(now.IDs)), Confidence: make([]float32, len(now.IDs))}
		if n := len(steps[i]); n > 0 {
			copy(step.Confidence, steps[i][n-1].Confidence)
		}
		step.New[len(step.New)-1], step.Confidence[len(step.New)-1] = true, float32(p)
		steps[i] = append(steps[i], step)
		return more
	})
	for i, one := range g.all {
		ids := slices.Clone(read[i])
		if eos >= 0 && len(ids) < d.Max && (len(ids) == 0 || ids[len(ids)-1] != eos) {
			ids = append(ids, eos)
		}
		all[i] = one.tokens(d, v, ids)
	}
	return all, steps, err
}

// tokens makes tokens of the ids of a text as the model numbers them.
func (g *generation) tokens(d modality.Domain, v text.Lexicon, ids []int) modality.Tokens {
	t := modality.Tokens{Modality: d.Modality, IDs: d.FromModel(ids), Rows: 1, Cols: len(ids), Words: v.Words(ids)}
	return t.By(g.m.Tokenizer(d.Modality))
}
