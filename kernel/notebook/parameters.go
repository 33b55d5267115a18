package notebook

// Parameters: values from outside take the place of those in one cell, as
// papermill has it.

import (
	"fmt"
	"go/token"
	"sort"
	"strings"

	"fourmlab/internal/fault"
	"fourmlab/kernel/session"
	"fourmlab/kernel/session/export"
)

const (
	parametersTag = "parameters"
	injectedTag   = "injected-parameters"
)

// Set gives parameters new values: a cell that assigns them is put behind the
// first one tagged "parameters", or takes the place of what an earlier Set put
// there. What a value means is what the parameter is: a text for a string, a
// number, also NaN and inf, for a number, a list or an object of JSON for a
// slice or a map, 90s for a time.Duration; Go's own form (200, []string{"rgb"},
// 2*time.Second) serves for all. Without such a cell the values are defined at
// the notebook's top, as what they look like.
//
// The error names a parameter that the cell does not define.
func (nb *File) Set(values map[string]string) error {
	if len(values) == 0 {
		return nil
	}
	at, known := -1, map[string]export.Definition{}
	for i, c := range nb.Cells {
		if c.Kind != "code" || !c.Tagged(parametersTag) {
			continue
		}
		list, err := export.Definitions(session.New(), quietCommands(c.Source))
		if err != nil {
			return fmt.Errorf("notebook: the cell tagged %q: %w", parametersTag, err)
		}
		for _, d := range list {
			known[d.Name] = d
		}
		at = i
		break
	}
	var names []string
	for name := range values {
		names = append(names, name)
	}
	sort.Strings(names)
	var b strings.Builder
	b.WriteString("// Parameters\n")
	for _, name := range names {
		if !token.IsIdentifier(name) {
			return fmt.Errorf("notebook: parameter %q is no name in Go", name)
		}
		d, there := known[name]
		if at >= 0 && !there {
			return fmt.Errorf("notebook: no parameter %q%s; the cell tagged %q defines %s", name, meant(name, known), parametersTag, listed(known))
		}
		value, constant := literal(values[name], d.Type)
		switch {
		case d.Const && constant && d.Typed:
			fmt.Fprintf(&b, "const %s %s = %s\n", name, typeText(d.Type), value)
		case d.Const && !constant:
			return fmt.Errorf("notebook: parameter %q is a constant, which cannot be %s; a variable can", name, value)
		case d.Const:
			fmt.Fprintf(&b, "const %s = %s\n", name, value)
		case at >= 0 && !nb.Cells[at].Tagged("skip-execution"):
			fmt.Fprintf(&b, "%s = %s\n", name, value) // it keeps its type
		default:
			fmt.Fprintf(&b, "%s := %s\n", name, value)
		}
	}
	source := strings.TrimSuffix(b.String(), "\n")
	for _, c := range nb.Cells {
		if c.Kind == "code" && c.Tagged(injectedTag) {
			c.Source = source
			return nil
		}
	}
	c := &Cell{Kind: "code", ID: nb.freshID("parameters"), Source: source}
	c.tag(injectedTag)
	nb.Cells = append(nb.Cells, nil)
	copy(nb.Cells[at+2:], nb.Cells[at+1:])
	nb.Cells[at+1] = c
	return nil
}

func (nb *File) freshID(id string) string {
	taken := map[string]bool{}
	for _, c := range nb.Cells {
		taken[c.ID] = true
	}
	for n := 2; taken[id]; n++ {
		id = fmt.Sprintf("%s-%d", strings.TrimRight(id, "-0123456789"), n)
	}
	return id
}

// meant names the parameter that was probably meant.
func meant(name string, known map[string]export.Definition) string {
	best, at := "", 3
	for k := range known {
		if d := fault.Distance(name, k); d < at || d == at && k < best {
			best, at = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}

func listed(known map[string]export.Definition) string {
	if len(known) == 0 {
		return "none"
	}
	var names []string
	for n := range known {
		names = append(names, n)
	}
	sort.Strings(names)
	return strings.Join(names, ", ")
}
