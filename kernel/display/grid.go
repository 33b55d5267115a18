package display

// Matrices and tensors, found by their methods: Dims and At, Shape and Data.

import (
	"fmt"
	"math"
	"reflect"
	"strings"
)

// matrix is what gonum's matrices are.
type matrix interface {
	Dims() (r, c int)
	At(i, j int) float64
}

// gridded shows a matrix of gonum or a tensor, else gives nil.
func gridded(r reflect.Value) Data {
	if !r.IsValid() || !r.CanInterface() || r.Kind() == reflect.Pointer && r.IsNil() {
		return nil
	}
	if r.Type().Implements(reflect.TypeFor[matrix]()) {
		m := r.Interface().(matrix)
		rows, cols := m.Dims()
		return grid(fmt.Sprintf("%s, %d × %d", typeName(r.Type()), rows, cols), rows, cols, m.At, func(i, j int) string { return number(m.At(i, j), 64) })
	}
	return tensor(r)
}

// tensor shows what has a shape and data: a scalar as a number, one and two
// dimensions as a grid, more as the grid of the first slice.
func tensor(r reflect.Value) Data {
	shape, ok := intsOf(r, "Shape")
	if !ok {
		return nil
	}
	data := r.MethodByName("Data")
	if !data.IsValid() || data.Type().NumIn() != 0 || data.Type().NumOut() != 1 {
		return nil
	}
	got := data.Call(nil)[0]
	for got.Kind() == reflect.Interface {
		got = got.Elem()
	}
	if !got.IsValid() {
		return nil
	}
	elem := got.Type()
	if got.Kind() == reflect.Slice {
		elem = elem.Elem()
	}
	title := fmt.Sprintf("%s, %s %s", typeName(r.Type()), sides(shape), elem)
	if got.Kind() != reflect.Slice {
		return Data{"text/plain": title + ": " + word(got)}
	}
	if !isNumber(elem) {
		return Data{"text/plain": title + "\n" + text(got.Interface())}
	}
	strides, ok := intsOf(r, "Strides")
	if !ok || len(strides) != len(shape) {
		strides = dense(shape)
	}
	rows, cols, down, right := 1, 1, 0, 0
	if k := len(shape); k > 0 {
		cols, right = shape[k-1], strides[k-1]
		if k > 1 {
			rows, down = shape[k-2], strides[k-2]
		}
	}
	if len(shape) > 2 {
		title += ", shown [" + strings.Repeat("0 ", len(shape)-2) + ": :]"
	}
	at := func(i, j int) reflect.Value {
		if at := i*down + j*right; at >= 0 && at < got.Len() {
			return got.Index(at)
		}
		return reflect.Value{}
	}
	return grid(title, rows, cols, func(i, j int) float64 { return float(at(i, j)) }, func(i, j int) string {
		if v := at(i, j); v.IsValid() {
			return word(v)
		}
		return ""
	})
}

// intsOf calls a method that gives a list of sizes.
func intsOf(r reflect.Value, name string) ([]int, bool) {
	m := r.MethodByName(name)
	if !m.IsValid() || m.Type().NumIn() != 0 || m.Type().NumOut() != 1 {
		return nil, false
	}
	if o := m.Type().Out(0); o.Kind() != reflect.Slice || o.Elem().Kind() != reflect.Int {
		return nil, false
	}
	v := m.Call(nil)[0]
	out := make([]int, v.Len())
	for i := range out {
		out[i] = int(v.Index(i).Int())
	}
	return out, true
}

// dense gives the strides of rows that follow one another.
func dense(shape []int) []int {
	out := make([]int, len(shape))
	n := 1
	for i := len(shape) - 1; i >= 0; i-- {
		out[i], n = n, n*shape[i]
	}
	return out
}

func sides(shape []int) string {
	if len(shape) == 0 {
		return "scalar"
	}
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(shape), " ", " × "), "[]")
}

// grid is the table of a matrix, its numbers tinted, and a picture of it all.
func grid(title string, rows, cols int, at func(i, j int) float64, words func(i, j int) string) Data {
	is, gap := span(rows, headRows, tailRows)
	js, hole := span(cols, headCols/2, tailCols)
	t := &table{title: title, gap: gap, left: rows - len(is), head: []string{""}, right: []bool{true}}
	if cols == 0 {
		is = nil
	}
	for k, j := range js {
		if hole > 0 && k == hole {
			t.head, t.right = append(t.head, cut), append(t.right, false)
		}
		t.head, t.right = append(t.head, fmt.Sprint(j)), append(t.right, true)
	}
	var shown []float64
	for _, i := range is {
		for _, j := range js {
			shown = append(shown, at(i, j))
		}
	}
	most := 0.0
	if lo, hi, ok := finite(shown); ok {
		most = max(math.Abs(lo), math.Abs(hi))
	}
	for a, i := range is {
		cells, tints := []string{fmt.Sprint(i)}, []string{""}
		for k, j := range js {
			if hole > 0 && k == hole {
				cells, tints = append(cells, cut), append(tints, "")
			}
			x := shown[a*len(js)+k]
			cells, tints = append(cells, words(i, j)), append(tints, css(shade(x, most)))
		}
		t.rows, t.tint = append(t.rows, cells), append(t.tint, tints)
	}
	if rows > len(is) || cols > len(js) || len(shown) >= 64 {
		t.below = heat(rows, cols, at)
	}
	return t.data()
}
