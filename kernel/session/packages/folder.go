package packages

// The folder in which a session's module stands. Its owner locks it and removes
// it in the end; what a process left that was killed is known by its lock, which
// nobody holds, and removed by whoever comes next.

import (
	"os"
	"path/filepath"

	"fourmlab/internal/disk"
)

// temporary is the folder of temporary files that the process began with: a
// cell may change TMPDIR, and whoever removes what is left does not know that.
var temporary = os.TempDir()

// moduleFolders begins the names of such folders.
const moduleFolders = "fourm-modules-owned-"

// open makes the session's module.
func (m *Modules) open() error {
	if m.root != "" {
		return nil
	}
	Sweep()
	root, err := os.MkdirTemp(temporary, moduleFolders)
	if err != nil {
		return err
	}
	owner, err := disk.Own(root)
	if err != nil {
		os.RemoveAll(root)
		return err
	}
	if err := os.WriteFile(filepath.Join(root, "go.mod"), []byte("module cells\n"), 0o644); err != nil {
		discard(root, owner)
		return err
	}
	m.root, m.owner = root, owner
	if m.dirs == nil {
		m.dirs, m.vars = map[string]string{}, map[string]bool{}
	}
	return nil
}

// Close removes what was written to the disk.
func (m *Modules) Close() error {
	if m.root == "" {
		return nil
	}
	return discard(m.root, m.owner)
}

// discard removes a folder while it is locked, but where an open file cannot be
// removed.
func discard(root string, owner *disk.Owner) error {
	err := os.RemoveAll(root)
	owner.Release()
	if err != nil {
		err = os.RemoveAll(root)
	}
	return err
}

// Sweep removes from the folder of temporary files the folders that this user's
// sessions have left there whose process was killed. One without a go.mod is
// just being made.
func Sweep() {
	found, _ := filepath.Glob(filepath.Join(temporary, moduleFolders+"*"))
	for _, root := range found {
		if info, err := os.Lstat(root); err != nil || !info.IsDir() || !mine(info) {
			continue
		}
		if _, err := os.Lstat(filepath.Join(root, "go.mod")); err != nil {
			continue
		}
		if owner, err := disk.Own(root); err == nil {
			discard(root, owner)
		}
	}
}
