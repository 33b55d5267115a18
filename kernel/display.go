package kernel

// What a cell's last values look like.

import (
	"fmt"
	"maps"
	"strings"

	"fourmlab/kernel/display"
)

// bundle gives the mime types of a cell's last values, or nil for no value
// and for what is on the page already. One value shows itself as package
// display says; several are text.
func bundle(values []any) map[string]any {
	if len(values) == 1 {
		return display.Of(values[0])
	}
	var words []string
	for _, v := range values {
		if d := display.Of(v); d != nil {
			words = append(words, d.String())
		}
	}
	if words == nil {
		return nil
	}
	return map[string]any{"text/plain": strings.Join(words, " ")}
}

// undescribed is the bundle of values whose own methods did not let them be
// shown.
func undescribed(values []any, why string) map[string]any {
	var names []string
	for _, v := range values {
		names = append(names, strings.ReplaceAll(fmt.Sprintf("%T", v), "main.", ""))
	}
	return map[string]any{"text/plain": strings.Join(names, ", ") + " cannot be shown: " + why}
}

// withText makes sure that a front end without pictures has something.
func withText(b map[string]any) map[string]any {
	if _, ok := b["text/plain"]; ok {
		return b
	}
	out := map[string]any{"text/plain": ""}
	maps.Copy(out, b)
	return out
}
