package packages

// A package that is not linked in comes as source: the go command fetches its
// module, and the engine interprets it as it does a cell.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"

	"github.com/goplus/ixgo"

	"fourmlab/internal/disk"
	patched "fourmlab/kernel/session/ixgo"
)

// Modules finds packages by the go command: where a session's modules are
// listed, and what it found there. The zero value has found nothing.
type Modules struct {
	root   string            // of a module that requires them all; "" before the first
	owner  *disk.Owner       // of root
	dirs   map[string]string // of packages by path
	vars   map[string]bool   // variables of packages that programs share already
	chosen []string          // modules whose version the person chose
	around *around           // the module in which the notebook lies
}

// source is what the go command knows of a package.
type source struct {
	ImportPath string
	Dir        string
	Name       string
	Standard   bool
	SFiles     []string
	Error      *struct{ Err string }
}

var modulePath = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9.-]*\.[a-zA-Z]{2,}(/[\pL\pN._~+-]+)*$`)

// Find makes a package of another module known: of the one in which the folder
// home lies or that it requires, else of one that is fetched, at its latest
// version. What is done is told on standard error. The error is one sentence
// for the person.
func (m *Modules) Find(home, path string) error {
	if _, err := exec.LookPath("go"); err != nil {
		return fmt.Errorf("package %s is not linked into this kernel, and there is no go command here to fetch it", path)
	}
	if !slices.ContainsFunc(m.chosen, func(module string) bool { return belongs(path, module) }) {
		if found, err := m.Nearby(home, path); found || err != nil {
			return err
		}
	}
	if !modulePath.MatchString(path) {
		return fmt.Errorf("package %s is not linked into this kernel, and no module has such a name", path)
	}
	if err := m.open(); err != nil {
		return fmt.Errorf("package %s is not linked into this kernel, and cannot be fetched: %w", path, err)
	}
	if !m.requires(path) {
		fmt.Fprintf(os.Stderr, "fetching %s@latest ...\n", path)
		if _, err := m.command("get", path+"@latest"); err != nil {
			return fmt.Errorf("package %s is not linked into this kernel, and cannot be fetched: %w", path, err)
		}
	}
	found, err := m.list(path, m.command)
	if err == nil && !found {
		err = errors.New("its module does not have it")
	}
	if err != nil {
		return fmt.Errorf("package %s is not linked into this kernel, and cannot be used: %w", path, err)
	}
	return nil
}

// Get fetches a module at a version ("" for the latest): packages that are
// imported from then on are those of that version.
func (m *Modules) Get(module, version string) error {
	if version == "" {
		version = "latest"
	}
	if !modulePath.MatchString(module) {
		return fmt.Errorf("%s: no module has such a name", module)
	}
	for _, path := range ixgo.PackageList() {
		if belongs(path, module) && strings.Contains(module, ".") {
			return fmt.Errorf("%s is linked into this kernel (%s), at the version it was built with", module, path)
		}
	}
	for path := range m.dirs {
		if belongs(path, module) {
			return fmt.Errorf("%s is in use already (%s); %%reset or a new kernel can take another version", module, path)
		}
	}
	if _, err := exec.LookPath("go"); err != nil {
		return errors.New("there is no go command here to fetch modules with")
	}
	if err := m.open(); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "fetching %s@%s ...\n", module, version)
	if _, err := m.command("get", module+"@"+version); err != nil {
		return err
	}
	m.chosen = append(m.chosen, module)
	return nil
}

// belongs tells whether a package is one of the module, by their paths.
func belongs(path, module string) bool { return path == module || strings.HasPrefix(path, module+"/") }

// list takes a package and all it needs from the go command, which runs where
// command does, and tells whether there is such a package.
func (m *Modules) list(path string, command func(args ...string) ([]byte, error)) (bool, error) {
	out, err := command("list", "-e", "-deps", "-json=ImportPath,Dir,Name,Standard,SFiles,Error", path)
	if err != nil {
		return false, err
	}
	found := map[string]string{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p source
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return false, err
		}
		if _, linked := ixgo.LookupPackage(p.ImportPath); linked || p.ImportPath == "unsafe" {
			continue
		}
		// Of the standard library's insides only what source reaches matters,
		// which is found when it is loaded.
		switch {
		case p.Standard:
		case p.ImportPath == path && p.Dir == "":
			return false, nil
		case p.Error != nil && strings.Contains(p.Error.Err, "build constraints exclude all Go files"):
			return false, fmt.Errorf("%s has no Go files but those that need C or another system", p.ImportPath)
		case p.Error != nil:
			return false, errors.New(firstLine(p.Error.Err))
		case len(p.SFiles) > 0:
			return false, fmt.Errorf("it needs %s, part of which is assembly; cells are interpreted", p.ImportPath)
		case p.ImportPath == path && p.Name == "main":
			return false, errors.New("it is a program, not a package to import")
		default:
			found[p.ImportPath] = p.Dir
		}
	}
	if m.dirs == nil {
		m.dirs, m.vars = map[string]string{}, map[string]bool{}
	}
	for p, dir := range found {
		m.dirs[p] = dir
	}
	return true, nil
}

// tags choose Go where a module has assembly too.
var tags = []string{"purego", "noasm", "appengine"}

// requires tells whether a required module holds the package.
func (m *Modules) requires(path string) bool {
	_, err := m.command("list", "-mod=readonly", path)
	return err == nil
}

// command runs the go command in the session's module. The error is the first
// line of what it says.
func (m *Modules) command(args ...string) ([]byte, error) {
	return goCommand(m.root, []string{"GOFLAGS=-mod=mod -tags=" + strings.Join(tags, ","), "GOWORK=off"}, args...)
}

// goCommand runs the go command in a folder, with more in its environment.
func goCommand(dir string, env []string, args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "CGO_ENABLED=0"), env...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		if line := firstLine(said.String()); line != "" {
			return nil, errors.New(line)
		}
		return nil, fmt.Errorf("go %s: %w", args[0], err)
	}
	return out.Bytes(), nil
}

// firstLine is the first line of what the go command says that is no news of
// its progress.
func firstLine(s string) string {
	for _, l := range strings.Split(s, "\n") {
		l = strings.TrimSpace(strings.TrimPrefix(l, "go: "))
		if l != "" && !strings.HasPrefix(l, "downloading ") && !strings.HasPrefix(l, "finding ") {
			return strings.TrimSuffix(l, ":")
		}
	}
	return ""
}

// Has tells whether a package was found: it comes as source.
func (m *Modules) Has(path string) bool { return m.dirs[path] != "" }

// Unshared are those of a program's variables that belong to packages which
// come as source, and that no program has had before: a package is initialised
// once, as in any program.
func (m *Modules) Unshared(in *ixgo.Interp) (map[string]any, error) {
	if m.dirs == nil {
		return nil, nil
	}
	out := map[string]any{}
	globals, err := patched.Globals(in)
	for key, addr := range globals {
		if path := key[:max(strings.LastIndexByte(key, '.'), 0)]; m.Has(path) && !m.vars[key] {
			m.vars[key] = true
			out[key] = addr
		}
	}
	return out, err
}
