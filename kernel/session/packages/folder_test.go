package packages

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// leaveFolder names a variable with which this test binary is a process that
// opens a session's module in that folder and dies.
const leaveFolder = "SESSION_TEST_LEAVE"

// The folders of sessions that were killed are removed by the next one, and by
// whoever sweeps; those of living sessions stay.
func TestModuleFolders(t *testing.T) {
	if dir := os.Getenv(leaveFolder); dir != "" {
		temporary = dir
		var m Modules
		if err := m.open(); err != nil {
			t.Fatal(err)
		}
		self, err := os.FindProcess(os.Getpid())
		if err != nil {
			t.Fatal(err)
		}
		self.Kill()
		select {}
	}
	old := temporary
	temporary = t.TempDir()
	defer func() { temporary = old }()
	names := func() string {
		found, err := os.ReadDir(temporary)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, f := range found {
			out = append(out, f.Name())
		}
		return strings.Join(out, " ")
	}
	dead := func() string {
		t.Helper()
		before := names()
		c := exec.Command(os.Args[0], "-test.run=^TestModuleFolders$")
		c.Env = append(os.Environ(), leaveFolder+"="+temporary)
		if out, err := c.CombinedOutput(); err == nil || names() == before {
			t.Fatalf("%v\n%s\n%s", err, out, names())
		}
		return names()
	}
	t.Log("a killed session leaves", dead())
	Sweep()
	if got := names(); got != "" {
		t.Errorf("%s is left after a sweep", got)
	}

	dead()
	dead()
	var living Modules
	if err := living.open(); err != nil {
		t.Fatal(err)
	}
	own := filepath.Base(living.root)
	if got := names(); got != own {
		t.Errorf("there is %s, expected %s only", got, own)
	}

	// What is no folder of a session's, or is just being made, is left alone.
	for _, name := range []string{"fourm-modules-owned-1", "fourm-modules-2"} {
		if err := os.Mkdir(filepath.Join(temporary, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	elsewhere := t.TempDir()
	if err := os.WriteFile(filepath.Join(elsewhere, "go.mod"), []byte("module mine\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" {
		if err := os.Symlink(elsewhere, filepath.Join(temporary, "fourm-modules-owned-link")); err != nil {
			t.Fatal(err)
		}
	}
	before := names()
	Sweep()
	if got := names(); got != before {
		t.Errorf("a sweep left %s of %s", got, before)
	}
	if _, err := os.Stat(filepath.Join(elsewhere, "go.mod")); err != nil {
		t.Error(err)
	}
	if err := living.Close(); err != nil {
		t.Error(err)
	}
	if strings.Contains(names(), own) {
		t.Error("a session that was closed left its folder")
	}
}
