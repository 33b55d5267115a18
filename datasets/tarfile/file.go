package tarfile

// Archives on the disk, and those that are packed: nothing in the middle of one
// can be read alone, so it is unpacked into memory.

import (
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"strings"
)

// mostUnpacked is how many bytes of one archive are kept.
const mostUnpacked = 1 << 30

// endings are how archives are called.
var endings = []string{".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.zst", ".tar.xz"}

// Is tells whether a file is called as an archive is, in whatever letters.
func Is(name string) bool {
	for _, end := range endings {
		if strings.HasSuffix(strings.ToLower(name), end) {
			return true
		}
	}
	return false
}

// Archive is what Open finds.
type Archive struct {
	Members []Member
	Others  []string // names of devices, FIFOs and the like, which hold nothing
	Bytes   []byte   // what a packed one is unpacked to; nil: its file has the bytes
}

// Open lists the members of a file.
func Open(path string) (a Archive, err error) {
	f, err := os.Open(path)
	if err != nil {
		return a, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return a, err
	}
	head := make([]byte, 6)
	n, err := f.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return a, err
	}
	if r, err := unpacker(f, head[:n]); r != nil || err != nil {
		if err != nil {
			return a, err
		}
		all, err := io.ReadAll(io.LimitReader(r, mostUnpacked+1))
		if len(all) > mostUnpacked {
			return a, fmt.Errorf("more than %d bytes when unpacked; unpack it on the disk", mostUnpacked)
		}
		members, others, wrong := index(bytes.NewReader(all), int64(len(all)))
		if err != nil {
			wrong = fmt.Errorf("packed, and cut off or damaged: %w", err)
		}
		return Archive{members, others, all}, wrong
	}
	a.Members, a.Others, err = index(f, info.Size())
	return a, err
}

// unpacker gives what undoes the packing that the first bytes tell of; nil
// where there is none.
func unpacker(r io.Reader, head []byte) (io.Reader, error) {
	switch {
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return gzip.NewReader(r)
	case bytes.HasPrefix(head, []byte("BZh")):
		return bzip2.NewReader(r), nil
	case bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd")):
		return nil, fmt.Errorf("packed with zstd, which is not read; unpack it with zstd -d")
	case bytes.HasPrefix(head, []byte("\xfd7zXZ")):
		return nil, fmt.Errorf("packed with xz, which is not read; unpack it with xz -d")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return nil, fmt.Errorf("a zip archive, expected a tar")
	}
	return nil, nil
}
