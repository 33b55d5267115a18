package link

// A failure as front ends show it.

import (
	"fmt"
	"strings"

	"fourmlab/kernel/engine"
)

// Traceback gives the lines of a failure with colours for a terminal, as
// Jupyter's protocol has them: what went wrong in red, places in blue.
func Traceback(f *engine.Failure) []string {
	const red, blue, plain = "\x1b[31m", "\x1b[34m", "\x1b[0m"
	if len(f.Trace) == 0 {
		return []string{fmt.Sprintf("%s%s%s: %s", red, f.Name, plain, f.Value)}
	}
	out := []string{red + f.Trace[0] + plain}
	for _, line := range f.Trace[1:] {
		if strings.HasPrefix(line, "In [") {
			line = blue + line + plain
		}
		out = append(out, line)
	}
	return out
}
