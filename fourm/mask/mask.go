// Package mask chooses which tokens of a sample are input, which are targets,
// and which are unused: 4M's Dirichlet budgets, random image masks and span
// masking of text (arXiv 2312.06647, section 3; inventory 3.1 to 3.3).
//
//	mk := mask.Mask{In: 32, Out: 32, InAlpha: 0.5, OutAlpha: 0.5}.Draw(s)
//	fmt.Println(mk)
package mask

import (
	"hash/fnv"
	"math/rand/v2"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/text"
	"fourmlab/internal/fault"
)

// Mask is a masking strategy: how many tokens are input and target, and how
// they are shared among the domains. The zero value stands for 64 input and
// 64 target tokens with alphas of 1.
type Mask struct {
	In, Out             int                // token budgets; 0 stands for 64
	InAlpha, OutAlpha   float64            // concentration of the Dirichlet; 0 stands for 1
	InAlphas, OutAlphas map[string]float64 // exceptions by domain or modality ("rgb": 10); 0 excludes
	Inputs, Outputs     []string           // domains that take part; empty: all that the sample has
	Weight              float64            // share in a mixture; 0 stands for 1
	Seed                int64
}

// Draw masks a sample: the same mask, sample and seed give the same result.
func (m Mask) Draw(s modality.Sample) Masked {
	h := fnv.New64a()
	h.Write([]byte(s.Key))
	return m.DrawWith(s, rand.New(rand.NewPCG(uint64(m.Seed), h.Sum64())))
}

// Budgets gives the input and target tokens that the mask hands out, with what
// zero stands for filled in.
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

// DrawWith masks a sample with the given source of chance.
func (m Mask) DrawWith(s modality.Sample, r *rand.Rand) Masked {
	ins, outs := m.domains(s)
	if len(ins) == 0 || len(outs) == 0 {
		fault.Panic("Mask.Draw", "sample %s has no domain for input or target (it has %v)", s.Key, s.Names())
	}
	if m.In < 0 || m.Out < 0 {
		fault.Panic("Mask.Draw", "budgets of %d and %d tokens, expected 0 or more", m.In, m.Out)
	}
	in, out := m.Budgets()
	caps := make([]int, len(ins))
	for i, d := range ins {
		caps[i] = d.Max
	}
	inBudget := budgets(r, in, alphas(ins, m.InAlpha, m.InAlphas), caps)
	used := map[string]int{}
	for i, d := range ins {
		used[d.Name] = inBudget[i]
	}
	caps = make([]int, len(outs))
	for i, d := range outs {
		caps[i] = d.Max
		if d.Kind == modality.Image {
			caps[i] -= used[d.Name]
		}
	}
	outBudget := budgets(r, out, alphas(outs, m.OutAlpha, m.OutAlphas), caps)
	wanted := map[string]int{}
	for i, d := range outs {
		wanted[d.Name] = outBudget[i]
	}

	mk := Masked{Sample: s}
	seen := map[string]bool{}
	for _, d := range append(append([]modality.Domain{}, ins...), outs...) {
		if seen[d.Name] {
			continue
		}
		seen[d.Name] = true
		mk.Parts = append(mk.Parts, part(r, s, d, used[d.Name], wanted[d.Name]))
	}
	return mk
}

// part masks one domain.
func part(r *rand.Rand, s modality.Sample, d modality.Domain, in, out int) Part {
	p := Part{Domain: d.Name, Modality: d.Modality, Pixels: d.Pixels}
	if d.Kind == modality.Sequence {
		t, ok := modality.NeedTokenizer("Mask.Draw", d.Modality).(*text.Tokenizer)
		if !ok {
			fault.Panic("Mask.Draw", "the tokenizer of %q has no sentinels", d.Modality)
		}
		p.Tokens = s.Tokens(d.Modality)
		sp := spans(r, t.Words, p.Tokens.IDs, in, out)
		p.Input, p.Target = sp.kept, sp.target
		p.In, p.Out = t.Tokens(sp.in), t.Tokens(sp.out)
		return p
	}
	if d.Pixels {
		p.Tokens = modality.Tokens{Modality: d.Modality, Rows: d.Rows, Cols: d.Cols}
	} else {
		p.Tokens = s.Tokens(d.Modality)
	}
	p.Input, p.Target = make([]bool, d.Max), make([]bool, d.Max)
	for i, at := range r.Perm(d.Max) {
		p.Input[at] = i < in
		p.Target[at] = i >= in && i < in+out
	}
	return p
}

// domains gives the input and target domains that the mask and the sample
// have in common.
func (m Mask) domains(s modality.Sample) (ins, outs []modality.Domain) {
	if m.Inputs == nil && m.Outputs == nil {
		for _, n := range s.Names() {
			mod, ok := modality.Find(n)
			if !ok {
				continue
			}
			if mod.Pixels {
				ins = append(ins, mod.PixelDomain())
			}
			if t := modality.TokenizerOf(mod.Name); t != nil {
				ins = append(ins, mod.TokenDomain(t.Vocab()))
				outs = append(outs, mod.TokenDomain(t.Vocab()))
			}
		}
		return ins, outs
	}
	pick := func(names []string, pixels bool) (ds []modality.Domain) {
		for _, n := range names {
			d := modality.ResolveDomain("Mask.Draw", n, pixels)
			if _, tok := s.Toks[d.Modality]; s.Has(d.Modality) || tok && !d.Pixels {
				ds = append(ds, d)
			}
		}
		return ds
	}
	return pick(m.Inputs, true), pick(m.Outputs, false)
}

func alphas(ds []modality.Domain, all float64, by map[string]float64) []float64 {
	if all == 0 {
		all = 1
	}
	out := make([]float64, len(ds))
	for i, d := range ds {
		out[i] = all
		if a, ok := by[d.Name]; ok {
			out[i] = a
		} else if a, ok := by[d.Modality]; ok && (d.Pixels || d.Name == d.Modality) {
			out[i] = a
		} else if ok && !pixelTwin(ds, d.Modality) {
			out[i] = a
		}
	}
	return out
}

// pixelTwin tells whether a modality's pixel domain is among ds: then its
// short name means that one.
func pixelTwin(ds []modality.Domain, name string) bool {
	for _, d := range ds {
		if d.Pixels && d.Modality == name {
			return true
		}
	}
	return false
}
