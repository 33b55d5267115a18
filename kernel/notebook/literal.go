package notebook

// A parameter's value as Go text, by what the parameter is.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"sort"
	"strconv"
	"strings"
	"time"
)

// typeText is a type as a cell writes it.
func typeText(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p.Name() == "main" {
			return ""
		}
		return p.Name()
	})
}

// literal writes a value for a parameter of type t, nil for one of any type,
// and tells whether it may be a constant's.
func literal(value string, t types.Type) (text string, constant bool) {
	value = strings.ToValidUTF8(value, "\ufffd") // Go's text is nothing else
	word := strings.TrimSpace(value)
	if t == nil {
		return looks(value)
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsString != 0:
			if quoted(value) {
				return value, true
			}
			return strconv.Quote(value), true
		case u.Info()&types.IsBoolean != 0 && (strings.EqualFold(word, "true") || strings.EqualFold(word, "false")):
			return strings.ToLower(word), true
		case u.Info()&types.IsFloat != 0:
			if text, ok := oddFloat(word); ok {
				if !types.Identical(types.Default(t), types.Typ[types.Float64]) {
					text = typeText(t) + "(" + text + ")"
				}
				return text, false
			}
		case typeText(t) == "time.Duration":
			if d, err := time.ParseDuration(word); err == nil && strings.Trim(word, "0123456789") != "" {
				return durationText(d), true
			}
		}
	case *types.Slice, *types.Array, *types.Map:
		if strings.HasPrefix(word, "[") || strings.HasPrefix(word, "{") {
			if text, err := composite(word, t); err == nil {
				return text, false
			}
		}
	}
	return looks(value)
}

// quoted tells whether a value is a text in Go's quotation marks. There are
// bytes that strconv takes within them, and the language does not (NUL, a byte
// order mark).
func quoted(value string) bool {
	_, err := strconv.Unquote(value)
	if err != nil || value[0] == '\'' {
		return false
	}
	_, err = parser.ParseExpr(value)
	return err == nil
}

// durationText writes a duration in the largest unit that it is a whole number
// of.
func durationText(d time.Duration) string {
	for _, u := range []struct {
		size time.Duration
		name string
	}{{time.Hour, "Hour"}, {time.Minute, "Minute"}, {time.Second, "Second"}, {time.Millisecond, "Millisecond"}, {time.Microsecond, "Microsecond"}} {
		if d%u.size == 0 && d != 0 {
			return fmt.Sprintf("%d * time.%s", d/u.size, u.name)
		}
	}
	return fmt.Sprintf("%d * time.Nanosecond", d)
}

// oddFloat writes the numbers that have no literal in Go, by the names that
// Python reads.
func oddFloat(word string) (string, bool) {
	sign := "1"
	w := strings.ToLower(word)
	if strings.HasPrefix(w, "-") {
		sign = "-1"
	}
	switch strings.TrimLeft(w, "+-") {
	case "nan":
		return "math.NaN()", len(w) <= 4
	case "inf", "infinity":
		return "math.Inf(" + sign + ")", strings.Count(w, "+")+strings.Count(w, "-") <= 1
	}
	return "", false
}

// looks writes a value as what it looks like: a number, what is Go otherwise,
// a list or an object of JSON, else a text.
func looks(value string) (text string, constant bool) {
	word := strings.TrimSpace(value)
	if text, ok := oddFloat(word); ok {
		return text, false
	}
	if quoted(value) {
		return value, true
	}
	if strings.HasPrefix(word, "[") || strings.HasPrefix(word, "{") {
		var v any
		if json.Unmarshal([]byte(word), &v) == nil {
			if text, err := composite(word, kindOf(v)); err == nil {
				return text, false
			}
		}
	}
	x, err := parser.ParseExpr(value)
	if err != nil || !says(x) {
		return strconv.Quote(value), true
	}
	return value, !calls(x)
}

// calls tells whether an expression is more than constants can be.
func calls(x ast.Expr) (found bool) {
	ast.Inspect(x, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.CallExpr, *ast.CompositeLit, *ast.FuncLit:
			found = true
		}
		return !found
	})
	return found
}

