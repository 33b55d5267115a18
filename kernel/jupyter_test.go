package kernel

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"fourmlab/internal/fixture"
)

const python = "/usr/bin/python3" // the system's, which has jupyter_client

// client runs a script of testdata with a real front end's client library,
// where Python has the modules it needs.
func client(t *testing.T, modules string, args ...string) {
	t.Helper()
	fixture.Judged(t, "a real Jupyter")
	if exec.Command(python, "-c", "import "+modules).Run() != nil {
		t.Skipf("%s lacks one of the modules %s (Debian: make tools)", python, modules)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, python, args...).CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
}

func itself(t *testing.T) string {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return self
}

func TestJupyter(t *testing.T) {
	for _, mode := range []string{"message", "signal"} {
		t.Run(mode, func(t *testing.T) { client(t, "jupyter_client", "testdata/client.py", itself(t), mode) })
	}
}

// Every message and every field, over both transports.
func TestProtocol(t *testing.T) {
	for _, transport := range []string{"tcp", "ipc"} {
		t.Run(transport, func(t *testing.T) {
			t.Setenv("FRONT_TRANSPORT", transport)
			client(t, "jupyter_client", "testdata/protocol.py", itself(t))
		})
	}
}

// What no front end sends, on every socket, and front ends that misbehave.
func TestAbuse(t *testing.T) {
	t.Setenv("FRONT_LOG", filepath.Join(t.TempDir(), "log"))
	client(t, "jupyter_client", "testdata/abuse.py", itself(t))
}

// How kernels end, with whatever their cells have started, and how they go on
// when the process of the cells does not.
func TestOutlive(t *testing.T) {
	if signal.Ignored(syscall.SIGHUP) {
		t.Skip("this test was started by nohup, and so are its kernels")
	}
	client(t, "jupyter_client", "testdata/outlive.py", itself(t))
}

// What cells do to the page, as a front end sees it.
func TestJupyterDisplay(t *testing.T) { client(t, "jupyter_client", "testdata/display.py", itself(t)) }

// The checks that Jupyter offers to all kernels.
func TestJupyterKernelTest(t *testing.T) {
	client(t, "jupyter_kernel_test", "testdata/kerneltest.py", itself(t))
}

// A front end that people use, on a terminal.
func TestJupyterConsole(t *testing.T) {
	client(t, "jupyter_console", "testdata/console.py", itself(t))
}

// The real gophernotes, built with the lab's packages, runs cells.
func TestGophernotes(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a second binary")
	}
	dir := t.TempDir()
	overlay := filepath.Join(dir, "overlay.json")
	build := exec.Command("sh", "-c", `go run ./kernel/gophernotes/overlay >"$1" && go build -overlay "$1" -o "$2" ./build/gophernotes`, "sh", overlay, filepath.Join(dir, "gophernotes"))
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	client(t, "jupyter_client", "testdata/gophernotes.py", filepath.Join(dir, "gophernotes"))
}

func TestInstall(t *testing.T) {
	for env, want := range map[string]string{"JUPYTER_DATA_DIR": "kernels/fourm", "XDG_DATA_HOME": "jupyter/kernels/fourm"} {
		dir := t.TempDir()
		t.Setenv("JUPYTER_DATA_DIR", "")
		t.Setenv(env, dir)
		got, err := Install("", "fourm")
		if err != nil || len(got) != 1 || got[0] != filepath.Join(dir, want) {
			t.Errorf("%s: %v, %v", env, got, err)
		}
		var spec kernelspec
		data, err := os.ReadFile(filepath.Join(dir, want, "kernel.json"))
		if err != nil || json.Unmarshal(data, &spec) != nil || spec.Language != "go" || !filepath.IsAbs(spec.Argv[0]) {
			t.Errorf("%s: %s, %v", env, data, err)
		}
	}
}

// What is installed is listed and can be taken away; what others have
// installed stays.
func TestUninstall(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("JUPYTER_PATH", filepath.Join(dir, "share", "jupyter"))
	if _, err := Install(dir, "my.lab"); err != nil {
		t.Fatal(err)
	}
	of := func(name string) (found Spec) {
		for _, s := range List() {
			if s.Name == name {
				found = s
			}
		}
		return found
	}
	if s := of("my.lab"); s.Display != "Go (fourm, my.lab)" || s.Err != nil {
		t.Errorf("listed as %v", s)
	}
	if exec.Command(python, "-c", "import jupyter_client").Run() == nil {
		out, err := exec.Command(python, "-c", "from jupyter_client.kernelspec import KernelSpecManager as M; s = M().get_kernel_spec('my.lab'); print(s.display_name, s.resource_dir)").Output()
		if want := "Go (fourm, my.lab) " + of("my.lab").Dir + "\n"; err != nil || string(out) != want {
			t.Errorf("Jupyter finds %q, expected %q, %v", out, want, err)
		}
	}
	other := filepath.Join(dir, "share", "jupyter", "kernels", "other")
	if err := os.MkdirAll(other, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(other, "kernel.json"), []byte(`{"argv": ["/no/such/python", "-m", "x", "{connection_file}"], "display_name": "Other", "language": "python"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if s := of("other"); s.Err == nil || !strings.Contains(s.String(), "/no/such/python is missing") {
		t.Errorf("listed as %v", s)
	}
	for _, c := range []struct{ name, says string }{{"other", "it is left"}, {"none", `no kernel "none"`}, {"../x", `kernel name "../x"`}} {
		if gone, err := Uninstall(dir, c.name); err == nil || !strings.Contains(err.Error(), c.says) || gone != nil {
			t.Errorf("uninstall %s: %v, %v", c.name, gone, err)
		}
	}
	if gone, err := Uninstall(dir, "my.lab"); err != nil || len(gone) != 1 || of("my.lab").Name != "" || of("other").Name == "" {
		t.Errorf("uninstall: %v, %v", gone, err)
	}
	if _, err := Install(dir, "a b"); err == nil {
		t.Error("a name with a blank was installed")
	}
}

func TestDoctor(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("JUPYTER_PATH", filepath.Join(dir, "share", "jupyter"))
	var said strings.Builder
	if Doctor(&said, "patient") || !strings.Contains(said.String(), "MISSING  Jupyter knows no kernel patient") {
		t.Errorf("without a kernelspec:\n%s", &said)
	}
	if _, err := Install(dir, "patient"); err != nil {
		t.Fatal(err)
	}
	said.Reset()
	if !Doctor(&said, "patient") || !strings.Contains(said.String(), "ok       cells run, in go1.") {
		t.Errorf("with one:\n%s", &said)
	}
	t.Logf("\n%s", &said)
}
