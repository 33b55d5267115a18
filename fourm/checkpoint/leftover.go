package checkpoint

import (
	"fmt"
	"strings"
)

// Leftover lists what does not fit between a state dict and what reads it.
type Leftover struct {
	Of      string   // what reads it; "" stands for "the model"
	Missing []string // wanted, and not in the file
	Unread  []string // in the file, and read by nothing
}

// Error prints at most a few names of each.
func (l *Leftover) Error() string {
	list := func(what string, names []string) string {
		if len(names) == 0 {
			return ""
		}
		more := ""
		if len(names) > 8 {
			more = fmt.Sprintf(" and %d more", len(names)-8)
		}
		return fmt.Sprintf("; %d %s: %s%s", len(names), what, strings.Join(names[:min(8, len(names))], ", "), more)
	}
	of := l.Of
	if of == "" {
		of = "the model"
	}
	return "the tensors are not those of " + of + list("missing", l.Missing) + list("left over", l.Unread)
}
