package server

import (
	"bytes"
	"log"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fourmlab/kernel/kerneltest"
	"fourmlab/kernel/link"
)

// logged keeps what the log says in a test.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func keepLog(t *testing.T) *logged {
	l := new(logged)
	log.SetOutput(l)
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
	return l
}

// A worker that dies while it starts is tried again; when none begins, the
// kernel stays, says why in the next cell, and tries again with it.
func TestWorkersThatDieEarly(t *testing.T) {
	said := keepLog(t)
	luck := filepath.Join(t.TempDir(), "luck")
	t.Setenv(kerneltest.DiesEarly, luck)
	ill := func(times int) {
		if err := os.WriteFile(luck, make([]byte, times), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s := newServer(nil)
	if err := s.listen(connection{Transport: "tcp", IP: "127.0.0.1"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	ill(tries - 1)
	if err := s.startWorker(); err != nil {
		t.Fatalf("after %d deaths: %v", tries-1, err)
	}
	close(s.ready)
	t.Cleanup(func() {
		s.stop()
		if err := s.closeWorker(); err != nil {
			t.Error(err)
		}
	})
	if n := strings.Count(said.String(), "the worker ended before it was ready: exit status 7: no luck today"); n != tries-1 {
		t.Errorf("%d deaths are told in\n%s", n, said)
	}
	n := 0
	cell := func(code string) string {
		n++
		r := s.run(link.RunCell{Number: n, Code: code})
		if r.Failure != nil {
			return r.Failure.Error() + "\n" + strings.Join(r.Failure.Trace, "\n")
		}
		text, _ := r.Data["text/plain"].(string)
		return text
	}
	want := func(code string, words ...string) {
		t.Helper()
		begun := time.Now()
		got := cell(code)
		t.Logf("%d ms: %s", time.Since(begun).Milliseconds(), got)
		for _, w := range words {
			if !strings.Contains(got, w) {
				t.Errorf("%s\n%s, expected %q in it", code, got, w)
			}
		}
	}
	want("x := 42\nx", "42")

	// A replacement that dies twice, and then lives.
	const suicide = "import \"syscall\"\nsyscall.Kill(os.Getpid(), syscall.SIGKILL)\ntime.Sleep(time.Minute)"
	ill(tries - 1)
	want(suicide, "fatal: signal: killed", "In [2] ended the cells' process", "A new process takes its place")
	want("1 + 1", "2")
	want("x", "undefined: x")

	// One that dies in all tries, and then in those of the next cell, and of
	// which then one lives.
	ill(3*tries - 1)
	want(suicide, "fatal: signal: killed")
	if _, ok := s.ask(link.Complete{Code: "fmt.Pri", Offset: 7}); ok {
		t.Error("a completion was answered by nobody")
	}
	if left, _ := os.ReadFile(luck); len(left) != 2*tries-1 {
		t.Errorf("%d deaths are left, expected %d: a completion starts no worker", len(left), 2*tries-1)
	}
	s.interrupt() // stops nothing, and does not hang
	want("2 + 2", "no process could be started that runs cells: kernel: the worker ended before it was ready: exit status 7: no luck today; this cell has not run, the next one tries again")
	want("3 + 3", "6")

	// One that dies while no cell runs is told of in the log, and by the next
	// cell.
	const death = "the cells' process has ended: signal: killed"
	before := strings.Count(said.String(), death)
	s.current().(*link.Process).Kill()
	for begun := time.Now(); strings.Count(said.String(), death) == before; time.Sleep(5 * time.Millisecond) {
		if time.Since(begun) > 10*time.Second {
			t.Fatalf("the log says\n%s", said)
		}
	}
	want("4 + 4", "signal: killed", "the cells' process has ended while no cell ran")
	want("5 + 5", "10")
}

// A kernel that never has a worker ends with an error.
func TestNeverAWorker(t *testing.T) {
	keepLog(t)
	luck := filepath.Join(t.TempDir(), "luck")
	t.Setenv(kerneltest.DiesEarly, luck)
	if err := os.WriteFile(luck, make([]byte, 100), 0o644); err != nil {
		t.Fatal(err)
	}
	s := newServer(nil)
	if err := s.listen(connection{Transport: "tcp", IP: "127.0.0.1"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	if s.startWorker() == nil {
		t.Fatal("a worker began")
	}
	s.stop()
	if err := s.closeWorker(); err == nil || !strings.Contains(err.Error(), "no luck today") {
		t.Errorf("it ends with %v", err)
	}
	if left, _ := os.ReadFile(luck); len(left) != 100-tries {
		t.Errorf("%d workers were tried, expected %d", 100-len(left), tries)
	}
}

// Messages without signatures are taken from this machine only.
func TestEmptyKey(t *testing.T) {
	write := func(fields string) string {
		path := filepath.Join(t.TempDir(), "kernel.json")
		text := `{"shell_port": 1, "control_port": 2, "stdin_port": 3, "iopub_port": 4, "hb_port": 5, "signature_scheme": "hmac-sha256", ` + fields + `}`
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for fields, taken := range map[string]bool{
		`"transport": "tcp", "ip": "127.0.0.1", "key": ""`:         true,
		`"transport": "tcp", "ip": "127.8.9.10"`:                   true,
		`"transport": "tcp", "ip": "::1", "key": ""`:               true,
		`"transport": "tcp", "ip": "[::1]", "key": ""`:             true,
		`"transport": "tcp", "ip": "localhost", "key": ""`:         true,
		`"transport": "ipc", "ip": "/tmp/kernel-1-ipc", "key": ""`: true,
		`"transport": "tcp", "ip": "0.0.0.0", "key": ""`:           false,
		`"transport": "tcp", "ip": "*", "key": ""`:                 false,
		`"transport": "tcp", "ip": "", "key": ""`:                  false,
		`"transport": "tcp", "ip": "::", "key": ""`:                false,
		`"transport": "tcp", "ip": "192.168.1.7"`:                  false,
		`"transport": "tcp", "ip": "::ffff:10.0.0.1", "key": ""`:   false,
		`"transport": "tcp", "ip": "0.0.0.0", "key": "secret"`:     true,
		`"transport": "tcp", "ip": "*", "key": "secret"`:           true,
	} {
		path := write(fields)
		switch _, err := readConnection(path); {
		case taken && err != nil:
			t.Errorf("%s: %v", fields, err)
		case !taken && (err == nil || !strings.Contains(err.Error(), "the key is empty") || !strings.Contains(err.Error(), path)):
			t.Errorf("%s: %v", fields, err)
		}
	}
}
