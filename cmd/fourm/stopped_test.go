//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"fourmlab/kernel/notebook"
)

// A signal stops a notebook as Ctrl-C does: what ran is written, what cells have
// started is ended and named, and the status says which signal it was. The clock
// does it in the same way.
func TestStopNotebook(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		signal syscall.Signal // 0 for the clock
		use    string
		status int
		says   string
	}{
		{syscall.SIGINT, "run", 130, "interrupted: the run was stopped by SIGINT"},
		{syscall.SIGTERM, "run", 143, "interrupted: the run was stopped by SIGTERM"},
		{syscall.SIGHUP, "run", 129, "interrupted: the run was stopped by SIGHUP"},
		{syscall.SIGTERM, "test", 143, "interrupted: the run was stopped by SIGTERM"},
		{0, "run", 3, "the time is over"},
	} {
		by := "the clock"
		if c.signal != 0 {
			by = stopped{c.signal}.Error()
		}
		t.Run(c.use+" "+by, func(t *testing.T) {
			if c.signal == syscall.SIGHUP && signal.Ignored(c.signal) {
				t.Skip("this test was started by nohup")
			}
			dir := t.TempDir()
			pid := filepath.Join(dir, "pid")
			in, out := filepath.Join(dir, "in.ipynb"), filepath.Join(dir, "out.ipynb")
			cells := []map[string]any{}
			for i, code := range []string{"fmt.Println(6 * 7)", "$ sleep 777 & echo $! >" + pid, "time.Sleep(777 * time.Second)", "fmt.Println(43)"} {
				outputs := []any{}
				if i == 0 { // something for the test to compare with
					outputs = append(outputs, map[string]any{"output_type": "stream", "name": "stdout", "text": "42\n"})
				}
				cells = append(cells, map[string]any{"cell_type": "code", "id": fmt.Sprint("cell", i), "metadata": map[string]any{}, "source": code, "outputs": outputs, "execution_count": nil})
			}
			data, err := json.Marshal(map[string]any{"cells": cells, "metadata": map[string]any{}, "nbformat": 4, "nbformat_minor": 5})
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(in, data, 0o644); err != nil {
				t.Fatal(err)
			}
			args := []string{"notebook", c.use, in}
			if c.use == "run" {
				args = append(args, "-o", out)
			}
			if c.signal == 0 {
				args = append(args, "-timeout", "3s")
			}
			cmd := exec.Command(self, args...)
			cmd.Env = append(os.Environ(), "FOURM_TEST_AS_PROGRAM=1")
			var said bytes.Buffer
			cmd.Stderr = &said
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			sleeper := 0
			for begun := time.Now(); sleeper == 0; time.Sleep(10 * time.Millisecond) {
				if text, _ := os.ReadFile(pid); bytes.HasSuffix(text, []byte("\n")) {
					sleeper, _ = strconv.Atoi(strings.TrimSpace(string(text)))
				}
				if time.Since(begun) > 20*time.Second {
					t.Fatalf("the cells do not run\n%s", said.String())
				}
			}
			begun := time.Now()
			if c.signal != 0 {
				time.Sleep(100 * time.Millisecond)
				cmd.Process.Signal(c.signal)
			}
			late := time.AfterFunc(30*time.Second, func() { cmd.Process.Kill() })
			cmd.Wait()
			late.Stop()
			t.Logf("ended after %d ms with %v\n%s", time.Since(begun).Milliseconds(), cmd.ProcessState, said.String())
			if got := cmd.ProcessState.ExitCode(); got != c.status {
				t.Errorf("status %d, expected %d", got, c.status)
			}
			for _, want := range []string{c.says, fmt.Sprintf("sleep (pid %d)", sleeper)} {
				if !strings.Contains(said.String(), want) {
					t.Errorf("no %q is said", want)
				}
			}
			for begun := time.Now(); syscall.Kill(sleeper, 0) == nil; time.Sleep(10 * time.Millisecond) {
				if time.Since(begun) > 10*time.Second {
					t.Error("what a cell had started lives on")
					syscall.Kill(sleeper, syscall.SIGKILL)
				}
			}
			if c.use == "test" {
				if now, err := os.ReadFile(in); err != nil || !bytes.Equal(now, data) {
					t.Errorf("a test that was stopped changed its notebook: %v", err)
				}
				return
			}
			nb, err := notebook.Read(out)
			if err != nil {
				t.Fatal(err)
			}
			if o := nb.Cells[0].Outputs; len(o) != 1 || o[0].Text() != "42\n" {
				t.Errorf("the first cell shows %v", o)
			}
			if o := nb.Cells[2].Outputs; len(o) != 1 || o[0]["ename"] != "interrupted" {
				t.Errorf("the cell that was stopped shows %v", o)
			}
			if o := nb.Cells[3].Outputs; len(o) != 0 {
				t.Errorf("the cell after it shows %v", o)
			}
		})
	}
}
