package mask

// What a mask cannot be: said before anything is drawn.

import (
	"slices"
	"strings"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// Check refuses, with a one-line panic, what cannot be over the domains of a
// model, whatever the sample, and gives those that Inputs and Outputs name.
func (m Mask) Check(ins, outs []modality.Domain) (in, out []modality.Domain) {
	m.check()
	ins, outs = among(ins, m.Inputs), among(outs, m.Outputs)
	m.checkSides(ins, outs)
	return ins, outs
}

// check refuses what cannot be, whatever the domains.
func (m Mask) check() {
	const op = "Mask.Draw"
	if m.In < 0 || m.Out < 0 {
		fault.Panic(op, "budgets of %d and %d tokens, expected 0 or more", m.In, m.Out)
	}
	in, out := m.Budgets()
	if m.InMin < 0 || m.OutMin < 0 || m.InMin > in || m.OutMin > out {
		fault.Panic(op, "at least %d and %d tokens, expected 0 to the budgets of %d and %d", m.InMin, m.OutMin, in, out)
	}
	if !usable(m.InAlpha) || !usable(m.OutAlpha) {
		fault.Panic(op, "alphas of %g and %g, expected 0 or more", m.InAlpha, m.OutAlpha)
	}
	for _, by := range []map[string]float64{m.InAlphas, m.OutAlphas} {
		for n, a := range by {
			known(n)
			if !usable(a) {
				fault.Panic(op, "an alpha of %g for %s, expected 0 or more", a, n)
			}
		}
	}
	for n, k := range m.Keep {
		known(n)
		if k != keepRandom && k != keepAll && k != keepBinary {
			fault.Panic(op, "keep scheme %q for %s, expected random, all or binary", k, n)
		}
	}
	for n := range m.Least {
		known(n)
	}
	for _, n := range m.Shuffle {
		known(n)
	}
}

// checkSides refuses what cannot be over the domains that may be input and
// target, whichever of them a sample has.
func (m Mask) checkSides(ins, outs []modality.Domain) {
	if m.Fixed {
		return
	}
	in, out := m.Budgets()
	if m.InMin > 0 {
		in = m.InMin
	}
	if m.OutMin > 0 {
		out = m.OutMin
	}
	isIn := m.checkSide("input", "InAlphas", ins, ins, m.InAlphas, m.InAlpha, in)
	if m.Rest {
		out = -1
	}
	isOut := m.checkSide("target", "OutAlphas", outs, ins, m.OutAlphas, m.OutAlpha, out)
	for _, d := range ins {
		n, _ := named(m.Least, ins, d)
		if d.Grid() && 2*n > d.Max && slices.Contains(isIn, d.Name) && slices.Contains(isOut, d.Name) && !m.Compat {
			fault.Panic("Mask.Draw", "at least %d input and %d target tokens for %s, which has %d", n, n, d.Name, d.Max)
		}
	}
}

// checkSide checks one side and gives the domains that take part in it. The
// names of Least are those of the inputs.
func (m Mask) checkSide(side, field string, ds, ins []modality.Domain, by map[string]float64, all float64, budget int) (takes []string) {
	const op = "Mask.Draw"
	var names, asked []string
	sum := 0
	for _, d := range ds {
		names = append(names, d.Name)
		if alphaOf(by, all, ds, d) == 0 {
			continue
		}
		takes = append(takes, d.Name)
		if n, ok := named(m.Least, ins, d); ok && n > 0 {
			sum += n
			asked = append(asked, d.Name)
		}
	}
	if len(ds) > 0 && len(takes) == 0 {
		fault.Hint(op, "an alpha of 0 excludes a domain", "%s are 0 for all of %s: nothing is left to be %s", field, strings.Join(names, ", "), side)
	}
	if budget >= 0 && sum > budget && !m.Compat {
		fault.Panic(op, "Least asks for %d %s tokens (%s), more than the budget of %d", sum, side, strings.Join(asked, ", "), budget)
	}
	return takes
}
