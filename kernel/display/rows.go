package display

// Slices and maps as tables. Only what is shown is read, and of every column
// of numbers a few hundred more for its small picture.

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"strconv"

	"fourmlab/internal/human"
)

const (
	someNumbers = 8  // from so many on, a slice of numbers gets a picture
	samples     = 96 // of a column, for its small picture
)

// tabled gives a table for the kinds of values that have one, else nothing.
func tabled(v any) Data {
	r := reflect.ValueOf(v)
	for r.Kind() == reflect.Pointer && !r.IsNil() {
		if d := gridded(r); d != nil {
			return d
		}
		if hasText(r) {
			return nil
		}
		r = r.Elem()
	}
	if d := gridded(r); d != nil {
		return d
	}
	if hasText(r) {
		return nil
	}
	switch r.Kind() {
	case reflect.Slice, reflect.Array:
		return listed(r)
	case reflect.Map:
		return mapped(r)
	}
	return nil
}

// listed is a table of a slice whose elements have parts, or the picture of
// one of numbers.
func listed(r reflect.Value) Data {
	n := r.Len()
	row := func(i int) reflect.Value { return r.Index(i) }
	if cols := columns(r.Type().Elem(), n, row); cols.n > 0 {
		label := func(i int) string { return strconv.Itoa(i) }
		title := fmt.Sprintf("%s, %s", typeName(r.Type()), human.Count(n, "row"))
		if r.Kind() == reflect.Slice && r.IsNil() {
			title = typeName(r.Type()) + ", nil"
		}
		return rowsOf(title, "", n, cols, label, row)
	}
	if n < someNumbers || !isNumber(r.Type().Elem()) {
		return nil
	}
	if hasText(r.Index(0)) {
		return nil
	}
	at := func(i int) float64 { return float(r.Index(i)) }
	words := printed(r, maxText, 0)
	xs := sampled(n, samples, at)
	t := &table{title: fmt.Sprintf("%s, %s numbers", typeName(r.Type()), human.Int(n))}
	t.below = svgLine(xs, 320, 40) + `<div style="font-variant-numeric:tabular-nums">` + escape(shortened(words, 400)) + "</div>"
	return Data{"text/html": t.html(), "text/plain": words}
}

// mapped is a table of keys and values.
func mapped(r reflect.Value) Data {
	n := r.Len()
	if n == 0 {
		return nil
	}
	title := fmt.Sprintf("%s, %s", typeName(r.Type()), human.Count(n, "key"))
	most := n
	if n > sortable {
		most = headRows + tailRows
		title += ", some of them"
	}
	list := entries(r, most)
	row := func(i int) reflect.Value { return list[i].value }
	label := func(i int) string { return word(list[i].key) }
	cols := columns(r.Type().Elem(), len(list), row)
	whole := cols.n == 0
	if whole {
		value := column{name: "value", get: func(v reflect.Value) reflect.Value { return v }, number: isNumber(r.Type().Elem())}
		cols = parts{1, func(int) column { return value }}
	}
	d := rowsOf(title, "key", len(list), cols, label, row)
	if n <= headRows+tailRows && whole {
		d["text/plain"] = printed(r, maxText, 0) // as Go prints it
	}
	return d
}

// parts are the columns of a table; only those that are shown are made.
type parts struct {
	n  int
	at func(j int) column
}

// column is one part of the elements.
type column struct {
	name   string
	get    func(row reflect.Value) reflect.Value // may give the zero Value: nothing there
	number bool
}

// columns finds the parts of elements of type t, if they have any.
func columns(t reflect.Type, n int, row func(int) reflect.Value) (none parts) {
	if ownText(t) {
		return none
	}
	direct := t
	if t.Kind() == reflect.Pointer {
		direct = t.Elem()
		if ownText(direct) {
			return none
		}
	}
	switch direct.Kind() {
	case reflect.Struct:
		return fieldsOf(direct)
	case reflect.Map:
		if direct.Key().Kind() == reflect.String {
			return keysOf(direct, n, row)
		}
	case reflect.Slice, reflect.Array:
		if e := direct.Elem(); isNumber(e) && e.Kind() != reflect.Uint8 || e.Kind() == reflect.String || e.Kind() == reflect.Interface {
			return indexesOf(direct, n, row)
		}
	}
	return none
}

// fieldsOf gives the fields of a struct; one without exported fields is not
// made to be looked into.
func fieldsOf(t reflect.Type) (none parts) {
	exported := false
	for i := range t.NumField() {
		exported = exported || t.Field(i).IsExported()
	}
	if !exported {
		return none
	}
	return parts{t.NumField(), func(i int) column {
		f := t.Field(i)
		return column{name: f.Name, number: isNumber(f.Type), get: func(row reflect.Value) reflect.Value {
			if row = behind(row); !row.IsValid() {
				return row
			}
			return row.Field(i)
		}}
	}}
}

