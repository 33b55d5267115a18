// Package tarfile tells where the members of a tar lie, so that an archive of any
// size is read a file at a time.
//
//	a, err := tarfile.Open("shard-00000.tar")
//	for _, m := range a.Members {
//		fmt.Println(m.Name, m.Off, m.Size)
//	}
//
// Archives as people have them are one list each: several joined into one, hard
// and symbolic links, members with holes (GNU's sparse files), a gzip or bzip2
// around all of it. What is cut off or damaged is an error that comes with the
// members before it.
package tarfile

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

// Member is one file in an archive.
type Member struct {
	Name      string // as it stands there
	Off, Size int64  // of its bytes, in the archive or what it is unpacked to
	Data      []byte // its bytes, where they do not lie there in one piece
}

const (
	block     = 512
	mostInOne = 16 << 20 // bytes of a sparse member, which is kept; four of them in an archive
)

// lister makes the list.
type lister struct {
	r      io.ReadSeeker
	size   int64
	out    []Member
	by     map[string]Member // by name, for links
	kept   int64             // bytes of sparse members
	bad    []error
	others []string      // names of what is neither
	linked []*tar.Header // links whose member has not come yet
}

// Index lists the members of the archive r of the given size in bytes; several
// archives one after the other are one. Hard and symbolic links stand for the
// member they name. With an error it still gives the members that are whole.
func Index(r io.ReadSeeker, size int64) ([]Member, error) {
	members, _, err := index(r, size)
	return members, err
}

// index gives the names of what is no file, too.
func index(r io.ReadSeeker, size int64) ([]Member, []string, error) {
	x := &lister{r: r, size: size, by: map[string]Member{}}
	err := x.all()
	return x.out, x.others, err
}

// all lists the archives one after the other.
func (x *lister) all() error {
	for at := int64(0); ; {
		if _, err := x.r.Seek(at, io.SeekStart); err != nil {
			return err
		}
		end, err := x.archive(at)
		if err != nil {
			return err
		}
		if at, err = x.next(end); err != nil || at < 0 {
			for _, h := range x.linked {
				x.bad = append(x.bad, fmt.Errorf("%q is a link to %q, which is not in the archive", h.Name, h.Linkname))
			}
			return errors.Join(append(x.bad, err)...)
		}
	}
}

// next finds the archive that follows, behind blocks of zeros; -1: none does.
func (x *lister) next(at int64) (int64, error) {
	var b, zeros [block]byte
	for at = (at + block - 1) / block * block; at+block <= x.size; at += block {
		if _, err := x.r.Seek(at, io.SeekStart); err != nil {
			return -1, err
		}
		if _, err := io.ReadFull(x.r, b[:]); err != nil {
			return -1, err
		}
		if b == zeros {
			continue
		}
		if !strings.HasPrefix(string(b[257:]), "ustar") {
			return -1, fmt.Errorf("bytes that belong to no archive from byte %d on", at)
		}
		return at, nil
	}
	return -1, nil
}

// archive lists one archive that begins at a byte, and gives where it ends.
func (x *lister) archive(from int64) (end int64, err error) {
	end = from // of the last whole member
	last := "the start"
	for t := tar.NewReader(x.r); ; {
		h, err := t.Next()
		if err == io.EOF {
			// A whole archive ends in blocks of zeros; one cut between two
			// members is told by their absence.
			if x.size < end+block {
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
		end, last = off+(body+block-1)/block*block, h.Name
		x.add(h, Member{Off: off, Size: body})
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
func (x *lister) holes(h *tar.Header, t *tar.Reader, off int64) (int64, error) {
	if h.Size < 0 || h.Size > mostInOne || x.kept+h.Size > 4*mostInOne {
		return off, fmt.Errorf("%s is a sparse file of %d bytes, expected at most %d, and %d in one shard", h.Name, h.Size, mostInOne, 4*mostInOne)
	}
	var b bytes.Buffer
	if _, err := io.Copy(&b, t); err != nil {
		return off, fmt.Errorf("truncated inside %s, a sparse file", h.Name)
	}
	x.kept += h.Size
	end, err := x.r.Seek(0, io.SeekCurrent)
	m := Member{Off: off, Size: int64(b.Len()), Data: b.Bytes()}
	h.Typeflag = tar.TypeReg
	x.add(h, m)
	return (end + block - 1) / block * block, err
}

// add takes a member in under its name, or that of another which it links to.
func (x *lister) add(h *tar.Header, m Member) {
	switch h.Typeflag {
	case tar.TypeReg:
		x.list(h.Name, m)
		x.resolve()
	case tar.TypeLink, tar.TypeSymlink:
		x.linked = append(x.linked, h)
		x.resolve()
	case tar.TypeDir, tar.TypeXGlobalHeader:
	default:
		x.others = append(x.others, h.Name)
	}
}

// list adds a member to those that come out.
func (x *lister) list(name string, m Member) {
	if f := plain.Invalid([]byte(name)); f != nil {
		x.bad = append(x.bad, fmt.Errorf("member %q: byte %d of its name is %#02x, which is not UTF-8", name, f.Offset+1, f.Value))
		return
	}
	m.Name = name
	x.by[path.Clean(name)] = m
	x.out = append(x.out, m)
}

// resolve settles links whose member is there. A link is where it stands in the
// archive where its member came before it.
func (x *lister) resolve() {
	var left []*tar.Header
	for _, h := range x.linked {
		to := path.Clean(h.Linkname)
		if h.Typeflag == tar.TypeSymlink {
			to = path.Join(path.Dir(h.Name), h.Linkname)
		}
		if m, ok := x.by[to]; ok {
			x.list(h.Name, m)
		} else {
			left = append(left, h)
		}
	}
	done := len(left) == len(x.linked)
	x.linked = left
	if !done && len(left) > 0 {
		x.resolve() // links to links
	}
}
