package checkpoint

// A File: an open checkpoint of either format, and what its headers say.

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"fourmlab/internal/disk"
	"fourmlab/internal/fault"
)

// File is an open checkpoint whose headers have been read and checked. It may
// be read from several goroutines at once.
type File struct {
	// Meta are the metadata, text to text. Of what torch.save wrote they are
	// the configuration in the form that Flatten gives.
	Meta map[string]string

	path    string
	format  string // "safetensors" or "torch"
	f       io.ReaderAt
	file    *os.File // behind f; nil: the bytes lie in memory
	size    int64
	entries map[string]entry
	config  map[string]any // of a torch file
	mapped  mapping
	shards  []*File // of a file in several; then f is nil
}

// Open opens a .safetensors file, a .pth or .pt file as torch.save writes it
// since PyTorch 1.6, or an index of several (model.safetensors.index.json); of a
// folder, the model.safetensors, pytorch_model.bin or index in it. It reads and
// checks the headers alone. A torch file's tensors are those of its "model", else of
// its "state_dict", else those it holds directly.
func Open(path string) (*File, error) {
	path = inFolder(path)
	if strings.HasSuffix(path, indexSuffix) {
		c, err := openShards(path)
		if err != nil {
			return nil, fmt.Errorf("checkpoint: %s: %w", path, err)
		}
		return c, nil
	}
	f, err := disk.Open(path)
	if err != nil {
		return nil, err
	}
	c := &File{path: path, f: f, file: f}
	if err := c.read(); err != nil {
		f.Close()
		return nil, fmt.Errorf("checkpoint: %s: %w", path, err)
	}
	return c, nil
}

// OpenBytes is Open of a file that lies in memory; name is what errors call it.
func OpenBytes(name string, b []byte) (*File, error) {
	c := &File{path: name, f: bytes.NewReader(b), size: int64(len(b))}
	if err := c.read(); err != nil {
		return nil, fmt.Errorf("checkpoint: %s: %w", name, err)
	}
	return c, nil
}

// inFolder gives the file that a folder stands for: the first of those that
// the hub's libraries write.
func inFolder(path string) string {
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		return path
	}
	first := filepath.Join(path, "model.safetensors")
	for _, name := range []string{"model.safetensors", "model.safetensors" + indexSuffix, "pytorch_model.bin", "pytorch_model.bin" + indexSuffix} {
		if p := filepath.Join(path, name); exists(p) {
			return p
		}
	}
	return first
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

// ErrForeign is of files that are whole, as far as that can be told, and hold
// something else: no checkpoint at all, or none of a 4M model.
var ErrForeign = errors.New("a foreign checkpoint")

func foreign(format string, args ...any) error {
	return fault.Kind(ErrForeign, fmt.Errorf(format, args...))
}

// The first bytes of files that are no safetensors. Taken for the length of a
// header each would be far over the limit.
var (
	zipMagic    = []byte("PK\x03\x04")
	pickleMagic = []byte("\x80")
	lfsMagic    = []byte("version https://git-lfs")
	pageMagic   = []byte("<")
)

func (c *File) read() (err error) {
	if c.file != nil {
		info, err := c.file.Stat()
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			return fmt.Errorf("%v, expected a file", info.Mode().Type())
		}
		c.size = info.Size()
	}
	head := make([]byte, 32)
	n, err := c.f.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return err
	}
	switch head = head[:n]; {
	case bytes.HasPrefix(head, zipMagic):
		c.format = "torch"
		return c.readTorch()
	case bytes.HasPrefix(head, pickleMagic) && n > 8 && binary.LittleEndian.Uint64(head) > maxHeader:
		return foreign("a pickle without a zip around it, as torch.save wrote before PyTorch 1.6, which is not read; convert it in Python: torch.save(torch.load(%q, map_location=\"cpu\"), \"new.pth\")", filepath.Base(c.path))
	case bytes.HasPrefix(head, lfsMagic):
		return foreign("a pointer of Git LFS, not the file itself; fetch it with: git lfs pull")
	case bytes.HasPrefix(bytes.TrimLeft(head, "\ufeff \t\r\n"), pageMagic) && n > 8 && binary.LittleEndian.Uint64(head) > maxHeader:
		return foreign("a web page, not the file itself: it was saved from an address that needs a login, or shows the file; download it anew")
	}
	c.format = "safetensors"
	c.entries, c.Meta, err = header(c.f, c.size)
	return err
}

// Names lists the tensors that are stored, in alphabetical order.
func (c *File) Names() []string {
	out := make([]string, 0, len(c.entries))
	for n := range c.entries {
		out = append(out, n)
	}
	sort.Strings(out)
	return out
}

// entry finds a tensor by a name it is stored under or by an alias.
func (c *File) entry(name string) (entry, error) {
	stored, err := c.Resolve(name)
	return c.entries[stored], err
}

// Shape gives the shape of a tensor, or nil where there is none.
func (c *File) Shape(name string) []int {
	e, _ := c.entry(name)
	return slices.Clone(e.shape)
}

// Dtype gives the type of a tensor's numbers in the words of the safetensors
// format (F64, F32, F16, BF16, F8_E4M3, F8_E5M2, F8_E8M0, I64, I32, I16, I8,
// U64, U32, U16, U8, BOOL), or "" where there is none.
func (c *File) Dtype(name string) string {
	e, _ := c.entry(name)
	return e.dtype
}

// Whole tells whether a tensor holds whole numbers or booleans.
func (c *File) Whole(name string) bool { return whole(c.Dtype(name)) }

// whole tells it of a type.
func whole(dtype string) bool {
	switch dtype {
	case "", "F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2", "F8_E8M0":
		return false
	}
	return true
}

// Close closes the file. Tensors that Shared gave must not be used any more.
func (c *File) Close() error {
	c.mapped.drop()
	var errs []error
	for _, s := range c.shards {
		errs = append(errs, s.Close())
	}
	if c.file != nil {
		errs = append(errs, c.file.Close())
	}
	return errors.Join(errs...)
}

// home gives the file that a tensor lies in.
func (c *File) home(e entry) *File {
	if e.in != nil {
		return e.in
	}
	return c
}
