package kernel

// %who, %reset, %get and %%yaegi: what the session holds, and who runs it.

import (
	"fmt"
	"strings"

	"fourmlab/kernel/display"
)

// who lists what cells have defined.
func who(w *worker, c *asked) report {
	type row struct {
		Name, Kind, Type string
		Value            any
	}
	var rows []row
	for _, n := range w.engine.Names() {
		r := row{n.Name, n.Kind, n.Type, nil}
		if n.Value != nil {
			r.Value = display.Line(n.Value)
		}
		rows = append(rows, r)
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
	w.fresh()
	if err := old.Close(); err != nil {
		return refused(c, "%v", err)
	}
	return report{Op: "done"}
}

// yaegiCell runs a cell in the other interpreter.
func yaegiCell(w *worker, c *asked) report {
	body := c.body()
	return w.told(c.ctx, c.n, w.engine.RunYaegi(c.ctx, c.n, body), body)
}

// getModule fetches a module.
func getModule(w *worker, c *asked) report {
	words := strings.Fields(c.args)
	if len(words) != 1 {
		return refused(c, "expected one MODULE or MODULE@VERSION, found %d words", len(words))
	}
	module, version, _ := strings.Cut(words[0], "@")
	if err := w.engine.Get(module, version); err != nil {
		return refused(c, "%v", err)
	}
	return report{Op: "done"}
}
