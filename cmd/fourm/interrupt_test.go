package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"fourmlab/fourm"
	"fourmlab/internal/fixture"
)

// The test binary is the program when it is told so: what a test starts is
// then what a person starts.
func TestMain(m *testing.M) {
	if os.Getenv("FOURM_TEST_AS_PROGRAM") != "" {
		main()
	}
	os.Exit(m.Run())
}

const training = `// A script that trains for longer than anyone waits.
package main

import (
	"fmt"

	"fourmlab/datasets"
	"fourmlab/fourm"
)

func main() {
	ds := datasets.Scenes(40, 1)
	fourm.TrainTokenizer(ds, "depth", fourm.VQ{Vocab: 16, Steps: 2, Dim: 16, Latent: 4, Batch: 4})
	fourm.TrainVocabulary(ds)
	cfg := fourm.Tiny("depth", "caption")
	cfg.Dim, cfg.Encoder, cfg.Decoder = 32, 1, 1
	run := fourm.New(cfg).Train(ds, fourm.Train{Steps: 1000000, Batch: 4, Mask: fourm.Mask{In: 16, Out: 16}})
	fmt.Println("kept", run.Interrupted, len(run.Points) > 0)
}
`

// Ctrl-C ends a training run in a script, on either engine, and the script
// goes on with what is kept. SIGTERM and SIGHUP do the same, and the program
// then ends with the signal's status.
func TestInterruptScript(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(script, []byte(training), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		engine string
		signal os.Signal
		status int
	}{
		{"yaegi", os.Interrupt, 0}, {"ssa", os.Interrupt, 0}, {"yaegi", syscall.SIGTERM, 143}, {"ssa", syscall.SIGHUP, 129},
	} {
		if c.signal == syscall.SIGHUP && signal.Ignored(syscall.SIGHUP) {
			t.Log("this test was started by nohup, and so are its scripts: a hangup is ignored")
			continue
		}
		cmd := exec.Command(self, "run", script, "-engine", c.engine)
		var out bytes.Buffer
		cmd.Stdout = &out
		said, took := stopAt(t, cmd, "step ", c.signal)
		if got := cmd.ProcessState.ExitCode(); got != c.status || strings.TrimSpace(out.String()) != "kept true true" {
			t.Errorf("%s, %v: status %d, expected %d; printed %q\n%s", c.engine, c.signal, got, c.status, out.String(), said)
			continue
		}
		t.Logf("%s, %v: ended %v after the signal", c.engine, c.signal, took)
	}
}

// stopAt sends a running program a signal when a line on its standard error
// begins so, and waits for its end.
func stopAt(t *testing.T, cmd *exec.Cmd, begin string, s os.Signal) (said string, took time.Duration) {
	t.Helper()
	cmd.Env = append(os.Environ(), "FOURM_TEST_AS_PROGRAM=1")
	errs, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	var stopped time.Time
	lines := bufio.NewScanner(errs)
	for lines.Scan() {
		b.WriteString(lines.Text() + "\n")
		if strings.HasPrefix(lines.Text(), begin) && stopped.IsZero() {
			stopped = time.Now()
			cmd.Process.Signal(s)
		}
	}
	io.Copy(io.Discard, errs)
	_ = cmd.Wait() // its status is looked at
	return b.String(), time.Since(stopped).Round(time.Millisecond)
}

