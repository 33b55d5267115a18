package main

// Scripts, notebooks, and the kernel.

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"fourmlab/kernel"
	_ "fourmlab/kernel/symbols" // what cells and scripts can import
	_ "fourmlab/viz"            // draws runs while they go on
)

func runScript(c *call) error {
	engine := c.String("engine", "", "`ENGINE` that runs it: yaegi, or ssa (the one of notebook cells); by itself yaegi, and ssa for what yaegi runs wrongly")
	words, err := c.parse()
	if err != nil {
		return err
	}
	if len(words) == 0 {
		return usage{"no script given"}
	}
	return kernel.RunScript(words[0], *engine, words[1:])
}

func runNotebook(c *call) error {
	out := c.String("o", "", "`FILE` of the executed notebook; by itself out/NAME.ipynb")
	page := c.String("html", "", "`FILE` of the page; by itself out/NAME.html")
	words, err := c.parse()
	if err != nil {
		return err
	}
	if len(words) != 1 {
		return usage{fmt.Sprintf("%d arguments, expected one notebook", len(words))}
	}
	name := strings.TrimSuffix(filepath.Base(words[0]), ".ipynb")
	if *out == "" {
		*out = filepath.Join("out", name+".ipynb")
	}
	if *page == "" {
		*page = filepath.Join("out", name+".html")
	}
	for _, f := range []string{*out, *page} {
		if err := os.MkdirAll(filepath.Dir(f), 0o777); err != nil {
			return err
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err = kernel.Notebook(ctx, words[0], *out, *page, os.Stderr)
	for _, f := range []string{*out, *page} {
		if _, there := os.Stat(f); there == nil {
			fmt.Fprintln(c.out, f)
		}
	}
	return err
}

func runKernel(c *call) error {
	prefix := c.String("prefix", "", "`FOLDER` below which share/jupyter/kernels is written, in place of this user's own")
	words, err := c.parse()
	if err != nil {
		return err
	}
	if len(words) != 1 {
		return usage{fmt.Sprintf("%d arguments, expected a connection file, or install", len(words))}
	}
	if words[0] != "install" {
		return kernel.Serve(words[0])
	}
	dirs, err := kernel.Install(*prefix)
	for _, d := range dirs {
		fmt.Fprintln(c.out, d)
	}
	return err
}

func runWorker(c *call) error { return kernel.Worker() }
