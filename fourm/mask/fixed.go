package mask

// Fixed roles: inputs that are seen whole and targets that are wanted whole
// (docs/4m.md, 3.4).

import (
	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// fixed gives the part of an entry that is all input, or all target. A
// sequence's target opens and closes with sentinels, as one span. With compat
// an input sequence leaves the lone [S_1] as its target, as 4M does (docs/4m.md,
// 11.14): it predicts nothing and takes the place of a target token.
func (e Entry) fixed(input, compat bool) Part {
	d := e.Domain
	p := Part{Domain: d.Name, Modality: d.Modality, Pixels: d.Pixels, Tokens: e.Tokens, Room: d.Max}
	if !input && (d.Pixels || d.Kind == modality.Vectors) {
		fault.Panic("Mask.Draw", "%s is a target, expected an input: nothing predicts pixels or vectors", d.Name)
	}
	n := d.Max
	if !d.Grid() {
		n = max(len(e.Tokens.IDs), len(e.Vectors))
	}
	p.Input, p.Target = make([]bool, n), make([]bool, n)
	for i := range n {
		p.Input[i], p.Target[i] = input, !input
	}
	switch {
	case d.Grid():
	case d.Kind == modality.Vectors:
		p.Vectors = append([][]float32{}, e.Vectors...)
	case input:
		p.In, p.Out = e.tokens(d.ToModel(e.Tokens.IDs)), e.tokens([]int{})
		if compat {
			v, _ := e.sentinels()
			p.Out = e.tokens([]int{v.Sentinel(1)})
		}
	default:
		v, _ := e.sentinels()
		p.In = e.tokens([]int{})
		p.Out = e.tokens(append(append([]int{v.Sentinel(1)}, d.ToModel(e.Tokens.IDs)...), v.Sentinel(2)))
	}
	return p
}
