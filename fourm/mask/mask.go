package mask

// A mask, and what comes out of it.

import (
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"slices"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/text"
	"fourmlab/internal/fault"
)

// Mask is a masking strategy: how many tokens are input and target, and how
// they are shared among the domains. The zero value stands for 64 input and
// 64 target tokens with alphas of 1. Tables go by domain or modality ("rgb",
// "tok_rgb", "caption", or an official name). The official key of each field:
// docs/4m.md, 10.2.
type Mask struct {
	In, Out             int                // token budgets, sentinels included; 0 stands for 64
	InMin, OutMin       int                // budgets are drawn from these to In and Out; 0 stands for In and Out themselves
	InAlpha, OutAlpha   float64            // concentration of the Dirichlet; 0 stands for 1
	InAlphas, OutAlphas map[string]float64 // exceptions ("rgb": 10); 0 excludes
	Inputs, Outputs     []string           // domains that take part; empty: all that the sample has

	// Least is what domains get at least of the budget, in tokens, on each side
	// that they take part in; a text that is shorter has fewer tokens. What the
	// budgets or a grid have no room for is refused.
	Least map[string]int

	// Keep says with what probability the tokens of a sequence stay in the
	// input: "random", one drawn between 0 and 1, where nothing is said;
	// "all", 1; "binary", 0 or 1. It falls until the input fits its budget.
	Keep map[string]string

	// Pattern says which places of a grid go together; inputs are taken from it first,
	// then targets: "random" (or nothing), each by itself, as in 4M; "blocks", "rows",
	// "columns", with a size as in "blocks:3" if it is to be another than a quarter of
	// the grid, or one; "same", the same places in all modalities; "tubes", blocks
	// that are the same in all. Texts are masked as ever.
	Pattern string
	// Order is a pattern of one's own: it gives the places of a grid in the order in
	// which they become inputs, then targets. All chance is in what it is given.
	Order func(Ground) []int `json:"-" yaml:"-"`

	Shuffle []string // sequences whose chunks are put in random order first, as 4M does with metadata
	Rest    bool     // every token that is no input is a target; Out only says what a batch has room for
	Fixed   bool     // Inputs are seen whole, Outputs are targets whole; In and Out only say what a batch has room for

	// Compat makes 4M's mistakes (docs/4m.md, 11): an input sequence of
	// Fixed leaves a lone [S_1] as target, and vectors among the Outputs take a
	// share of the targets, which is lost.
	Compat bool

	Weight float64 // share in a mixture; 0 stands for 1
	Seed   int64
}

// Draw masks a sample: the same mask, sample and seed give the same result.
func (m Mask) Draw(s modality.Sample) Masked {
	h := fnv.New64a()
	h.Write([]byte(s.Key))
	return m.DrawWith(s, rand.New(rand.NewPCG(uint64(m.Seed), h.Sum64())))
}

// DrawWith masks a sample with a generator in place of the mask's seed.
func (m Mask) DrawWith(s modality.Sample, r *rand.Rand) Masked { return m.DrawFrom(s, Seeded(r)) }

// DrawFrom masks a sample with any source of chance.
func (m Mask) DrawFrom(s modality.Sample, c Chance) Masked {
	m.check()
	s = s.As(m.names()...)
	ins, outs := m.domains(s)
	m.checkSides(ins, outs)
	return Masked{Sample: s, Parts: m.parts(c, m.entries(s, c, ins, outs))}
}

// DrawOver masks a sample over domains as a model has them, of which those of
// Inputs and Outputs take part where the mask names any, and those that the
// sample has.
func (m Mask) DrawOver(s modality.Sample, c Chance, ins, outs []modality.Domain) Masked {
	ins, outs = m.Check(ins, outs)
	s = as(s, ins, outs)
	return Masked{Sample: s, Parts: m.parts(c, m.entries(s, c, had(s, ins), had(s, outs)))}
}

// as gives the sample with its modalities under the names of domains, too.
func as(s modality.Sample, ds ...[]modality.Domain) modality.Sample {
	var names []string
	for _, d := range slices.Concat(ds...) {
		names = append(names, d.Modality)
	}
	return s.As(names...)
}

// among gives the domains that names mean; none means all.
func among(ds []modality.Domain, names []string) (out []modality.Domain) {
	meant := map[string]bool{}
	for _, n := range names {
		meant[domainOf(ds, n)] = true
	}
	for _, d := range ds {
		if len(names) == 0 || meant[d.Name] {
			out = append(out, d)
		}
	}
	return out
}

// had gives the domains that the sample has.
func had(s modality.Sample, ds []modality.Domain) (out []modality.Domain) {
	for _, d := range ds {
		if _, tok := s.Toks[d.Modality]; s.Has(d.Modality) || tok && !d.Pixels {
			out = append(out, d)
		}
	}
	return out
}

// Budgets gives the input and target tokens that the mask hands out at most,
// with what zero stands for filled in.
func (m Mask) Budgets() (in, out int) {
	in, out = m.In, m.Out
	if in == 0 {
		in = 64
	}
	if out == 0 {
		out = 64
	}
	return in, out
}

// Parts masks entries in their order: it draws the budgets, shares them, and
// masks one domain after the other. Domains, alphas and schemes are those of
// the entries, whatever the mask says of them.
func (m Mask) Parts(c Chance, entries []Entry) []Part {
	m.check()
	return m.parts(c, entries)
}

