// Package bare holds what notebooks of gophernotes call without naming a
// package. Cells import it with a dot, unless they declare its name themselves.
//
//	Display(viz.Sample(s)) // below the cell, at once
package bare

import "fourmlab/kernel/display"

// Display shows a value below the cell, now. The error is always nil: what of
// the value cannot be shown is told of where it would stand.
func Display(v any) error {
	display.Show(v)
	return nil
}