// keysOf gives the keys of the maps that are shown.
func keysOf(t reflect.Type, n int, row func(int) reflect.Value) parts {
	at, _ := span(n, headRows, tailRows)
	all := reflect.MakeMap(reflect.MapOf(t.Key(), reflect.TypeFor[bool]()))
	for _, i := range at {
		if m := behind(row(i)); m.IsValid() {
			for _, e := range entries(m, maxItems) {
				all.SetMapIndex(e.key, reflect.ValueOf(true))
			}
		}
	}
	keys := entries(all, maxItems)
	return parts{len(keys), func(j int) column {
		k := keys[j].key
		return column{name: word(k), number: isNumber(t.Elem()), get: func(row reflect.Value) reflect.Value {
			if row = behind(row); !row.IsValid() {
				return row
			}
			return row.MapIndex(k)
		}}
	}}
}

// indexesOf gives the columns of a slice of slices.
func indexesOf(t reflect.Type, n int, row func(int) reflect.Value) parts {
	at, _ := span(n, headRows, tailRows)
	wide := 0
	for _, i := range at {
		if s := behind(row(i)); s.IsValid() {
			wide = max(wide, s.Len())
		}
	}
	return parts{wide, func(j int) column {
		return column{name: strconv.Itoa(j), number: isNumber(t.Elem()), get: func(row reflect.Value) reflect.Value {
			if row = behind(row); !row.IsValid() || j >= row.Len() {
				return reflect.Value{}
			}
			return row.Index(j)
		}}
	}}
}

// behind follows a pointer or an interface; nil leads nowhere.
func behind(v reflect.Value) reflect.Value {
	for v.IsValid() && (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) {
		v = v.Elem()
	}
	return v
}

// rowsOf makes the table of n rows.
func rowsOf(title, corner string, n int, cols parts, label func(int) string, row func(int) reflect.Value) Data {
	at, gap := span(n, headRows, tailRows)
	which, hole := span(cols.n, headCols, tailCols)
	t := &table{title: title, gap: gap, left: n - len(at), head: []string{corner}, right: []bool{false}}
	if len(which) < cols.n {
		t.title += ", " + human.Count(cols.n, "column")
	}
	sums := []summary{{}}
	var shown []column
	for k, j := range which {
		if hole > 0 && k == hole {
			t.head, t.right, sums = append(t.head, cut), append(t.right, false), append(sums, summary{})
		}
		c := cols.at(j)
		shown = append(shown, c)
		t.head, t.right = append(t.head, shortened(c.name, maxWord/2)), append(t.right, c.number)
		var s summary
		if c.number && n >= someNumbers {
			xs := sampled(n, samples/2, func(i int) float64 { return float(c.get(row(i))) })
			s = summary{textLine(xs, 8), svgLine(xs, 80, 18)}
		}
		sums = append(sums, s)
	}
	t.sums = sums
	for _, i := range at {
		cells, v := []string{label(i)}, row(i)
		for k, c := range shown {
			if hole > 0 && k == hole {
				cells = append(cells, cut)
			}
			switch f := c.get(v); {
			case f.IsValid():
				cells = append(cells, word(f))
			case k == 0 && !behind(v).IsValid():
				cells = append(cells, "<nil>")
			default:
				cells = append(cells, "")
			}
		}
		t.rows = append(t.rows, cells)
	}
	return t.data()
}

// sampled reads at most so many of n numbers, evenly; what is no number is
// NaN.
func sampled(n, most int, at func(int) float64) []float64 {
	out := make([]float64, min(n, most))
	for i := range out {
		j := i
		if n > most {
			j = int(int64(i) * int64(n-1) / int64(most-1))
		}
		out[i] = at(j)
	}
	return out
}

func isNumber(t reflect.Type) bool {
	return t.Kind() >= reflect.Int && t.Kind() <= reflect.Float64 && t.Kind() != reflect.Uintptr
}

// float is a number of any kind, NaN for what is none.
func float(v reflect.Value) float64 {
	switch v = behind(v); {
	case !v.IsValid():
	case v.CanInt():
		return float64(v.Int())
	case v.CanUint():
		return float64(v.Uint())
	case v.CanFloat():
		return v.Float()
	}
	return math.NaN()
}

// ownText tells whether values of a type print themselves.
func ownText(t reflect.Type) bool {
	return speaks(t) || t.Implements(reflect.TypeFor[encoding.TextMarshaler]())
}
