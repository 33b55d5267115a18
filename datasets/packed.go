package datasets

// Shards that are packed: a gzip or bzip2 around the tar, whatever it is
// called. Nothing in the middle of one can be read alone, so it is unpacked
// into memory.

import (
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// mostUnpacked is how many bytes of one shard are kept.
const mostUnpacked = 1 << 30

// shardNames are the endings of shards.
var shardNames = []string{".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.zst", ".tar.xz"}

// shardsIn lists the shards that lie in a folder itself.
func shardsIn(dir string) ([]string, error) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, f := range list {
		low := strings.ToLower(f.Name())
		for _, end := range shardNames {
			path := filepath.Join(dir, f.Name())
			if strings.HasSuffix(low, end) && !hidden(f.Name()) && !isDir(path) {
				out = append(out, path)
				break
			}
		}
	}
	sort.Strings(out)
	return out, nil
}

// indexFile lists the members of a shard; of a packed one it gives the bytes,
// too.
func indexFile(path string) (members []member, all []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	head := make([]byte, 6)
	n, err := f.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, nil, err
	}
	if r, err := unpacker(f, head[:n]); r != nil || err != nil {
		if err != nil {
			return nil, nil, err
		}
		all, err = io.ReadAll(io.LimitReader(r, mostUnpacked+1))
		if len(all) > mostUnpacked {
			return nil, nil, fmt.Errorf("more than %d bytes when unpacked; unpack it on the disk", mostUnpacked)
		}
		members, wrong := indexTar(bytes.NewReader(all), int64(len(all)))
		if err != nil {
			wrong = fmt.Errorf("packed, and cut off or damaged: %w", err)
		}
		return members, all, wrong
	}
	members, err = indexTar(f, info.Size())
	return members, nil, err
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
