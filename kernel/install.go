package kernel

// A kernelspec tells Jupyter how a kernel is started.

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// kernelspec is the content of kernel.json.
type kernelspec struct {
	Argv          []string       `json:"argv"`
	DisplayName   string         `json:"display_name"`
	Language      string         `json:"language"`
	InterruptMode string         `json:"interrupt_mode"`
	Metadata      map[string]any `json:"metadata"`
}

// Install tells Jupyter of this program as the kernel "fourm", and of
// gophernotes as "fourm-gophernotes" where its binary lies beside it. With an
// empty prefix that is for the user (JUPYTER_DATA_DIR, or where Jupyter looks
// on this system), else below prefix, as in an environment of Python. It
// returns the folders it wrote.
func Install(prefix string) ([]string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("kernel.Install: %w", err)
	}
	if self, err = filepath.EvalSymlinks(self); err != nil {
		return nil, fmt.Errorf("kernel.Install: %w", err)
	}
	specs := map[string]kernelspec{"fourm": {
		Argv: []string{self, "kernel", "{connection_file}"}, DisplayName: "Go (fourm)",
		Language: "go", InterruptMode: "message", Metadata: map[string]any{"debugger": false},
	}}
	gophernotes := filepath.Join(filepath.Dir(self), "gophernotes")
	if _, err := os.Stat(gophernotes); err == nil {
		specs["fourm-gophernotes"] = kernelspec{
			Argv: []string{gophernotes, "{connection_file}"}, DisplayName: "Go (gophernotes with fourm)",
			Language: "go", InterruptMode: "signal", Metadata: map[string]any{"debugger": false},
		}
	}
	var written []string
	for _, name := range []string{"fourm", "fourm-gophernotes"} {
		spec, ok := specs[name]
		if !ok {
			continue
		}
		dir, err := specDir(prefix, name)
		if err != nil {
			return written, fmt.Errorf("kernel.Install: %w", err)
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return written, fmt.Errorf("kernel.Install: %w", err)
		}
		data, err := json.MarshalIndent(spec, "", "  ")
		if err != nil {
			return written, fmt.Errorf("kernel.Install: %w", err)
		}
		if err := os.WriteFile(filepath.Join(dir, "kernel.json"), append(data, '\n'), 0o644); err != nil {
			return written, fmt.Errorf("kernel.Install: %w", err)
		}
		written = append(written, dir)
	}
	return written, nil
}

// specDir is where Jupyter looks for a kernel of that name.
func specDir(prefix, name string) (string, error) {
	if prefix != "" {
		return filepath.Join(prefix, "share", "jupyter", "kernels", name), nil
	}
	if d := os.Getenv("JUPYTER_DATA_DIR"); d != "" {
		return filepath.Join(d, "kernels", name), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	switch runtime.GOOS {
	case "darwin":
		return filepath.Join(home, "Library", "Jupyter", "kernels", name), nil
	case "windows":
		if d := os.Getenv("APPDATA"); d != "" {
			return filepath.Join(d, "jupyter", "kernels", name), nil
		}
	}
	if d := os.Getenv("XDG_DATA_HOME"); d != "" {
		return filepath.Join(d, "jupyter", "kernels", name), nil
	}
	return filepath.Join(home, ".local", "share", "jupyter", "kernels", name), nil
}
