package symbols

// The documentation of all bound packages, for inspection.

import (
	"archive/zip"
	_ "embed"
	"io/fs"
	"strings"
	"sync"
)

//go:embed z_docs.zip
var docs string

// documentation opens the archive when it is first asked for.
var documentation = sync.OnceValues(func() (fs.FS, error) {
	z, err := zip.NewReader(strings.NewReader(docs), int64(len(docs)))
	return z, err
})
