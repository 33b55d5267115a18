package display

// What a cell puts on the page while it runs.

import (
	"fmt"

	"fourmlab/internal/show"
)

// Handle is a place on the page.
type Handle struct {
	host show.Host // nil where things are printed
	id   string
}

// Show shows v below the cell, now, and gives the place where it stands. A
// script prints its text to standard output.
func Show(v any) *Handle {
	d := Of(v)
	if d == nil {
		d = Data{"text/plain": fmt.Sprint(v)}
	}
	h := &Handle{host: page()}
	if h.host == nil {
		fmt.Println(d)
		return h
	}
	h.id = h.host.Show(d)
	return h
}

// Update shows v in place of what stood there. A script prints it.
func (h *Handle) Update(v any) {
	d := Of(v)
	switch {
	case d == nil:
		return
	case h.host == nil:
		fmt.Println(d)
	default:
		h.host.Update(h.id, d)
	}
}

// String names the place.
func (h *Handle) String() string { return "display " + h.id }

// Clear removes what the cell has shown and printed so far; with wait, not
// before something else is there, so that nothing flickers. A script's output
// stays.
func Clear(wait bool) {
	if c, ok := show.CurrentHost().(interface{ Clear(wait bool) }); ok {
		c.Clear(wait)
	}
}

// page gives the host that shows pictures, nil where there is none and
// results belong on standard output.
func page() show.Host {
	h := show.CurrentHost()
	if _, prints := h.(interface{ Prints() }); prints || show.Plain() {
		return nil
	}
	return h
}
