package fourm

// Tokenizers made on the spot from a set.

import (
	"context"
	"errors"
	"fmt"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/text"
	"fourmlab/fourm/vq"
	"fourmlab/internal/fault"
	"fourmlab/internal/show"
)

const (
	enoughPictures = 1000 // of a set are read to train an image tokenizer
	enoughTexts    = 4000 // of a set are read to train a vocabulary
	labVocabulary  = 1000 // tokens at most
)

// TrainTokenizers trains a tokenizer for each named image modality and one
// shared vocabulary for all text-like modalities that the set has, and
// registers them. Without names it takes all image modalities of the set that
// are registered. An interrupt leaves those that are finished.
func TrainTokenizers(ds Data, names ...string) {
	const op = "fourm.TrainTokenizers"
	first := firstSample(op, ds)
	if len(names) == 0 {
		for _, n := range first.Names() {
			if m, ok := modality.Find(n); ok && m.Kind == modality.Image {
				names = append(names, n)
			}
		}
	}
	for _, n := range names {
		if m := modality.Need(op, n); m.Kind == modality.Image {
			TrainTokenizer(ds, m.Name, VQ{})
		}
	}
	TrainVocabulary(ds)
}

// TrainTokenizer trains the tokenizer of one image modality and registers it.
// The world's failures and interrupts are panics of one line.
func TrainTokenizer(ds Data, name string, c VQ) *vq.Tokenizer {
	const op = "fourm.TrainTokenizer"
	m := modality.Need(op, name)
	if m.Kind != modality.Image {
		fault.Hint(op, "fourm.TrainVocabulary(ds)", "%q is text", name)
	}
	firstSample(op, ds)
	var pics []*modality.Picture
	for _, s := range collect(ds, enoughPictures) {
		if s.Has(m.Name) {
			pics = append(pics, m.MustFit(op, s.Picture(m.Name)))
		}
	}
	if len(pics) == 0 {
		fault.Panic(op, "no sample has %q", m.Name)
	}
	live := show.NewLive()
	say := func(format string, args ...any) {
		live.Put(map[string]any{"text/plain": fmt.Sprintf("tokenizer of "+m.Name+": "+format, args...)})
	}
	var t *vq.Tokenizer
	var err error
	show.Interruptible(func(ctx context.Context) {
		t, err = vq.Train(ctx, m, pics, c, func(step, steps int, loss float64) {
			if step == steps {
				say("%d steps, reconstruction loss %.4f", step, loss)
			} else if live.Due() {
				say("step %d/%d, reconstruction loss %.4f", step, steps, loss)
			}
		})
	})
	if errors.Is(err, context.Canceled) {
		panic(fmt.Errorf("fourm.TrainTokenizer: %s: interrupted; the tokenizer is as it was before", m.Name))
	}
	if err != nil {
		panic(fmt.Errorf("fourm.TrainTokenizer: %s: %w", m.Name, err))
	}
	modality.SetTokenizer(m.Name, t)
	return t
}

// TrainVocabulary trains a WordPiece vocabulary on all text-like modalities of
// the set and registers it for each of them.
func TrainVocabulary(ds Data) {
	first := firstSample("fourm.TrainVocabulary", ds)
	var names []string
	for _, n := range first.Names() {
		if m, ok := modality.Find(n); ok && m.Kind == modality.Sequence {
			names = append(names, n)
		}
	}
	if len(names) == 0 {
		return
	}
	var texts []string
	for _, s := range collect(ds, enoughTexts) {
		for _, n := range names {
			texts = append(texts, text.Written(s.Values[n])...)
		}
	}
	v := text.Train(texts, labVocabulary)
	for _, n := range names {
		modality.SetTokenizer(n, &text.Tokenizer{Words: v, Of: modality.Lookup(n)})
	}
}

// OpenVocabulary reads a WordPiece vocabulary from a file of the Hugging Face
// library tokenizers, that of the published models for one, and makes it the
// tokenizer of the named modalities; of all that are text, where none is named.
// Sequences get the length that they have in the published models.
func OpenVocabulary(path string, modalities ...string) error {
	const op = "fourm.OpenVocabulary"
	v, err := text.Open(path)
	if err != nil {
		return err
	}
	if len(modalities) == 0 {
		in, _, _ := modality.Published("4M-21")
		for _, d := range in {
			if d.Kind == modality.Sequence {
				modalities = append(modalities, d.Modality)
			}
		}
	}
	for _, n := range modalities {
		m := modality.Need(op, n)
		if m.Kind != modality.Sequence {
			fault.Panic(op, "%q is of kind %v, expected a sequence", n, m.Kind)
		}
		if d, ok := modality.PublishedDomain(m.Official); ok {
			m.MaxTokens = d.Max
		}
		modality.SetTokenizer(m.Name, &text.Tokenizer{Words: v, Of: m})
	}
	return nil
}

func firstSample(op string, ds Data) Sample {
	if ds == nil || ds.Len() == 0 {
		fault.Panic(op, "the set has no samples")
	}
	s, err := ds.Sample(0)
	if err != nil {
		panic(err)
	}
	return s
}

func collect(ds Data, most int) []Sample {
	all, err := modality.Collect(ds, 0, min(ds.Len(), most))
	if err != nil {
		panic(err)
	}
	return all
}
