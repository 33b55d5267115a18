// Package kerneltest lets a test binary be a kernel: whoever starts it again, a
// front end or package link, finds the program that it stands for.
//
//	func TestMain(m *testing.M) {
//		kerneltest.Main(m, map[string]func(args []string) error{
//			"kernel": func(args []string) error { return server.Serve(args[0]) },
//		})
//	}
//
// The cells of its worker have the standard library, package display, and a
// package demo with one long call, demo.Train.
package kerneltest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fourmlab/internal/fixture"
	"fourmlab/kernel/engine"
	"fourmlab/kernel/session"
	"fourmlab/kernel/worker"
)

// Main runs the tests, or what the first argument names: the worker, or one of
// the commands, with the arguments behind it.
func Main(m *testing.M, commands map[string]func(args []string) error) {
	if len(os.Args) < 2 {
		os.Exit(m.Run())
	}
	run := commands[os.Args[1]]
	if os.Args[1] == "worker" {
		run = func([]string) error {
			dieEarly()
			return worker.Run(Engine)
		}
	}
	if run == nil {
		os.Exit(m.Run())
	}
	if err := run(os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

var _ interface {
	engine.Engine
	engine.Attender
	engine.Attributor
	engine.Binder
	engine.Getter
	engine.Limiter
	engine.Lister
	engine.Yaegi
} = (*session.Session)(nil)

// Engine is a session as its worker's engine.
func Engine(o engine.Options) engine.Engine {
	s := session.New()
	s.Folder, s.Late = o.Folder, o.Late
	return s
}

// DiesEarly names a variable with the path of a file. As long as it holds bytes,
// a worker takes one of them and dies while it starts.
const DiesEarly = "FOURM_TEST_DIES_EARLY"

func dieEarly() {
	path := os.Getenv(DiesEarly)
	if info, err := os.Stat(path); path == "" || err != nil || info.Size() == 0 {
		return
	} else if err := os.Truncate(path, info.Size()-1); err != nil {
		panic(err)
	}
	fmt.Fprintln(os.Stderr, "no luck today")
	os.Exit(7)
}

// Program is the path of the test binary.
func Program(t testing.TB) string {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return self
}

// Python is the system's, which has Jupyter's client library.
const Python = "/usr/bin/python3"

// Jupyter runs a script with a real front end's client library, where Python has
// the modules it needs.
func Jupyter(t *testing.T, modules string, script ...string) {
	t.Helper()
	fixture.Judged(t, "a real Jupyter")
	if exec.Command(Python, "-c", "import "+modules).Run() != nil {
		t.Skipf("%s lacks one of the modules %s (Debian: make tools)", Python, modules)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, Python, script...).CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
}

// Notebook writes a notebook of cells into a folder and gives its path; cells
// that begin with # are text.
func Notebook(t testing.TB, dir string, cells ...string) string {
	t.Helper()
	var list []map[string]any
	for _, c := range cells {
		kind := "code"
		if strings.HasPrefix(c, "#") {
			kind = "markdown"
		}
		cell := map[string]any{"cell_type": kind, "metadata": map[string]any{}, "source": strings.SplitAfter(c, "\n")}
		if kind == "code" {
			cell["outputs"], cell["execution_count"] = []any{}, nil
		}
		list = append(list, cell)
	}
	data, err := json.Marshal(map[string]any{"cells": list, "metadata": map[string]any{}, "nbformat": 4, "nbformat_minor": 4})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "in.ipynb")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}
