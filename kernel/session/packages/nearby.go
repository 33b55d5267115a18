package packages

// The module in which a notebook or script lies: its packages, and those of
// the modules that it requires, at its versions, with its replacements and its
// go.work. Nothing in it is changed.

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// around is what is known of that module.
type around struct {
	dir  string   // the folder that was asked about
	main []string // paths of the modules that are worked on; none without a go.mod
}

// Nearby takes a package from the module around a folder, and tells whether
// there is one that has it.
func (m *Modules) Nearby(dir, path string) (bool, error) {
	command := func(args ...string) ([]byte, error) {
		return goCommand(dir, []string{"GOFLAGS=" + strings.TrimSpace(os.Getenv("GOFLAGS")+" -tags="+strings.Join(tags, ","))}, args...)
	}
	if m.around == nil || m.around.dir != dir {
		m.around = &around{dir: dir}
		if enclosed(dir) {
			out, err := command("list", "-m")
			if err != nil {
				return false, fmt.Errorf("package %s: the module around %s cannot be read: %w", path, dir, err)
			}
			m.around.main = strings.Fields(string(out))
		}
	}
	if len(m.around.main) == 0 {
		return false, nil
	}
	own := ""
	for _, module := range m.around.main {
		if belongs(path, module) {
			own = module
		}
	}
	found, err := m.list(path, command)
	switch {
	case err != nil:
		return false, fmt.Errorf("package %s cannot be used: %w", path, err)
	case found:
		if parent, hidden := internalTo(path); hidden && own != "" && !inside(dir, m.dirs[path], path, parent) {
			delete(m.dirs, path)
			return false, fmt.Errorf("use of internal package %s not allowed: this lies outside %s", path, parent)
		}
		return true, nil
	case own != "":
		return false, fmt.Errorf("module %s, in which this lies, has no package %s", own, path)
	}
	return false, nil
}

// enclosed tells whether a go.mod or go.work stands in a folder or above it.
func enclosed(dir string) bool {
	if w := os.Getenv("GOWORK"); w != "" && w != "off" {
		return true
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return false
	}
	for {
		for _, name := range []string{"go.mod", "go.work"} {
			if fi, err := os.Stat(filepath.Join(dir, name)); err == nil && !fi.IsDir() {
				return true
			}
		}
		up := filepath.Dir(dir)
		if up == dir {
			return false
		}
		dir = up
	}
}

// internalTo gives the path below which alone an internal package can be
// imported.
func internalTo(path string) (parent string, hidden bool) {
	if i := strings.LastIndex("/"+path+"/", "/internal/"); i >= 0 {
		return strings.TrimSuffix(path[:i], "/"), true
	}
	return "", false
}

// inside tells whether a folder lies below that of parent, which is known from
// the folder of a package.
func inside(dir, at, path, parent string) bool {
	root := strings.TrimSuffix(filepath.ToSlash(at), strings.TrimPrefix(path, parent))
	dir, err := filepath.Abs(dir)
	if err != nil {
		return false
	}
	return belongs(filepath.ToSlash(dir), root)
}
