package ablate

// The tokenizers of an experiment: made once, before the first model, and the
// same for every setting, so that all losses are of the same tokens; unless they
// are what is varied.

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/fourm/text"
	"fourmlab/fourm/train"
	"fourmlab/fourm/vq"
)

const (
	enoughSamples = 1000 // are read to make tokenizers
	vocabulary    = 1000 // tokens of text at most
	tokenizers    = "tokenizers.safetensors"
)

// tokenize makes the tokenizers that the experiment asks for or that are not
// registered, or takes those that a file in its folder holds. Those that other
// settings share are in made. say reports progress.
func (e Experiment) tokenize(ctx context.Context, file string, data train.Data, made map[string]modality.Tokenizer, say func(format string, args ...any)) error {
	path := filepath.Join(e.Dir, file)
	if e.Dir != "" {
		if _, err := os.Stat(path); err == nil {
			_, err := model.Load(path)
			return err
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	var samples []modality.Sample
	read := func() (err error) {
		if samples == nil {
			samples, err = modality.Collect(data, 0, min(data.Len(), enoughSamples))
		}
		return err
	}
	var texts []modality.Modality
	for _, name := range e.config().Modalities() {
		m := modality.Lookup(name)
		c, asked := e.Tokenizers[name]
		if modality.TokenizerOf(name) != nil && !asked {
			continue
		}
		if err := read(); err != nil {
			return err
		}
		if m.Kind == modality.Sequence {
			texts = append(texts, m)
			continue
		}
		key := m.Name + " " + Experiment{Tokenizers: map[string]vq.VQ{m.Name: c}}.tokenizing()
		if made[key] == nil {
			if err := image(ctx, m, samples, c, say); err != nil {
				return err
			}
			made[key] = modality.TokenizerOf(m.Name)
		}
		modality.SetTokenizer(m.Name, made[key])
		patched(made[key])
	}
	if len(texts) > 0 {
		words := text.Train(written(texts, samples), vocabulary)
		for _, m := range texts {
			modality.SetTokenizer(m.Name, &text.Tokenizer{Words: words, Of: m})
		}
	}
	if e.Dir == "" {
		return nil
	}
	// tokenizers travel within a model
	return model.New(e.config()).Save(path, nil, nil)
}

// image trains the tokenizer of one image modality.
func image(ctx context.Context, m modality.Modality, samples []modality.Sample, c vq.VQ, say func(string, ...any)) error {
	var pics []*modality.Picture
	for _, s := range samples {
		if s.Has(m.Name) {
			p, err := m.Fit(s.Values[m.Name])
			if err != nil {
				return fmt.Errorf("ablate: sample %s: %w", s.Key, err)
			}
			pics = append(pics, p)
		}
	}
	t, err := vq.Train(ctx, m, pics, c, func(p vq.Point, steps int) {
		say("tokenizer of %s: step %d/%d, reconstruction loss %.4f", m.Name, p.Step, steps, p.Loss)
	})
	if err != nil {
		return err
	}
	modality.SetTokenizer(m.Name, t)
	patched(t)
	return nil
}

// patched gives a modality the patch of its tokenizer, which a setting may vary.
func patched(t modality.Tokenizer) {
	if k, ok := t.(*vq.Tokenizer); ok && k.Of.Patch != modality.Lookup(k.Of.Name).Patch {
		modality.Register(k.Of)
	}
}

// written gathers what the samples say in some modalities.
func written(ms []modality.Modality, samples []modality.Sample) []string {
	var out []string
	for _, s := range samples {
		for _, m := range ms {
			out = append(out, text.Written(s.Values[m.Name])...)
		}
	}
	return out
}

// registered remembers which tokenizers are in use; the function that it gives
// brings them back.
func (e Experiment) registered() func() {
	had, of := map[string]modality.Tokenizer{}, []modality.Modality{}
	for _, n := range e.config().Modalities() {
		if t := modality.TokenizerOf(n); t != nil {
			had[n] = t
		}
		of = append(of, modality.Lookup(n))
	}
	return func() {
		for _, m := range of { // whose patches may have been varied
			modality.Register(m)
		}
		for n, t := range had {
			modality.SetTokenizer(n, t)
		}
	}
}

// kept are samples in memory.
type kept []modality.Sample

func (k kept) Len() int                              { return len(k) }
func (k kept) Sample(i int) (modality.Sample, error) { return k[i], nil }

// head is the beginning of a set.
type head struct {
	train.Data
	n int
}

func (h head) Len() int { return h.n }
