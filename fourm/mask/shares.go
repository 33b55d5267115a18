package mask

// How a mask shares out its input, before any sample is looked at.

import (
	"math/rand/v2"
	"slices"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// Shares gives for each of the mask's Inputs how many tokens it was given in n
// draws, as if each had as many tokens as it has room for.
func (m Mask) Shares(n int) map[string][]int {
	const op = "Mask.Shares"
	m.check()
	if n < 1 {
		fault.Panic(op, "%d draws, expected 1 or more", n)
	}
	if len(m.Inputs) == 0 {
		fault.Hint(op, `set Inputs: []string{"rgb", "caption"}, or take m.Mask(mask) of a model m`, "the mask names no inputs")
	}
	var ins []modality.Domain
	for _, name := range m.Inputs {
		mod := modality.Need(op, name)
		d := mod.TokenDomain(mod.Vocab) // room does not depend on the vocabulary
		if mod.Pixels && name == mod.Name {
			d = mod.PixelDomain()
		}
		if !slices.ContainsFunc(ins, func(o modality.Domain) bool { return o.Name == d.Name }) {
			ins = append(ins, d)
		}
	}
	m.checkSides(ins, nil)
	var entries []Entry
	for _, d := range ins {
		e := Entry{Domain: d, In: alphaOf(m.InAlphas, m.InAlpha, ins, d), Out: -1}
		e.Min, _ = named(m.Least, ins, d)
		entries = append(entries, e)
	}
	in, _ := m.Budgets()
	least := m.InMin
	if least == 0 {
		least = in
	}
	c := Seeded(rand.New(rand.NewPCG(uint64(m.Seed), 5)))
	out := map[string][]int{}
	for range n {
		got, _ := share(c, entries, c.Between(least, in), 0, !m.Compat)
		for i, d := range ins {
			out[d.Name] = append(out[d.Name], got[i])
		}
	}
	return out
}
