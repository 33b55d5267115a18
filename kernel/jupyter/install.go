package jupyter

// A kernelspec tells Jupyter how a kernel is started: it is written, listed,
// and taken away again.

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"fourmlab/internal/disk"
)

// kernelspec is the content of kernel.json.
type kernelspec struct {
	Argv          []string          `json:"argv"`
	DisplayName   string            `json:"display_name"`
	Language      string            `json:"language"`
	InterruptMode string            `json:"interrupt_mode"`
	Env           map[string]string `json:"env,omitempty"`
	Metadata      map[string]any    `json:"metadata"`
}

var specName = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

// CheckName tells what is wrong with the name of a kernelspec: Jupyter takes
// letters of ASCII, digits, dots, dashes and underscores.
func CheckName(name string) error {
	if !specName.MatchString(name) {
		return fmt.Errorf("kernel name %q, expected letters, digits, '.', '-' and '_'", name)
	}
	return nil
}

// Install tells Jupyter of this program as a kernel of that name, and of
// gophernotes as NAME-gophernotes where its binary lies beside it. With an
// empty prefix that is for the user (JUPYTER_DATA_DIR, or where Jupyter looks
// on this system), else below prefix, as in an environment of Python. It
// returns the folders it wrote.
func Install(prefix, name string) ([]string, error) {
	if err := CheckName(name); err != nil {
		return nil, fmt.Errorf("jupyter.Install: %w", err)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("jupyter.Install: %w", err)
	}
	if self, err = filepath.EvalSymlinks(self); err != nil {
		return nil, fmt.Errorf("jupyter.Install: %w", err)
	}
	called := "fourm"
	if name != called {
		called += ", " + name
	}
	specs := map[string]kernelspec{name: {
		Argv: []string{self, "kernel", "{connection_file}"}, DisplayName: "Go (" + called + ")",
		Language: "go", InterruptMode: "message", Metadata: map[string]any{"debugger": false},
	}}
	gophernotes := filepath.Join(filepath.Dir(self), "gophernotes")
	if _, err := os.Stat(gophernotes); err == nil {
		specs[name+"-gophernotes"] = kernelspec{
			Argv: []string{gophernotes, "{connection_file}"}, DisplayName: "Go (gophernotes with " + called + ")",
			Language: "go", InterruptMode: "signal", Metadata: map[string]any{"debugger": false},
		}
	}
	var written []string
	for _, n := range []string{name, name + "-gophernotes"} {
		spec, ok := specs[n]
		if !ok {
			continue
		}
		dir, err := writeSpec(prefix, n, spec)
		if err != nil {
			return written, fmt.Errorf("jupyter.Install: %w", err)
		}
		written = append(written, dir)
	}
	return written, nil
}

func writeSpec(prefix, name string, spec kernelspec) (string, error) {
	root, err := specRoot(prefix)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(root, name)
	if err := disk.MkdirAll(dir); err != nil {
		return "", err
	}
	data, err := json.MarshalIndent(spec, "", "  ")
	if err != nil {
		return "", err
	}
	for file, content := range map[string][]byte{
		"kernel.json": append(data, '\n'), "logo-svg.svg": logoSVG(), "logo-32x32.png": logoPNG(32), "logo-64x64.png": logoPNG(64),
	} {
		if err := disk.WriteBytes(filepath.Join(dir, file), content); err != nil {
			return "", err
		}
	}
	return dir, nil
}

// Uninstall takes away what Install wrote under that prefix and name, and
// returns the folders that are gone. A kernelspec of another program is left,
// which is an error, as is one that is not there.
func Uninstall(prefix, name string) ([]string, error) {
	if err := CheckName(name); err != nil {
		return nil, fmt.Errorf("jupyter.Uninstall: %w", err)
	}
	root, err := specRoot(prefix)
	if err != nil {
		return nil, fmt.Errorf("jupyter.Uninstall: %w", err)
	}
	var gone []string
	for _, n := range []string{name, name + "-gophernotes"} {
		dir := filepath.Join(root, n)
		spec, err := readSpec(dir)
		if errors.Is(err, fs.ErrNotExist) {
			if n == name {
				return nil, fmt.Errorf("jupyter.Uninstall: no kernel %q in %s", name, root)
			}
			continue
		}
		if err != nil {
			return gone, fmt.Errorf("jupyter.Uninstall: %w", err)
		}
		if !spec.ours() {
			return gone, fmt.Errorf("jupyter.Uninstall: %s starts %s, which is not this program; it is left", dir, strings.Join(spec.Argv, " "))
		}
		if err := os.RemoveAll(dir); err != nil {
			return gone, fmt.Errorf("jupyter.Uninstall: %w", err)
		}
		gone = append(gone, dir)
	}
	return gone, nil
}

// ours tells whether Install may have written the kernelspec.
func (s kernelspec) ours() bool {
	if len(s.Argv) == 0 || s.Language != "go" {
		return false
	}
	ours := []string{"{connection_file}"}
	if filepath.Base(s.Argv[0]) != "gophernotes" {
		ours = []string{"kernel", "{connection_file}"}
	}
	return slices.Equal(s.Argv[1:], ours)
}

func readSpec(dir string) (s kernelspec, err error) {
	path := filepath.Join(dir, "kernel.json")
	data, err := os.ReadFile(path)
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(data, &s); err != nil {
		return s, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}
