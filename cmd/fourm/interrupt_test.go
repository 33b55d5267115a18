package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
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
// goes on with what is kept.
func TestInterruptScript(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(script, []byte(training), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, engine := range []string{"yaegi", "ssa"} {
		cmd := exec.Command(self, "run", script, "-engine", engine)
		cmd.Env = append(os.Environ(), "FOURM_TEST_AS_PROGRAM=1")
		var out bytes.Buffer
		cmd.Stdout = &out
		errs, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var said strings.Builder
		var stopped time.Time
		lines := bufio.NewScanner(errs)
		for lines.Scan() {
			said.WriteString(lines.Text() + "\n")
			if strings.HasPrefix(lines.Text(), "step ") && strings.Contains(lines.Text(), "/1000000") && stopped.IsZero() {
				stopped = time.Now()
				cmd.Process.Signal(os.Interrupt)
			}
		}
		io.Copy(io.Discard, errs)
		err = cmd.Wait()
		if err != nil || strings.TrimSpace(out.String()) != "kept true true" {
			t.Errorf("%s: %v, printed %q\n%s", engine, err, out.String(), said.String())
			continue
		}
		t.Logf("%s: ended %v after the signal", engine, time.Since(stopped).Round(time.Millisecond))
	}
}

// Both kernels end a training run on Jupyter's stop button and keep the
// variables; asked of a real Jupyter client.
func TestInterruptKernels(t *testing.T) {
	const python = "/usr/bin/python3"
	if exec.Command(python, "-c", "import jupyter_client").Run() != nil {
		t.Skip("no jupyter_client for " + python)
	}
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
