package jupyter

// What a person whose notebook does not start would check by hand.

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"fourmlab/kernel/link"
	"fourmlab/kernel/session"
)

// finding is one thing that was looked at.
type finding struct {
	ok     bool
	vital  bool // notebooks do not run without it
	what   string
	advice string
}

// Doctor looks at what a notebook needs, on this machine and for a kernel of
// that name, writes a line for each thing, with advice where something is
// missing, and tells whether notebooks can run.
func Doctor(w io.Writer, name string) bool {
	well := true
	for _, look := range []func() finding{
		func() finding { return checkSpec(name) }, checkCells, checkSockets, checkJupyter, checkGo,
	} {
		f := look()
		mark := "ok     "
		switch {
		case !f.ok && f.vital:
			mark, well = "MISSING", false
		case !f.ok:
			mark = "note   "
		}
		fmt.Fprintf(w, "%s  %s\n", mark, f.what)
		if !f.ok && f.advice != "" {
			fmt.Fprintf(w, "         %s\n", f.advice)
		}
	}
	return well
}

// checkSpec looks for the kernelspec, and whether it starts this program.
func checkSpec(name string) finding {
	f := finding{vital: true, advice: "fourm kernel install"}
	self, err := os.Executable()
	if err == nil {
		self, err = filepath.EvalSymlinks(self)
	}
	for _, s := range List() {
		switch {
		case s.Name != name:
		case s.Err != nil:
			f.what = fmt.Sprintf("kernel %s in %s: %v", name, s.Dir, s.Err)
			return f
		case err == nil && s.Program != self:
			f.ok, f.vital = false, false
			f.what = fmt.Sprintf("kernel %s in %s starts %s, not this program", name, s.Dir, s.Program)
			return f
		default:
			f.ok, f.what = true, fmt.Sprintf("kernel %s in %s", name, s.Dir)
			return f
		}
	}
	f.what = fmt.Sprintf("Jupyter knows no kernel %s (it looks in %s)", name, strings.Join(specRoots(), ", "))
	return f
}

// checkCells runs one.
func checkCells() finding {
	f := finding{vital: true, advice: "the program cannot start itself, or its cells cannot start: is it this one that was built last?"}
	p, err := link.Start(link.Options{Over: session.Sweep})
	if err != nil {
		f.what = "a process for cells: " + err.Error()
		return f
	}
	defer p.Close()
	reply, alive := p.Ask(link.RunCell{Number: 1, Code: "x := 41\nx + 1"})
	r, _ := reply.(link.Result)
	switch text, _ := r.Data["text/plain"].(string); {
	case !alive:
		f.what = "a cell: its process ended: " + p.CauseOfDeath()
	case r.Failure != nil:
		f.what = "a cell: " + r.Failure.Error()
	case text != "42":
		f.what = fmt.Sprintf("a cell gave %q, expected 42", text)
	default:
		f.ok, f.what = true, "cells run, in "+runtime.Version()
	}
	return f
}

// checkSockets opens one where a front end would find it.
func checkSockets() finding {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return finding{vital: true, what: "a socket on 127.0.0.1: " + err.Error(), advice: "front ends speak to kernels through such sockets"}
	}
	l.Close()
	return finding{ok: true, what: "sockets on 127.0.0.1 can be opened"}
}

// checkJupyter looks for a front end.
func checkJupyter() finding {
	for _, name := range []string{"jupyter-lab", "jupyter-notebook", "jupyter"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		out, err := exec.Command(path, "--version").Output()
		if err != nil {
			return finding{what: fmt.Sprintf("%s --version: %v", path, err), advice: "Jupyter is there and does not start"}
		}
		first, _, _ := strings.Cut(string(out), "\n")
		return finding{ok: true, what: path + " " + strings.TrimSpace(first)}
	}
	return finding{what: "no Jupyter in PATH", advice: "fourm notebook run FILE needs none; on Debian: apt-get install jupyter-notebook"}
}

// checkGo looks for the command that fetches modules.
func checkGo() finding {
	path, err := exec.LookPath("go")
	if err != nil {
		return finding{what: "no go command in PATH", advice: "cells need none; it fetches modules that are not built in"}
	}
	out, err := exec.Command(path, "version").Output()
	if err != nil {
		return finding{what: fmt.Sprintf("%s version: %v", path, err)}
	}
	return finding{ok: true, what: strings.TrimSpace(string(out))}
}
