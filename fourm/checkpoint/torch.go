package checkpoint

// What torch.save writes since PyTorch 1.6: a zip archive with one folder in
// it, of data.pkl (a pickle of everything but numbers) and data/KEY (the
// numbers of one storage each). All lies uncompressed, so tensors are read
// from the file itself.

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// archive is the folder inside of the zip.
type archive struct {
	c       *File
	prefix  string
	records map[string]*zip.File
}

func (c *File) readTorch() error {
	z, err := zip.NewReader(c.f, c.size)
	if err != nil {
		return fmt.Errorf("%w: no whole zip archive", err)
	}
	a := archive{c: c, records: map[string]*zip.File{}}
	for _, r := range z.File {
		if a.records[r.Name] != nil {
			return fmt.Errorf("the record %q stands twice", clip(r.Name))
		}
		a.records[r.Name] = r
		if prefix, ok := strings.CutSuffix(r.Name, "/data.pkl"); ok {
			if a.prefix != "" {
				return errors.New("two data.pkl in it")
			}
			a.prefix = prefix
		}
	}
	if a.prefix == "" {
		return foreign("a zip archive without data.pkl: not from torch.save")
	}
	if a.records[a.prefix+"/byteorder"] != nil {
		b, err := a.bytes("byteorder", 16)
		if err != nil {
			return err
		}
		if string(b) != "little" {
			return fmt.Errorf("its numbers are %.16q endian, expected little", b)
		}
	}
	b, err := a.bytes("data.pkl", maxPickle)
	if err != nil {
		return err
	}
	root, err := unpickle(b, a.storage)
	if err != nil {
		return fmt.Errorf("data.pkl: %w", err)
	}
	return c.take(root)
}

// record gives the place of a record in the file.
func (a archive) record(name string) (at, size int64, err error) {
	r := a.records[a.prefix+"/"+name]
	if r == nil {
		return 0, 0, fmt.Errorf("no record %q in it", clip(name))
	}
	if r.Method != zip.Store || r.UncompressedSize64 != r.CompressedSize64 || r.Flags&1 != 0 {
		return 0, 0, fmt.Errorf("the record %q is compressed or locked, which torch.save does not do", clip(name))
	}
	at, err = r.DataOffset()
	if err != nil {
		return 0, 0, fmt.Errorf("the record %q: %w", clip(name), err)
	}
	if at < 0 || at > a.c.size || r.UncompressedSize64 > uint64(a.c.size-at) {
		return 0, 0, fmt.Errorf("the record %q of %d bytes at %d, in a file of %d: cut off", clip(name), r.UncompressedSize64, at, a.c.size)
	}
	return at, int64(r.UncompressedSize64), nil
}

// bytes reads a small record.
func (a archive) bytes(name string, most int64) ([]byte, error) {
	at, size, err := a.record(name)
	if err != nil {
		return nil, err
	}
	if size > most {
		return nil, fmt.Errorf("%s has %d bytes, expected at most %d", name, size, most)
	}
	b := make([]byte, size)
	if _, err := a.c.f.ReadAt(b, at); err != nil && err != io.EOF {
		return nil, err
	}
	return b, nil
}

// storage finds ("storage", class, key, where it was, how many numbers).
func (a archive) storage(id pyTuple) (pyStorage, error) {
	if len(id) != 5 || id[0] != any("storage") {
		return pyStorage{}, fmt.Errorf("the name of a storage has %d parts, expected 5", len(id))
	}
	class, _ := id[1].(pyClass)
	key, isText := id[2].(string)
	count, isInt := id[4].(int)
	dtype, ok := storageTypes[class]
	if class == untyped {
		dtype, ok = untypedBytes, true
	}
	if !ok || !isText || !isInt || count < 0 {
		return pyStorage{}, fmt.Errorf("a storage of %s and %s numbers", kindOf(id[1]), kindOf(id[4]))
	}
	at, size, err := a.record("data/" + key)
	if err != nil {
		return pyStorage{}, err
	}
	if n := int64(max(sizes[dtype], 1)); size%n != 0 || size/n != int64(count) {
		return pyStorage{}, fmt.Errorf("the storage %q has %d bytes, expected %d numbers of %s", clip(key), size, count, dtype)
	}
	return pyStorage{dtype, at, count}, nil
}

// take finds the tensors and the configuration in what the pickle holds.
func (c *File) take(root any) error {
	top, ok := root.(*pyDict)
	if !ok {
		return fmt.Errorf("it holds %s, expected a dictionary of tensors", kindOf(root))
	}
	state := top
	for _, k := range []string{"model", "state_dict"} {
		if d, ok := top.get(k).(*pyDict); ok {
			state = d
			break
		}
	}
	c.entries = map[string]entry{}
	for i, k := range state.keys {
		name, isText := k.(string)
		if e, ok := state.values[i].(entry); ok && isText {
			c.entries[name] = e
		}
	}
	if len(c.entries) == 0 {
		var keys []string
		for _, k := range top.keys[:min(len(top.keys), 8)] {
			keys = append(keys, fmt.Sprintf("%.40q", fmt.Sprint(k)))
		}
		return fmt.Errorf("no tensors, neither in it nor under \"model\" or \"state_dict\"; its keys begin with %s", strings.Join(keys, ", "))
	}
	for _, k := range []string{"args", "config"} {
		if d, ok := top.get(k).(*pyDict); ok && d != state {
			left := maxPlain
			v, err := plainOf(d, 0, &left)
			if err != nil {
				return fmt.Errorf("%q: %w", k, err)
			}
			c.config = v.(map[string]any)
			break
		}
	}
	for k, v := range c.config {
		p, err := plain(reflect.ValueOf(v), 0)
		if err != nil {
			continue
		}
		if text := toYAML(p); len(text) <= maxValue {
			if c.Meta == nil {
				c.Meta = map[string]string{}
			}
			c.Meta[k] = text
		}
	}
	return nil
}

// maxPlain is how many values a configuration may have.
const maxPlain = 100_000
