package datasets

// Walking over a folder of loose files, as torchvision's folder loader does:
// links are followed, what is hidden is not.

import (
	"os"
	"path"
	"path/filepath"
	"slices"
)

// found is a file in a folder.
type found struct {
	rel, path string // from the folder, with forward slashes; and to be opened
	size      int64
}

// walk lists the files of a folder and those below it, in alphabetical order.
// A link that leads back to a folder it lies in ends there; it, a link to
// nothing and what is hidden are noted, under what the folder is called.
func walk(dir, called string, notes *passed) ([]found, error) {
	var out []found
	var visit func(rel, full string, above []string) error
	visit = func(rel, full string, above []string) error {
		real, err := filepath.EvalSymlinks(full)
		if err != nil {
			return err
		}
		if slices.Contains(above, real) {
			notes.add("links back to a folder above them, not followed", path.Join(called, rel))
			return nil
		}
		list, err := os.ReadDir(full)
		if err != nil {
			return err
		}
		above = append(slices.Clone(above), real)
		for _, e := range list {
			r, f := path.Join(rel, e.Name()), filepath.Join(full, e.Name())
			if notes.hides(e.Name(), path.Join(called, r)) {
				continue
			}
			info, err := os.Stat(f)
			switch {
			case err != nil && e.Type()&os.ModeSymlink != 0:
				notes.add("links to nothing, passed over", path.Join(called, r))
			case err != nil:
				return err
			case info.IsDir():
				if err := visit(r, f, above); err != nil {
					return err
				}
			case info.Mode().IsRegular():
				out = append(out, found{r, f, info.Size()})
			default:
				notes.add("no plain files, passed over", path.Join(called, r))
			}
		}
		return nil
	}
	return out, visit("", dir, nil)
}
