package kernel

// %who and %reset: what the session holds.

import (
	"fmt"

	"fourmlab/kernel/session"
)

// who lists what cells have defined.
func who(w *worker, c *asked) report {
	type row struct {
		Name, Kind, Type string
		Value            any
	}
	var rows []row
	for _, n := range w.engine.Names() {
		rows = append(rows, row{n.Name, n.Kind, n.Type, n.Value})
	}
	if rows == nil {
		fmt.Println("nothing is defined yet")
		return report{Op: "done"}
	}
	return report{Op: "done", Bundle: listed(rows)}
}

// reset begins anew.
func reset(w *worker, c *asked) report {
	old := w.engine
	w.swap.Lock()
	w.engine = session.New()
	w.swap.Unlock()
	if err := old.Close(); err != nil {
		return refused(c, "%v", err)
	}
	w.ran = map[int]string{}
	return report{Op: "done"}
}
