package display

// Text for values of every kind, as fmt prints them, but with an end: large
// values are cut, circles are closed, and pointers lead to what they point at.

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"fourmlab/internal/human"
)

const (
	maxText  = 20000 // bytes of a value's text; a front end is no place for more
	maxWord  = 80    // characters of a value in a table
	maxDepth = 6     // of values in values
	maxItems = 1000  // of a slice or map at the top; fewer where it is nested
	cut      = "…"
)

// text is a value as fmt's %+v prints it.
func text(v any) string { return printed(reflect.ValueOf(v), maxText, 0) }

// word is a value in one short line, for a table.
func word(v reflect.Value) string {
	for v.Kind() == reflect.Interface && !v.IsNil() {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Float32, reflect.Float64:
		if !hasText(v) {
			return number(v.Float(), v.Type().Bits())
		}
	}
	s := printed(v, 4*maxWord, 2)
	s = strings.NewReplacer("\r\n", "⏎", "\n", "⏎", "\t", " ").Replace(s)
	if r := []rune(s); len(r) > maxWord {
		s = string(r[:maxWord-1]) + cut
	}
	return s
}

// Line is a value in one short line, as a table shows it; the type of one that
// does not say it in time.
func Line(v any) string {
	a := &asking{out: Data{}, doing: nameOf(v)}
	a.within(hurry, func() {
		a.guarded(func() { a.put(Data{"text/plain": word(reflect.ValueOf(v))}) })
	})
	a.mu.Lock()
	defer a.mu.Unlock()
	if s, ok := a.out["text/plain"].(string); ok {
		return s
	}
	return nameOf(v)
}

// number is a float as a person reads it: six digits are enough.
func number(x float64, bits int) string {
	short := strconv.FormatFloat(x, 'g', -1, bits)
	if len(short) > 8 {
		short = strconv.FormatFloat(x, 'g', 6, bits)
	}
	return short
}

// printed gives at most about limit bytes of text; depth tells how nested the
// value is.
func printed(v reflect.Value, limit, depth int) string {
	p := &printer{limit: limit, on: map[visit]bool{}}
	p.value(v, depth)
	s := p.b.String()
	if len(s) > limit {
		n := len(s) + p.more
		s = strings.ToValidUTF8(s[:limit], "")
		if depth == 0 {
			s += fmt.Sprintf(" %s (%s bytes)", cut, human.Int(n))
		} else {
			s += cut
		}
	}
	return s
}

// visit is a pointer, map or slice that is being printed.
type visit struct {
	p uintptr
	n int
	t reflect.Type
}

type printer struct {
	b     strings.Builder
	limit int
	more  int // bytes that were not even written
	on    map[visit]bool
}

// write adds a text, no more of it than can be shown.
func (p *printer) write(s string) {
	if n := p.limit + 1 - p.b.Len(); len(s) > n {
		p.more += len(s) - max(n, 0)
		s = s[:max(n, 0)]
	}
	p.b.WriteString(s)
}

// method gives the text of a value that has its own.
func method(v reflect.Value) (string, bool) {
	if !v.IsValid() || !v.CanInterface() || v.Kind() != reflect.Interface && v.Type().NumMethod() == 0 {
		return "", false
	}
	if k := v.Kind(); (k == reflect.Array || k == reflect.Struct) && !speaks(v.Type()) {
		return "", false // to look at it as any would copy it
	}
	switch x := v.Interface().(type) {
	case fmt.Formatter, error, fmt.Stringer:
		return fmt.Sprintf("%+v", x), true
	}
	return "", false
}

// hasText tells whether a value has a text of its own, without asking for it.
func hasText(v reflect.Value) bool {
	return v.IsValid() && v.CanInterface() && v.Kind() != reflect.Interface && v.Type().NumMethod() > 0 && speaks(v.Type())
}

// speaks tells whether fmt lets values of a type say their own text.
func speaks(t reflect.Type) bool {
	for _, i := range []reflect.Type{reflect.TypeFor[fmt.Stringer](), reflect.TypeFor[error](), reflect.TypeFor[fmt.Formatter]()} {
		if t.Implements(i) {
			return true
		}
	}
	return false
}

