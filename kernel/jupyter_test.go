package kernel

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"
)

const python = "/usr/bin/python3" // the system's, which has jupyter_client

// client runs a script of testdata with a real front end's client library.
func client(t *testing.T, args ...string) {
	t.Helper()
	if exec.Command(python, "-c", "import jupyter_client").Run() != nil {
		t.Skip("no jupyter_client for " + python + " (Debian: apt install python3-jupyter-client)")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, python, args...).CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
}

func TestJupyter(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, mode := range []string{"message", "signal"} {
		t.Run(mode, func(t *testing.T) { client(t, "testdata/client.py", self, mode) })
	}
}
