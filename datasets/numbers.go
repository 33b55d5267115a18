package datasets

// Numbers, vectors and signals: values of modalities of kind Symbols, as arrays, one
// a file, or as fields of meta.jsonl.

import (
	"encoding/json"
	"fmt"

	"fourmlab/datasets/npy"
	"fourmlab/fourm/modality"
)

// holdsSymbols tells whether a name is that of a modality of kind Symbols.
func holdsSymbols(name string) bool {
	m, ok := modality.Find(name)
	return ok && m.Kind == modality.Symbols
}

// numbers reads a file of a modality of kind Symbols; false: it holds tokens.
func (c *column) numbers(b []byte) (any, bool, error) {
	if !holdsSymbols(c.name) {
		return nil, false, nil
	}
	a, err := npy.Parse(b)
	if err != nil {
		return nil, false, err
	}
	return numbersOf(a)
}

// holds names what a column of tokens has.
func (c *column) holds() string {
	if holdsSymbols(c.name) {
		return "numbers"
	}
	return "tokens"
}

// numbersOf gives the value that an array is: a float64 of a single number, a list
// of (N), symbols of a list of whole numbers, a signal as a picture of 1xNxC of
// (N, C). Rows and columns of whole numbers are tokens instead: false.
func numbersOf(a npy.Array) (v any, ok bool, err error) {
	n := a.Len()
	switch {
	case len(a.Shape) == 2 && a.Whole():
		return nil, false, nil
	case n == 0 || len(a.Shape) > 2:
		return nil, true, fmt.Errorf("an array of shape %v of %s, expected a number, (N) numbers, a signal (N, C), or rows of whole numbers", a.Shape, a.Type)
	case n == 1:
		v = float64(a.Floats()[0])
	case len(a.Shape) == 2:
		v = &modality.Picture{H: 1, W: a.Shape[0], C: a.Shape[1], Pix: a.Floats()}
	case a.Whole():
		v, err = a.Ints()
		return v, true, err
	default:
		v = a.Floats()
	}
	for i, x := range a.Floats() {
		if x-x != 0 {
			return nil, true, fmt.Errorf("number %d is %g, expected a finite one", i, x)
		}
	}
	return v, true, nil
}

// numbersField reads a field of meta.jsonl likewise: 0.5, [1, 2], or
// [[0.1, 0.2], [0.3, 0.4]] with the channels of a sample together.
func numbersField(raw json.RawMessage) (any, error) {
	wrong := fmt.Errorf("%s, expected a number, a list of numbers, or a list of lists as long as each other", clip(raw))
	var one *float64
	if json.Unmarshal(raw, &one) == nil && one != nil {
		return *one, nil
	}
	if list, ok := listOf[int](raw); ok {
		return list, nil
	}
	if list, ok := listOf[float32](raw); ok {
		return list, nil
	}
	var rows []json.RawMessage
	if json.Unmarshal(raw, &rows) != nil || len(rows) == 0 {
		return nil, wrong
	}
	p := &modality.Picture{H: 1, W: len(rows)}
	for _, r := range rows {
		list, ok := listOf[float32](r)
		if !ok || p.C > 0 && len(list) != p.C {
			return nil, wrong
		}
		p.C, p.Pix = len(list), append(p.Pix, list...)
	}
	return p, nil
}

// listOf reads a list of numbers, none of which is null.
func listOf[T int | float32](raw json.RawMessage) ([]T, bool) {
	var list []*T
	if json.Unmarshal(raw, &list) != nil || len(list) == 0 {
		return nil, false
	}
	out := make([]T, len(list))
	for i, v := range list {
		if v == nil {
			return nil, false
		}
		out[i] = *v
	}
	return out, true
}

// rowsOf writes a signal as numbersField reads it.
func rowsOf(p *modality.Picture) [][]float32 {
	rows := make([][]float32, p.W)
	for i := range rows {
		rows[i] = p.Pix[i*p.C : (i+1)*p.C]
	}
	return rows
}
