package checkpoint

// A File: an open checkpoint of either format, and what its headers say.

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
)

// File is an open checkpoint whose headers have been read and checked. It may
// be read from several goroutines at once.
type File struct {
	// Meta are the metadata, text to text. Of what torch.save wrote they are
	// the configuration in the form that Flatten gives.
	Meta map[string]string

	path    string
	format  string // "safetensors" or "torch"
	f       *os.File
	size    int64
	entries map[string]entry
	config  map[string]any // of a torch file
	mapped  mapping
}

// Open opens a .safetensors file, a .pth or .pt file as torch.save writes it
// since PyTorch 1.6, or the model.safetensors of a folder. It reads and checks
// the headers alone. A torch file's tensors are those of its "model", else of
// its "state_dict", else those it holds directly.
func Open(path string) (*File, error) {
	path = inFolder(path)
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	c := &File{path: path, f: f}
	if err := c.read(); err != nil {
		f.Close()
		return nil, fmt.Errorf("checkpoint: %s: %w", path, err)
	}
	return c, nil
}

// inFolder gives the file that a folder stands for.
func inFolder(path string) string {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return filepath.Join(path, "model.safetensors")
	}
	return path
}

// The first bytes of files that are no safetensors. Taken for the length of a
// header each would be far over the limit.
var (
	zipMagic    = []byte("PK\x03\x04")
	pickleMagic = []byte("\x80")
	lfsMagic    = []byte("version https://git-lfs")
)

func (c *File) read() (err error) {
	info, err := c.f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%v, expected a file", info.Mode().Type())
	}
	c.size = info.Size()
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
		return fmt.Errorf("a pickle without a zip around it, as torch.save wrote before PyTorch 1.6, which is not read; convert it in Python: torch.save(torch.load(%q, map_location=\"cpu\"), \"new.pth\")", filepath.Base(c.path))
	case bytes.HasPrefix(head, lfsMagic):
		return fmt.Errorf("a pointer of Git LFS, not the file itself; fetch it with: git lfs pull")
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
// format (F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL), or
// "" where there is none.
func (c *File) Dtype(name string) string {
	e, _ := c.entry(name)
	return e.dtype
}

// Whole tells whether a tensor holds whole numbers or booleans.
func (c *File) Whole(name string) bool { return whole(c.Dtype(name)) }

// whole tells it of a type.
func whole(dtype string) bool {
	switch dtype {
	case "", "F64", "F32", "F16", "BF16":
		return false
	}
	return true
}

// Close closes the file. Tensors that Shared gave must not be used any more.
func (c *File) Close() error {
	c.mapped.drop()
	return c.f.Close()
}
