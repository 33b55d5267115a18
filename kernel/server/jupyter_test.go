package server_test

import (
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"fourmlab/kernel/kerneltest"
	"fourmlab/kernel/server"
)

func TestMain(m *testing.M) {
	kerneltest.Main(m, map[string]func(args []string) error{
		"kernel": func(args []string) error { return server.Serve(args[0]) },
	})
}

func TestJupyter(t *testing.T) {
	for _, mode := range []string{"message", "signal"} {
		t.Run(mode, func(t *testing.T) {
			kerneltest.Jupyter(t, "jupyter_client", "testdata/client.py", kerneltest.Program(t), mode)
		})
	}
}

// Every message and every field, over both transports.
func TestProtocol(t *testing.T) {
	for _, transport := range []string{"tcp", "ipc"} {
		t.Run(transport, func(t *testing.T) {
			t.Setenv("FRONT_TRANSPORT", transport)
			kerneltest.Jupyter(t, "jupyter_client", "testdata/protocol.py", kerneltest.Program(t))
		})
	}
}

// What no front end sends, on every socket, and front ends that misbehave.
func TestAbuse(t *testing.T) {
	t.Setenv("FRONT_LOG", filepath.Join(t.TempDir(), "log"))
	kerneltest.Jupyter(t, "jupyter_client", "testdata/abuse.py", kerneltest.Program(t))
}

// How kernels end, with whatever their cells have started, and how they go on
// when the process of the cells does not.
func TestOutlive(t *testing.T) {
	if signal.Ignored(syscall.SIGHUP) {
		t.Skip("this test was started by nohup, and so are its kernels")
	}
	kerneltest.Jupyter(t, "jupyter_client", "testdata/outlive.py", kerneltest.Program(t))
}

// What cells do to the page, as a front end sees it.
func TestJupyterDisplay(t *testing.T) {
	kerneltest.Jupyter(t, "jupyter_client", "testdata/display.py", kerneltest.Program(t))
}

// The checks that Jupyter offers to all kernels.
func TestJupyterKernelTest(t *testing.T) {
	kerneltest.Jupyter(t, "jupyter_kernel_test", "testdata/kerneltest.py", kerneltest.Program(t))
}

// A front end that people use, on a terminal.
func TestJupyterConsole(t *testing.T) {
	kerneltest.Jupyter(t, "jupyter_console", "testdata/console.py", kerneltest.Program(t))
}
