package mask

import (
	"strings"
	"testing"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// sides of a model for the samples of setup.
func modelSides() (ins, outs []modality.Domain) {
	for _, n := range []string{"rgb", "tok_rgb", "depth", "caption"} {
		ins = append(ins, modality.ResolveDomain("test", n, true))
	}
	return ins, ins[1:]
}

// What no sample can have is said before anything is drawn.
func TestCheckFaults(t *testing.T) {
	setup()
	ins, outs := modelSides()
	for _, c := range []struct {
		m    Mask
		want string
	}{
		{Mask{Inputs: []string{"rgb", "cpation"}}, `Mask.Draw: no modality "cpation"`},
		{Mask{Outputs: []string{"depht"}}, `Mask.Draw: no modality "depht"`},
		{Mask{Inputs: []string{"normal"}}, "Mask.Draw: Inputs [normal], expected some of the model's: [rgb tok_rgb tok_depth caption]"},
		{Mask{Outputs: []string{"edge"}}, "Mask.Draw: Outputs [edge], expected some of the model's: [tok_rgb tok_depth caption]"},
		{Mask{InAlphas: map[string]float64{"tok_depth@224": 0}}, `Mask.Draw: InAlphas names "tok_depth@224", expected some of [rgb tok_rgb tok_depth caption`},
		{Mask{OutAlphas: map[string]float64{"tok_rgb@224": 0}}, `Mask.Draw: OutAlphas names "tok_rgb@224"`},
		{Mask{Least: map[string]int{"rgb@224": 3}}, `Mask.Draw: Least names "rgb@224"`},
		{Mask{Inputs: []string{"caption", "rgb@224"}}, `Mask.Draw: Inputs names "rgb@224", expected some of [rgb tok_rgb tok_depth caption] (write "rgb")`},
		{Mask{InAlphas: map[string]float64{"tok_depth@64": 0, "rgb@64": 2, "tok_semseg@224": 1}, Inputs: []string{"rgb@64", "tok_depth@64"}}, ""},
		{Mask{Fixed: true}, "Mask.Draw: tok_rgb is both input and target of fixed roles"},
		{Mask{Fixed: true, Inputs: []string{"rgb"}, Outputs: []string{"depth", "caption"}}, "Mask.Draw: outputs [tok_depth caption] are up to 97 tokens as a whole, and Out has room for 64 (set Out: 97)"},
		{Mask{Fixed: true, Inputs: []string{"rgb", "caption"}, Outputs: []string{"depth"}}, "Mask.Draw: inputs [rgb caption] are up to 96 tokens as a whole, and In has room for 64 (set In: 96)"},
		{Mask{Rest: true, In: 20}, "Mask.Draw: what 20 inputs leave of [tok_rgb tok_depth caption] is 108 tokens or more, and Out has room for 64 (set Out: 128)"},
		{Mask{Fixed: true, In: 96, Out: 64, Inputs: []string{"rgb", "caption"}, Outputs: []string{"depth"}}, ""},
		{Mask{Rest: true, Out: 128}, ""},
		{Mask{Inputs: []string{"rgb", "normal"}}, ""}, // a mixture may name more than a model has
	} {
		var err error
		func() {
			defer fault.Catch(&err)
			c.m.Check(ins, outs)
		}()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want)) {
			t.Errorf("got %v, expected %q", err, c.want)
		}
	}
}

// A mask fits a sample that has something on both of its sides whose alpha is
// not 0.
func TestFits(t *testing.T) {
	s := setup()
	ins, outs := modelSides()
	only := func(names ...string) modality.Sample {
		out := modality.Sample{Key: "s", Values: map[string]any{}}
		for _, n := range names {
			out.Values[n] = s.Values[n]
		}
		return out
	}
	for _, c := range []struct {
		m    Mask
		s    modality.Sample
		want bool
	}{
		{Mask{}, only("rgb"), true},
		{Mask{}, only("tags"), false},
		{Mask{Inputs: []string{"caption"}}, only("rgb", "depth"), false},
		{Mask{Inputs: []string{"rgb"}, Outputs: []string{"caption"}}, only("rgb", "depth"), false},
		{Mask{Inputs: []string{"rgb"}, Outputs: []string{"caption"}}, only("rgb", "caption"), true},
		{Mask{InAlphas: map[string]float64{"rgb": 0, "tok_rgb@64": 0}}, only("rgb"), false},
		{Mask{InAlphas: map[string]float64{"rgb": 0}}, only("rgb"), true},
	} {
		if got := c.m.Fits(c.s, ins, outs); got != c.want {
			t.Errorf("%+v of a sample with %v: %v, expected %v", c.m, c.s.Names(), got, c.want)
		}
	}
}

// A side that names no domains is all that the sample has, also where the other
// side names some.
func TestOneSideNamed(t *testing.T) {
	s := setup()
	ins, outs := modelSides()
	for _, m := range []Mask{{Inputs: []string{"rgb"}}, {Inputs: []string{"rgb"}, Outputs: []string{}}} {
		shown, asked := map[string]bool{}, map[string]bool{}
		for seed := range int64(40) {
			m.Seed = seed
			for _, k := range []Masked{m.Draw(s), m.DrawOver(s, chance(uint64(seed)), ins, outs)} {
				for _, p := range k.Parts {
					shown[p.Domain] = shown[p.Domain] || p.Inputs() > 0
					asked[p.Domain] = asked[p.Domain] || p.Targets() > 0
				}
			}
		}
		if !shown["rgb"] || shown["tok_depth"] || shown["caption"] || !asked["tok_rgb"] || !asked["tok_depth"] || !asked["caption"] {
			t.Errorf("%+v shows %v and asks for %v", m, shown, asked)
		}
	}
	m := Mask{Outputs: []string{"depth"}}
	for _, p := range m.Draw(s).Parts {
		if p.Domain != "tok_depth" && p.Targets() > 0 {
			t.Errorf("%s is a target", p.Domain)
		}
	}
}
