package model

// A model from a file: one of this program's, with its tokenizers, or an
// official one, whose configuration is in its metadata or in the config.json
// beside it (docs/4m.md, 9).

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"fourmlab/fourm/checkpoint"
	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
	"fourmlab/internal/human"
)

// Load reads a model from a safetensors file, a .pth file, a folder with a
// config.json and a model.safetensors, or the folder of a training run, whose
// last weights it takes. Its modalities and tokenizers become the registered
// ones.
func Load(path string) (*Model, error) { return load(path, false) }

// LoadStrict is Load that refuses a file with tensors that the model does not
// read.
func LoadStrict(path string) (*Model, error) { return load(path, true) }

func load(path string, strict bool) (*Model, error) {
	path, err := locate(path)
	if err != nil {
		return nil, err
	}
	f, err := checkpoint.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if _, ok := f.Meta[metaKey]; ok {
		return read(f, path, strict)
	}
	raw, err := f.ConfigAt(path)
	if err != nil {
		return nil, err
	}
	c, err := configOf(raw, path)
	if err != nil {
		return nil, err
	}
	names := stored{f, f.AllNames()}
	c.Untied = c.Untied && untied(c, names)
	m, err := FromState(c, names, strict)
	if err != nil {
		return nil, fmt.Errorf("model: %s: %w", path, err)
	}
	return m, nil
}

// configOf reads the official configuration of the checkpoint at path.
func configOf(raw map[string]any, path string) (Config, error) {
	raw = maps.Clone(raw)
	delete(raw, "format")
	c, err := OfficialConfig(raw)
	if err != nil {
		return c, fault.Kind(checkpoint.ErrForeign, fmt.Errorf("%w (configuration of %s)", err, path))
	}
	return c, nil
}

// stored is a file whose aliases count as tensors.
type stored struct {
	*checkpoint.File
	names []string
}

func (s stored) Names() []string { return s.names }

// Shape gives the shape of a tensor, also by another of its names.
func (s stored) Shape(name string) []int {
	at, err := s.Resolve(name)
	if err != nil {
		return nil
	}
	return s.File.Shape(at)
}

// untied tells whether a file has logit tables beside the token tables: a tied
// one is stored under one of the two names.
func untied(c Config, f stored) bool {
	for _, d := range c.Domains {
		pre := decoderName(d)
		if !slices.Contains(c.Outputs, d.Name) {
			continue
		}
		logits, err := f.Resolve(pre + ".to_logits.weight")
		if err != nil {
			return false
		}
		tokens, err := f.Resolve(pre + ".token_emb.weight")
		if !d.Grid() && err != nil || err == nil && tokens == logits {
			return false
		}
	}
	return true
}

// Peek says what model a checkpoint holds, without reading its tensors. What it
// takes is what Load takes.
func Peek(path string) (string, error) {
	path, err := locate(path)
	if err != nil {
		return "", err
	}
	f, err := checkpoint.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Info(path)
	if err != nil {
		return "", err
	}
	var c Config
	if _, ok := f.Meta[metaKey]; ok {
		a, err := describe(f, path)
		if err != nil {
			return "", err
		}
		c = a.Config
	} else if c, err = configOf(info.Config, path); err != nil {
		return info.String(), nil // no model of this kind; the tensors are worth telling all the same
	} else {
		c.Untied = c.Untied && untied(c, stored{f, f.AllNames()})
	}
	n := 0
	for _, name := range f.Names() {
		if c.counts(name) {
			n += size(f.Shape(name))
		}
	}
	var types []string
	for _, t := range slices.Sorted(maps.Keys(info.Dtypes)) {
		types = append(types, fmt.Sprintf("%d %s", info.Dtypes[t], t))
	}
	return fmt.Sprintf("%v\n%s parameters, %s with all else; %d tensors: %s", c, human.Short(float64(n)), human.Bytes(float64(info.Bytes)), info.Tensors, strings.Join(types, ", ")), nil
}

// counts tells whether a tensor of a state dict is a parameter.
func (c Config) counts(name string) bool {
	side, rest, _ := strings.Cut(name, ".")
	dom, last, _ := strings.Cut(rest, ".")
	switch {
	case side == "tokenizers" || side == "optimizer":
		return false
	case last == "pos_emb":
		return slices.ContainsFunc(c.Domains, func(d modality.Domain) bool { return d.Official == dom && d.Learned })
	case side == "decoder_embeddings" && last == "token_emb.weight" && strings.HasPrefix(dom, "tok_"): // read by nothing where heads are untied
		return !c.Untied
	case strings.HasSuffix(name, ".bias") && strings.Contains(name, "norm"):
		return c.NormBias
	}
	return true
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

// Read reads a model of this program's from an open file.
func Read(f *checkpoint.File, path string) (*Model, error) { return read(f, path, false) }

func read(f *checkpoint.File, path string, strict bool) (m *Model, err error) {
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
		if err := restore(f, d, a.Tokenizers); err != nil {
			return nil, fmt.Errorf("model: %s: %w", path, err)
		}
	}
	var own []string // not the tokenizers', nor the optimiser's
	for _, n := range f.AllNames() {
		if !strings.HasPrefix(n, "tokenizers.") && !strings.HasPrefix(n, "optimizer.") {
			own = append(own, n)
		}
	}
	if m, err = FromState(a.Config, stored{f, own}, strict); err != nil {
		return nil, fmt.Errorf("model: %s: %w", path, err)
	}
	return m, nil
}

// restore registers a modality of a checkpoint, and its tokenizer where the
// checkpoint brings one.
func restore(f *checkpoint.File, d modality.Modality, tokenizers map[string]modality.Stored) error {
	if modality.IsPublished(d.Name) {
		return nil // known, and described by the configuration
	}
	modality.Register(d)
	s, ok := tokenizers[d.Name]
	if !ok {
		return nil
	}
	s.Tensors = map[string]modality.StoredTensor{}
	pre := "tokenizers." + d.Name + "."
	for _, n := range f.Names() {
		if strings.HasPrefix(n, pre) {
			data, err := f.Floats(n)
			if err != nil {
				return err
			}
			s.Tensors[n[len(pre):]] = modality.StoredTensor{Shape: f.Shape(n), Data: data}
		}
	}
	t, err := modality.Restore(d, s)
	if err != nil {
		return err
	}
	modality.SetTokenizer(d.Name, t)
	return nil
}
