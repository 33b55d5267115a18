package main

import "fmt"

func runAblate(c *call) error {
	words, err := c.parse()
	if err != nil {
		return err
	}
	if len(words) == 0 {
		return usage{"no file given"}
	}
	return fmt.Errorf("%s", words[0])
}
