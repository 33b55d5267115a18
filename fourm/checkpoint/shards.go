package checkpoint

// A checkpoint in several files, as the hub's libraries split large ones: an
// index in JSON says which file each tensor lies in.

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"fourmlab/internal/disk"
)

// indexSuffix is how an index is called behind the name of what it is of.
const indexSuffix = ".index.json"

// openShards opens the files of an index, which lie beside it, as one. A tensor
// that the index has and its file has not is an error, and so is one that two
// files have.
func openShards(path string) (_ *File, err error) {
	where, err := readIndex(path)
	if err != nil {
		return nil, err
	}
	c := &File{path: path, entries: map[string]entry{}}
	defer func() {
		if err != nil {
			c.Close()
		}
	}()
	by := map[string]*File{}
	for _, name := range slices.Compact(slices.Sorted(maps.Values(where))) {
		if name != filepath.Base(name) || name == "." || name == ".." {
			return nil, fmt.Errorf("the file %q is not in the folder of the index", clip(name))
		}
		f, err := disk.Open(filepath.Join(filepath.Dir(path), name))
		if errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("no file %s beside it, which the index names", name)
		}
		if err != nil {
			return nil, err
		}
		s := &File{path: f.Name(), f: f, file: f}
		c.shards, by[name] = append(c.shards, s), s
		if err := s.read(); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if err := c.join(s); err != nil {
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(where)) {
		if e, ok := c.entries[name]; !ok || e.in != by[where[name]] {
			return nil, fmt.Errorf("no tensor %q in %s, where the index has it", clip(name), where[name])
		}
	}
	return c, nil
}

// join takes over what a shard holds.
func (c *File) join(s *File) error {
	for name, e := range s.entries {
		if other, twice := c.entries[name]; twice {
			return fmt.Errorf("the tensor %q is both in %s and in %s", clip(name), filepath.Base(other.in.path), filepath.Base(s.path))
		}
		e.in = s
		c.entries[name] = e
	}
	c.format = s.format
	for k, v := range s.Meta {
		if c.Meta == nil {
			c.Meta = map[string]string{}
		}
		c.Meta[k] = v
	}
	return nil
}

// readIndex reads {"metadata": ..., "weight_map": {"tensor": "file"}}.
func readIndex(path string) (map[string]string, error) {
	top, err := ReadConfig(path)
	if err != nil {
		return nil, err
	}
	list, ok := top["weight_map"].(map[string]any)
	if !ok || len(list) == 0 {
		return nil, errors.New(`no "weight_map" of tensors and files`)
	}
	out := map[string]string{}
	for name, v := range list {
		file, ok := v.(string)
		if !ok || file == "" {
			return nil, fmt.Errorf("tensor %q lies in %v, expected a file's name", clip(name), v)
		}
		out[name] = file
	}
	return out, nil
}
