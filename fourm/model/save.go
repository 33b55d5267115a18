package model

// A model in a checkpoint: parameters under their official names, tokenizers
// beside them, configuration and modalities in the metadata.

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"fourmlab/fourm/checkpoint"
	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// about is what the metadata say.
type about struct {
	Config     Config
	Modalities []modality.Modality
	Tokenizers map[string]modality.Stored
}

const metaKey = "fourmlab"

// Save writes the model to path, whole or not at all; extra tensors and
// metadata ride along.
func (m *Model) Save(path string, extra []checkpoint.Tensor, meta map[string]string) error {
	a := about{Config: m.Config, Tokenizers: map[string]modality.Stored{}}
	var tensors []checkpoint.Tensor
	for _, p := range m.Params {
		tensors = append(tensors, checkpoint.Tensor{Name: p.Name, Shape: p.Shape, Data: p.Data})
	}
	for _, name := range m.Config.Modalities() {
		a.Modalities = append(a.Modalities, modality.Lookup(name))
		t, ok := m.Tokenizers[name]
		if !ok {
			continue
		}
		st, ok := t.(modality.Storer)
		if !ok {
			continue // a tokenizer of the person's own comes back with its registration
		}
		s, err := st.Store()
		if err != nil {
			return err
		}
		a.Tokenizers[name] = s
		var names []string
		for n := range s.Tensors {
			names = append(names, n)
		}
		sort.Strings(names)
		for _, n := range names {
			tensors = append(tensors, checkpoint.Tensor{Name: "tokenizers." + name + "." + n, Shape: s.Tensors[n].Shape, Data: s.Tensors[n].Data})
		}
	}
	b, err := json.Marshal(a)
	if err != nil {
		return err
	}
	all := map[string]string{metaKey: string(b)}
	for k, v := range meta {
		all[k] = v
	}
	return checkpoint.Write(path, append(tensors, extra...), all)
}

// Load reads a model and makes its modalities and tokenizers the registered
// ones.
func Load(path string) (*Model, error) {
	f, err := checkpoint.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Read(f, path)
}

// Peek says what model a checkpoint holds, without reading its tensors.
func Peek(path string) (string, error) {
	f, err := checkpoint.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	a, err := describe(f, path)
	if err != nil {
		return "", err
	}
	n := 0
	for _, name := range f.Names() {
		if !strings.HasPrefix(name, "tokenizers.") && !strings.HasPrefix(name, "optimizer.") {
			n += size(f.Shape(name))
		}
	}
	return fmt.Sprintf("%v; %s parameters", a.Config, count(n)), nil
}

func describe(f *checkpoint.File, path string) (about, error) {
	var a about
	s, ok := f.Meta[metaKey]
	if !ok {
		return a, fmt.Errorf("model: %s has no %q in its metadata; it was not written by this program", path, metaKey)
	}
	if err := json.Unmarshal([]byte(s), &a); err != nil {
		return a, fmt.Errorf("model: %s: metadata: %w", path, err)
	}
	return a, nil
}

// Read is Load from an open file.
func Read(f *checkpoint.File, path string) (m *Model, err error) {
	defer func() {
		if fe := new(fault.Error); errors.As(err, &fe) {
			m, err = nil, fmt.Errorf("model: %s: %w", path, err)
		}
	}()
	defer fault.Catch(&err)
	a, err := describe(f, path)
	if err != nil {
		return nil, err
	}
	for _, d := range a.Modalities {
		modality.Register(d)
		s, ok := a.Tokenizers[d.Name]
		if !ok {
			continue
		}
		s.Tensors = map[string]modality.StoredTensor{}
		pre := "tokenizers." + d.Name + "."
		for _, n := range f.Names() {
			if strings.HasPrefix(n, pre) {
				data, err := f.Floats(n)
				if err != nil {
					return nil, err
				}
				s.Tensors[n[len(pre):]] = modality.StoredTensor{Shape: f.Shape(n), Data: data}
			}
		}
		t, err := modality.Restore(d, s)
		if err != nil {
			return nil, fmt.Errorf("model: %s: %w", path, err)
		}
		modality.SetTokenizer(d.Name, t)
	}
	if n := len(f.Names()); a.Config.Encoder > n || a.Config.Decoder > n {
		return nil, fmt.Errorf("model: %s: %d encoder and %d decoder blocks in a file of %d tensors", path, a.Config.Encoder, a.Config.Decoder, n)
	}
	m = outline(a.Config)
	for _, p := range m.Params {
		if s := f.Shape(p.Name); s != nil && !slices.Equal(s, p.Shape) {
			return nil, fmt.Errorf("model: %s: tensor %q has shape %v, expected %v", path, p.Name, s, p.Shape)
		}
		if p.Data, err = f.Floats(p.Name); err != nil {
			return nil, err
		}
	}
	m.place()
	return m, nil
}