// kindOf gives the type of Go that fits a JSON value.
func kindOf(v any) types.Type {
	one := func(parts []any) types.Type {
		var t types.Type
		for _, p := range parts {
			switch k := kindOf(p); {
			case t == nil:
				t = k
			case types.Identical(t, k):
			case isNumeric(t) && isNumeric(k):
				t = types.Typ[types.Float64]
			default:
				return types.Universe.Lookup("any").Type()
			}
		}
		if t == nil {
			t = types.Universe.Lookup("any").Type()
		}
		return t
	}
	switch v := v.(type) {
	case string:
		return types.Typ[types.String]
	case bool:
		return types.Typ[types.Bool]
	case float64:
		if v == float64(int64(v)) {
			return types.Typ[types.Int]
		}
		return types.Typ[types.Float64]
	case []any:
		return types.NewSlice(one(v))
	case map[string]any:
		var parts []any
		for _, p := range v {
			parts = append(parts, p)
		}
		return types.NewMap(types.Typ[types.String], one(parts))
	}
	return types.Universe.Lookup("any").Type()
}

func isNumeric(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Info()&types.IsNumeric != 0
}

// composite writes a list or an object of JSON as a value of type t. Python's
// numbers and words are understood in it.
func composite(word string, t types.Type) (string, error) {
	d := json.NewDecoder(bytes.NewReader(lenient([]byte(word))))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return "", err
	}
	if d.More() {
		return "", fmt.Errorf("more than one value")
	}
	return element(v, t)
}

func element(v any, t types.Type) (string, error) {
	no := fmt.Errorf("%v is no %s", v, typeText(t))
	parts := func(list []any, elem types.Type) (string, error) {
		var out []string
		for _, x := range list {
			s, err := element(x, elem)
			if err != nil {
				return "", err
			}
			out = append(out, s)
		}
		return typeText(t) + "{" + strings.Join(out, ", ") + "}", nil
	}
	switch v := v.(type) {
	case nil:
		switch t.Underlying().(type) {
		case *types.Slice, *types.Map, *types.Pointer, *types.Interface:
			return "nil", nil
		}
	case []any:
		switch u := t.Underlying().(type) {
		case *types.Slice:
			return parts(v, u.Elem())
		case *types.Array:
			return parts(v, u.Elem())
		case *types.Interface:
			return element(v, kindOf(v))
		}
	case map[string]any:
		switch u := t.Underlying().(type) {
		case *types.Map:
			var keys, out []string
			for k := range v {
				keys = append(keys, k)
			}
			sort.Strings(keys)
			for _, k := range keys {
				key, _ := literal(k, u.Key())
				s, err := element(v[k], u.Elem())
				if err != nil {
					return "", err
				}
				out = append(out, key+": "+s)
			}
			return typeText(t) + "{" + strings.Join(out, ", ") + "}", nil
		case *types.Interface:
			return element(v, kindOf(v))
		}
	case json.Number, string, bool:
		if _, any := t.Underlying().(*types.Interface); any {
			t = types.Typ[types.Float64]
			switch v := v.(type) {
			case string:
				t = types.Typ[types.String]
			case json.Number:
				if _, err := v.Int64(); err == nil {
					t = types.Typ[types.Int]
				}
			}
		}
		b, ok := t.Underlying().(*types.Basic)
		if !ok {
			return "", no
		}
		_, text := v.(string)
		if text != (b.Info()&types.IsString != 0) && !strings.Contains(fmt.Sprint(v), odd) && typeText(t) != "time.Duration" {
			return "", no
		}
		s, _ := literal(plain(fmt.Sprint(v)), t)
		if text && b.Info()&types.IsString != 0 {
			s = strconv.Quote(v.(string))
		}
		return s, nil
	}
	return "", no
}

// says tells whether an expression can be meant as Go: one plain word is a
// string, unless it is a word of the language; so is a word with a dash or a
// slash in it, a path.
func says(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name == "true" || x.Name == "false" || x.Name == "nil"
	case *ast.ParenExpr:
		return says(x.X)
	case *ast.UnaryExpr:
		return says(x.X)
	case *ast.BinaryExpr:
		return (says(x.X) || qualified(x.X)) && (says(x.Y) || qualified(x.Y))
	case *ast.BasicLit:
		return x.Kind != token.STRING || !strings.HasPrefix(x.Value, "'")
	case *ast.CompositeLit, *ast.CallExpr, *ast.FuncLit:
		return true
	}
	return false
}

// qualified tells whether an expression is a package's name, as time.Second.
func qualified(x ast.Expr) bool {
	s, ok := x.(*ast.SelectorExpr)
	return ok && ast.IsExported(s.Sel.Name)
}
