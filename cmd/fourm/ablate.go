package main

// Ablations.

import (
	"fmt"

	"fourmlab/datasets"
	"fourmlab/fourm"
)

func runAblate(c *call) error {
	words, err := c.parse()
	if err != nil {
		return err
	}
	if len(words) == 0 {
		return usage{"no file given"}
	}
	ab, err := fourm.AblateFile(words[0], openSplits, words[1:]...)
	if ab == nil {
		return err
	}
	fmt.Fprintln(c.out, ab)
	if ab.Interrupted {
		fmt.Fprintln(c.out, "stopped; the same command goes on where it was")
	}
	if ab.Dir != "" {
		fmt.Fprintln(c.out, ab.Dir)
	}
	return err
}

// openSplits gives what an experiment trains on and validates with: n scenes
// rendered from a seed, or at most n samples of a set on disk.
func openSplits(name string, n int, seed int64) (train, val fourm.Data, err error) {
	var ds *datasets.Set
	if name == "" || name == "scenes" {
		ds = datasets.Scenes(n, seed)
	} else if ds, err = datasets.Open(name); err != nil {
		return nil, nil, err
	} else if n > 0 && n < ds.Len() {
		ds = ds.Head(n)
	}
	return ds.Split("train"), ds.Split("val"), nil
}
