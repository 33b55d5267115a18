package mask

// Mixtures: several masks, of which each sample gets one, and those that the
// published models were trained with (docs/4m.md, 3.5).

import (
	"math"
	"slices"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// Pick draws which mask of a mixture is used: each as likely as its weight, or
// all alike where none has one. A weight of 0 beside others stands for 1.
func Pick(c Chance, masks []Mask) int {
	const op = "mask.Pick"
	if len(masks) == 0 {
		fault.Panic(op, "a mixture of no masks")
	}
	w := make([]float64, len(masks))
	same := true
	for i, m := range masks {
		if m.Weight < 0 || math.IsNaN(m.Weight) || math.IsInf(m.Weight, 0) {
			fault.Panic(op, "mask %d has weight %g, expected 0 or more", i, m.Weight)
		}
		same = same && m.Weight == 0
		if w[i] = m.Weight; w[i] == 0 {
			w[i] = 1
		}
	}
	if same {
		return c.Between(0, len(masks)-1)
	}
	return c.Weighted(w)
}

// everything is the sides of a mixture's strategies.
type everything struct{ in, out []string }

// all gives every input one alpha and every target another, but for exceptions
// on the input's side.
func (e everything) all(in, out float64, but map[string]float64) Mask {
	return Mask{InAlpha: in, OutAlpha: out, InAlphas: but, Inputs: e.in, Outputs: e.out}
}

// alone takes its input from one domain and nothing else.
func (e everything) alone(name string, alpha, out float64) Mask {
	by := map[string]float64{}
	for _, n := range e.in {
		by[n] = 0
	}
	by[name] = alpha
	return e.all(1, out, by)
}

// biased takes most of its input from some domains; those that are sequences
// stay as whole as their budget allows.
func (e everything) biased(out float64, but map[string]float64) Mask {
	m := e.all(0.05, out, but)
	m.Keep = map[string]string{}
	for _, n := range []string{"caption", "t5_caption"} {
		if but[n] > 0 {
			m.Keep[n] = keepAll
		}
	}
	return m
}

// evenly gives strategies with the same alpha on both sides.
func (e everything) evenly(alphas ...float64) (out []Mask) {
	for _, a := range alphas {
		out = append(out, e.all(a, a, nil))
	}
	return out
}

var mixtures = map[string]func() []Mask{
	"4M-7": func() []Mask {
		e := sides("4M-7")
		return sized(128, 128, 128, e.alone("rgb@224", 1000, 0.5), e.all(0.5, 0.5, nil))
	},
	"4M-7-dense": func() []Mask {
		e := sides("4M-7")
		dense := e.alone("rgb@224", 1000, 0.5)
		dense.OutAlphas = map[string]float64{"caption": 0, "det": 0}
		return sized(128, 128, 128, dense, e.all(0.5, 0.5, nil))
	},
	"4M-7-COYO": func() []Mask {
		e := sides("4M-7")
		return sized(128, 128, 128, append(e.evenly(0.01, 0.1, 1, 10), e.alone("rgb@224", 1000, 0.5), e.biased(0.5, map[string]float64{"caption": 5}))...)
	},
	"4M-7-T2I": func() []Mask {
		e := sides("4M-7")
		return sized(64, 256, 256, e.biased(1, map[string]float64{"caption": 5}), e.all(0.2, 1, nil), e.all(1, 1, nil))
	},
	"4M-7-SR": func() []Mask {
		e := sides("4M-7-SR")
		up := e.all(0.05, 0.05, map[string]float64{"tok_rgb@224": 5, "tok_rgb@448": 5})
		up.OutAlphas = map[string]float64{"tok_rgb@448": 5}
		return sized(64, 1024, 1024, up, e.biased(1, map[string]float64{"caption": 5}), e.all(0.2, 1, nil), e.all(1, 1, nil))
	},
	"4M-21": func() []Mask {
		e := sides("4M-21")
		caption := e.biased(0.5, map[string]float64{"caption": 5, "t5_caption": 0})
		caption.OutAlphas = map[string]float64{"caption": 0}
		t5 := e.biased(0.5, map[string]float64{"t5_caption": 5, "caption": 0})
		ms := sized(256, 256, 256, append(e.evenly(0.01, 0.1, 1, 10), e.alone("rgb@224", 1000, 0.5), caption, t5)...)
		for i, w := range []float64{1, 1, 1, 1, 1, 0.5, 0.5} {
			ms[i].Weight = w
			if ms[i].Keep == nil {
				ms[i].Keep = map[string]string{}
			}
			ms[i].Keep["color_palette"] = keepBinary
			ms[i].Shuffle = []string{"metadata"}
		}
		return ms
	},
	"C4": func() []Mask {
		e := everything{[]string{"caption"}, []string{"caption"}}
		return sized(256, 256, 256, e.all(1, 1, nil))
	},
}

// sides gives the domains of a published family by their official names.
func sides(family string) (e everything) {
	in, out, _ := modality.Published(family)
	for _, d := range in {
		e.in = append(e.in, d.Name)
	}
	for _, d := range out {
		e.out = append(e.out, d.Name)
	}
	return e
}

// sized sets the budgets of masks: the least and the most inputs, and the
// targets.
func sized(least, in, out int, masks ...Mask) []Mask {
	for i := range masks {
		masks[i].In, masks[i].Out = in, out
		if least < in {
			masks[i].InMin = least
		}
	}
	return masks
}

// Published gives the mixture that a published model was trained with, by
// official domain names: "4M-7", "4M-7-dense" (RGB to dense targets),
// "4M-7-COYO", "4M-7-T2I" (text to image), "4M-7-SR" (to 448 pixels), "4M-21",
// and "C4", the text that 4M-21 was trained on beside its images. Budgets are
// those of the runs. t5_caption is an input only: 4M gives it target tokens in
// one strategy of 4M-21, which then are of no use, and here they go to others.
// Any other name panics with a *fault.Error.
func Published(name string) []Mask {
	f, ok := mixtures[name]
	if !ok {
		var have []string
		for n := range mixtures {
			have = append(have, n)
		}
		slices.Sort(have)
		fault.Panic("mask.Published", "no mixture %q (have %v)", name, have)
	}
	return f()
}
