package symbols

// The documentation of all bound packages, for inspection: that of the lab in
// an archive of its own, which changes with it, beside that of the others.

import (
	"archive/zip"
	_ "embed"
	"errors"
	"io/fs"
	"strings"
	"sync"
)

var (
	//go:embed z_docs.zip
	docs string
	//go:embed z_docs_lab.zip
	docsLab string
)

// documentation opens the archives when they are first asked for.
var documentation = sync.OnceValues(func() (fs.FS, error) {
	var all archives
	for _, text := range []string{docsLab, docs} {
		z, err := zip.NewReader(strings.NewReader(text), int64(len(text)))
		if err != nil {
			return nil, err
		}
		all = append(all, z)
	}
	return all, nil
})

// archives are several as one.
type archives []fs.FS

func (a archives) Open(name string) (fs.File, error) {
	for _, z := range a {
		f, err := z.Open(name)
		if !errors.Is(err, fs.ErrNotExist) {
			return f, err
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}
