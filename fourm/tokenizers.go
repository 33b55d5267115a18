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
// are registered. Each sample is read once. An interrupt leaves those that are
// finished.
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
	var images []modality.Modality
	for _, n := range names {
		if m := modality.Need(op, n); m.Kind == modality.Image {
			images = append(images, m)
		}
	}
	seen := look(op, ds, first, images, written(first))
	for _, m := range images {
		trainImage(op, m, seen.pics[m.Name], VQ{})
	}
	trainWords(seen)
}

// TrainTokenizer trains the tokenizer of one image modality and registers it.
// The world's failures and interrupts are panics of one line.
func TrainTokenizer(ds Data, name string, c VQ) *vq.Tokenizer {
	const op = "fourm.TrainTokenizer"
	m := modality.Need(op, name)
	if m.Kind != modality.Image {
		fault.Hint(op, "fourm.TrainVocabulary(ds)", "%q is text", name)
	}
	first := firstSample(op, ds)
	return trainImage(op, m, look(op, ds, first, []modality.Modality{m}, nil).pics[m.Name], c)
}

// TrainVocabulary trains a WordPiece vocabulary on all text-like modalities of
// the set and registers it for each of them.
func TrainVocabulary(ds Data) {
	const op = "fourm.TrainVocabulary"
	first := firstSample(op, ds)
	if names := written(first); len(names) > 0 {
		trainWords(look(op, ds, first, nil, names))
	}
}

// written lists the text-like modalities of a sample.
func written(s Sample) []string {
	var names []string
	for _, n := range s.Names() {
		if m, ok := modality.Find(n); ok && m.Kind == modality.Sequence {
			names = append(names, n)
		}
	}
	return names
}

// seenValues are what tokenizers are trained on.
type seenValues struct {
	pics  map[string][]*modality.Picture // by modality
	names []string                       // of the text-like modalities
	texts []string
}

// look reads the samples that training needs, each once; first is the first.
func look(op string, ds Data, first Sample, images []modality.Modality, names []string) seenValues {
	seen := seenValues{pics: map[string][]*modality.Picture{}, names: names}
	most := enoughPictures
	if len(names) > 0 {
		most = enoughTexts
	}
	take := func(i int, s Sample) {
		for _, m := range images {
			if i < enoughPictures && s.Has(m.Name) {
				seen.pics[m.Name] = append(seen.pics[m.Name], m.MustFit(op, s.Values[m.Name]))
			}
		}
		for _, n := range names {
			seen.texts = append(seen.texts, text.Written(s.Values[n])...)
		}
	}
	take(0, first)
	const chunk = 256 // so that what is not needed is let go
	for from := 1; from < min(ds.Len(), most); from += chunk {
		all, err := modality.Collect(ds, from, min(from+chunk, ds.Len(), most))
		if err != nil {
			panic(err)
		}
		for i, s := range all {
			take(from+i, s)
		}
	}
	return seen
}

// trainImage trains the tokenizer of an image modality on pictures.
func trainImage(op string, m modality.Modality, pics []*modality.Picture, c VQ) *vq.Tokenizer {
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

// trainWords trains the vocabulary of texts.
func trainWords(seen seenValues) {
	if len(seen.names) == 0 {
		return
	}
	v := text.Train(seen.texts, labVocabulary)
	for _, n := range seen.names {
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
	s, err := modality.Collect(ds, 0, 1)
	if err != nil {
		panic(err)
	}
	return s[0]
}
