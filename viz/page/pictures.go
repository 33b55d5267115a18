package page

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// most is how many pictures of a folder are shown.
const most = 24

// Pictures lists the PNG and JPEG files of a run's folder and of the folders
// in it, by name, 24 at most. A run in no folder has none.
func Pictures(dir string) []string {
	if dir == "" {
		return nil
	}
	var out []string
	// What cannot be read is no picture.
	_ = fs.WalkDir(os.DirFS(dir), ".", func(p string, d fs.DirEntry, err error) error {
		hidden := p != "." && strings.HasPrefix(path.Base(p), ".")
		switch {
		case err != nil || d.IsDir() && (hidden || strings.Count(p, "/") > 0):
			return fs.SkipDir
		case !d.IsDir() && !hidden && slices.Contains([]string{".png", ".jpg", ".jpeg"}, strings.ToLower(path.Ext(p))):
			out = append(out, filepath.FromSlash(p))
		}
		if len(out) == most {
			return fs.SkipAll
		}
		return nil
	})
	return out
}
