package datasets

// The index of a tar: where each member's bytes are, so that a shard of any
// size is read a sample at a time.

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"fourmlab/internal/plain"
)

// member is one file in a shard.
type member struct {
	key, ext  string // "a/b.depth.png" is key "a/b", ext "depth.png"
	off, size int64  // of its bytes in the shard
	data      []byte // its bytes, where they do not lie there in one piece
}

const (
	tarBlock  = 512
	mostInOne = 64 << 20 // bytes of a sparse member, which is kept
)

// tarIndex is the list that is being made.
type tarIndex struct {
	r      io.ReadSeeker
	size   int64
	out    []member
	by     map[string]member // by name, for links
	kept   int64             // bytes of sparse members
	bad    []error
	linked []*tar.Header // links whose member has not come yet
}

// indexTar lists the members of the shard r of the given size in bytes; several
// archives one after the other are one. Hard and symbolic links stand for the
// member they name. With an error it still gives the members that are whole.
func indexTar(r io.ReadSeeker, size int64) ([]member, error) {
	x := &tarIndex{r: r, size: size, by: map[string]member{}}
	for at := int64(0); ; {
		if _, err := r.Seek(at, io.SeekStart); err != nil {
			return x.out, err
		}
		end, err := x.archive(at)
		if err != nil {
			return x.out, err
		}
		if at, err = x.next(end); err != nil || at < 0 {
			for _, h := range x.linked {
				x.bad = append(x.bad, fmt.Errorf("%q is a link to %q, which is not in the archive", h.Name, h.Linkname))
			}
			return x.out, errors.Join(append(x.bad, err)...)
		}
	}
}

// next finds the archive that follows, behind blocks of zeros; -1: none does.
func (x *tarIndex) next(at int64) (int64, error) {
	var block, zeros [tarBlock]byte
	for at = (at + tarBlock - 1) / tarBlock * tarBlock; at+tarBlock <= x.size; at += tarBlock {
		if _, err := x.r.Seek(at, io.SeekStart); err != nil {
			return -1, err
		}
		if _, err := io.ReadFull(x.r, block[:]); err != nil {
			return -1, err
		}
		if block == zeros {
			continue
		}
		if !strings.HasPrefix(string(block[257:]), "ustar") {
			return -1, fmt.Errorf("bytes that belong to no archive from byte %d on", at)
		}
		return at, nil
	}
	return -1, nil
}

// archive lists one archive that begins at a byte, and gives where it ends.
func (x *tarIndex) archive(from int64) (end int64, err error) {
	end = from // of the last whole member
	last := "the start"
	for t := tar.NewReader(x.r); ; {
		h, err := t.Next()
		if err == io.EOF {
			// A whole archive ends in blocks of zeros; one cut between two
			// members is told by their absence.
			if x.size < end+tarBlock {
				return end, fmt.Errorf("truncated: %d bytes end after %s without the end-of-archive mark", x.size, last)
			}
			return end, nil
		}
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return end, fmt.Errorf("truncated after %s", last)
		}
		if err != nil {
			return end, fmt.Errorf("not a whole tar after %s: %w", last, err)
		}
		off, err := x.r.Seek(0, io.SeekCurrent)
		if err != nil {
			return end, err
		}
		if sparse(h) {
			if end, err = x.holes(h, t, off); err != nil {
				return end, err
			}
			last = h.Name
			continue
		}
		body := h.Size
		if h.Typeflag == tar.TypeLink || h.Typeflag == tar.TypeSymlink {
			body = 0
		}
		if h.Size < 0 || body > x.size-off {
			return end, fmt.Errorf("truncated inside %s", h.Name)
		}
		end, last = off+(body+tarBlock-1)/tarBlock*tarBlock, h.Name
		x.add(h, member{off: off, size: body})
	}
}

func sparse(h *tar.Header) bool {
	if h.Typeflag == tar.TypeGNUSparse {
		return true
	}
	for k := range h.PAXRecords {
		if strings.HasPrefix(k, "GNU.sparse") {
			return true
		}
	}
	return false
}

// holes reads a sparse member, whose zeros are not stored, and gives where it
// ends.
func (x *tarIndex) holes(h *tar.Header, t *tar.Reader, off int64) (int64, error) {
	if h.Size < 0 || h.Size > mostInOne || x.kept+h.Size > 4*mostInOne {
		return off, fmt.Errorf("%s is a sparse file of %d bytes, expected at most %d, and %d in one shard", h.Name, h.Size, mostInOne, 4*mostInOne)
	}
	var b bytes.Buffer
	if _, err := io.Copy(&b, t); err != nil {
		return off, fmt.Errorf("truncated inside %s, a sparse file", h.Name)
	}
	x.kept += h.Size
	end, err := x.r.Seek(0, io.SeekCurrent)
	m := member{off: off, size: int64(b.Len()), data: b.Bytes()}
	h.Typeflag = tar.TypeReg
	x.add(h, m)
	return (end + tarBlock - 1) / tarBlock * tarBlock, err
}

// add takes a member in under its name, or that of another which it links to.
func (x *tarIndex) add(h *tar.Header, m member) {
	name := path.Clean(h.Name)
	switch h.Typeflag {
	case tar.TypeReg:
		m.key, m.ext = splitName(h.Name)
		x.by[name] = m
		x.list(h.Name, m)
		x.resolve()
	case tar.TypeLink, tar.TypeSymlink:
		if key, _ := splitName(h.Name); key == "" {
			return
		}
		x.linked = append(x.linked, h)
		x.resolve()
	}
}

// list adds a member that is no hidden file to those that come out.
func (x *tarIndex) list(name string, m member) {
	if m.key == "" || hiddenIn(name) {
		return
	}
	if f := plain.Invalid([]byte(name)); f != nil {
		x.bad = append(x.bad, fmt.Errorf("key %q: byte %d of the member's name is %#02x, which is not UTF-8", m.key, f.Offset+1, f.Value))
		return
	}
	x.out = append(x.out, m)
}

// resolve settles links whose member is there. A link is where it stands in the
// archive where its member came before it.
func (x *tarIndex) resolve() {
	var left []*tar.Header
	for _, h := range x.linked {
		to := path.Clean(h.Linkname)
		if h.Typeflag == tar.TypeSymlink {
			to = path.Join(path.Dir(h.Name), h.Linkname)
		}
		m, ok := x.by[to]
		if !ok {
			left = append(left, h)
			continue
		}
		m.key, m.ext = splitName(h.Name)
		x.by[path.Clean(h.Name)] = m
		x.list(h.Name, m)
	}
	done := len(left) == len(x.linked)
	x.linked = left
	if !done && len(left) > 0 {
		x.resolve() // links to links
	}
}

// hiddenIn tells whether a member lies in a folder that is hidden or a
// leftover, or is one itself.
func hiddenIn(name string) bool {
	for _, part := range strings.Split(path.Clean(name), "/") {
		if part != "." && part != ".." && hidden(part) {
			return true
		}
	}
	return false
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
