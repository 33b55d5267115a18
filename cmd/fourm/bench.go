package main

// Timed cases.

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"fourmlab/bench/cases"
)

func runBench(c *call) error {
	name := c.String("case", "", "`NAME` of the case; without, they are listed")
	reps := c.Int("reps", 3, "`N` timed repetitions; those of a warm-up come before")
	asJSON := c.Bool("json", false, "one JSON object: case, seconds {median, best, all}, gflop, peak_rss_mb, threads")
	words, err := c.parse()
	if err != nil {
		return err
	}
	switch k, ok := cases.Find(*name); {
	case len(words) > 0:
		return usage{fmt.Sprintf("%d arguments, expected none: a case is named with -case", len(words))}
	case *reps < 1 || *reps > 1e6:
		return usage{fmt.Sprintf("-reps %d, expected 1 to 1000000", *reps)}
	case *name == "":
		return listCases(c, *asJSON)
	case !ok:
		return usage{fmt.Sprintf("no case %q (have %s)", *name, strings.ReplaceAll(cases.Names(), " ", ", "))}
	default:
		r, err := k.Run(context.Background(), *reps)
		if err != nil {
			return err
		}
		if *asJSON {
			return json.NewEncoder(c.out).Encode(r)
		}
		_, err = fmt.Fprintln(c.out, r)
		return err
	}
}

// listCases prints a line a case, or as JSON the list of their names.
func listCases(c *call, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(c.out).Encode(strings.Fields(cases.Names()))
	}
	for _, k := range cases.All() {
		if _, err := fmt.Fprintf(c.out, "%-16s %s\n", k.Name, k.About); err != nil {
			return err
		}
	}
	return nil
}
