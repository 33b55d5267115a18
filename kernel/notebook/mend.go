package notebook

// What files have that nbformat 4 does not allow, made right as nbformat does
// it: fields that are null or missing, ids that are missing, double or no ids,
// counts that are none. What means something is never left out.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// fields is a JSON object whose values are still text.
type fields = map[string]json.RawMessage

// object reads a field that has to be an object; null, nothing and what is
// empty is an empty one.
func object(f fields, name string) (fields, error) {
	out := fields{}
	switch raw := bytes.TrimSpace(f[name]); {
	case len(raw) > 0 && raw[0] == '{':
		return out, json.Unmarshal(raw, &out)
	case slices.Contains([]string{"", "null", "[]", `""`, "false", "0"}, string(raw)):
		return out, nil
	default:
		return nil, fmt.Errorf("%s: %s, expected an object", name, shorten(string(raw), 40))
	}
}

// objects reads a field that has to be a list of objects; null and nothing is an
// empty one.
func objects(f fields, name string) (out []fields, err error) {
	if raw := bytes.TrimSpace(f[name]); len(raw) == 0 {
		return nil, nil
	}
	if err := json.Unmarshal(f[name], &out); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return out, nil
}

// count reads the number of an execution; what is none ("*", a negative
// number) is 0.
func count(raw json.RawMessage) int {
	var n float64
	if json.Unmarshal(raw, &n) != nil || n < 1 || n > 1<<31 || n != float64(int(n)) {
		return 0
	}
	return int(n)
}

// tagsOf reads the tags in a cell's metadata.
func tagsOf(meta fields) (tags []string) {
	var any []any
	var one string
	if json.Unmarshal(meta["tags"], &any) == nil {
		for _, t := range any {
			if s, ok := t.(string); ok {
				tags = append(tags, s)
			}
		}
	} else if json.Unmarshal(meta["tags"], &one) == nil && one != "" {
		tags = []string{one}
	}
	return tags
}

// mendMeta makes a cell's metadata what nbformat allows: tags are a list of
// different texts, without commas.
func mendMeta(meta fields) {
	raw, ok := meta["tags"]
	if !ok {
		return
	}
	var kept []string
	for _, t := range tagsOf(meta) {
		for _, t := range strings.Split(t, ",") {
			if t = strings.TrimSpace(t); t != "" && !slices.Contains(kept, t) {
				kept = append(kept, t)
			}
		}
	}
	var was []string
	if json.Unmarshal(raw, &was) == nil && slices.Equal(was, kept) && was != nil {
		return
	}
	if kept == nil {
		delete(meta, "tags")
		return
	}
	meta["tags"] = encoded(kept)
}

// encoded is a value as JSON. Only values that came from JSON are given to it.
func encoded(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return bytes.TrimSpace(b.Bytes())
}

// mendOutput makes an output one that nbformat allows.
func mendOutput(o Output) {
	if kind, ok := o["output_type"].(string); !ok || !slices.Contains([]string{"stream", "display_data", "execute_result", "error"}, kind) {
		switch _, data := o["data"].(map[string]any); {
		case kind == "pyout" || kind == "pyerr":
			upgradeOutput(o)
		case data:
			o["output_type"] = "display_data"
		case o["traceback"] != nil || o["ename"] != nil:
			o["output_type"] = "error"
		case o["text"] != nil:
			o["output_type"] = "stream"
			upgradeOutput(o)
		default: // nobody knows what it is: it is kept to be read
			words := ""
			if was := maps.Clone(o); len(was) > 0 {
				words = plain(string(encoded(was)))
			}
			clear(o)
			o["output_type"], o["data"] = "display_data", map[string]any{"text/plain": words}
		}
	}
	need := func(name string, fits bool, otherwise any) {
		if !fits {
			o[name] = otherwise
		}
	}
	switch kind := o.Kind(); kind {
	case "stream":
		_, named := o["name"].(string)
		need("name", named, "stdout")
		need("text", o["text"] != nil, "")
	case "error":
		for _, f := range []string{"ename", "evalue"} {
			_, ok := o[f].(string)
			need(f, ok, datum(o[f]))
		}
		list, _ := o["traceback"].([]any)
		if s, ok := o["traceback"].(string); ok {
			list = []any{s}
		}
		out := []any{}
		for _, l := range list {
			out = append(out, datum(l))
		}
		o["traceback"] = out
	default:
		_, ok := o["data"].(map[string]any)
		need("data", ok, map[string]any{})
		_, ok = o["metadata"].(map[string]any)
		need("metadata", ok, map[string]any{})
		if kind == "execute_result" {
			n := count(encoded(o["execution_count"]))
			need("execution_count", n > 0, nil)
		}
	}
}

var isID = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

// identify gives each cell an id of its own; the first of several that have
// one keeps it.
func (nb *File) identify() {
	seen := map[string]bool{}
	var without []int
	for i, c := range nb.Cells {
		if !isID.MatchString(c.ID) || seen[c.ID] {
			without = append(without, i)
			continue
		}
		seen[c.ID] = true
	}
	for _, i := range without {
		id := fmt.Sprintf("cell-%d", i+1)
		for n := 2; seen[id]; n++ {
			id = fmt.Sprintf("cell-%d-%d", i+1, n)
		}
		nb.Cells[i].ID, seen[id] = id, true
	}
}
