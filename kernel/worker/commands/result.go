package commands

// What a cell's last values look like.

import (
	"fmt"
	"strings"

	"fourmlab/kernel/display"
	"fourmlab/kernel/link"
)

// forms gives a cell's last values by media type, or nil for no value and for
// what is on the page already. One value shows itself as package display says;
// several are text.
func forms(values []any) map[string]any {
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

// shows is the result of what shows something, nil for nothing.
func shows(data map[string]any) link.Result { return link.Result{Bundle: link.Bundle{Data: data}} }

// unshowable is the text of values whose own methods did not let them be shown.
func unshowable(values []any, why string) map[string]any {
	var names []string
	for _, v := range values {
		names = append(names, strings.ReplaceAll(fmt.Sprintf("%T", v), "main.", ""))
	}
	return map[string]any{"text/plain": strings.Join(names, ", ") + " cannot be shown: " + why}
}
