package datasets

// The index of a tar: where each member's bytes are, so that a shard of any
// size is read a sample at a time.

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// member is one file in a shard.
type member struct {
	key, ext  string // "a/b.depth.png" is key "a/b", ext "depth.png"
	off, size int64  // of its bytes in the shard
}

// indexTar lists the members of the shard r of the given size in bytes. With
// an error it still gives the members before the fault.
func indexTar(r io.ReadSeeker, size int64) ([]member, error) {
	var out []member
	end := int64(0) // of the last whole member
	last := "the start"
	for t := tar.NewReader(r); ; {
		h, err := t.Next()
		if err == io.EOF {
			// A whole archive ends in blocks of zeros; one cut between two
			// members is told by their absence.
			if size < end+512 {
				return out, fmt.Errorf("truncated: %d bytes end after %s without the end-of-archive mark", size, last)
			}
			return out, nil
		}
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return out, fmt.Errorf("truncated after %s", last)
		}
		if err != nil {
			return out, fmt.Errorf("not a whole tar after %s: %w", last, err)
		}
		off, err := r.Seek(0, io.SeekCurrent)
		if err != nil {
			return out, err
		}
		for k := range h.PAXRecords {
			if strings.HasPrefix(k, "GNU.sparse") {
				return out, fmt.Errorf("%s is stored as a sparse file, which is not read", h.Name)
			}
		}
		if h.Size < 0 || h.Size > size-off {
			return out, fmt.Errorf("truncated inside %s", h.Name)
		}
		end, last = off+(h.Size+511)/512*512, h.Name
		key, ext := splitName(h.Name)
		if h.Typeflag != tar.TypeReg || key == "" {
			continue
		}
		out = append(out, member{key, ext, off, h.Size})
	}
}

// splitName cuts a path at the first dot of its last element, as WebDataset
// does. Hidden files have no key.
func splitName(name string) (key, ext string) {
	dir, base := path.Split(strings.TrimPrefix(name, "./"))
	stem, ext, _ := strings.Cut(base, ".")
	if stem == "" {
		return "", ext
	}
	return dir + stem, strings.ToLower(ext)
}