func (m Mask) parts(c Chance, entries []Entry) []Part {
	parts := make([]Part, len(entries))
	if m.Fixed {
		for i, e := range entries {
			parts[i] = e.fixed(e.In >= 0, m.Compat)
		}
		return parts
	}
	between := func(least, most int) int {
		if least == 0 {
			least = most
		}
		return c.Between(least, most)
	}
	in, out := m.Budgets()
	in = between(m.InMin, in)
	if m.Rest {
		out = -1
	} else {
		out = between(m.OutMin, out)
	}
	ins, outs := share(c, entries, in, out, !m.Compat)
	by := m.by(c)
	for i, e := range entries {
		parts[i] = e.part(c, ins[i], outs[i], by)
	}
	return parts
}

// entries gives the sample's domains with their part in the draw.
func (m Mask) entries(s modality.Sample, c Chance, ins, outs []modality.Domain) []Entry {
	const op = "Mask.Draw"
	if len(ins) == 0 || len(outs) == 0 {
		fault.Panic(op, "sample %s has no domain for input or target (it has %v)", s.Key, s.Names())
	}
	out := make([]Entry, 0, len(ins)+len(outs))
	for i, d := range slices.Concat(ins, outs) {
		input := i < len(ins)
		if at := slices.IndexFunc(out, func(e Entry) bool { return e.Domain.Name == d.Name }); at >= 0 {
			if !input {
				out[at].Out = alphaOf(m.OutAlphas, m.OutAlpha, outs, d)
			}
			continue
		}
		if !input && d.Kind == modality.Vectors && (m.Fixed || !m.Compat) {
			fault.Panic(op, "%s is a target, expected an input: nothing predicts vectors", d.Name)
		}
		e := m.content(s, c, d)
		e.In, e.Out = -1, -1
		if input {
			e.In = alphaOf(m.InAlphas, m.InAlpha, ins, d)
		} else {
			e.Out = alphaOf(m.OutAlphas, m.OutAlpha, outs, d)
		}
		e.Keep, _ = named(m.Keep, ins, d)
		if e.Min, _ = named(m.Least, ins, d); e.Min < 0 || e.Min > d.Max {
			fault.Panic(op, "at least %d tokens for %s, expected 0 to %d", e.Min, d.Name, d.Max)
		}
		out = append(out, e)
	}
	return out
}

// content makes the entry of a domain from what the sample has.
func (m Mask) content(s modality.Sample, c Chance, d modality.Domain) Entry {
	var value any
	var t modality.Tokenizer
	if d.Kind == modality.Sequence {
		t = modality.NeedTokenizer("Mask.Draw", d.Modality)
	}
	given := s.Values[d.Modality]
	if w, ok := t.(*text.Tokenizer); ok {
		if facts, ok := given.(text.Metadata); ok {
			chunks, err := w.Chunks(facts, nil)
			if err != nil {
				fault.Panic("Mask.Draw", "sample %s: %v", s.Key, err)
			}
			given = chunks
		}
	}
	switch v := given.(type) {
	case []string:
		if slices.Contains(m.Shuffle, d.Name) || slices.Contains(m.Shuffle, d.Official) {
			texts := make([]string, len(v))
			for i, at := range c.Perm(len(v)) {
				texts[i] = v[at]
			}
			v = texts
		}
		value = v
	case []int, [][]float32:
		value = v
	default:
		if !d.Pixels {
			value = s.Tokens(d.Modality)
		}
	}
	e, err := EntryOf(d, t, value)
	if err != nil {
		fault.Panic("Mask.Draw", "sample %s: %v", s.Key, err)
	}
	return e
}

// names gives the modalities of the mask's domains.
func (m Mask) names() (out []string) {
	for _, n := range slices.Concat(m.Inputs, m.Outputs) {
		out = append(out, modality.Need("Mask.Draw", n).Name)
	}
	return out
}

// domains gives the input and target domains that the mask and the sample
// have in common.
func (m Mask) domains(s modality.Sample) (ins, outs []modality.Domain) {
	if len(m.Inputs) == 0 || len(m.Outputs) == 0 {
		ins, outs = every(s)
	}
	pick := func(names []string, pixels bool) (ds []modality.Domain) {
		for _, n := range names {
			ds = append(ds, modality.ResolveDomain("Mask.Draw", n, pixels))
		}
		return had(s, ds)
	}
	if len(m.Inputs) > 0 {
		ins = pick(m.Inputs, true)
	}
	if len(m.Outputs) > 0 {
		outs = pick(m.Outputs, false)
	}
	return ins, outs
}

// every gives all domains of a sample.
func every(s modality.Sample) (ins, outs []modality.Domain) {
	names := s.Names()
	for _, n := range slices.Sorted(maps.Keys(s.Toks)) {
		if !s.Has(n) {
			names = append(names, n)
		}
	}
	for _, n := range names {
		mod, ok := modality.Find(n)
		if !ok {
			continue
		}
		if mod.Pixels && s.Has(n) {
			ins = append(ins, mod.PixelDomain())
		}
		vocab := mod.Vocab
		if t := modality.TokenizerOf(mod.Name); t != nil {
			vocab = t.Vocab()
		} else if _, toks := s.Toks[n]; mod.Kind == modality.Sequence || mod.Kind == modality.Image && !toks {
			continue
		}
		ins = append(ins, mod.TokenDomain(vocab))
		if mod.Kind != modality.Vectors {
			outs = append(outs, mod.TokenDomain(vocab))
		}
	}
	return ins, outs
}
