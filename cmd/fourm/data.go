package main

// Data: packing a person's own pictures, and checking a set.

import (
	"fmt"

	"fourmlab/datasets"
	"fourmlab/fourm"
)

func runData(c *call) error {
	return c.choose([]use{
		{"pack", "DIR -o FOLDER", "make a set of the pictures in a folder, with their captions", pack},
		{"check", "SET", "verify a set; exit status 1 when it has faults", check},
	}, nil)
}

func pack(c *call) error {
	out := c.String("o", "", "`FOLDER` to write")
	captions := c.String("captions", "", "CSV, TSV, JSONL or JSON `FILE` of captions; found by itself where there is one, else texts beside the pictures are taken")
	size := c.Int("size", 64, "`PIXELS` a side")
	skip := c.Bool("skip-broken", false, "leave out what is broken, a picture, a text or a row, and list it")
	dir, err := c.one("pack DIR")
	if err != nil {
		return err
	}
	if *out == "" {
		return usage{"pack needs -o FOLDER"}
	}
	rep, err := datasets.Pack(dir, *out, datasets.PackOptions{Size: *size, Captions: *captions, SkipBroken: *skip})
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, rep)
	return nil
}

func check(c *call) error {
	set, err := c.one("check SET")
	if err != nil {
		return err
	}
	rep, err := datasets.Check(set)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, rep)
	if !rep.OK {
		return exitStatus(1)
	}
	return nil
}

// one reads the flags and the one argument that stands behind a use's name.
func (c *call) one(what string) (string, error) {
	words, err := c.parse()
	if err != nil {
		return "", err
	}
	if len(words) != 1 {
		return "", usage{fmt.Sprintf("%d arguments for data %s, expected one", len(words), what)}
	}
	return words[0], nil
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
