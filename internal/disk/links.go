package disk

// Links in a folder that somebody else may have made.

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Links refuses a folder in which a link would let this process write over what
// is none of its files. Write keeps links, so that a checkpoint may lie on a
// big disk; a folder from a stranger may hold one called history.jsonl that
// leads to a file of whoever trains in it. What a link leads to must be of the
// kind that its name stands for: kinds tells that from its first bytes, by
// suffix; they are nil where nothing is there yet. Names of no kind are not
// written.
func Links(dir string, kinds map[string]func(head []byte) bool) error {
	list, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range list {
		is := kinds[filepath.Ext(e.Name())]
		if e.Type()&fs.ModeSymlink == 0 || is == nil {
			continue
		}
		path := filepath.Join(dir, e.Name())
		to, err := target(path)
		if err != nil {
			return named(path, err)
		}
		head, err := headOf(to)
		if err != nil {
			return fmt.Errorf("%s is a link: %w", path, err)
		}
		if !is(head) {
			return fmt.Errorf("%s is a link to %s, which is no such file and would be written: remove the link", path, to)
		}
	}
	return nil
}

// headOf gives the first bytes of a file, nil where there is none.
func headOf(path string) ([]byte, error) {
	f, err := Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, 1<<16))
	if b == nil {
		b = []byte{}
	}
	return b, err
}
