package datasets

// The tokenizers of tokens on a shelf: each lies there once, so that tokens
// that come back stand for what they stood for.

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sync"

	"fourmlab/fourm/modality"
	"fourmlab/internal/disk"
)

// makers are the tokenizers of a shelf by their names there.
type makers struct {
	sync.Mutex
	dir   string
	names map[modality.Tokenizer]string
	by    map[string]modality.Tokenizer
}

// keptTokenizer is a tokenizer in a file, its arrays in the order of their names.
type keptTokenizer struct {
	Kind, Config string
	Names        []string
	Tensors      []modality.StoredTensor
}

func (m *makers) path(name string) string { return filepath.Join(m.dir, name+".tokenizer") }

// put writes a tokenizer, if it is not there, and gives its name; "" is that of
// one that cannot be stored.
func (m *makers) put(k modality.Tokenizer) (string, error) {
	s, ok := k.(modality.Storer)
	if !ok || !reflect.ValueOf(k).Comparable() {
		return "", nil
	}
	m.Lock()
	defer m.Unlock()
	if name, ok := m.names[k]; ok {
		return name, nil
	}
	what, err := s.Store()
	if err != nil {
		return "", err
	}
	o := keptTokenizer{Kind: what.Kind, Config: what.Config, Names: slices.Sorted(maps.Keys(what.Tensors))}
	for _, n := range o.Names {
		o.Tensors = append(o.Tensors, what.Tensors[n])
	}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(o); err != nil {
		return "", err
	}
	sum := sha256.Sum256(b.Bytes())
	name := fmt.Sprintf("%x", sum[:8])
	if _, err := os.Stat(m.path(name)); errors.Is(err, fs.ErrNotExist) {
		if err := disk.WriteBytes(m.path(name), b.Bytes()); err != nil {
			return "", err
		}
	}
	m.names[k] = name
	return name, nil
}

// get gives the tokenizer of a modality that has a name.
func (m *makers) get(mod, name string) (modality.Tokenizer, error) {
	m.Lock()
	defer m.Unlock()
	if k, ok := m.by[mod+" "+name]; ok {
		return k, nil
	}
	b, err := os.ReadFile(m.path(name))
	var o keptTokenizer
	if err == nil {
		err = gob.NewDecoder(bytes.NewReader(b)).Decode(&o)
	}
	if err == nil && len(o.Names) != len(o.Tensors) {
		err = fmt.Errorf("%d arrays with %d names", len(o.Tensors), len(o.Names))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.path(name), err)
	}
	s := modality.Stored{Kind: o.Kind, Config: o.Config, Tensors: map[string]modality.StoredTensor{}}
	for i, n := range o.Names {
		s.Tensors[n] = o.Tensors[i]
	}
	of, ok := modality.Find(mod)
	if !ok {
		return nil, fmt.Errorf("%s: no modality %q is registered", m.path(name), mod)
	}
	k, err := modality.Restore(of, s)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.path(name), err)
	}
	m.by[mod+" "+name] = k
	return k, nil
}
