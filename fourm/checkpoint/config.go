package checkpoint

// The configuration of a model: where it lies.

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"fourmlab/internal/disk"
	encoding "fourmlab/internal/plain"
)

// maxConfig is the longest config.json that is read, in bytes.
const maxConfig = 16 << 20

// Config gives the configuration that belongs to a checkpoint. A file's is
// that of its metadata, else the config.json beside it; what torch.save wrote
// brings its own under "args" or "config". A folder's is its config.json, else
// that of its model.safetensors. Values are nil, bool, int, float64, string,
// []any and map[string]any; text in the metadata that is no scalar and no list
// of YAML stays a string. It is an error when there is none. Info.ConfigFrom,
// which Peek gives, names the file.
func Config(path string) (map[string]any, error) {
	var c *File
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		if c, err = Open(path); err != nil {
			return nil, err
		}
		defer c.Close()
	}
	return wanted(path, c)
}

// ConfigAt is Config of a file that Open gave for path.
func (c *File) ConfigAt(path string) (map[string]any, error) { return wanted(path, c) }

// wanted is configOf where there must be a configuration.
func wanted(path string, c *File) (map[string]any, error) {
	out, _, err := configOf(path, c)
	if err == nil && out == nil {
		err = foreign("checkpoint: no configuration: neither in the metadata of %s nor in %s", inFolder(path), filepath.Join(filepath.Dir(inFolder(path)), "config.json"))
	}
	return out, err
}

// configOf finds the configuration and the file it is from; nil where there is
// none. The file is opened where c is nil and it is needed.
func configOf(path string, c *File) (map[string]any, string, error) {
	beside := filepath.Join(filepath.Dir(inFolder(path)), "config.json")
	folder := inFolder(path) != path
	if folder {
		if out, err := ReadConfig(beside); !errors.Is(err, fs.ErrNotExist) {
			return out, beside, err
		}
	}
	if c == nil {
		var err error
		if c, err = Open(path); err != nil {
			return nil, "", err
		}
		defer c.Close()
	}
	if out := c.Config(); len(out) > 0 || folder {
		return out, c.path, nil
	}
	out, err := ReadConfig(beside)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", nil
	}
	return out, beside, err
}

// Config gives the configuration in the file itself, nil where there is none.
// "format", which names the library that wrote a file, and aliases are no part
// of it.
func (c *File) Config() map[string]any {
	if c.format == "torch" {
		return c.config
	}
	var out map[string]any
	for k, v := range c.Meta {
		if k == "format" || c.isAlias(k) {
			continue
		}
		if out == nil {
			out = map[string]any{}
		}
		out[k] = parseValue(v)
	}
	return out
}

// ReadConfig reads a config.json: an object, its keys all different.
func ReadConfig(path string) (map[string]any, error) {
	b, err := disk.Read(path, maxConfig)
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	b, err = encoding.UTF8(b)
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %s: %w", path, err)
	}
	s := &scanner{b: b}
	v, err := s.value()
	if err == nil {
		err = s.end()
	}
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %s: %w", path, err)
	}
	out, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("checkpoint: %s: %T, expected an object", path, v)
	}
	return out, nil
}
