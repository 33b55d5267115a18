package main

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The first line of output is the address; the page waits for a folder that is
// not there yet; Ctrl-C ends it without a complaint.
func TestWatch(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "later")
	cmd := exec.Command(self, "watch", dir)
	cmd.Env = append(os.Environ(), "FOURM_TEST_AS_PROGRAM=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	hangs := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
	defer hangs.Stop()
	first, err := bufio.NewReader(out).ReadString('\n')
	address := strings.TrimSpace(first)
	if err != nil || !strings.HasPrefix(address, "http://127.0.0.1:") {
		t.Fatalf("the first line is %q, %v", first, err)
	}
	look := func(want string) {
		t.Helper()
		r, err := http.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		if b, err := io.ReadAll(r.Body); err != nil || r.StatusCode != http.StatusOK || !strings.Contains(string(b), want) {
			t.Errorf("status %d, %v, no %q on\n%s", r.StatusCode, err, want, b)
		}
	}
	look("no such folder yet")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "history.jsonl"), []byte(`{"step": 3, "loss": 2.5}`+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	look("step 3 of 3")
	cmd.Process.Signal(os.Interrupt)
	if err := cmd.Wait(); err != nil || strings.Count(said.String(), "\n") != 1 || !strings.Contains(said.String(), "does not exist yet") {
		t.Errorf("%v, on standard error:\n%s", err, said.String())
	}
}