func (p *printer) value(v reflect.Value, depth int) {
	if p.b.Len() > p.limit {
		return
	}
	if !v.IsValid() {
		p.b.WriteString("<nil>")
		return
	}
	if s, ok := method(v); ok {
		p.write(s)
		return
	}
	switch v.Kind() {
	case reflect.String:
		s := v.String()
		if depth > 0 && len(s) > maxItems {
			s = strings.ToValidUTF8(s[:maxItems], "") + cut
		}
		p.write(s)
	case reflect.Bool:
		p.b.WriteString(strconv.FormatBool(v.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		p.b.WriteString(strconv.FormatInt(v.Int(), 10))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		p.b.WriteString(strconv.FormatUint(v.Uint(), 10))
	case reflect.Float32:
		fmt.Fprint(&p.b, float32(v.Float()))
	case reflect.Float64:
		fmt.Fprint(&p.b, v.Float())
	case reflect.Complex64, reflect.Complex128:
		fmt.Fprint(&p.b, v.Complex())
	case reflect.Interface:
		p.value(v.Elem(), depth)
	case reflect.Pointer:
		p.pointer(v, depth)
	case reflect.Slice:
		p.within(v, v.Len(), depth, p.list)
	case reflect.Array:
		p.list(v, depth)
	case reflect.Map:
		p.within(v, v.Len(), depth, p.pairs)
	case reflect.Struct:
		p.fields(v, depth)
	default: // channels, functions: their addresses mean nothing
		if v.Kind() != reflect.UnsafePointer && v.IsNil() {
			p.b.WriteString("<nil>")
			return
		}
		p.b.WriteString(typeName(v.Type()))
	}
}

// within goes into a value that may hold itself.
func (p *printer) within(v reflect.Value, n, depth int, f func(reflect.Value, int)) {
	at := visit{v.Pointer(), n, v.Type()}
	if n > 0 && p.on[at] || depth >= maxDepth {
		p.b.WriteString(cut)
		return
	}
	p.on[at] = true
	f(v, depth)
	delete(p.on, at)
}

// pointer follows a pointer near the top, and names the type of one far down,
// for whole programs hang together by pointers.
func (p *printer) pointer(v reflect.Value, depth int) {
	switch {
	case v.IsNil():
		p.b.WriteString("<nil>")
	case depth > 2:
		p.b.WriteString(typeName(v.Type()))
	default:
		p.within(v, 1, depth, func(v reflect.Value, depth int) {
			p.b.WriteString("&")
			p.value(v.Elem(), depth+1)
		})
	}
}

// items is how many items are written of a list that is nested so deep.
func items(depth int) int { return max(maxItems>>(3*depth), 8) }

func (p *printer) list(v reflect.Value, depth int) {
	n, most := v.Len(), items(depth)
	p.b.WriteString("[")
	for i := 0; i < n && p.b.Len() <= p.limit; i++ {
		if i > 0 {
			p.b.WriteString(" ")
		}
		if n > most && i == most*3/4 {
			p.b.WriteString(cut + " ")
			i = n - most/4
		}
		p.value(v.Index(i), depth+1)
	}
	p.b.WriteString("]")
	if n > most {
		fmt.Fprintf(&p.b, " (%s)", human.Int(n))
	}
}

func (p *printer) pairs(v reflect.Value, depth int) {
	p.b.WriteString("map[")
	n, most := v.Len(), items(depth)
	for i, e := range entries(v, most) {
		if p.b.Len() > p.limit {
			break
		}
		if i > 0 {
			p.b.WriteString(" ")
		}
		p.value(e.key, depth+1)
		p.b.WriteString(":")
		p.value(e.value, depth+1)
	}
	if n > most {
		p.b.WriteString(" " + cut)
	}
	p.b.WriteString("]")
	if n > most {
		fmt.Fprintf(&p.b, " (%s)", human.Int(n))
	}
}

func (p *printer) fields(v reflect.Value, depth int) {
	if depth >= maxDepth {
		p.b.WriteString(cut)
		return
	}
	p.b.WriteString("{")
	for i := range v.NumField() {
		if i > 0 {
			p.b.WriteString(" ")
		}
		p.b.WriteString(v.Type().Field(i).Name + ":")
		p.value(v.Field(i), depth+1)
	}
	p.b.WriteString("}")
}

// typeName is a type as a cell writes it.
func typeName(t reflect.Type) string {
	return strings.NewReplacer("main.", "", "interface {}", "any").Replace(t.String())
}

// columnsOf is how many columns of a terminal a text takes.
func columnsOf(s string) int {
	n := 0
	for _, r := range s {
		switch k := width.LookupRune(r).Kind(); {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case k == width.EastAsianWide || k == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}
