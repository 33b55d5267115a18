package vq

// Tokenizers from files and into them: official ones, and those of this program,
// which say beside the official configuration what their values mean.

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"fourmlab/fourm/checkpoint"
	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// metaKey holds what only this program knows of a tokenizer.
const metaKey = "fourmlab_tokenizer"

// about is what lies there.
type about struct {
	Modality modality.Modality
	Config   VQ
	Scale    Scale
	Loss     float64
	AnySize  bool
	Wide     [2]int // height and width, where they are not the network's own
}

// Save writes the tokenizer as an official one is: the state dict under the
// official names, the configuration in the metadata, and what its values mean
// beside it. The file is written whole or not at all.
func (t *Tokenizer) Save(path string) error {
	if t.Err != nil {
		return t.Err
	}
	b, err := json.Marshal(about{t.Of, t.Config, t.Scale, t.Loss, t.free, t.wide})
	if err != nil {
		return err
	}
	meta, err := checkpoint.Flatten(t.net.Spec.official())
	if err != nil {
		return err
	}
	meta[metaKey] = string(b)
	t.net.mu.Lock()
	defer t.net.mu.Unlock()
	return checkpoint.Write(path, t.net.state(), meta)
}

// Load reads a tokenizer from a safetensors file, a .pth file, or a folder with
// config.json and model.safetensors: one that Save wrote, or an official one. The
// latter takes pictures of any size that is a multiple of its patch; what its
// values mean is told by the name of its domain, else by their channels. A file
// of something else, a tensor that is missing, left over or of another shape is
// checkpoint.ErrForeign.
func Load(path string) (*Tokenizer, error) {
	f, err := checkpoint.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Read(f, path)
}

// Read is Load of an open checkpoint; path is what errors call it, and where a
// configuration beside it is looked for.
func Read(f *checkpoint.File, path string) (*Tokenizer, error) {
	t, err := load(f, path)
	if t != nil {
		t.file = path
	}
	if err != nil && !strings.Contains(err.Error(), path) {
		err = fmt.Errorf("vq: %s: %w", path, err)
	}
	return t, err
}

func load(f *checkpoint.File, path string) (*Tokenizer, error) {
	if !holds(f) {
		return nil, fault.Kind(checkpoint.ErrForeign, fmt.Errorf("vq: %s has no tensor %q: it holds no tokenizer", path, "quant_proj.weight"))
	}
	raw, err := f.ConfigAt(path)
	if err != nil {
		return nil, err
	}
	s, err := configured(f, raw)
	if err != nil {
		return nil, fault.Kind(checkpoint.ErrForeign, fmt.Errorf("%w (configuration of %s)", err, path))
	}
	n, err := fromState(s, f)
	if err != nil {
		return nil, err
	}
	if own, ok := f.Meta[metaKey]; ok {
		return n.own(own)
	}
	domain, _ := raw["domain"].(string)
	if domain == "" {
		domain = strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	}
	return n.foreign(domain), nil
}

// holds tells whether a file holds a tokenizer.
func holds(f *checkpoint.File) bool {
	return slices.ContainsFunc(append(names("quant_proj.weight"), "quantize.edges"), func(n string) bool { return f.Shape(n) != nil })
}

// configured reads the configuration of a file: official keys, the arguments of
// the training script, or the description of a recorded case.
func configured(f *checkpoint.File, raw map[string]any) (Spec, error) {
	raw = maps.Clone(raw)
	delete(raw, metaKey)
	if m, ok := raw["kwargs"].(map[string]any); ok {
		m = maps.Clone(m)
		for _, key := range []string{"vit", "class"} {
			if raw[key] != nil {
				m[key] = raw[key]
			}
		}
		if d, ok := raw["decoder"].(map[string]any); ok {
			kind := fmt.Sprint(d["type"])
			m["dec_type"], m[kind] = kind+"_recorded", d["kwargs"]
		}
		raw = m
	}
	if m, ok := fromArguments(raw, f.Shape); ok {
		raw = m
	}
	s, err := OfficialSpec(raw)
	if err != nil {
		return s, err
	}
	decoder := func(name string) bool {
		return strings.HasPrefix(name, "decoder.") || strings.HasPrefix(name, "post_quant_")
	}
	if raw["dec_type"] == nil && !slices.ContainsFunc(f.AllNames(), decoder) {
		s.Dec, s.Diffusion = Arch{Kind: NoDecoder}, nil
	}
	return s, nil
}

