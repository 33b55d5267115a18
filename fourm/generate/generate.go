package generate

// What a person asks for: a plan carried out on one sample.

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/fourm/text"
	"fourmlab/internal/fault"
)

const op = "Model.Generate"

// Generate makes the plan's targets from the sample's given modalities, one
// stage after the other; every finished target conditions the next. The same
// model, sample, plan and seed give the same result. When ctx ends, what is
// finished is returned with the context's error.
func Generate(ctx context.Context, m *model.Model, s modality.Sample, plan Plan, seed int64) (Result, error) {
	s = m.As(s)
	check(m, s, plan)
	out, err := carryOut(ctx, m, []modality.Sample{s}, []Plan{plan}, []int64{seed}, true)
	return out[0], err
}

// together is how many samples are generated at a time.
const together = 16

// GenerateAll is Generate for many samples, a seed for each, several at a time:
// results are those of one after the other, but for rounding in the last bits of
// probabilities, and for the steps, which are not kept without trace. What is finished
// is returned with an error.
func GenerateAll(ctx context.Context, m *model.Model, samples []modality.Sample, plan Plan, seeds []int64, trace bool) ([]Result, error) {
	return each(ctx, m, samples, slices.Repeat([]Plan{plan}, len(samples)), seeds, trace)
}

// each is GenerateAll with a plan for each sample. Plans differ in what is given and in
// temperatures alone.
func each(ctx context.Context, m *model.Model, samples []modality.Sample, plans []Plan, seeds []int64, trace bool) ([]Result, error) {
	if len(samples) != len(seeds) {
		fault.Panic(op, "%d samples and %d seeds, expected one for each", len(samples), len(seeds))
	}
	as, n := make([]modality.Sample, len(samples)), together
	for i, s := range samples {
		as[i] = m.As(s)
		check(m, as[i], plans[i])
		if plans[i].Compat { // prompts of one batch share a Chance there
			n = 1
		}
	}
	var out []Result
	for at := 0; at < len(as); at += n {
		end := min(at+n, len(as))
		part, err := carryOut(ctx, m, as[at:end], plans[at:end], seeds[at:end], trace)
		out = append(out, part...)
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

// carryOut carries out plans on samples together.
func carryOut(ctx context.Context, m *model.Model, samples []modality.Sample, plans []Plan, seeds []int64, trace bool) ([]Result, error) {
	all, res, err := begin(m, samples, plans, seeds)
	all.trace = trace
	for k := 0; k < len(plans[0].Stages) && err == nil; k++ {
		err = all.carry(ctx, samples, plans, k, res)
	}
	return res, err
}

// begin gives samples what is given of them.
func begin(m *model.Model, samples []modality.Sample, plans []Plan, seeds []int64) (*group, []Result, error) {
	all, res := &group{}, make([]Result, len(samples))
	for i, s := range samples {
		plan := plans[i]
		g := &generation{m: m, seed: seeds[i], compat: plan.Compat,
			s: modality.Sample{Key: s.Key, Values: map[string]any{}, Toks: map[string]modality.Tokens{}}, rows: map[string]mask.Row{}}
		g.chance = NewDice(seeds[i])
		all.all = append(all.all, g)
		res[i].Plan = plan
		for _, name := range plan.Given {
			d, _ := m.InputDomain(name)
			if !slices.Contains(res[i].Given, d.Modality) {
				res[i].Given = append(res[i].Given, d.Modality)
			}
			if err := g.give(op, s, d); err != nil {
				return all, res, err
			}
		}
		if plan.Compat { // the official prompts of later targets are seen from the start
			for _, stage := range plan.Stages {
				d, _ := m.Domain(stage.Target)
				g.rows[d.Name] = g.blank(d)
			}
		}
	}
	return all, res, nil
}

// carry carries out a stage of all samples.
func (g *group) carry(ctx context.Context, samples []modality.Sample, plans []Plan, k int, res []Result) error {
	d, steps, err := g.open(samples, plans, k)
	if err != nil {
		return err
	}
	tokens, made, err := g.stage(ctx, d, plans[0].Stages[k], steps)
	for i, one := range g.all {
		for n := range made[i] {
			made[i][n].Stage, made[i][n].Of = k, max(made[i][n].Of, len(made[i]))
		}
		res[i].Trace = append(res[i].Trace, made[i]...)
		res[i].Sample = one.s
		if err != nil {
			continue
		}
		if failed := one.finish(d, tokens[i]); failed != nil {
			return failed
		}
		res[i].Generated = append(res[i].Generated, d.Modality)
	}
	return err
}

// generation is a plan that is carried out.
type generation struct {
	m      *model.Model
	seed   int64
	chance Chance
	compat bool
	s      modality.Sample // given and finished modalities
	rows   map[string]mask.Row
	known  []string // domains that condition
}

// give makes a domain of the sample an input: all of its grid, or of a text
// everything up to [EOS]. A value that is none of its modality is a mistake in
// what was given, and panics; a tokenizer that fails is the error.
func (g *generation) give(op string, s modality.Sample, d modality.Domain) error {
	row, t, err := g.row(op, s, d)
	if err != nil {
		return err
	}
	if value, ok := s.Values[d.Modality]; ok {
		g.s.Values[d.Modality] = value
	}
	if t != nil {
		g.s.Toks[d.Modality] = *t
	}
	g.know(d, row)
	return nil
}

// row gives a domain of the sample as an input, and its tokens where it is given by
// them.
func (g *generation) row(op string, s modality.Sample, d modality.Domain) (row mask.Row, toks *modality.Tokens, err error) {
	fits := func(err error) {
		if err != nil {
			fault.Panic(op, "sample %s: %v", s.Key, err)
		}
	}
	p := mask.Part{Domain: d.Name, Modality: d.Modality, Pixels: d.Pixels}
	if !d.Pixels && d.Kind != modality.Vectors {
		t, err := g.tokenized(op, s, d)
		if err != nil {
			return row, nil, err
		}
		toks, p.Tokens, p.In = &t, t, t
		p.In.IDs = d.ToModel(t.IDs)
	}
	if d.Grid() {
		p.Input, p.Target = slices.Repeat([]bool{true}, d.Max), make([]bool, d.Max)
	}
	if d.Kind == modality.Vectors {
		v, ok := s.Values[d.Modality].([][]float32)
		if !ok {
			fault.Panic(op, "sample %s: %q is a %T, expected vectors", s.Key, d.Modality, s.Values[d.Modality])
		}
		p.Vectors = v[:min(len(v), d.Max)]
	}
	row, err = model.RowOf(d, s, p)
	fits(err)
	return row, toks, nil
}

// tokenized gives the tokens that a sample has of a domain, or those of its value; it
// fails as give does.
func (g *generation) tokenized(op string, s modality.Sample, d modality.Domain) (t modality.Tokens, err error) {
	fits := func(err error) {
		if err != nil {
			fault.Panic(op, "sample %s: %v", s.Key, err)
		}
	}
	tok := g.m.Tokenizer(d.Modality)
	t, has := s.Toks[d.Modality]
	if has {
		fits(t.Fits(tok))
		return t, nil
	}
	if tok == nil {
		fault.Hint(op, "give it as tokens", "sample %s: %q has no tokenizer", s.Key, d.Modality)
	}
	fits(isValue(d, tok, s.Values[d.Modality]))
	if t, err = tok.Encode(s.Values[d.Modality]); err != nil {
		return t, fmt.Errorf("generate: %w", err)
	}
	return t.By(tok), nil
}

// isValue says what is wrong with the value of a modality that is tokenized.
func isValue(d modality.Domain, tok modality.Tokenizer, value any) error {
	if m, ok := modality.Find(d.Modality); ok && d.Kind == modality.Image {
		_, err := modality.FitFor(tok, m, value)
		return err
	}
	if t, ok := tok.(*text.Tokenizer); ok {
		_, err := t.AsText(value)
		return err
	}
	return nil
}

func (g *generation) know(d modality.Domain, row mask.Row) {
	g.rows[d.Name] = row
	g.known = append(g.known, d.Name)
}

// finish makes a generated target part of the sample and an input of the
// stages behind it, where the model takes it.
func (g *generation) finish(d modality.Domain, t modality.Tokens) error {
	if tok := g.m.Tokenizer(d.Modality); tok != nil {
		v, err := tok.Decode(t)
		if err != nil {
			return fmt.Errorf("generate: %w", err)
		}
		g.s.Values[d.Modality] = v
	}
	g.s.Toks[d.Modality] = t
	p := mask.Part{Domain: d.Name, Modality: d.Modality, Tokens: t, In: t}
	p.In.IDs = d.ToModel(t.IDs)
	if d.Grid() {
		p.Input, p.Target = slices.Repeat([]bool{true}, d.Max), make([]bool, d.Max)
	}
	row, err := model.RowOf(d, g.s, p)
	if err != nil {
		return fmt.Errorf("generate: %w", err)
	}
	_, isInput := g.m.InputDomain(d.Name)
	switch {
	case !isInput:
		delete(g.rows, d.Name)
	case g.compat && !d.Grid(): // officially no text joins what guidance empties (docs/4m.md, 11.10)
		g.rows[d.Name] = row
	default:
		g.know(d, row)
	}
	return nil
}

// keep makes a target's row one of which some places are known already.
func (g *generation) keep(s modality.Sample, d modality.Domain, places []bool) error {
	t, err := g.tokenized(op, s, d)
	if err != nil {
		return err
	}
	row := Empty(d, d.Max, 0, 0)
	for at, stays := range places {
		if stays {
			row.IDs[at], row.Input[at], row.Target[at] = t.IDs[at], true, false
		}
	}
	g.rows[d.Name] = row
	return nil
}

// blank gives the row of a target that nothing is known of.
func (g *generation) blank(d modality.Domain) mask.Row {
	if d.Grid() {
		return Empty(d, d.Max, 0, 0)
	}
	open, end := g.sentinels(d)
	return Empty(d, d.Max+2, open, end)
}

// Empty gives the row of a target that nothing is known of: a grid that is all
// target, or a text of n tokens whose sentinel open is the input, with a target
// that begins with it, has room, and ends with end (docs/4m.md, 6.1).
func Empty(d modality.Domain, n, open, end int) mask.Row {
	if d.Grid() {
		return mask.Row{IDs: make([]int, d.Max), Input: make([]bool, d.Max), Target: slices.Repeat([]bool{true}, d.Max)}
	}
	n = max(n, 3)
	r := mask.Row{IDs: make([]int, n), Input: make([]bool, n), Target: slices.Repeat([]bool{true}, n)}
	r.IDs[0], r.IDs[1], r.IDs[n-1] = open, open, end
	r.Input[0], r.Target[0] = true, false
	return r
}

// sentinels gives the two that open and end a text's only span.
func (g *generation) sentinels(d modality.Domain) (open, end int) {
	v := g.lexicon(d)
	return v.Sentinel(1), v.Sentinel(2)
}

// lexicon gives the vocabulary of a domain that is no grid. Texts share one, so
// that any other text's serves where this one's is not at hand.
func (g *generation) lexicon(d modality.Domain) text.Lexicon {
	if d.Kind == modality.Symbols {
		return text.LexiconOf(d, nil)
	}
	if t, ok := g.m.Tokenizers[d.Modality].(*text.Tokenizer); ok {
		return t.Words
	}
	for _, n := range slices.Sorted(maps.Keys(g.m.Tokenizers)) {
		if t, ok := g.m.Tokenizers[n].(*text.Tokenizer); ok {
			return t.Words
		}
	}
	fault.Hint(op, `fourm.SetTokenizer("caption", ...)`, "%q needs a text tokenizer", d.Modality)
	return nil
}

// batch is that of the one sample, in which text may be emptied.
func (g *generation) batch() *Batch {
	s := &Batch{Model: g.m, Rows: []map[string]mask.Row{g.rows}, Chance: g.chance, Compat: g.compat, Splits: func(int) bool { return false }}
	for _, d := range append(slices.Clone(g.m.In), g.m.Out...) {
		if _, ok := g.rows[d.Name]; ok && d.Kind == modality.Sequence {
			v := g.lexicon(d)
			s.Opens, s.Splits = v.Sentinel(1), v.IsSentinel
			break
		}
	}
	return s
}
