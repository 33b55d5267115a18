package train

// The history of a run that goes on, brought to the step of its checkpoint: a
// kill or a power cut may have left it longer, and other hands shorter, torn or
// gone.

import (
	"errors"
	"fmt"
	"io/fs"

	"fourmlab/internal/human"
)

// mend gives the points of a history up to and with the one of the checkpoint,
// which knows its own, each step once. What it left out, or misses, is said.
func mend(path string, step int, last *Point) (points []Point, notes []string, err error) {
	said := func(format string, args ...any) { notes = append(notes, path+": "+fmt.Sprintf(format, args...)) }
	bad, first, beyond, at := 0, 0, 0, 0 // at: the step of the last point
	err = eachPoint(path, func(line int, p Point, wrong error) error {
		switch {
		case wrong != nil:
			if bad++; bad == 1 {
				first = line
			}
		case p.Step > step:
			beyond = max(beyond, p.Step)
		case p.Step > at:
			at, points = p.Step, append(points, p)
		}
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	if bad > 0 {
		said("%s cannot be read and is left out, the first is line %d", human.Count(bad, "line"), first)
	}
	if beyond > 0 {
		said("goes on to step %d, the checkpoint is that of step %d: what lies between is done again", beyond, step)
	}
	if last != nil && last.Step == step && at < step {
		points = append(points, *last)
	}
	if lost := step - len(points); lost > 0 {
		said("%s of %d are lost; the checkpoint has all that they taught", human.Count(lost, "step"), step)
	}
	return points, notes, nil
}
