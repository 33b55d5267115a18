package main

// The two programs that are timed.

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"fourmlab/bench/cases"
)

// program is one of the two: how it is called for a case.
type program struct {
	args []string // before those that name the case
	dash string   // before the names of options
	env  []string // beside that of this process
}

// ourProgram is this project.
func ourProgram(o options) program {
	path := o.fourm
	if abs, err := filepath.Abs(path); err == nil && strings.ContainsRune(path, filepath.Separator) {
		path = abs
	}
	return program{args: []string{path, "bench", "-json"}, dash: "-", env: []string{fmt.Sprintf("GOMAXPROCS=%d", o.threads)}}
}

// torchProgram is the same in PyTorch.
func torchProgram(o options, env []string) program {
	return program{args: []string{o.python, o.script, "--threads", strconv.Itoa(o.threads)}, dash: "--", env: env}
}

// outcome is what one process gave.
type outcome struct {
	Result *cases.Result `json:"result,omitempty"`
	Error  string        `json:"error,omitempty"`
	CPU    float64       `json:"cpu_seconds"` // of all its threads, loading included
	said   string        // on standard error
}

// run times a case in a process of its own.
func (p program) run(ctx context.Context, name string, reps int) outcome {
	args := append(append([]string(nil), p.args[1:]...), p.dash+"case", name, p.dash+"reps", strconv.Itoa(reps))
	cmd := exec.CommandContext(ctx, p.args[0], args...)
	cmd.Env = append(os.Environ(), p.env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	o := outcome{said: errs.String()}
	if s := cmd.ProcessState; s != nil {
		o.CPU = s.UserTime().Seconds() + s.SystemTime().Seconds()
	}
	if err == nil {
		o.Result = &cases.Result{}
		if err = json.Unmarshal(out.Bytes(), o.Result); err == nil {
			err = sound(o.Result, name, reps)
		}
	}
	if err != nil {
		o.Result = nil
		lines := strings.Split(strings.TrimSpace(o.said), "\n")
		o.Error = strings.TrimRight(fmt.Sprintf("%v: %s", err, lines[len(lines)-1]), ": ")
	}
	return o
}

// sound refuses a result that cannot be that of the case.
func sound(r *cases.Result, name string, reps int) error {
	if r.Case != name || len(r.Seconds.All) != reps || !(r.Seconds.Median > 0) || !(r.GFLOP > 0) {
		return fmt.Errorf("a result of case %q with %d times, a median of %g s and %g GFLOP, expected %q and %d times",
			r.Case, len(r.Seconds.All), r.Seconds.Median, r.GFLOP, name, reps)
	}
	return nil
}
