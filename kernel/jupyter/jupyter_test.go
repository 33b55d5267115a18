package jupyter

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"fourmlab/kernel/kerneltest"
)

func TestMain(m *testing.M) { kerneltest.Main(m, nil) }

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
	if exec.Command(kerneltest.Python, "-c", "import jupyter_client").Run() == nil {
		out, err := exec.Command(kerneltest.Python, "-c", "from jupyter_client.kernelspec import KernelSpecManager as M; s = M().get_kernel_spec('my.lab'); print(s.display_name, s.resource_dir)").Output()
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
