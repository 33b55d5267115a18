package main

// Data: packing a person's own pictures, and checking a set.

import (
	"fmt"

	"fourmlab/datasets"
	"fourmlab/fourm"
)

func runData(c *call) error {
	out := c.String("o", "", "`FOLDER` to write (pack)")
	captions := c.String("captions", "", "CSV, TSV, JSONL or JSON `FILE` of captions; found by itself where there is one, else texts beside the pictures are taken (pack)")
	size := c.Int("size", 64, "`PIXELS` a side (pack)")
	skip := c.Bool("skip-broken", false, "leave out what is broken, a picture, a text or a row, and list it (pack)")
	words, err := c.parse()
	if err != nil {
		return err
	}
	if len(words) != 2 {
		return usage{fmt.Sprintf("%d arguments, expected two: pack DIR, or check SET", len(words))}
	}
	switch words[0] {
	case "pack":
		if *out == "" {
			return usage{"pack needs -o FOLDER"}
		}
		rep, err := datasets.Pack(words[1], *out, datasets.PackOptions{Size: *size, Captions: *captions, SkipBroken: *skip})
		if err != nil {
			return err
		}
		fmt.Fprintln(c.out, rep)
		return nil
	case "check":
		rep, err := datasets.Check(words[1])
		if err != nil {
			return err
		}
		fmt.Fprintln(c.out, rep)
		if !rep.OK {
			return exitStatus(1)
		}
		return nil
	}
	return usage{fmt.Sprintf("no %q, expected pack or check", words[0])}
}

func runPeek(c *call) error {
	words, err := c.parse()
	if err != nil {
		return err
	}
	if len(words) != 1 {
		return usage{fmt.Sprintf("%d arguments, expected one checkpoint", len(words))}
	}
	s, err := fourm.Peek(words[0])
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, s)
	return nil
}
