package commands

// %who, %reset, %get and %%yaegi: what the engine holds, and who runs a cell.
// Not every engine can do these.

import (
	"fmt"
	"strings"

	"fourmlab/kernel/display"
	"fourmlab/kernel/engine"
	"fourmlab/kernel/link"
)

// who lists what cells have defined.
func who(r *Runner, c *call) link.Result {
	lister, is := r.Engine().(engine.Lister)
	if !is {
		return refuse(c, "this engine does not tell what is defined")
	}
	type row struct {
		Name, Kind, Type string
		Value            any
	}
	var rows []row
	for _, n := range lister.Names() {
		v := row{n.Name, n.Kind, n.Type, nil}
		if n.Value != nil {
			v.Value = display.Line(n.Value)
		}
		rows = append(rows, v)
	}
	if rows == nil {
		fmt.Println("nothing is defined yet")
		return link.Result{}
	}
	return shows(listed(rows))
}

// reset begins anew.
func reset(r *Runner, c *call) link.Result {
	if err := r.Reset(); err != nil {
		return refuse(c, "%v", err)
	}
	return link.Result{}
}

// yaegiCell runs a cell in the other interpreter.
func yaegiCell(r *Runner, c *call) link.Result {
	yaegi, is := r.Engine().(engine.Yaegi)
	if !is {
		return refuse(c, "this engine has no yaegi")
	}
	body := c.body()
	return r.result(c.ctx, c.n, yaegi.RunYaegi(c.ctx, c.n, body), body)
}

// getModule fetches a module.
func getModule(r *Runner, c *call) link.Result {
	words := strings.Fields(c.args)
	if len(words) != 1 {
		return refuse(c, "expected one MODULE or MODULE@VERSION, found %d words", len(words))
	}
	getter, is := r.Engine().(engine.Getter)
	if !is {
		return refuse(c, "this engine fetches no modules")
	}
	module, version, _ := strings.Cut(words[0], "@")
	if err := getter.Get(module, version); err != nil {
		return refuse(c, "%v", err)
	}
	return link.Result{}
}
