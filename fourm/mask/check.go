package mask

// What a mask cannot be: said before anything is drawn.

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// Check refuses, with a one-line panic, what cannot be over the domains of a
// model, whatever the sample, and gives those that Inputs and Outputs name.
func (m Mask) Check(ins, outs []modality.Domain) (in, out []modality.Domain) {
	m.check()
	for _, n := range slices.Concat(m.Inputs, m.Outputs) {
		known(n)
	}
	in, out = among(ins, m.Inputs), among(outs, m.Outputs)
	for _, x := range []struct {
		field           string
		named           []string
		picked, offered []modality.Domain
	}{{"Inputs", m.Inputs, in, ins}, {"Outputs", m.Outputs, out, outs}} {
		checkSizes(x.field, x.named, x.offered)
		if len(x.picked) == 0 {
			fault.Panic("Mask.Draw", "%s %v, expected some of the model's: %v", x.field, x.named, namesOf(x.offered))
		}
	}
	m.checkSides(in, out)
	m.checkRoom(in, out)
	return in, out
}

// checkRoom refuses fixed roles, and targets that are all the rest of grids,
// that a batch has no room for: what is over would be lost, always that of the
// same domains.
func (m Mask) checkRoom(ins, outs []modality.Domain) {
	if m.Compat {
		return
	}
	need := func(ds []modality.Domain, closing int) (n int) {
		for _, d := range ds {
			if n += d.Max; !d.Grid() {
				n += closing
			}
		}
		return n
	}
	in, out := m.Budgets()
	if !m.Fixed {
		rest := -in
		for _, d := range outs {
			if d.Grid() {
				rest += d.Max
			}
		}
		if m.Rest && rest > out {
			fault.Hint("Mask.Draw", fmt.Sprintf("set Out: %d", rest+in), "what %d inputs leave of %v is %d tokens or more, and Out has room for %d", in, namesOf(outs), rest, out)
		}
		return
	}
	if n := need(ins, 0); n > in {
		fault.Hint("Mask.Draw", fmt.Sprintf("set In: %d", n), "inputs %v are up to %d tokens as a whole, and In has room for %d", namesOf(ins), n, in)
	}
	if n := need(outs, 1); n > out { // the sentinel that closes a text
		fault.Hint("Mask.Draw", fmt.Sprintf("set Out: %d", n), "outputs %v are up to %d tokens as a whole, and Out has room for %d", namesOf(outs), n, out)
	}
}

func namesOf(ds []modality.Domain) (names []string) {
	for _, d := range ds {
		names = append(names, d.Name)
	}
	return names
}

// Fits tells whether a sample has something to be input and something to be
// target, over domains as a model has them.
func (m Mask) Fits(s modality.Sample, ins, outs []modality.Domain) bool {
	s = as(s, ins, outs)
	ins, outs = had(s, among(ins, m.Inputs)), had(s, among(outs, m.Outputs))
	takes := func(ds []modality.Domain, by map[string]float64, all float64) bool {
		return slices.ContainsFunc(ds, func(d modality.Domain) bool { return m.Fixed || alphaOf(by, all, ds, d) > 0 })
	}
	return takes(ins, m.InAlphas, m.InAlpha) && takes(outs, m.OutAlphas, m.OutAlpha)
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
	if m.Weight < 0 || math.IsNaN(m.Weight) || math.IsInf(m.Weight, 0) {
		fault.Panic(op, "a weight of %g in a mixture, expected 0 or more", m.Weight)
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
	if _, _, ok := pattern(m.Pattern); !ok && m.Pattern != "" {
		fault.Panic(op, "pattern %q, expected %s, those with groups also with a size: blocks:3", m.Pattern, patternNames())
	}
	if m.Pattern != "" && m.Order != nil {
		fault.Panic(op, "Pattern %q and an Order of one's own, expected one of them", m.Pattern)
	}
	if m.Fixed && (m.Pattern != "" || m.Order != nil) {
		fault.Panic(op, "a pattern beside Fixed, which shows grids whole or not at all")
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
	all := slices.Concat(ins, outs)
	checkSizes("InAlphas", slices.Sorted(maps.Keys(m.InAlphas)), all)
	checkSizes("OutAlphas", slices.Sorted(maps.Keys(m.OutAlphas)), all)
	checkSizes("Least", slices.Sorted(maps.Keys(m.Least)), all)
	checkSizes("Keep", slices.Sorted(maps.Keys(m.Keep)), all)
	if m.Fixed {
		for _, d := range ins {
			if slices.ContainsFunc(outs, func(o modality.Domain) bool { return o.Name == d.Name }) {
				fault.Hint("Mask.Draw", "name Inputs and Outputs that have none in common", "%s is both input and target of fixed roles", d.Name)
			}
		}
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

// checkSizes refuses names with a resolution that is none of the domains', whose
// modality is there at another: they would mean nothing.
func checkSizes(field string, names []string, ds []modality.Domain) {
	for _, n := range names {
		if !strings.Contains(n, "@") || domainOf(ds, n) != "" {
			continue
		}
		for _, d := range ds {
			base, _, _ := strings.Cut(n, "@")
			if modality.Same(base, d.Name) && d.Pixels != strings.HasPrefix(n, "tok_") {
				fault.Hint("Mask.Draw", fmt.Sprintf("write %q", d.Name), "%s names %q, expected some of %v", field, n, namesOf(ds))
			}
		}
	}
}

// checkSide checks one side and gives the domains that take part in it. The
// names of Least are those of the inputs.
func (m Mask) checkSide(side, field string, ds, ins []modality.Domain, by map[string]float64, all float64, budget int) (takes []string) {
	const op = "Mask.Draw"
	var asked []string
	sum := 0
	for _, d := range ds {
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
		fault.Hint(op, "an alpha of 0 excludes a domain", "%s are 0 for all of %s: nothing is left to be %s", field, strings.Join(namesOf(ds), ", "), side)
	}
	if budget >= 0 && sum > budget && !m.Compat {
		fault.Panic(op, "Least asks for %d %s tokens (%s), more than the budget of %d", sum, side, strings.Join(asked, ", "), budget)
	}
	return takes
}