// own gives a tokenizer that Save wrote.
func (n *Network) own(text string) (*Tokenizer, error) {
	var a about
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		return nil, fmt.Errorf("metadata %s: %w", metaKey, err)
	}
	t := &Tokenizer{Of: a.Modality, Config: a.Config, Scale: a.Scale, Loss: a.Loss, Params: n.Params, net: n, free: a.AnySize, wide: a.Wide}
	s, look := n.Spec, a.Modality.Look.Spec()
	labels := look.Scaling == modality.ClassIDs
	wide := a.Modality.Width
	if wide == 0 {
		wide = a.Modality.Height
	}
	switch {
	case labels != (s.Labels > 0), labels && a.Scale.Classes != s.Labels:
		return nil, fmt.Errorf("%s has %d classes, its network has %d", a.Modality.Name, a.Scale.Classes, s.Labels)
	case !labels && a.Modality.Channels != s.Channels:
		return nil, fmt.Errorf("%s has %d numbers a pixel, its network has %d", a.Modality.Name, a.Modality.Channels, s.Channels)
	case !a.AnySize && ([2]int{a.Modality.Height, wide} != t.size() || [2]int{a.Modality.Patch, a.Modality.Patch} != s.encPatch()):
		return nil, fmt.Errorf("%s is %dx%d in patches of %d, its network is made for %dx%d in patches of %v", a.Modality.Name,
			a.Modality.Height, wide, a.Modality.Patch, t.size()[0], t.size()[1], s.encPatch())
	case look.Scaling == modality.Standardised && (len(a.Scale.Mean) != s.Channels || len(a.Scale.Dev) != s.Channels):
		return nil, fmt.Errorf("%s has means of %d channels, expected %d", a.Modality.Name, len(a.Scale.Mean), s.Channels)
	}
	return t, nil
}

// foreign gives a tokenizer of another program. Its numbers are taken as the
// official code takes them behind its transforms, but for colours, which are
// from 0 to 1 here as everywhere.
func (n *Network) foreign(domain string) *Tokenizer {
	s := n.Spec
	word := func(w string) bool { return strings.Contains(strings.ToLower(domain), w) }
	look := modality.Feature // as they are
	switch {
	case s.Labels > 0:
		look = modality.Label
	case s.Features || s.Enc.mlp():
	case s.Channels == 3 && word("normal"):
		look = modality.Normal
	case s.Channels == 3:
		look = modality.Color
	case s.Channels == 1 && word("edge"):
		look = modality.Gray
	}
	t := &Tokenizer{Params: n.Params, net: n, free: true}
	t.Config = VQ{Vocab: s.Codes, Dim: s.Enc.Dim, Depth: s.Enc.Depth, Latent: s.Latent}
	size := t.size()
	t.Of = modality.Modality{Name: domain, Kind: modality.Image, Look: look, Height: size[0], Width: size[1], Patch: s.encPatch()[0], Channels: s.Channels, Vocab: s.Codes}
	if s.Labels > 0 {
		t.Of.Channels = 1
	}
	t.Scale = n.scale(look)
	return t
}

// scale gives the scale of values that are taken as they are.
func (n *Network) scale(look modality.Look) Scale {
	switch look.Spec().Scaling {
	case modality.ClassIDs:
		return Scale{Classes: n.Spec.Labels}
	case modality.Standardised:
		return plain(n.Spec.Channels)
	}
	return Scale{}
}

// plain is the scale of standardised numbers that are taken as they are.
func plain(channels int) Scale {
	s := Scale{Mean: make([]float64, channels), Dev: make([]float64, channels)}
	for i := range s.Dev {
		s.Dev[i] = 1
	}
	return s
}

// called names the tokenizer in an error: its modality, and the file that it was
// read from.
func (t *Tokenizer) called() string {
	if t.file == "" {
		return "a tokenizer of " + t.Of.Name
	}
	return fmt.Sprintf("the tokenizer of %s in %s", t.Of.Name, t.file)
}

