package checkpoint

// Writing a configuration: as metadata, which 4M's loader reads back, and as a
// config.json.

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"fourmlab/internal/disk"
)

// Flatten gives a configuration as metadata: each value a YAML scalar or list
// in Python's words (None, True). Values may be nil, booleans, numbers,
// strings, and lists and maps by string of these; a text of more than 10,000
// characters is an error, as its reader would not parse it.
func Flatten(config map[string]any) (map[string]string, error) {
	out := map[string]string{}
	for _, k := range sortedKeys(config) {
		v, err := plain(reflect.ValueOf(config[k]), 0)
		if err != nil {
			return nil, fmt.Errorf("checkpoint: configuration %q: %w", clip(k), err)
		}
		text := toYAML(v)
		if n := utf8.RuneCountInString(text); n > maxValue {
			return nil, fmt.Errorf("checkpoint: configuration %q has %d characters, expected at most %d", clip(k), n, maxValue)
		}
		out[k] = text
	}
	return out, nil
}

// WriteConfig writes a configuration to a config.json, whole or not at all.
func WriteConfig(path string, config map[string]any) error {
	v, err := plain(reflect.ValueOf(config), 0)
	if err != nil {
		return fmt.Errorf("checkpoint: %s: %w", path, err)
	}
	return disk.Write(path, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(forJSON(v))
	})
}

// plain brings a value into the types that Config gives.
func plain(v reflect.Value, depth int) (any, error) {
	if depth > maxNest {
		return nil, fmt.Errorf("more than %d levels deep", maxNest)
	}
	switch v.Kind() {
	case reflect.Invalid:
		return nil, nil
	case reflect.Interface:
		return plain(v.Elem(), depth)
	case reflect.Bool:
		return v.Bool(), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return int(v.Int()), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if v.Uint() > math.MaxInt {
			return nil, fmt.Errorf("%d is too large", v.Uint())
		}
		return int(v.Uint()), nil
	case reflect.Float32: // its shortest text, not that of the float64
		return strconv.ParseFloat(strconv.FormatFloat(v.Float(), 'g', -1, 32), 64)
	case reflect.Float64:
		return v.Float(), nil
	case reflect.String:
		if !utf8.ValidString(v.String()) {
			return nil, fmt.Errorf("%.40q is no UTF-8", v.String())
		}
		return v.String(), nil
	case reflect.Slice, reflect.Array:
		out := []any{}
		for i := range v.Len() {
			x, err := plain(v.Index(i), depth+1)
			if err != nil {
				return nil, err
			}
			out = append(out, x)
		}
		return out, nil
	case reflect.Map:
		out := map[string]any{}
		for _, k := range v.MapKeys() {
			if k.Kind() != reflect.String || !utf8.ValidString(k.String()) {
				return nil, fmt.Errorf("key %v, expected a text of UTF-8", k)
			}
			x, err := plain(v.MapIndex(k), depth+1)
			if err != nil {
				return nil, err
			}
			out[k.String()] = x
		}
		return out, nil
	}
	return nil, fmt.Errorf("%v, expected a number, text, list or map", v.Type())
}

// forJSON writes whole float64 with a point, so that they stay what they are.
func forJSON(v any) any {
	switch v := v.(type) {
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1e15 {
			return json.RawMessage(strconv.FormatFloat(v, 'f', 1, 64))
		}
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = forJSON(x)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k, x := range v {
			out[k] = forJSON(x)
		}
		return out
	}
	return v
}

func toYAML(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		return map[bool]string{true: "True", false: "False"}[v]
	case float64:
		return yamlFloat(v)
	case string:
		return yamlText(v)
	case []any:
		var w []string
		for _, x := range v {
			w = append(w, toYAML(x))
		}
		return "[" + strings.Join(w, ", ") + "]"
	case map[string]any:
		var w []string
		for _, k := range sortedKeys(v) {
			w = append(w, yamlText(k)+": "+toYAML(v[k]))
		}
		return "{" + strings.Join(w, ", ") + "}"
	}
	return fmt.Sprint(v)
}

// yamlFloat writes a point always: YAML 1.1, which 4M's loader speaks, takes
// 1e-05 for text.
func yamlFloat(v float64) string {
	switch {
	case math.IsNaN(v):
		return ".nan"
	case math.IsInf(v, 1):
		return ".inf"
	case math.IsInf(v, -1):
		return "-.inf"
	}
	s := strconv.FormatFloat(v, 'g', -1, 64)
	if strings.Contains(s, ".") {
		return s
	}
	digits, exp, ok := strings.Cut(s, "e")
	if ok {
		return digits + ".0e" + exp
	}
	return digits + ".0"
}

// bare is text that no YAML takes for anything else.
var bare = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_@./-]*$`)

// words are those that some version of YAML reads as a value of another kind.
var words = regexp.MustCompile(`(?i)^(y|n|yes|no|on|off|true|false|null|none)$`)

func yamlText(s string) string {
	switch {
	case bare.MatchString(s) && !words.MatchString(s):
		return s
	case strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }):
		return strconv.QuoteToASCII(s)
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}
