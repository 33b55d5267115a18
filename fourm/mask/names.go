package mask

// What is said by name: alphas, keep schemes and least tokens of domains.

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// named gives what a table says of a domain: under its name, its official
// name, or the name of its modality. The last one means the pixel domain where
// that is among those of the table.
func named[T any](by map[string]T, ds []modality.Domain, d modality.Domain) (v T, ok bool) {
	if len(by) == 0 {
		return v, false
	}
	if v, ok = by[d.Name]; ok {
		return v, true
	}
	if v, ok = by[d.Official]; ok {
		return v, true
	}
	if !d.Pixels && pixelTwin(ds, d.Modality) {
		return v, false
	}
	v, ok = by[d.Modality]
	return v, ok
}

// pixelTwin tells whether a modality's pixel domain is among ds: then its
// short name means that one.
func pixelTwin(ds []modality.Domain, name string) bool {
	return slices.ContainsFunc(ds, func(d modality.Domain) bool { return d.Pixels && d.Modality == name })
}

// domainOf gives the name of the domain among ds that a name means: its own,
// the one in checkpoints, or that of its modality; "" where there is none.
func domainOf(ds []modality.Domain, name string) string {
	for _, d := range ds {
		if d.Name == name || d.Official == name {
			return d.Name
		}
	}
	for _, d := range ds {
		if d.Modality == name && !d.Pixels {
			return d.Name
		}
	}
	return ""
}

// alphaOf gives the concentration of a domain: its own, or that of all.
func alphaOf(by map[string]float64, all float64, ds []modality.Domain, d modality.Domain) float64 {
	a, ok := named(by, ds, d)
	if !ok {
		if a = all; a == 0 {
			a = 1
		}
	}
	return a
}

// known panics where a name stands for no modality.
func known(name string) { modality.Need("Mask.Draw", name) }

// usable tells whether a number is a concentration.
func usable(a float64) bool { return a >= 0 && !math.IsInf(a, 0) }

// Alphas reads concentrations as 4M's commands write them, "0.5-1.0-0", for
// InAlphas or OutAlphas: they belong to the domains in alphabetical order; a
// single one to all of them, and domains without any get 0 (docs/4m.md, 3.1).
func Alphas(spec string, domains ...string) map[string]float64 {
	const op = "mask.Alphas"
	words := strings.Split(spec, "-")
	if len(words) > len(domains) {
		fault.Panic(op, "%d alphas in %q for %d domains", len(words), spec, len(domains))
	}
	names := slices.Sorted(slices.Values(domains))
	out := map[string]float64{}
	for i, n := range names {
		w := "0"
		if len(words) == 1 {
			w = words[0]
		} else if i < len(words) {
			w = words[i]
		}
		a, err := strconv.ParseFloat(w, 64)
		if err != nil || !usable(a) {
			fault.Panic(op, "%q in %q, expected numbers such as 0.5-1.0-0", w, spec)
		}
		out[n] = a
	}
	return out
}
