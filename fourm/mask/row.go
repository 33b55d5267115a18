package mask

// Masked domains in the form of 4M's batches (docs/4m.md, 3.2 and 3.3).

import (
	"fmt"
	"slices"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// Row is one domain of one sample as 4M's buffers hold it: what a model packs,
// whether it was masked here, is being generated, or was recorded from the
// official code. A grid's has a place for every token; that of a sequence 2
// (Max + 1) places, the input from the first on and the target from the place
// that the input budget names; vectors have Max.
type Row struct {
	IDs   []int     // 0, [PAD], where nothing is; nil for pixels and vectors
	Given []float32 // (places, Dim) of pixels, normalised, and of vectors, zeros where nothing is; may be empty where nothing is input

	// Input and Target mark the places that belong to the set: true = belongs.
	// They are the opposite of 4M's input_mask and target_mask.
	Input, Target []bool

	// Attend is the decoder's attention in 4M's short form: a target sees the
	// targets before the running sum at its place (docs/4m.md, 4.7). A grid has
	// the number of its targets at the first of them, a sequence 1 at each.
	// nil where nobody trains on the row: what is only input or generated.
	Attend []int
}

// Row gives the part in the form of 4M's batches; d is its domain. Of pixels
// it has the marks alone: they are in the sample (model.RowOf adds them).
// Nothing is shared with the part. What has no place in a buffer of d's Max
// panics with a *fault.Error.
func (p Part) Row(d modality.Domain) Row {
	r, err := p.RowIn(Row{}, d)
	if err != nil {
		fault.Panic("Part.Row", "%v", err)
	}
	return r
}

// RowIn is Row in the memory of another row, which is lost. What has no place
// is an error.
func (p Part) RowIn(r Row, d modality.Domain) (Row, error) {
	switch {
	case d.Grid():
		if len(p.Input) != d.Max || len(p.Target) != d.Max {
			return r, fmt.Errorf("%s: marks for %d input and %d target tokens, expected %d", d.Name, len(p.Input), len(p.Target), d.Max)
		}
		r.blank(d.Max)
		copy(r.Input, p.Input)
		copy(r.Target, p.Target)
		if !d.Pixels {
			r.IDs = append(r.IDs[:0], p.Tokens.IDs...)
		}
		if first := slices.Index(p.Target, true); first >= 0 {
			r.Attend[first] = count(p.Target)
		}
		return r, nil
	case d.Kind == modality.Vectors:
		if len(p.Vectors) > d.Max {
			return r, fmt.Errorf("%s: %d vectors, expected at most %d", d.Name, len(p.Vectors), d.Max)
		}
		r.blank(d.Max)
		r.Given = blank(r.Given, d.Max*d.Dim)
		for i, v := range p.Vectors {
			if len(v) != d.Dim {
				return r, fmt.Errorf("%s: vector %d of %d numbers, expected %d", d.Name, i, len(v), d.Dim)
			}
			copy(r.Given[i*d.Dim:], v)
			r.Input[i] = true
		}
		return r, nil
	}
	in, out := p.In.IDs, p.Out.IDs
	at := max(p.Room, len(in))
	n := 2 * (d.Max + 1)
	if at+len(out) > n {
		return r, fmt.Errorf("%s: a target of %d tokens behind place %d, expected at most %d places", d.Name, len(out), at, n)
	}
	r.blank(n)
	r.IDs = blank(r.IDs, n)
	for i, id := range in {
		r.IDs[i], r.Input[i] = id, true
	}
	for i, id := range out {
		r.IDs[at+i], r.Target[at+i], r.Attend[at+i] = id, true, 1
	}
	return r, nil
}

// blank makes a row of n places where nothing is.
func (r *Row) blank(n int) {
	r.Input, r.Target, r.Attend = blank(r.Input, n), blank(r.Target, n), blank(r.Attend, n)
}

// blank gives n zeros, in the memory of x where that is enough.
func blank[T any](x []T, n int) []T {
	x = slices.Grow(x[:0], n)[:n]
	clear(x)
	return x
}

// Fits tells what keeps a row from being one of the domain.
func (r Row) Fits(d modality.Domain) error {
	n := len(r.Input)
	if len(r.Target) != n || r.Attend != nil && len(r.Attend) != n {
		return fmt.Errorf("%s: %d inputs, %d targets and %d attentions, expected as many of each", d.Name, n, len(r.Target), len(r.Attend))
	}
	if d.Grid() && n != d.Max {
		return fmt.Errorf("%s: %d tokens, expected %d", d.Name, n, d.Max)
	}
	if d.Pixels || d.Kind == modality.Vectors {
		if n > d.Max || len(r.Given) != n*d.Dim && (len(r.Given) > 0 || slices.Contains(r.Input, true)) {
			return fmt.Errorf("%s: %d numbers for %d tokens, expected %d each and at most %d tokens", d.Name, len(r.Given), n, d.Dim, d.Max)
		}
		return nil
	}
	if len(r.IDs) != n {
		return fmt.Errorf("%s: %d ids for %d masks", d.Name, len(r.IDs), n)
	}
	for i, id := range r.IDs {
		if (r.Input[i] || r.Target[i]) && (id < 0 || id >= d.Vocab) {
			return fmt.Errorf("%s: id %d at %d, expected one below %d", d.Name, id, i, d.Vocab)
		}
	}
	return nil
}