// An ablation that is asked to end keeps its step, says how it goes on, and
// ends with the signal's status; the same command then brings it to its end.
func TestEndAblation(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := "name: a/b\ndata: {name: scenes, n: 40, seed: 1}\nmodalities: [caption]\nmodel: {dim: 32, encoder: 1, decoder: 1}\nmask: {in: 16, out: 16}\n" +
		"train: {steps: 1500, batch: 4, val_every: 500, val_size: 4}\nvary:\n  mask.in_alpha: [0.1, 1]\n"
	if err := os.WriteFile(filepath.Join(dir, "long.yaml"), []byte(file), 0o644); err != nil {
		t.Fatal(err)
	}
	run := func() (*exec.Cmd, *bytes.Buffer) {
		cmd := exec.Command(self, "ablate", "long.yaml")
		cmd.Dir = dir
		var out bytes.Buffer
		cmd.Stdout = &out
		return cmd, &out
	}
	cmd, out := run()
	said, took := stopAt(t, cmd, "[1/2]", syscall.SIGTERM)
	if cmd.ProcessState.ExitCode() != 143 || !strings.Contains(out.String(), "the same command goes on") || !strings.Contains(out.String(), filepath.Join("runs", "a_b")) {
		t.Fatalf("status %d; it printed %s\n%s", cmd.ProcessState.ExitCode(), out, said)
	}
	t.Logf("ended %v after SIGTERM", took)
	cmd, out = run()
	cmd.Env = append(os.Environ(), "FOURM_TEST_AS_PROGRAM=1")
	if err := cmd.Run(); err != nil || strings.Contains(out.String(), "stopped") {
		t.Fatalf("%v\n%s", err, out)
	}
	left, _ := filepath.Glob(filepath.Join(dir, "runs", "a_b", "*"))
	if len(left) < 4 {
		t.Errorf("the experiment a/b left %v", left)
	}
}

// jupyterPython gives the Python that has a real Jupyter's client.
func jupyterPython(t *testing.T) (python string) {
	t.Helper()
	python = "/usr/bin/python3"
	fixture.Judged(t, "a real Jupyter")
	if exec.Command(python, "-c", "import jupyter_client").Run() != nil {
		t.Skip("no jupyter_client for " + python)
	}
	return python
}

// Both kernels end a training run on Jupyter's stop button and keep the
// variables; asked of a real Jupyter client.
func TestInterruptKernels(t *testing.T) {
	python := jupyterPython(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	kernels := [][]string{{"message", self, "kernel", "{connection_file}"}, {"signal", self, "kernel", "{connection_file}"}}
	if g, err := filepath.Abs("../../bin/gophernotes"); err == nil {
		if _, err := os.Stat(g); err == nil {
			kernels = append(kernels, []string{"signal", g, "{connection_file}"})
		} else {
			t.Log("bin/gophernotes is not built: left out")
		}
	}
	for _, k := range kernels {
		cmd := exec.Command(python, append([]string{"testdata/interrupt.py"}, k...)...)
		cmd.Env = append(os.Environ(), "FOURM_TEST_AS_PROGRAM=1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%v: %v\n%s", k, err, out)
			continue
		}
		t.Logf("%s\n%s", filepath.Base(k[1]), out)
	}
}

// A training in a cell keeps the step at which its kernel ends, however that
// comes: a shutdown, a restart, SIGTERM, SIGHUP, and the kernel's own death.
func TestEndingKernelKeeps(t *testing.T) {
	python := jupyterPython(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, way := range []string{"shutdown", "restart", "SIGTERM", "SIGHUP", "SIGKILL"} {
		dir := filepath.Join(t.TempDir(), "run")
		cmd := exec.Command(python, "testdata/ending.py", way, dir, self, "kernel", "{connection_file}")
		cmd.Env = append(os.Environ(), "FOURM_TEST_AS_PROGRAM=1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", way, err, out)
			continue
		}
		var run *fourm.Run
		for begun := time.Now(); time.Since(begun) < 10*time.Second; time.Sleep(50 * time.Millisecond) { // the cells' process may outlive its kernel for a moment
			if run, err = fourm.OpenRun(dir); err != nil {
				continue
			}
			if _, err = os.Stat(filepath.Join(dir, "last.safetensors")); err == nil {
				break
			}
		}
		if err != nil {
			t.Errorf("%s: nothing is kept: %v", way, err)
			continue
		}
		t.Logf("%s: after %s s; step %d is kept", way, strings.TrimSpace(string(out)), run.Last().Step)
	}
}
