package main

// Parity: recorded cases of the official implementation, run here.

import (
	"errors"
	"fmt"

	"fourmlab/bench/parity"
)

func runParity(c *call) error {
	asJSON := c.Bool("json", false, "one JSON object a line: fixture, kind, group, max_diff, max_ref, tol, pass; then the counts")
	vm := c.String("vm", "own", "`MACHINE` that runs the graphs: own, or tape (gorgonia's)")
	dirs, err := c.parse()
	if err != nil {
		return err
	}
	if len(dirs) == 0 {
		return usage{"no folder, expected fixtures or folders of them"}
	}
	if *vm != "own" && *vm != "tape" {
		return usage{fmt.Sprintf("-vm %q, expected own or tape", *vm)}
	}
	sum, err := parity.Run(dirs, parity.Options{Tape: *vm == "tape", JSON: *asJSON, Log: c.errors}, c.out)
	switch {
	case errors.Is(err, parity.ErrNone):
		fmt.Fprintf(c.errors, "fourm parity: no fixture found in %v\n", dirs)
		return exitStatus(2)
	case err != nil:
		return err
	case sum.Failed > 0:
		return exitStatus(1)
	}
	return nil
}
