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
// A link that leads back to a folder it lies in ends there; a link to nothing
// is noted.
func walk(dir string, notes *passed) ([]found, error) {
	var out []found
	var visit func(rel, full string, above []string) error
	visit = func(rel, full string, above []string) error {
		real, err := filepath.EvalSymlinks(full)
		if err != nil {
			return err
		}
		if slices.Contains(above, real) {
			notes.add("links back to a folder above them, not followed", rel)
			return nil
		}
		list, err := os.ReadDir(full)
		if err != nil {
			return err
		}
		above = append(slices.Clone(above), real)
		for _, e := range list {
			if hidden(e.Name()) {
				continue
			}
			r, f := path.Join(rel, e.Name()), filepath.Join(full, e.Name())
			info, err := os.Stat(f)
			switch {
			case err != nil && e.Type()&os.ModeSymlink != 0:
				notes.add("links to nothing, passed over", r)
			case err != nil:
				return err
			case info.IsDir():
				if err := visit(r, f, above); err != nil {
					return err
				}
			case info.Mode().IsRegular():
				out = append(out, found{r, f, info.Size()})
			default:
				notes.add("no plain files, passed over", r)
			}
		}
		return nil
	}
	return out, visit("", dir, nil)
}
