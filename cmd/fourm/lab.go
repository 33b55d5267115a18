package main

// Scripts and the kernel.

import (
	"errors"
	"fmt"
	"strings"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/headless"
	"fourmlab/kernel/jupyter"
	"fourmlab/kernel/server"
	"fourmlab/kernel/session"
	_ "fourmlab/kernel/symbols" // what cells and scripts can import
	"fourmlab/kernel/worker"
	_ "fourmlab/viz" // draws runs while they go on
)

func runScript(c *call) error {
	engine := c.String("engine", "", "`ENGINE` that runs it: yaegi, or ssa (the one of notebook cells); by itself yaegi for plain programs, ssa for all others")
	verbose := c.Bool("v", false, "say which engine runs it, and why")
	words, err := c.parse()
	if err != nil {
		return err
	}
	if len(words) == 0 {
		return usage{"no script given"}
	}
	err = headless.Script{Path: words[0], Args: words[1:], Engine: *engine, Verbose: *verbose}.Run()
	var panicked headless.Panicked
	if errors.As(err, &panicked) {
		fmt.Fprintln(c.errors, err)
		return exitStatus(2)
	}
	return err
}

func runKernel(c *call) error {
	if len(c.args) == 1 && strings.ContainsAny(c.args[0], "./") && !strings.HasPrefix(c.args[0], "-") {
		return server.Serve(c.args[0])
	}
	c.bare = "a connection file"
	return c.choose([]use{
		{"install", "", "tell Jupyter of this program, and of gophernotes where its binary lies beside it", installKernel},
		{"uninstall", "", "take away what install wrote", uninstallKernel},
		{"list", "", "list the kernels that Jupyter finds on this machine", listKernels},
		{"doctor", "", "look at what a notebook needs, and say what is missing", doctor},
	}, nil)
}

// place are the flags that say which kernelspec is meant.
type place struct {
	prefix, name string
	user         bool
}

func (p *place) read(c *call) error {
	c.BoolVar(&p.user, "user", false, "for this user, where Jupyter looks without being told (this is what happens without flags, too)")
	c.StringVar(&p.prefix, "prefix", "", "`FOLDER` with share/jupyter/kernels in it, in place of this user's own: sys.prefix of a Python, or /usr/local for everyone")
	c.StringVar(&p.name, "name", "fourm", "`NAME` of the kernel")
	if err := none(c); err != nil {
		return err
	}
	if p.user && p.prefix != "" {
		return usage{"-user and -prefix name two places"}
	}
	if err := jupyter.CheckName(p.name); err != nil {
		return usage{err.Error()}
	}
	return nil
}

// none reads a command line without arguments.
func none(c *call) error {
	words, err := c.parse()
	if err == nil && len(words) > 0 {
		err = usage{fmt.Sprintf("%q is too much, expected flags only", words[0])}
	}
	return err
}

func installKernel(c *call) error {
	var p place
	if err := p.read(c); err != nil {
		return err
	}
	return c.each(jupyter.Install(p.prefix, p.name))
}

func uninstallKernel(c *call) error {
	var p place
	if err := p.read(c); err != nil {
		return err
	}
	return c.each(jupyter.Uninstall(p.prefix, p.name))
}

// each prints a line for each folder.
func (c *call) each(dirs []string, err error) error {
	for _, d := range dirs {
		fmt.Fprintln(c.out, d)
	}
	return err
}

func listKernels(c *call) error {
	if err := none(c); err != nil {
		return err
	}
	for _, s := range jupyter.List() {
		fmt.Fprintln(c.out, s)
	}
	return nil
}

func doctor(c *call) error {
	name := c.String("name", "fourm", "`NAME` of the kernel")
	if err := none(c); err != nil {
		return err
	}
	if !jupyter.Doctor(c.out, *name) {
		return exitStatus(1)
	}
	return nil
}

// runWorker runs cells on a session of our own; another engine would stand here.
func runWorker(c *call) error {
	return worker.Run(func(o engine.Options) engine.Engine {
		s := session.New()
		s.Folder, s.Late = o.Folder, o.Late
		return s
	})
}
