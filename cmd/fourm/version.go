package main

import (
	"fmt"

	"fourmlab/internal/version"
)

func runVersion(c *call) error {
	words, err := c.parse()
	if err != nil {
		return err
	}
	if len(words) > 0 {
		return usage{fmt.Sprintf("%d arguments, expected none", len(words))}
	}
	fmt.Fprintln(c.out, version.String())
	return nil
}
