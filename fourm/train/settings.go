package train

// What a run was made with, as names and values that can be read.

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
)

// settings gives the facts by the names of their fields, as in "Model.Dim",
// without what the run has reached.
func (f facts) settings() map[string]string {
	env := f.Env
	f = f.asked()
	f.Env = env
	b, err := json.Marshal(f)
	if err != nil {
		return nil
	}
	var tree any
	if json.Unmarshal(b, &tree) != nil {
		return nil
	}
	out := map[string]string{}
	spread(out, "", tree)
	return out
}

// spread puts the leaves of a tree under their paths. Lists of words and
// numbers are one leaf; empty things are none.
func spread(out map[string]string, path string, v any) {
	join := func(k string) string { return strings.TrimPrefix(path+"."+k, ".") }
	switch v := v.(type) {
	case nil:
	case map[string]any:
		for k, x := range v {
			spread(out, join(k), x)
		}
	case []any:
		var words []string
		for i, x := range v {
			switch x.(type) {
			case map[string]any, []any:
				spread(out, join(fmt.Sprint(i)), x)
			default:
				words = append(words, fmt.Sprint(x))
			}
		}
		if words != nil {
			out[path] = strings.Join(words, ", ")
		}
	default:
		if s := fmt.Sprint(v); s != "" {
			out[path] = s
		}
	}
}

// environment is what a run may depend on beside its settings.
func environment() map[string]string {
	return map[string]string{
		"Go":         runtime.Version(),
		"System":     runtime.GOOS + "/" + runtime.GOARCH,
		"Processors": fmt.Sprint(runtime.GOMAXPROCS(0)),
	}
}
