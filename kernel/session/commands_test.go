package session

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// A cell that waits for a command is stopped with it, whichever way it waits;
// what an earlier cell or this one only started goes on.
func TestInterruptCommand(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("no sh here")
	}
	s := New()
	soon(s, 250*time.Millisecond) // by then the command runs, on a busy machine too
	play(t, s, "import (\"os/exec\"; \"os\"; \"fmt\")", "server := exec.Command(\"sleep\", \"777\")\nserver.Start()", "own := exec.Command(\"sleep\", \"777\")")
	alive := func(name string) bool {
		r := s.Run(context.Background(), 9, "import \"syscall\"\n"+name+".Process.Signal(syscall.Signal(0)) == nil")
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		return r.Values[0].(bool)
	}
	for i, wait := range []string{
		"own.Run()",
		"own.Start()\nown.Wait()",
		"own.Output()",
		"own.CombinedOutput()",
		"own.Start()\nown.Process.Wait()",
		"done := make(chan error)\nown.Start()\ngo func() { done <- own.Wait() }()\n<-done",
		"_ = []func() error{own.Run}[0]()",
	} {
		for _, command := range []string{`exec.Command("sleep", "777")`, `exec.Command("sh", "-c", "sleep 777; echo")`, `exec.Command("sh", "-c", "trap '' INT; sleep 777; echo")`} {
			if i > 1 && strings.Contains(command, "trap") {
				continue // which takes seconds
			}
			begun := time.Now()
			r := s.Run(context.Background(), 7, "func now()\nown = "+command+"\nnow()\n"+wait)
			if r.Err == nil || r.Err.Name != "interrupted" {
				t.Errorf("%s; %s: %v", command, wait, r.Err)
			}
			for alive("own") && time.Since(begun) < 20*time.Second {
				time.Sleep(20 * time.Millisecond)
				wait, cancel := context.WithTimeout(context.Background(), 20*time.Second)
				s.Run(wait, 8, "own.Process.Wait()")
				cancel()
			}
			t.Logf("%s; %s: gone after %d ms", command, wait, time.Since(begun).Milliseconds())
			if alive("own") {
				t.Errorf("%s; %s: the command lives on", command, wait)
			}
			if !alive("server") {
				t.Fatalf("%s; %s: the server of an earlier cell was stopped", command, wait)
			}
		}
	}
	play(t, s, "server.Process.Kill()\nserver.Wait()")
}

// What the bound functions give is what those of os/exec give.
func TestCommandsAsCompiled(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("no sh here")
	}
	s := New()
	play(t, s, "import \"os/exec\"", "var out []byte\nvar err error")
	for _, script := range []string{
		"echo out; echo err >&2",
		"echo out; echo err >&2; exit 3",
		"i=0; while [ $i -lt 3000 ]; do echo a line of forty bytes to be left out $i >&2; i=$((i+1)); done; exit 1",
		"i=0; while [ $i -lt 900 ]; do echo a line of forty bytes to be kept whole $i >&2; i=$((i+1)); done; exit 1",
		"kill -9 $$",
	} {
		for _, how := range []string{"Output", "CombinedOutput"} {
			c := exec.Command("sh", "-c", script)
			out := c.Output
			if how == "CombinedOutput" {
				out = c.CombinedOutput
			}
			want, err := out()
			r := s.Run(context.Background(), 3, "out, err = exec.Command(\"sh\", \"-c\", \""+script+"\")."+how+"()\n[]any{out, err}")
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			got := r.Values[0].([]any)
			gotErr, _ := got[1].(error)
			var a, b *exec.ExitError
			if string(got[0].([]byte)) != string(want) || (err == nil) != (gotErr == nil) {
				t.Errorf("%s of %s: %q, %v, expected %q, %v", how, script, got[0], gotErr, want, err)
			} else if errors.As(err, &a) && (!errors.As(gotErr, &b) || a.Error() != b.Error() || string(a.Stderr) != string(b.Stderr)) {
				t.Errorf("%s of %s: %v with %d bytes, expected %v with %d", how, script, gotErr, len(b.Stderr), err, len(a.Stderr))
			}
		}
	}
	for _, c := range []string{"c := exec.Command(\"true\")\nc.Stdout = os.Stdout\n_, err = c.Output()", "c := exec.Command(\"true\")\nc.Stderr = os.Stderr\n_, err = c.CombinedOutput()", "err = exec.Command(\"/no/such\").Run()", "err = exec.Command(\"true\").Wait()"} {
		r := s.Run(context.Background(), 5, "import \"os\"\n"+c+"\nerr.Error()")
		if r.Err != nil || !strings.HasPrefix(r.Values[0].(string), "exec: ") && !strings.Contains(r.Values[0].(string), "no such file") {
			t.Errorf("%s: %v, %v", c, r.Values, r.Err)
		}
	}
}