// For gives the tokenizer for a modality, whose name its tokens bear from then
// on, or says what does not fit: the numbers of a pixel, the kind of value, the
// size. A tokenizer of any size is made one of the modality's.
func (t *Tokenizer) For(m modality.Modality) (*Tokenizer, error) {
	if t.Err != nil {
		return nil, t.Err
	}
	s, patch := t.net.Spec, t.net.Spec.encPatch()
	fail := func(format string, args ...any) error {
		return fmt.Errorf("vq: %s for %s: %s", t.called(), m.Name, fmt.Sprintf(format, args...))
	}
	mine, its := t.Of.Look.Spec(), m.Look.Spec()
	if m.Kind != modality.Image {
		return nil, fail("it is for pictures, and %s is of kind %v", m.Name, m.Kind)
	}
	height, width := m.Grid()*m.Patch, m.Cols()*m.Patch
	size := t.size()
	switch {
	case (s.Labels > 0) != (its.Scaling == modality.ClassIDs):
		return nil, fail("it takes %s, expected %s", mine.Name, its.Name)
	case m.Channels != t.Of.Channels:
		return nil, fail("it takes %d numbers a pixel, expected %d", t.Of.Channels, m.Channels)
	case s.Labels > 0 && len(m.Labels) > s.Labels:
		return nil, fail("it knows %d classes, expected %d", s.Labels, len(m.Labels))
	case !t.free && (height != size[0] || width != size[1]):
		return nil, fail("it takes pictures of %dx%d, expected %dx%d", size[0], size[1], height, width)
	case m.Patch != patch[0] || m.Patch != patch[1]:
		return nil, fail("it has patches of %dx%d, expected %dx%d", patch[0], patch[1], m.Patch, m.Patch)
	case t.free && its.Scaling == modality.LogScale, !t.free && mine.Scaling != its.Scaling:
		return nil, fail("it takes %s, expected %s", t.Range(), its.Name)
	case s.Books > 1 && t.Of.Name != m.Name:
		return nil, fail("it gives %d code numbers a place, expected one", s.Books)
	}
	if t.Of.Name == m.Name && !t.free {
		return t, nil
	}
	of := m
	of.Vocab = s.Codes
	out := &Tokenizer{Of: of, Config: t.Config, Scale: t.Scale, Params: t.Params, Loss: t.Loss, Sampler: t.Sampler, net: t.net}
	if t.free {
		out.Scale, out.wide = t.net.scale(m.Look), [2]int{height, width}
	}
	return out, nil
}

// Peek says what tokenizer a checkpoint holds, without reading its tensors;
// false: it holds none.
func Peek(path string) (string, bool, error) {
	f, err := checkpoint.Open(path)
	if err != nil {
		return "", false, err
	}
	defer f.Close()
	if !holds(f) {
		return "", false, nil
	}
	info, err := f.Info(path)
	if err != nil {
		return "", true, err
	}
	if info.Config == nil {
		return "tokenizer without a configuration\n" + info.String(), true, nil
	}
	s, err := configured(f, info.Config)
	if err != nil {
		return fmt.Sprintf("tokenizer that cannot be read: %v\n%v", err, info), true, nil
	}
	what := s.String()
	var a about
	if own, ok := f.Meta[metaKey]; ok {
		if err := json.Unmarshal([]byte(own), &a); err != nil {
			return "", true, errors.Join(fmt.Errorf("%s: metadata %s", path, metaKey), err)
		}
		what = a.Modality.Name + ": " + what
	}
	learned, all := 0, 0
	for _, name := range f.Names() {
		n := count(f.Shape(name))
		all += n
		if !strings.HasSuffix(name, "pos_emb") && !strings.Contains(name, "_codebook.") {
			learned += n
		}
	}
	var types []string
	for _, d := range slices.Sorted(maps.Keys(info.Dtypes)) {
		types = append(types, fmt.Sprintf("%d %s", info.Dtypes[d], d))
	}
	return fmt.Sprintf("%s\n%d parameters, %d numbers with codebooks and position tables; %d tensors: %s", what, learned, all, info.Tensors, strings.Join(types, ", ")), true, nil
}
