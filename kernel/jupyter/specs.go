package jupyter

// Where Jupyter looks for kernelspecs, and what lies there.

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sort"
)

// Spec is a kernelspec that lies where Jupyter looks.
type Spec struct {
	Name    string
	Display string // what a person chooses
	Dir     string
	Program string // what is started
	Err     error  // why it cannot be, or nil
}

// String gives one line.
func (s Spec) String() string {
	line := fmt.Sprintf("%-20s %-32s %s", s.Name, s.Display, s.Dir)
	if s.Err != nil {
		line += "  (" + s.Err.Error() + ")"
	}
	return line
}

// List gives the kernelspecs that Jupyter finds on this machine, of whatever
// language, by name; of two of one name Jupyter takes the first it finds.
func List() []Spec {
	found := map[string]Spec{}
	for _, root := range specRoots() {
		entries, err := os.ReadDir(root)
		if err != nil {
			continue // most of them do not exist
		}
		for _, e := range entries {
			dir := filepath.Join(root, e.Name())
			spec, err := readSpec(dir)
			if _, known := found[e.Name()]; known || errors.Is(err, fs.ErrNotExist) {
				continue
			}
			s := Spec{Name: e.Name(), Display: spec.DisplayName, Dir: dir, Err: err}
			if len(spec.Argv) > 0 {
				s.Program = spec.Argv[0]
				if _, err := os.Stat(s.Program); err != nil && filepath.IsAbs(s.Program) {
					s.Err = fmt.Errorf("%s is missing", s.Program)
				}
			}
			found[s.Name] = s
		}
	}
	var out []Spec
	for _, s := range found {
		out = append(out, s)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}

// specRoot is the folder of kernelspecs of a prefix, or of the user.
func specRoot(prefix string) (string, error) {
	if prefix != "" {
		return filepath.Join(prefix, "share", "jupyter", "kernels"), nil
	}
	if d := os.Getenv("JUPYTER_DATA_DIR"); d != "" {
		return filepath.Join(d, "kernels"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	switch runtime.GOOS {
	case "darwin":
		return filepath.Join(home, "Library", "Jupyter", "kernels"), nil
	case "windows":
		if d := os.Getenv("APPDATA"); d != "" {
			return filepath.Join(d, "jupyter", "kernels"), nil
		}
	}
	if d := os.Getenv("XDG_DATA_HOME"); d != "" {
		return filepath.Join(d, "jupyter", "kernels"), nil
	}
	return filepath.Join(home, ".local", "share", "jupyter", "kernels"), nil
}

// specRoots lists where Jupyter looks, in its order.
func specRoots() (out []string) {
	for _, d := range filepath.SplitList(os.Getenv("JUPYTER_PATH")) {
		out = append(out, filepath.Join(d, "kernels"))
	}
	if d, err := specRoot(""); err == nil {
		out = append(out, d)
	}
	if d := os.Getenv("VIRTUAL_ENV"); d != "" {
		out = append(out, filepath.Join(d, "share", "jupyter", "kernels"))
	}
	if d := os.Getenv("CONDA_PREFIX"); d != "" {
		out = append(out, filepath.Join(d, "share", "jupyter", "kernels"))
	}
	if runtime.GOOS == "windows" {
		return append(out, filepath.Join(os.Getenv("PROGRAMDATA"), "jupyter", "kernels"))
	}
	return append(out, "/usr/local/share/jupyter/kernels", "/usr/share/jupyter/kernels")
}
