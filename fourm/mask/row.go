package mask

// Masked domains in the form of 4M's batches (inventory 3.2 and 3.3).

import (
	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// Row is one domain of one sample as 4M's buffers hold it. A grid's has a
// place for every token; that of a sequence 2 (Max + 1) places, the input from
// the first on and the target from the place that the input budget names;
// vectors have Max. Nothing is shared with the Part it was made of.
type Row struct {
	IDs     []int       // 0, [PAD], where nothing is; nil for pixels and vectors
	Vectors [][]float32 // of Vectors only; zeros where nothing is

	// Input and Target mark the places that belong to the set: true = belongs.
	// They are the opposite of 4M's input_mask and target_mask.
	Input, Target []bool

	// Attend is the decoder's attention in 4M's short form: a target sees the
	// targets before the running sum at its place (inventory 4.6). A grid has
	// the number of its targets at the first of them, a sequence 1 at each.
	Attend []int
}

// Row gives the part in the form of 4M's batches; d is its domain. What has no
// place in a buffer of d's Max panics with a *fault.Error.
func (p Part) Row(d modality.Domain) Row {
	const op = "Part.Row"
	switch {
	case d.Grid():
		if len(p.Input) != d.Max || len(p.Target) != d.Max {
			fault.Panic(op, "%s: marks for %d input and %d target tokens, expected %d", d.Name, len(p.Input), len(p.Target), d.Max)
		}
		r := newRow(d.Max)
		copy(r.Input, p.Input)
		copy(r.Target, p.Target)
		r.IDs = append([]int(nil), p.Tokens.IDs...)
		first := 0
		for i := d.Max - 1; i >= 0; i-- {
			if p.Target[i] {
				first = i
			}
		}
		r.Attend[first] = count(p.Target)
		return r
	case d.Kind == modality.Vectors:
		if len(p.Vectors) > d.Max {
			fault.Panic(op, "%s: %d vectors, expected at most %d", d.Name, len(p.Vectors), d.Max)
		}
		r := newRow(d.Max)
		flat := make([]float32, d.Max*d.Width)
		for i := range d.Max {
			r.Vectors = append(r.Vectors, flat[i*d.Width:(i+1)*d.Width])
			if i < len(p.Vectors) {
				copy(r.Vectors[i], p.Vectors[i])
				r.Input[i] = true
			}
		}
		return r
	}
	in, out := p.In.IDs, p.Out.IDs
	at := max(p.Room, len(in))
	r := newRow(2 * (d.Max + 1))
	if at+len(out) > len(r.Input) {
		fault.Panic(op, "%s: a target of %d tokens behind place %d, expected at most %d places", d.Name, len(out), at, len(r.Input))
	}
	r.IDs = make([]int, len(r.Input))
	for i, id := range in {
		r.IDs[i], r.Input[i] = id, true
	}
	for i, id := range out {
		r.IDs[at+i], r.Target[at+i], r.Attend[at+i] = id, true, 1
	}
	return r
}

func newRow(n int) Row {
	return Row{Input: make([]bool, n), Target: make([]bool, n), Attend: make([]int, n)}
}
